import { CloseCode, PING_AFTER_MS, PONG_WITHIN_MS, PROTOCOL_VERSION } from '@weft/protocol';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { entries, FakeServer, opened, typed, welcome, writer } from '../test/fake-server.js';
import type { Connection } from './connection.js';
import type { ConnectionStatus } from './connection-status.js';

let server: FakeServer;
let connection: Connection;

beforeEach(() => {
  vi.useFakeTimers({ now: 1_000_000 });
  server = new FakeServer();
});

afterEach(() => {
  connection.close();
  expect(vi.getTimerCount()).toBe(0);
  vi.useRealTimers();
});

const kind = () => connection.status.kind;

test('it connects at once, in binary, and says who it is', async () => {
  connection = server.connect({ client: 'test/1' });
  expect(kind()).toBe('connecting');
  expect([server.socket.url, server.socket.binaryType]).toEqual(['ws://test/weft', 'arraybuffer']);
  expect(await server.accept()).toEqual([
    { type: 'Hello', version: PROTOCOL_VERSION, client: 'test/1', name: 'Ann', color: '#aa0000', token: '', guest: '' },
  ]);
  expect(kind()).toBe('connected');
});

test('Hello and the Opens of all documents leave in one frame', async () => {
  connection = server.connect();
  connection.open('a', { clientId: () => 11 });
  connection.open('b/c', { kind: 'discussion', clientId: () => 12 });
  const first = await server.accept();
  expect(server.socket.frames).toHaveLength(1);
  expect(first.slice(1)).toMatchObject([
    { type: 'Open', ref: 1, document: 'a', kind: 0, clientId: 11, epoch: 0, seq: 0 },
    { type: 'Open', ref: 2, document: 'b/c', kind: 1, clientId: 12, epoch: 0, seq: 0 },
  ]);
});

test('documents opened later, in one turn, share a frame', async () => {
  connection = server.connect();
  await server.accept();
  connection.open('a');
  connection.open('b');
  expect(typed(await server.heard())).toEqual(['Open', 'Open']);
  expect(server.socket.frames).toHaveLength(2);
});

test('documents on one connection get their own messages', async () => {
  connection = server.connect();
  const a = connection.open('a');
  const b = connection.open('b');
  await server.accept();
  server.say(opened({ ref: 2, channel: 20 }), opened({ ref: 1, channel: 10 }));
  server.say({ ...entries(1, writer(5).type('for b')), channel: 20 } as ReturnType<typeof entries>);
  expect(a.doc.getText('t').toString()).toBe('');
  expect(b.doc.getText('t').toString()).toBe('for b');
});

test('a name outside the grammar is refused at once', () => {
  connection = server.connect();
  expect(() => connection.open('a//b')).toThrow(RangeError);
  expect(() => connection.open('')).toThrow('cannot be empty');
});

test('it comes back after a pause that is chosen by chance below a doubling ceiling', async () => {
  connection = server.connect({ random: () => 0.5 });
  const pauses: number[] = [];
  for (let i = 0; i < 7; i++) {
    server.socket.breakOff();
    const { status } = connection;
    if (status.kind !== 'waiting') throw new Error(status.kind);
    pauses.push(status.retryAtMs - Date.now());
    await vi.advanceTimersToNextTimerAsync();
    expect(kind()).toBe('connecting');
  }
  expect(pauses).toEqual([500, 1000, 2000, 4000, 8000, 15_000, 15_000]);
  expect(server.sockets).toHaveLength(8);
});

test('the pauses begin anew after a welcome that lasted, not after one that did not', async () => {
  connection = server.connect({ random: () => 0.5 });
  const pauseMs = () => (connection.status.kind === 'waiting' ? connection.status.retryAtMs - Date.now() : null);
  for (const expected of [500, 1000, 2000]) {
    await server.accept();
    server.socket.breakOff(1012);
    expect(pauseMs()).toBe(expected);
    await vi.advanceTimersToNextTimerAsync();
  }
  await server.accept();
  await vi.advanceTimersByTimeAsync(6_000);
  server.socket.breakOff();
  expect(pauseMs()).toBe(500);
});

test('who is sent on by one server after the other, as in an upgrade, waits no longer each time', async () => {
  connection = server.connect({ random: () => 0.5 });
  const pauseMs = () => (connection.status.kind === 'waiting' ? connection.status.retryAtMs - Date.now() : null);
  for (let node = 0; node < 5; node++) {
    await server.accept();
    server.socket.breakOff(CloseCode.GoingAway, 'The server is restarting.');
    expect(pauseMs()).toBe(500);
    connection.retryNow();
  }
  // One that turns people away before it has heard them is not there yet.
  server.socket.breakOff(CloseCode.GoingAway);
  expect(pauseMs()).toBe(1000);
});

test('a close code 44xx stops it until it is told to try', async () => {
  connection = server.connect();
  await server.accept();
  server.socket.breakOff(CloseCode.BadFrame, 'what?');
  expect(connection.status).toEqual({ kind: 'stopped', code: CloseCode.BadFrame, reason: 'what?' });
  expect(vi.getTimerCount()).toBe(0);
  connection.retryNow();
  expect(kind()).toBe('connecting');
  await server.accept();
  expect(kind()).toBe('connected');
});

test('a close code 45xx does not stop it', async () => {
  connection = server.connect();
  await server.accept();
  server.socket.breakOff(CloseCode.GoingAway);
  expect(kind()).toBe('waiting');
});

test('it tries at once when told to, but never twice at a time', async () => {
  connection = server.connect();
  connection.retryNow();
  expect(server.sockets).toHaveLength(1);
  server.socket.breakOff();
  connection.retryNow();
  connection.retryNow();
  expect(server.sockets).toHaveLength(2);
  await server.accept();
  connection.retryNow();
  await vi.advanceTimersByTimeAsync(10_000);
  expect(server.sockets).toHaveLength(2);
});

test('it tries at once when the browser is online again, and stops listening when closed', () => {
  const browser = new EventTarget();
  const removed: string[] = [];
  vi.stubGlobal('addEventListener', browser.addEventListener.bind(browser));
  vi.stubGlobal('removeEventListener', (type: string, listener: () => void) => {
    removed.push(type);
    browser.removeEventListener(type, listener);
  });
  connection = server.connect();
  server.socket.breakOff();
  browser.dispatchEvent(new Event('online'));
  expect(server.sockets).toHaveLength(2);
  server.socket.breakOff(CloseCode.BadFrame);
  browser.dispatchEvent(new Event('online'));
  expect(kind()).toBe('stopped');
  connection.close();
  vi.unstubAllGlobals();
  expect(removed).toEqual(['online', 'offline', 'pageshow']);
});

test('a network that went away is noticed within 5 s, whatever was heard a moment before', async () => {
  const browser = new EventTarget();
  vi.stubGlobal('addEventListener', browser.addEventListener.bind(browser));
  vi.stubGlobal('removeEventListener', browser.removeEventListener.bind(browser));
  connection = server.connect();
  await server.accept();
  browser.dispatchEvent(new Event('offline'));
  browser.dispatchEvent(new Event('offline'));
  expect(typed(await server.heard())).toEqual(['Ping']);
  server.say({ type: 'Pong', nonce: 1 });
  await vi.advanceTimersByTimeAsync(10_000);
  // One that still carries, as to a server on this computer, goes on.
  expect(kind()).toBe('connected');
  browser.dispatchEvent(new Event('offline'));
  await vi.advanceTimersByTimeAsync(4_999);
  expect(kind()).toBe('connected');
  await vi.advanceTimersByTimeAsync(1);
  expect(kind()).toBe('waiting');
  connection.close();
  vi.unstubAllGlobals();
});

test('a page that runs again after it was frozen or put aside looks at once', async () => {
  const browser = new EventTarget();
  const page = Object.assign(new EventTarget(), { visibilityState: 'visible' });
  vi.stubGlobal('addEventListener', browser.addEventListener.bind(browser));
  vi.stubGlobal('removeEventListener', browser.removeEventListener.bind(browser));
  vi.stubGlobal('document', page);
  connection = server.connect();
  await server.accept();
  for (const [target, name] of [
    [page, 'resume'],
    [browser, 'pageshow'],
    [page, 'visibilitychange'],
  ] as const) {
    target.dispatchEvent(new Event(name));
    const pings = await server.heard();
    expect(typed(pings)).toEqual(['Ping']);
    server.say({ type: 'Pong', nonce: 0 });
  }
  connection.close();
  vi.unstubAllGlobals();
});

test('a clock that leaps, as after a sleep, finds a dead connection dead at the next look', async () => {
  connection = server.connect();
  await server.accept();
  // Asleep for an hour: timers do not run, and then those that were due do.
  vi.setSystemTime(Date.now() + 3_600_000);
  await vi.advanceTimersByTimeAsync(PONG_WITHIN_MS);
  expect(typed(await server.heard())).toEqual(['Ping']);
  await vi.advanceTimersByTimeAsync(PONG_WITHIN_MS);
  expect(kind()).toBe('waiting');
});

test('a silent connection is pinged, then taken for dead', async () => {
  connection = server.connect();
  await server.accept();
  await vi.advanceTimersByTimeAsync(PING_AFTER_MS - 1);
  expect(await server.heard()).toEqual([]);
  await vi.advanceTimersByTimeAsync(1);
  expect(await server.heard()).toEqual([{ type: 'Ping', nonce: 1 }]);
  await vi.advanceTimersByTimeAsync(PONG_WITHIN_MS - 1);
  expect(kind()).toBe('connected');
  await vi.advanceTimersByTimeAsync(1);
  expect(kind()).toBe('waiting');
  expect(server.socket.closedByClient).toBe(CloseCode.Timeout);
});

test('a connection on which something is heard is left alone, by one timer', async () => {
  connection = server.connect();
  await server.accept();
  for (let i = 0; i < 20; i++) {
    await vi.advanceTimersByTimeAsync(PING_AFTER_MS - 1000);
    server.say(welcome());
    expect(vi.getTimerCount()).toBe(1);
  }
  expect(await server.heard()).toEqual([]);
  await vi.advanceTimersByTimeAsync(PING_AFTER_MS);
  expect(typed(await server.heard())).toEqual(['Ping']);
  server.say({ type: 'Pong', nonce: 1 });
  await vi.advanceTimersByTimeAsync(PONG_WITHIN_MS - 1);
  expect(kind()).toBe('connected');
});

test('a clock that was put back does not hide silence', async () => {
  connection = server.connect();
  await server.accept();
  vi.setSystemTime(10_000);
  await vi.advanceTimersByTimeAsync(2 * PING_AFTER_MS + PONG_WITHIN_MS);
  expect(server.sockets[0]!.closedByClient).toBe(CloseCode.Timeout);
});

test('a handshake that is never answered is given up', async () => {
  connection = server.connect();
  await vi.advanceTimersByTimeAsync(PONG_WITHIN_MS);
  expect(kind()).toBe('waiting');
  const first = server.sockets[0]!;
  await vi.advanceTimersByTimeAsync(60_000);
  first.open();
  expect(first.frames).toEqual([]);
});

test.each([
  ['an unknown tag', (send: FakeServer) => send.socket.sayBytes(Uint8Array.of(63))],
  ['a truncated message', (send: FakeServer) => send.socket.sayBytes(Uint8Array.of(66, 1, 200))],
  ['a frame of text', (send: FakeServer) => send.socket.onmessage?.({ data: 'hello' })],
])('%s ends the connection, which comes back', async (_, misbehave) => {
  connection = server.connect();
  await server.accept();
  misbehave(server);
  expect(server.socket.closedByClient).toBe(CloseCode.BadFrame);
  expect(kind()).toBe('waiting');
});

test('an error thrown while a message is handled is reported, and the connection begins anew', async () => {
  connection = server.connect();
  const document = connection.open('a');
  await server.accept();
  server.say(opened());
  document.doc.on('update', () => {
    throw new Error('bug in an editor');
  });
  expect(() => server.say(entries(1, writer(5).type('x')))).toThrow('bug in an editor');
  expect(kind()).toBe('waiting');
});

test('a server that answers in a newer version stops it: another page is needed', async () => {
  connection = server.connect();
  server.socket.open();
  server.say(welcome({ version: PROTOCOL_VERSION + 1 }), opened());
  expect(connection.status).toMatchObject({ kind: 'stopped', code: CloseCode.VersionUnsupported });
  expect(server.socket.closedByClient).toBe(CloseCode.VersionUnsupported);
});

test('one that answers in an older version is asked again until it has been updated', async () => {
  connection = server.connect();
  const document = connection.open('a');
  document.doc.getText('t').insert(0, 'kept');
  for (let times = 0; times < 5; times++) {
    server.socket.open();
    server.say(welcome({ version: PROTOCOL_VERSION - 1 }), opened());
    expect(connection.status).toMatchObject({ kind: 'waiting', lacks: 'newer-server' });
    expect(server.socket.closedByClient).toBe(CloseCode.ServerOutdated);
    expect([document.synced, document.saveState]).toEqual([false, { kind: 'offline', changes: 1 }]);
    await vi.advanceTimersToNextTimerAsync();
  }
  await server.accept();
  expect(kind()).toBe('connected');
});

test('another name is told to the server, now and after a reconnect', async () => {
  connection = server.connect();
  const { presence } = connection.open('a');
  await server.accept();
  const bea = { name: 'Bea', color: '#00ff00' };
  connection.setPerson(bea);
  expect(await server.heard()).toMatchObject([{ type: 'Hello', ...bea }]);
  expect(presence.getLocalState()).toEqual({ user: bea });
  server.socket.breakOff();
  connection.retryNow();
  expect((await server.accept())[0]).toMatchObject({ type: 'Hello', ...bea });
});

test('every change of status is told', async () => {
  connection = server.connect();
  const told: ConnectionStatus['kind'][] = [];
  connection.on('status', (status) => told.push(status.kind));
  await server.accept();
  server.socket.breakOff();
  connection.retryNow();
  connection.close();
  connection.close();
  expect(told).toEqual(['connected', 'waiting', 'connecting', 'closed']);
});

test('closing leaves every document, ends the socket and stays closed', async () => {
  connection = server.connect();
  const a = connection.open('a');
  const b = connection.open('b');
  await server.accept();
  server.say(opened({ ref: 1, channel: 1 }), opened({ ref: 2, channel: 2 }));
  await server.heard();
  a.doc.getText('t').insert(0, 'last words');
  connection.close();
  expect(typed(server.socket.heard())).toEqual(['Update', 'Close', 'Close']);
  expect(server.socket.closedByClient).toBe(1000);
  expect(kind()).toBe('closed');
  expect([a.saveState, b.saveState]).toEqual([
    { kind: 'offline', changes: 1 },
    { kind: 'offline', changes: 0 },
  ]);
  server.socket.breakOff();
  server.socket.open();
  connection.retryNow();
  await vi.advanceTimersByTimeAsync(60_000);
  expect(server.sockets).toHaveLength(1);
  expect(() => connection.open('c')).toThrow('closed');
});

test('closing while a try is waited for leaves no timer', () => {
  connection = server.connect();
  server.socket.breakOff();
  expect(vi.getTimerCount()).toBe(1);
  connection.close();
  expect(vi.getTimerCount()).toBe(0);
});

test('a document is open once on a connection, but content and discussion are two', () => {
  connection = server.connect();
  const a = connection.open('a');
  expect(() => connection.open('a')).toThrow('already');
  connection.open('a', { kind: 'discussion' });
  a.close();
  connection.open('a');
});

test('a document that is left and opened again in one breath waits for the answer to the first Open', async () => {
  connection = server.connect();
  const first = connection.open('a');
  await server.accept();
  first.close();
  const second = connection.open('a');
  connection.open('b');
  expect(await server.heard()).toMatchObject([{ type: 'Open', ref: 2, document: 'b' }]);
  server.say(opened({ ref: 1, channel: 4 }));
  expect(await server.heard()).toMatchObject([
    { type: 'Close', channel: 4 },
    { type: 'Open', ref: 3, document: 'a' },
  ]);
  server.say(opened({ ref: 3, channel: 4 }));
  expect([first.synced, second.synced]).toEqual([false, true]);

  second.close();
  const third = connection.open('a');
  third.close();
  connection.open('a');
  expect(typed(await server.heard())).toEqual(['Presence', 'Close', 'Open']);
});

test('a document that is left and opened again is not held up by an Open that was turned down, nor by a reconnect', async () => {
  connection = server.connect();
  connection.open('a').close();
  const b = connection.open('b');
  await server.accept();
  b.close();
  connection.open('b');
  server.say({ type: 'Closed', ref: 1, channel: 0, code: CloseCode.InternalError, reason: '' });
  expect(typed(await server.heard())).toEqual(['Open']);
  connection.open('c').close();
  connection.open('c');
  server.socket.breakOff();
  connection.retryNow();
  expect(typed(await server.accept())).toEqual(['Hello', 'Open', 'Open']);
});

test('messages for a document that was left are dropped, and a late Opened is closed', async () => {
  connection = server.connect();
  const a = connection.open('a');
  await server.accept();
  a.close();
  server.say(opened({ ref: 1, channel: 4 }));
  server.say({ ...entries(1, writer(5).type('x')), channel: 4 } as ReturnType<typeof entries>);
  expect(await server.heard()).toEqual([{ type: 'Close', channel: 4 }]);
  expect(a.doc.getText('t').toString()).toBe('');
  expect(kind()).toBe('connected');
});

test('a connection closed by a listener in the middle of a frame handles nothing after that', async () => {
  connection = server.connect();
  const a = connection.open('a');
  await server.accept();
  a.on('synced', () => connection.close());
  server.say(opened(), welcome());
  expect(kind()).toBe('closed');
});
