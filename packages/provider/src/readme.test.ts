import { readFileSync } from 'node:fs';
import { expect, test, vi } from 'vitest';
import { FakeServer, opened, saved, welcome } from '../test/fake-server.js';
import { Connection, type ConnectionOptions } from './connection.js';

const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
const examples = [...readme.matchAll(/```js\nimport \{ Connection \} from '@weft\/provider';\n([^`]*)```/g)].map(
  ([, code]) => code!,
);

/** Runs an example before a fake server; what it prints is in `printed`. */
function run(example: string, fetch?: unknown) {
  const server = new FakeServer();
  const connections: Connection[] = [];
  class TestConnection extends Connection {
    constructor(options: ConnectionOptions) {
      super({ ...options, WebSocket: server.WebSocket });
      connections.push(this);
    }
  }
  const printed: unknown[] = [];
  const console = { log: (...line: unknown[]) => printed.push(line.length === 1 ? line[0] : line) };
  const code = `return (async () => {${example}})();`;
  const running = new Function('Connection', 'console', 'fetch', code)(TestConnection, console, fetch);
  return { server, printed, running, connection: connections[0]! };
}

test('the first example of the README runs as it stands', async () => {
  const { server, printed, running } = run(examples[0]!);
  expect(await server.accept()).toMatchObject([{ name: 'Ann' }, { type: 'Open', document: 'notes/today' }]);
  server.say(opened());
  expect(await server.heard()).toMatchObject([{ type: 'Presence' }, { type: 'Update', clientSeq: 1 }]);
  server.say(saved(1, 1));
  await running;
  expect(printed).toEqual(['saving', 'saved', 'saving', 'saved']);
  expect(server.socket.closedByClient).toBe(1000);
});

test('so does the one about who one is', async () => {
  const { server, printed, connection } = run(examples[1]!, async () => ({ text: async () => 'jwt' }));
  await vi.waitFor(() => server.socket.open());
  expect(await server.heard()).toMatchObject([{ type: 'Hello', token: 'jwt' }]);
  server.say(welcome({ person: 'u-1', name: 'Ann B.' }));
  expect(printed).toEqual([['u-1', 'Ann B.', 0]]);
  connection.close();
});
