import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { FakeServer, opened, saved } from '../test/fake-server.js';
import { Connection, type ConnectionOptions } from './connection.js';

test('the example of the README runs as it stands', async () => {
  const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
  const example = /```js\nimport \{ Connection \} from '@weft\/provider';\n([^`]*)```/.exec(readme)?.[1];
  const server = new FakeServer();
  class TestConnection extends Connection {
    constructor(options: ConnectionOptions) {
      super({ ...options, WebSocket: server.WebSocket });
    }
  }
  const printed: unknown[] = [];
  const console = { log: (line: unknown) => printed.push(line) };
  const running = new Function('Connection', 'console', `return (async () => {${example}})();`)(
    TestConnection,
    console,
  );

  expect(await server.accept()).toMatchObject([{ name: 'Ann' }, { type: 'Open', document: 'notes/today' }]);
  server.say(opened());
  expect(await server.heard()).toMatchObject([{ type: 'Presence' }, { type: 'Update', clientSeq: 1 }]);
  server.say(saved(1, 1));
  await running;
  expect(printed).toEqual(['saving', 'saved', 'saving', 'saved']);
  expect(server.socket.closedByClient).toBe(1000);
});
