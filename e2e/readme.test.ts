// The code of README.md, run as it stands there against a server as it is shipped (so it needs a build).

import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { WebsocketProvider } from 'y-websocket';
import type { Doc } from 'yjs';
import { type ServerProcess, startServer } from '../bench/src/server-process.js';

const root = fileURLToPath(new URL('..', import.meta.url));
const examples = [...readFileSync(`${root}README.md`, 'utf8').matchAll(/^```ts\n(.*?)^```$/gms)].map(
  ([, code = '']) => code,
);
/** Inside the repository, so that its packages are found; ignored by git. */
const folder = `${root}test-results/readme`;

let server: ServerProcess;
let url: string;
let dataFolder: string;

beforeAll(async () => {
  dataFolder = mkdtempSync(path.join(tmpdir(), 'weft-readme-'));
  ({ server, url } = await startServer(dataFolder));
  mkdirSync(folder, { recursive: true });
});

afterAll(async () => {
  await server.stop();
  rmSync(dataFolder, { recursive: true, force: true });
  rmSync(folder, { recursive: true, force: true });
});

/** Runs the example that imports `library`; resolves when it has run to its end. */
async function run(library: string, more = ''): Promise<unknown> {
  const code = examples.find((example) => example.includes(`'${library}'`));
  if (code === undefined) throw new Error(`README.md has no example with ${library}`);
  const file = path.join(folder, `${path.basename(library)}.ts`);
  writeFileSync(file, code.replace('ws://127.0.0.1:4400', url.replace('http', 'ws')) + more);
  return import(/* @vite-ignore */ file);
}

test('our client writes, and a stock client reads what was saved', async () => {
  await run('@weft/provider');
  const listed = (await (await fetch(`${url}/api/v1/documents`)).json()) as { documents: { name: string }[] };
  expect(listed.documents.map(({ name }) => name)).toEqual(['notes/today']);

  const { doc, provider } = (await run('y-websocket', '\nexport { doc, provider };\n')) as {
    doc: Doc;
    provider: WebsocketProvider;
  };
  if (!provider.synced) await new Promise((resolve) => provider.once('sync', resolve));
  expect(doc.getText('todo').toString()).toBe('call Grace\n');
  provider.destroy();
});
