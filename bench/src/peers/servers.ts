// Who is compared: how each server is started, what its clients say and where they connect. A new one is one row.

import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { serverMain } from '../server-process.js';
import { peerFile, versionIn } from './peers.js';
import type { ServerName, Wire } from './scenario.js';

export interface ServerKind {
  readonly wire: Wire;
  /** What it is started with, in words. */
  readonly settings: string;
  /** Whether it comes from bench/peers. */
  readonly isPeer: boolean;
  version(): string;
  command(dataFolder: string, port: number): Command;
  /** Where a client connects that opens this document. */
  path(document: string): string;
}

export interface Command {
  /** Of Node. */
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

const require = createRequire(import.meta.url);

const byPath = (document: string): string => `/${document}`;

const weft = {
  settings: 'default configuration: gate, rights, every update on disk before anybody sees it',
  isPeer: false,
  version: () => versionIn(fileURLToPath(new URL('../../../package.json', import.meta.url))),
  command: (dataFolder: string, port: number) => ({
    args: [serverMain, 'serve', '--host', '127.0.0.1', '--port', String(port), '--data', dataFolder],
  }),
};

/** @param folder of its package @param main the server it brings, from there */
const yWebsocket = (folder: string, main: string, keeps: 'memory' | 'LevelDB'): ServerKind => ({
  wire: 'yjs',
  settings: keeps === 'memory' ? 'as it comes: in memory alone' : 'LevelDB (YPERSISTENCE), not synced',
  isPeer: true,
  version: () => versionIn(peerFile(`node_modules/${folder}/package.json`)),
  command: (dataFolder, port) => ({
    args: [peerFile(`node_modules/${folder}/${main}`)],
    env: {
      HOST: '127.0.0.1',
      PORT: String(port),
      ...(keeps === 'LevelDB' && { YPERSISTENCE: `${dataFolder}/level` }),
    },
  }),
  path: byPath,
});

const relay = (name: string, settings: string): ServerKind => ({
  wire: 'relay',
  settings,
  isPeer: false,
  version: () => versionIn(require.resolve('ws/package.json')),
  command: (_dataFolder, port) => ({
    args: [fileURLToPath(new URL(`../../dist/peers/launchers/${name}.js`, import.meta.url)), String(port)],
  }),
  path: byPath,
});

export const servers: Readonly<Record<ServerName, ServerKind>> = {
  weft: { ...weft, wire: 'weft', path: () => '/weft' },
  'weft-yjs': { ...weft, wire: 'yjs', path: (document) => `/yjs/${document}` },
  'yws-0.1.5': yWebsocket('@y/websocket-server', 'src/server.js', 'memory'),
  'yws-0.1.1-leveldb': yWebsocket('websocket-server-0.1.1', 'src/server.js', 'LevelDB'),
  'y-websocket-1.5-leveldb': yWebsocket('y-websocket', 'bin/server.js', 'LevelDB'),
  'hocuspocus-sqlite': {
    wire: 'hocuspocus',
    settings: 'defaults, SQLite in a file: written 2 to 10 s after an edit',
    isPeer: true,
    version: () => versionIn(peerFile('node_modules/@hocuspocus/server/package.json')),
    command: (dataFolder, port) => ({ args: [peerFile('hocuspocus.mjs'), String(port), dataFolder] }),
    path: () => '/',
  },
  'y-prosemirror': {
    ...weft,
    wire: 'yjs',
    settings: 'the editor of its documentation (text, carets, undo), by y-websocket on a server of ours',
    version: () => versionIn(fileURLToPath(new URL('../package.json', import.meta.resolve('y-prosemirror')))),
    path: (document) => `/yjs/${document}`,
  },
  'ws-send': relay('ws-send', 'no server: one send for each other client; keeps and checks nothing'),
  'ws-turn': relay('ws-turn', 'no server: what came in one turn leaves in one write to each; keeps and checks nothing'),
};

export const everyone = Object.keys(servers) as readonly ServerName[];
