// S4: who looks away costs the server nothing after a while, and finds everything as it was; nothing unsaved waits for that.

import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { checked, FakeServer, opened, proofOf, saved, turn, typed, welcome } from '../test/fake-server.js';
import { MemoryDisk } from '../test/memory-store.js';
import { FakePage } from '../test/page.js';
import { TabHub } from '../test/tab-hub.js';
import type { Connection, ConnectionOptions } from './connection.js';
import { HiddenPage } from './hidden-page.js';
import type { SaveState } from './save-state.js';
import type { SharedDocument } from './shared-document.js';
import type { Rung } from './transport.js';

const MINUTE_MS = 60_000;

let server: FakeServer;
let page: FakePage;
let connection: Connection;
let document: SharedDocument;
let states: SaveState['kind'][];

function connect(options: Partial<ConnectionOptions> = {}): void {
  connection = server.connect(options);
  let clientId = 100;
  document = connection.open('a', { clientId: () => ++clientId });
  document.on('save', ({ kind }) => states.push(kind));
}

async function join(fields: Parameters<typeof opened>[0] = {}): Promise<string[]> {
  await turn();
  server.socket.open();
  const first = await server.heard();
  server.say(welcome(), opened(fields));
  await turn();
  return typed(first);
}

const type = (words: string) => document.doc.getText('t').insert(0, words);
const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms);

/** What keeps a connection alive. */
async function answerPings(): Promise<void> {
  for (const message of await server.heard()) {
    if (message.type === 'Ping') server.say({ type: 'Pong', nonce: message.nonce });
  }
}

/** With a server that answers pings, until the connection is given up. */
async function passSeconds(seconds: number): Promise<void> {
  for (let left = seconds; left > 0 && connection.status.kind === 'connected'; left--) {
    await pass(1_000);
    await answerPings();
  }
}
const passAMinute = () => passSeconds(60);

beforeEach(() => {
  vi.useFakeTimers({ now: 1_000_000 });
  server = new FakeServer();
  page = FakePage.install();
  states = [];
});

afterEach(() => {
  connection.close();
  expect([vi.getTimerCount(), page.listenerCount]).toEqual([0, 0]);
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

test('who comes back to a page and cannot be signed in is told to be offline, not to be saving for ever', async () => {
  let isSignInThere = true;
  connect({
    token: async () => {
      if (!isSignInThere) throw new Error('no answer');
      return 'a ticket';
    },
  });
  await pass(0);
  await join({ head: 0 });
  page.hide();
  await passAMinute();
  isSignInThere = false;
  page.show();
  await pass(0);
  expect(connection.status).toMatchObject({ kind: 'waiting', lacks: 'token' });
  expect(document.saveState).toEqual({ kind: 'offline', changes: 0 });
});

test('a page that nobody sees for a minute gives up its connection, and still calls saved what is', async () => {
  connect();
  await join({ head: 0 });
  page.hide();
  await passAMinute();
  expect([connection.status, server.socket.closedByClient]).toEqual([{ kind: 'resting' }, 1000]);
  expect(document.saveState.kind).toBe('saved');
  await document.whenSaved();
  await pass(10 * MINUTE_MS);
  expect(server.sockets).toHaveLength(1);
});

test('it comes back once it is seen, from where it was, and is never called offline', async () => {
  connect();
  await join({ head: 3, checkpointSeq: 3, epoch: 5 });
  page.hide();
  await passAMinute();
  await pass(MINUTE_MS);
  states = [];
  page.show();
  expect([connection.status.kind, document.saveState]).toEqual([
    'connecting',
    { kind: 'saving', changes: 0, sinceMs: Date.now() },
  ]);
  await turn();
  server.socket.open();
  expect(await server.heard()).toMatchObject([
    { type: 'Hello' },
    { type: 'Open', epoch: 5, seq: 3, proof: proofOf(3) },
  ]);
  server.say(welcome(), opened({ head: 3, checkpointSeq: 3, held: 3, epoch: 5 }));
  await turn();
  server.say(checked(3));
  expect(new Set(states)).toEqual(new Set(['saving', 'saved']));
  expect(document.saveState.kind).toBe('saved');
});

test('one that cannot come back says so', async () => {
  connect();
  await join();
  page.hide();
  await passAMinute();
  page.show();
  await turn();
  server.socket.breakOff();
  expect([connection.status.kind, document.saveState.kind]).toEqual(['waiting', 'offline']);
});

test('who looks away for less than a minute keeps the connection', async () => {
  connect();
  await join();
  page.hide();
  await pass(14_000);
  page.show();
  for (let minute = 0; minute < 3; minute++) await passAMinute();
  expect([connection.status.kind, server.sockets.length]).toEqual(['connected', 1]);
});

test('nothing is given up while something is not saved', async () => {
  connect();
  await join();
  page.hide();
  await passSeconds(59);
  type('not saved yet');
  await pass(1_000);
  expect([connection.status.kind, document.saveState.kind]).toEqual(['connected', 'saving']);
  server.say(saved(1, 1));
  await passAMinute();
  expect(connection.status.kind).toBe('resting');
});

test('what is written in a hidden page, by a program perhaps, is sent', async () => {
  connect();
  await join();
  page.hide();
  await passAMinute();
  type('by a program');
  expect(document.saveState).toMatchObject({ kind: 'saving', changes: 1 });
  await turn();
  expect(connection.status.kind).toBe('connecting');
  expect(await join()).toEqual(['Hello', 'Open']);
  expect(typed(await server.heard())).toContain('Update');
});

test('a document that is opened in a hidden page is fetched', async () => {
  connect();
  await join();
  page.hide();
  await passAMinute();
  connection.open('b');
  await turn();
  server.socket.open();
  expect(typed(await server.heard())).toEqual(['Hello', 'Open', 'Open']);
});

test('a hidden page without a connection tries no more, unless something waits to be sent', async () => {
  connect();
  page.hide();
  for (let tries = 0; tries < 8 && connection.status.kind !== 'resting'; tries++) {
    server.socket.breakOff();
    await pass(15_000);
  }
  expect([connection.status.kind, document.saveState.kind]).toEqual(['resting', 'offline']);
  type('x');
  await turn();
  for (let tries = 0; tries < 8; tries++) {
    server.socket.breakOff();
    await pass(15_000);
  }
  expect(connection.status.kind).toBe('connecting');
});

test('a page that begins hidden gives up its connection, too', async () => {
  page.visibilityState = 'hidden';
  connect();
  await join();
  await passAMinute();
  expect(connection.status.kind).toBe('resting');
});

test('an application can keep it', async () => {
  connect({ staysWhenHidden: true });
  await join();
  page.hide();
  await passAMinute();
  await passAMinute();
  expect(connection.status.kind).toBe('connected');
});

test('a page that is frozen gives up its connection at once, and leaves what is unsent to others', async () => {
  const [disk, hub] = [new MemoryDisk(), new TabHub()];
  const tab = hub.page();
  connect({ store: disk.page(), BroadcastChannel: tab.BroadcastChannel });
  await join();
  page.hide();
  page.freeze();
  expect([connection.status.kind, tab.open.size]).toEqual(['resting', 0]);
  page.resume();
  expect(tab.open.size).toBe(1);

  page.show();
  await join();
  type('unsent');
  await pass(0);
  expect(disk.held.size).toBe(1);
  page.hide();
  page.freeze();
  expect([connection.status.kind, tab.open.size, disk.held.size]).toEqual(['connected', 0, 0]);
});

test('over HTTP, of which a browser has six to a server, it is given up sooner', async () => {
  connect();
  const rests = async (rung: Rung): Promise<number> => {
    const rest = vi.fn();
    const hidden = new HiddenPage({ rung: () => rung, rest });
    hidden.hidden();
    let seconds = 0;
    for (; rest.mock.calls.length === 0; seconds++) await pass(1_000);
    hidden.shown();
    return seconds;
  };
  expect([await rests('websocket'), await rests('events'), await rests('poll')]).toEqual([60, 10, 10]);
});
