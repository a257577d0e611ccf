import { CloseCode } from '@weft/protocol';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { FakeFetch, type FakeRequest } from '../test/fake-fetch.js';
import { FakeServer, opened, saved, typed, welcome } from '../test/fake-server.js';
import { FakePage } from '../test/page.js';
import type { Connection, ConnectionOptions } from './connection.js';
import type { LadderMemory } from './ladder.js';

const EVENTS = '/weft/events';
const SEND = '/weft/send';
const POLL = '/weft/poll';
const MINUTE_MS = 60_000;

let server: FakeServer;
let net: FakeFetch;
let memory: Map<string, string>;
let connection: Connection;
/** Every kind of status, in order. */
let statuses: string[];

beforeEach(() => {
  vi.useFakeTimers({ now: 1_000_000 });
  server = new FakeServer();
  net = new FakeFetch();
  memory = new Map();
});

afterEach(async () => {
  connection.close();
  expect(vi.getTimerCount()).toBe(0);
  net.always = (request) => request.answer(204);
  for (const request of net.requests.filter(({ isOver }) => !isOver)) request.cut();
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

const pageMemory: LadderMemory = {
  read: (key) => memory.get(key) ?? null,
  write: (key, value) => void (value === null ? memory.delete(key) : memory.set(key, value)),
};

function connect(options: Partial<ConnectionOptions> = {}): void {
  connection = server.connect({
    transports: ['websocket', 'events', 'poll'],
    fetch: net.fetch,
    memory: pageMemory,
    ...options,
  });
  statuses = [connection.status.kind];
  connection.on('status', ({ kind }) => void statuses.push(kind));
}

const settled = async (): Promise<void> => {
  for (let i = 0; i < 6; i++) await vi.advanceTimersByTimeAsync(0);
};

/** Lets the newest stream begin its session. */
async function beginEvents(): Promise<FakeRequest> {
  const stream = net.newest(EVENTS);
  stream.begin();
  stream.event('session', 'secret');
  await settled();
  return stream;
}

/** Takes what was sent, and says what it was. */
async function takeSends(): Promise<ReturnType<FakeRequest['heard']>> {
  const heard: ReturnType<FakeRequest['heard']> = [];
  for (;;) {
    await settled();
    const [request] = net.open(SEND);
    if (!request) return heard;
    heard.push(...request.heard());
    request.answer(204);
  }
}

/** Goes on over events, where no WebSocket gets through. */
async function connectByEvents(options: Partial<ConnectionOptions> = {}): Promise<FakeRequest> {
  connect(options);
  server.socket.breakOff();
  await settled();
  const stream = await beginEvents();
  await takeSends();
  stream.messages(welcome());
  await settled();
  expect(connection.status.kind).toBe('connected');
  return stream;
}

describe('down the ladder', () => {
  test('a WebSocket that is refused is followed by events at once, and a person is told of one connecting', async () => {
    connect();
    connection.open('a');
    server.socket.breakOff();
    await settled();
    const stream = await beginEvents();
    expect(typed(await takeSends())).toEqual(['Hello', 'Open']);
    stream.messages(welcome());
    await settled();
    expect(statuses).toEqual(['connecting', 'connected']);
    expect(server.sockets).toHaveLength(1);
  });

  test('a WebSocket that opens and stays silent is given up after some seconds', async () => {
    connect();
    server.socket.open();
    await vi.advanceTimersByTimeAsync(7999);
    expect(net.requests).toHaveLength(0);
    await vi.advanceTimersByTimeAsync(1);
    expect(server.socket.closedByClient).toBe(CloseCode.Timeout);
    expect(net.count(EVENTS)).toBe(1);
  });

  test('a stream that is held back on its way is followed by polls', async () => {
    connect();
    server.socket.breakOff();
    await settled();
    net.newest(EVENTS).begin();
    await vi.advanceTimersByTimeAsync(8000);
    expect(net.newest(EVENTS).isOver).toBe(true);
    net.newest(POLL).answer(200, { 'weft-session': 'secret' });
    expect(typed(await takeSends())).toEqual(['Hello']);
    expect(statuses).toEqual(['connecting']);
  });

  test('where no WebSocket is to be had at all, events are the first', async () => {
    vi.stubGlobal('WebSocket', undefined);
    connect({ WebSocket: undefined as never });
    expect(net.count(EVENTS)).toBe(1);
    net.newest(EVENTS).cut();
    await settled();
    expect(net.count(POLL)).toBe(1);
  });

  test('a WebSocket that the server closes with a reason is not blocked', async () => {
    connect();
    server.socket.open();
    server.socket.breakOff(CloseCode.TooMany, 'Too many.');
    await settled();
    expect([connection.status.kind, net.requests.length]).toEqual(['waiting', 0]);
  });

  test('a WebSocket that carried before may fail once: the server is away', async () => {
    connect();
    await server.accept();
    server.socket.breakOff();
    connection.retryNow();
    server.socket.breakOff();
    await settled();
    expect([connection.status.kind, net.requests.length]).toEqual(['waiting', 0]);
    connection.retryNow();
    server.socket.breakOff();
    await settled();
    expect(net.count(EVENTS)).toBe(1);
  });

  test('without a network nobody goes down, and when nothing carries it is begun anew at the top, later', async () => {
    vi.stubGlobal('navigator', { onLine: false });
    connect();
    server.socket.breakOff();
    await settled();
    expect([connection.status.kind, net.requests.length]).toEqual(['waiting', 0]);
    vi.stubGlobal('navigator', { onLine: true });
    connection.retryNow();
    server.socket.breakOff();
    await settled();
    net.newest(EVENTS).cut();
    await settled();
    net.newest(POLL).cut();
    await settled();
    expect(statuses).toEqual(['connecting', 'waiting', 'connecting', 'waiting']);
    connection.retryNow();
    expect(server.sockets).toHaveLength(3);
  });

  test('a server that says when to come back is not asked before, on any rung', async () => {
    connect();
    server.socket.breakOff();
    await settled();
    net.newest(EVENTS).answer(503, { 'retry-after': '20' });
    await settled();
    const { status } = connection;
    if (status.kind !== 'waiting') throw new Error(status.kind);
    expect(status.retryAtMs - Date.now()).toBeGreaterThanOrEqual(20_000);
    await vi.advanceTimersByTimeAsync(19_999);
    expect([net.requests.length, server.sockets.length]).toEqual([1, 1]);
    await vi.advanceTimersByTimeAsync(status.retryAtMs - Date.now());
    expect(server.sockets).toHaveLength(2);
  });

  test('a token is asked for on each rung, for a ticket is good once', async () => {
    let tickets = 0;
    connect({ token: async () => `ticket ${++tickets}` });
    await settled();
    server.socket.open();
    await vi.advanceTimersByTimeAsync(8000);
    await beginEvents();
    expect(await takeSends()).toMatchObject([{ type: 'Hello', token: 'ticket 2' }]);
  });

  test('codes 44xx stop it on every rung', async () => {
    connect();
    server.socket.breakOff();
    await settled();
    const stream = await beginEvents();
    stream.event('close', JSON.stringify({ code: CloseCode.VersionUnsupported, reason: 'Reload it.' }));
    await settled();
    expect(connection.status).toEqual({ kind: 'stopped', code: CloseCode.VersionUnsupported, reason: 'Reload it.' });
  });
});

describe('on a lower rung', () => {
  test('what carried is what the next connection begins with', async () => {
    await connectByEvents();
    connection.close();
    const before = server.sockets.length;
    connect();
    expect(server.sockets).toHaveLength(before);
    expect(net.count(EVENTS)).toBe(2);
  });

  test('a break leads back to the same rung', async () => {
    const stream = await connectByEvents();
    stream.cut();
    await settled();
    expect(connection.status.kind).toBe('waiting');
    connection.retryNow();
    expect([net.count(EVENTS), server.sockets.length]).toEqual([2, 1]);
  });

  test('a dead stream is noticed within 35 s', async () => {
    await connectByEvents();
    const brokenAtMs = Date.now();
    net.always = () => undefined;
    while (connection.status.kind === 'connected') await vi.advanceTimersToNextTimerAsync();
    expect(Date.now() - brokenAtMs).toBeLessThanOrEqual(35_000);
  });

  test('text is saved as on a WebSocket, and what was not is said again after a break', async () => {
    const stream = await connectByEvents();
    const document = connection.open('a');
    expect(await takeSends()).toMatchObject([{ type: 'Open', ref: 1 }]);
    stream.messages(opened({ ref: 1 }));
    await settled();
    document.doc.getText('t').insert(0, 'x');
    expect(typed(await takeSends())).toContain('Update');
    stream.messages(saved(1, 1));
    await settled();
    expect(document.saveState.kind).toBe('saved');
  });
});

describe('up again', () => {
  const climb = (): Promise<unknown> => vi.advanceTimersByTimeAsync(5 * MINUTE_MS);

  /** The server on the other side of the stream answers every Ping. */
  function keepAlive(stream: FakeRequest): void {
    net.always = (request) => {
      if (request.path !== SEND) return;
      const heard = request.heard();
      queueMicrotask(() => {
        if (request.isOver) return;
        request.answer(204);
        for (const message of heard) {
          if (message.type === 'Ping') stream.messages({ type: 'Pong', nonce: message.nonce });
        }
      });
    };
  }

  test('a WebSocket that answers takes over, without a moment in which nobody is connected', async () => {
    const stream = await connectByEvents();
    keepAlive(stream);
    await vi.advanceTimersByTimeAsync(5 * MINUTE_MS - 1000);
    const document = connection.open('a');
    await settled();
    document.doc.getText('t').insert(0, 'unsaved');
    await vi.advanceTimersByTimeAsync(1000);
    expect(server.sockets).toHaveLength(2);
    server.socket.open();
    expect(await server.heard()).toEqual([{ type: 'Ping', nonce: 0 }]);
    expect(stream.isOver).toBe(false);

    server.say({ type: 'Pong', nonce: 0 });
    expect(typed(await server.heard())).toEqual(['Hello', 'Open']);
    server.say(welcome(), opened());
    expect(typed(await server.heard())).toContain('Update');
    await settled();
    expect(net.newest(SEND).headers['weft-end']).toBe('1');
    expect(stream.isOver).toBe(true);
    expect(statuses.filter((kind) => kind !== 'connected')).toEqual(['connecting']);
    await vi.advanceTimersByTimeAsync(1000);
    expect(memory.size).toBe(0);
  });

  test('one that opens and stays silent is noticed by nobody, and tried again later', async () => {
    const stream = await connectByEvents();
    keepAlive(stream);
    await climb();
    server.socket.open();
    await vi.advanceTimersByTimeAsync(8000);
    expect(server.socket.closedByClient).not.toBe(null);
    expect([stream.isOver, statuses.at(-1)]).toEqual([false, 'connected']);
    await climb();
    expect(server.sockets).toHaveLength(3);
  });

  test('it is tried at once when the network has changed', async () => {
    const listeners = new Map<string, () => void>();
    vi.stubGlobal('addEventListener', (name: string, listener: () => void) => listeners.set(name, listener));
    vi.stubGlobal('removeEventListener', (name: string) => listeners.delete(name));
    await connectByEvents();
    listeners.get('online')!();
    await settled();
    expect(server.sockets).toHaveLength(2);
    connection.close();
    expect(listeners.size).toBe(0);
  });

  test('a connection that ends meanwhile ends the try', async () => {
    const stream = await connectByEvents();
    keepAlive(stream);
    await climb();
    stream.cut();
    await settled();
    expect(server.socket.closedByClient).toBe(1000);
    expect(connection.status.kind).toBe('waiting');
  });
});

describe('somebody who looks again', () => {
  test('is told within seconds that the connection is dead', async () => {
    const page = FakePage.install();
    connect();
    await server.accept();
    await server.heard();
    await vi.advanceTimersByTimeAsync(10_000);
    page.show();
    expect(typed(await server.heard())).toEqual(['Ping']);
    await vi.advanceTimersByTimeAsync(5000);
    expect(connection.status.kind).toBe('waiting');
    page.hide();
    expect(connection.status.kind).toBe('waiting');
    page.show();
    expect(connection.status.kind).toBe('connecting');
    connection.close();
    expect(page.listenerCount).toBe(0);
  });
});
