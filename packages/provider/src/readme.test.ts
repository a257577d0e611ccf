import { readFileSync } from 'node:fs';
import { expect, test, vi } from 'vitest';
import { entries, FakeServer, opened, saved, turn, welcome, writer } from '../test/fake-server.js';
import { MemoryDisk, MemoryStore } from '../test/memory-store.js';
import { Connection, type ConnectionOptions } from './connection.js';

const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
const imports =
  /```js\nimport \{ Connection \} from '@weft\/provider';\n(?:import \{ \w+ \} from '[^']+';\n)?([^`]*)```/g;
const examples = [...readme.matchAll(imports)].map(([, code]) => code!);

/** Runs an example before a fake server; what it prints is in `printed`. */
function run(example: string, { fetch, IndexedDbStore }: Readonly<Record<string, unknown>> = {}) {
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
  const listeners: ((event: { preventDefault(): void }) => void)[] = [];
  const addEventListener = (_name: string, listener: (event: { preventDefault(): void }) => void) =>
    listeners.push(listener);
  const given = { Connection: TestConnection, console, fetch, IndexedDbStore, addEventListener };
  const running = new Function(...Object.keys(given), code)(...Object.values(given));
  /** Whether the page asks before it is closed. */
  const asks = (): boolean => {
    const preventDefault = vi.fn();
    for (const listener of listeners) listener({ preventDefault });
    return preventDefault.mock.calls.length > 0;
  };
  return { server, printed, running, asks, connection: connections[0]! };
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
  const { server, printed, connection } = run(examples[2]!, { fetch: async () => ({ text: async () => 'jwt' }) });
  await vi.waitFor(() => server.socket.open());
  expect(await server.heard()).toMatchObject([{ type: 'Hello', token: 'jwt' }]);
  server.say(welcome({ person: 'u-1', name: 'Ann B.' }));
  expect(printed).toEqual([['u-1', 'Ann B.', 0]]);
  connection.close();
});

test('so does the one about what is kept', async () => {
  const disk = new MemoryDisk();
  class Store extends MemoryStore {
    constructor({ person }: { readonly person: string }) {
      super(disk, person);
    }
  }
  const first = run(examples[1]!, { IndexedDbStore: Store });
  first.server.socket.open();
  await first.server.heard();
  first.server.say(welcome({ person: 'u-ann' }), opened({ head: 1 }), entries(1, writer(7).type('Hello')));
  await turn();
  expect([first.printed, first.asks()]).toEqual([[['unsaved text is', 'kept'], ''], false]);
  first.connection.close();
  const second = run(examples[1]!, { IndexedDbStore: Store });
  await turn();
  expect(second.printed).toEqual([['unsaved text is', 'kept'], '']);
  second.connection.close();
});
