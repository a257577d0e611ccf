// Who is compared: how each server is started, what its clients say and where they connect. A new one is one row.

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { serverMain } from '../server-process.js';
import type { ServerName, Wire } from './scenario.js';

export interface ServerKind {
  readonly wire: Wire;
  /** What it is started with, in words. */
  readonly settings: string;
  version(): string;
  /** Arguments of Node. @param port 0 takes a free one */
  command(dataFolder: string, port: number): readonly string[];
  /** Where a client connects that opens this document. */
  path(document: string): string;
}

const require = createRequire(import.meta.url);

const versionIn = (file: string): string => (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version;

const weft: Omit<ServerKind, 'wire' | 'path'> = {
  settings: 'default configuration: gate, rights, every update on disk before anybody sees it',
  version: () => versionIn(fileURLToPath(new URL('../../../package.json', import.meta.url))),
  command: (dataFolder, port) => [
    serverMain,
    'serve',
    ...['--host', '127.0.0.1'],
    ...['--port', String(port)],
    ...['--data', dataFolder],
  ],
};

const relay = (name: string, settings: string): ServerKind => ({
  wire: 'relay',
  settings,
  version: () => `ws ${versionIn(require.resolve('ws/package.json'))}`,
  command: (_dataFolder, port) => [
    fileURLToPath(new URL(`../../dist/peers/launchers/${name}.js`, import.meta.url)),
    String(port),
  ],
  path: (document) => `/${document}`,
});

export const servers: Readonly<Partial<Record<ServerName, ServerKind>>> = {
  weft: { ...weft, wire: 'weft', path: () => '/weft' },
  'weft-yjs': { ...weft, wire: 'yjs', path: (document) => `/yjs/${document}` },
  'ws-send': relay('ws-send', 'no server: one send for each other client; keeps and checks nothing'),
  'ws-turn': relay('ws-turn', 'no server: what came in one turn leaves in one write to each; keeps and checks nothing'),
};

export const everyone = Object.keys(servers) as readonly ServerName[];
