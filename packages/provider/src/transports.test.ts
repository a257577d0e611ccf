import { CloseCode, POLL_WITHIN_MS } from '@weft/protocol';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { FakeFetch } from '../test/fake-fetch.js';
import { overEvents } from './events-transport.js';
import { overPolls } from './poll-transport.js';
import type { OpenTransport, Transport, TransportListener } from './transport.js';

/** What a transport told, in order. */
class Told implements TransportListener {
  readonly story: unknown[] = [];
  opened(): void {
    this.story.push('opened');
  }
  received(frame: Uint8Array): void {
    this.story.push([...frame]);
  }
  heard(): void {
    this.story.push('heard');
  }
  closed(end: object): void {
    this.story.push(end);
  }
}

const EVENTS = '/weft/events';
const SEND = '/weft/send';
const POLL = '/weft/poll';

let net: FakeFetch;
let told: Told;
let transport: Transport;

beforeEach(() => {
  vi.useFakeTimers();
  net = new FakeFetch();
  told = new Told();
});

afterEach(() => {
  transport.close(CloseCode.Timeout, '');
  expect(vi.getTimerCount()).toBe(0);
  vi.useRealTimers();
});

const open = (way: (fetch: typeof globalThis.fetch) => OpenTransport): void => {
  transport = way(net.fetch)('wss://weft.test/weft', told);
};
/** Streams settle over several turns. */
const settled = async (): Promise<void> => {
  for (let i = 0; i < 5; i++) await vi.advanceTimersByTimeAsync(0);
};
const send = (...bytes: number[]): void => transport.send(Uint8Array.from(bytes) as Uint8Array<ArrayBuffer>);
const sends = () =>
  net.requests.filter(({ path }) => path === SEND).map(({ headers, body }) => ({ ...headers, body: [...body] }));
const answerSend = async (status = 204, headers: Record<string, string> = {}): Promise<void> => {
  net.newest(SEND).answer(status, headers);
  await settled();
};

async function openPolls(): Promise<void> {
  open(overPolls);
  net.newest(POLL).answer(200, { 'weft-session': 'secret' });
  await settled();
}

async function openEvents(): Promise<void> {
  open(overEvents);
  net.newest(EVENTS).begin();
  await settled();
  net.newest(EVENTS).event('session', 'secret');
  await settled();
}

const answerPoll = async (number: number, ...bytes: number[]): Promise<void> => {
  net.newest(POLL).answer(200, { 'weft-answer': `${number}` }, Uint8Array.from(bytes));
  await settled();
};

test.each([overEvents, overPolls])('what stands behind the path of the address, every request has', (way) => {
  transport = way(net.fetch)('wss://weft.test/weft?document=notes/a', told);
  expect(net.requests.map(({ url }) => url)).toEqual([
    `https://weft.test${way === overEvents ? EVENTS : POLL}?document=notes/a`,
  ]);
});

describe('events', () => {
  test('it is open when the stream says its session, and not before', async () => {
    open(overEvents);
    const { init } = net.newest(EVENTS);
    expect([init.method, init.cache, init.redirect]).toEqual(['POST', 'no-store', 'error']);
    net.newest(EVENTS).begin();
    await settled();
    expect(told.story).toEqual([]);
    net.newest(EVENTS).say('event: session\nda');
    net.newest(EVENTS).say('ta: secret\n\n');
    await settled();
    expect(told.story).toEqual(['opened']);
  });

  test('each event is a frame, and one that is no base64 is none', async () => {
    await openEvents();
    net.newest(EVENTS).say('data: AQID\n\ndata: %%%\n\nevent: news\ndata: AQ==\n\n');
    await settled();
    expect(told.story.slice(1)).toEqual([[1, 2, 3], []]);
  });

  test('a ping is heard, and answered with an empty request', async () => {
    await openEvents();
    net.newest(EVENTS).event('ping', '');
    await settled();
    expect(told.story.slice(1)).toEqual(['heard']);
    expect(sends()).toEqual([{ 'weft-session': 'secret', 'weft-counter': '1', body: [] }]);
    await answerSend();
  });

  test('it ends with what the server says, or with a break; nothing comes after that', async () => {
    await openEvents();
    const stream = net.newest(EVENTS);
    stream.say('event: close\ndata: {"code":4503,"reason":"Restarting."}\n\ndata: AQ==\n\n');
    await settled();
    expect(told.story.slice(1)).toEqual([{ code: 4503, reason: 'Restarting.' }]);

    told.story.length = 0;
    await openEvents();
    net.newest(EVENTS).cut();
    await settled();
    expect(told.story.slice(1)).toMatchObject([{ code: 1006 }]);
  });

  test.each([
    [403, {}, '<html>no</html>', { code: 1006, reason: 'HTTP 403' }],
    [503, { 'retry-after': '7' }, '{"error":{"message":"Full."}}', { code: 1006, reason: 'Full.', retryAfterMs: 7000 }],
    [410, {}, '{"close":4401,"error":{"message":"No."}}', { code: 4401, reason: 'No.' }],
  ])('who is not let in with %s is told why', async (status, headers, body, end) => {
    open(overEvents);
    net.newest(EVENTS).answer(status, headers as Record<string, string>, body);
    await settled();
    expect(told.story).toEqual([end]);
  });
});

describe('polls', () => {
  test('one after the other, each saying what has arrived', async () => {
    await openPolls();
    expect(net.newest(POLL).headers).toEqual({ 'weft-session': 'secret', 'weft-received': '0' });
    await answerPoll(1, 1, 2);
    await answerPoll(2);
    expect(told.story).toEqual(['opened', [1, 2], 'heard']);
    expect(net.newest(POLL).headers).toMatchObject({ 'weft-received': '2' });
    expect(net.open(POLL)).toHaveLength(1);
  });

  test('an answer that did not arrive is asked for again, and one that hangs is given up', async () => {
    await openPolls();
    net.newest(POLL).cut();
    await vi.advanceTimersByTimeAsync(1000);
    expect(net.newest(POLL).headers).toMatchObject({ 'weft-received': '0' });
    await answerPoll(1, 5);
    await vi.advanceTimersByTimeAsync(POLL_WITHIN_MS + 10_000 + 1000);
    expect(net.open(POLL)).toHaveLength(1);
    await answerPoll(2, 6);
    expect(told.story).toEqual(['opened', [5], [6]]);
  });

  test('without any answer it is over after a few tries', async () => {
    await openPolls();
    const before = net.count(POLL);
    net.always = (request) => request.cut();
    net.newest(POLL).cut();
    await vi.advanceTimersByTimeAsync(20_000);
    expect(net.count(POLL) - before).toBe(3);
    expect(told.story.slice(1)).toEqual([{ code: 1006, reason: 'HTTP without an answer' }]);
  });

  test('a server that asks to wait is waited for, as long as it asks', async () => {
    await openPolls();
    for (let times = 0; times < 10; times++) {
      net.newest(POLL).answer(429, { 'retry-after': '3' });
      await vi.advanceTimersByTimeAsync(2999);
      expect(net.open(POLL)).toHaveLength(0);
      await vi.advanceTimersByTimeAsync(1);
      expect(net.open(POLL)).toHaveLength(1);
    }
    expect(told.story).toEqual(['opened']);
  });

  test.each([
    [410, '{"close":4401,"error":{"message":"Ended."}}', { code: 4401, reason: 'Ended.' }],
    [404, '{"error":{"code":"UNKNOWN_SESSION","message":"Begin another."}}', { code: 1006, reason: 'Begin another.' }],
    [409, '', { code: 1006, reason: 'HTTP 409' }],
  ])('status %s ends it', async (status, body, end) => {
    await openPolls();
    net.newest(POLL).answer(status, {}, body);
    await settled();
    expect(told.story.slice(1)).toEqual([end]);
  });

  test('an answer of somebody who is not the server ends it', async () => {
    await openPolls();
    net.newest(POLL).answer(200, {}, '<html>Sign in to this network</html>');
    await settled();
    expect(told.story.slice(1)).toMatchObject([{ code: 1006 }]);
  });
});

describe('what is said', () => {
  test('leaves one request at a time, counted; what is said meanwhile leaves together', async () => {
    await openPolls();
    send(1);
    send(2);
    send(3, 4);
    await settled();
    expect(sends()).toEqual([
      { 'weft-session': 'secret', 'weft-counter': '1', 'content-type': 'application/octet-stream', body: [1] },
    ]);
    await answerSend();
    expect(sends()[1]).toMatchObject({ 'weft-counter': '2', body: [2, 3, 4] });
    await answerSend();
    expect(sends()).toHaveLength(2);
  });

  test('what was not answered is said again under its number, until it is', async () => {
    await openPolls();
    send(1);
    for (const fail of [
      () => net.newest(SEND).cut(),
      () => net.newest(SEND).answer(502),
      () => net.newest(SEND).answer(503, { 'retry-after': '1' }),
      // Nobody answers at all.
      () => void vi.advanceTimersByTime(15_000),
    ]) {
      fail();
      await vi.advanceTimersByTimeAsync(5000);
      expect(net.open(SEND)).toHaveLength(1);
    }
    expect(sends()).toHaveLength(5);
    for (const request of sends()) expect(request).toMatchObject({ 'weft-counter': '1', body: [1] });
    await answerSend();
    expect(told.story).toEqual(['opened']);
  });

  test('a frame that is too long for one request leaves in parts, and a short one after it for itself', async () => {
    await openPolls();
    const long = new Uint8Array(150_000).map((_, i) => i);
    transport.send(long);
    send(9);
    const parts: Uint8Array[] = [];
    for (const more of ['1', '1', undefined]) {
      await settled();
      expect(net.newest(SEND).headers['weft-more']).toBe(more);
      parts.push(net.newest(SEND).body);
      await answerSend();
    }
    expect(Buffer.concat(parts).equals(Buffer.concat([long, Uint8Array.of(9)]))).toBe(true);
  });

  test.each([
    [410, '{"close":4413,"error":{"message":"Too large."}}', { code: 4413, reason: 'Too large.' }],
    [404, '', { code: 1006, reason: 'HTTP 404' }],
  ])('status %s ends it', async (status, body, end) => {
    await openPolls();
    send(1);
    send(2);
    net.newest(SEND).answer(status, {}, body);
    await settled();
    expect(told.story.slice(1)).toEqual([end]);
    expect(sends()).toHaveLength(1);
  });

  test('after so many tries without an answer it is over', async () => {
    await openEvents();
    net.always = (request) => request.cut();
    send(1);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(sends()).toHaveLength(5);
    expect(told.story.slice(1)).toEqual([{ code: 1006, reason: 'HTTP without an answer' }]);
  });
});

describe('who leaves', () => {
  test('says the rest, then goodbye, and leaves no timer', async () => {
    await openPolls();
    send(1);
    send(2);
    await settled();
    transport.close(1000, '');
    expect(vi.getTimerCount()).toBe(0);
    await answerSend();
    expect(sends()[1]).toMatchObject({ body: [2] });
    await answerSend();
    expect(sends()[2]).toMatchObject({ 'weft-counter': '3', 'weft-end': '1', body: [] });
    expect(net.newest(SEND).init.keepalive).toBe(true);
    expect(net.open(POLL)).toHaveLength(1);
    await answerSend();
    expect(net.open(POLL)).toHaveLength(0);
    expect(told.story).toEqual(['opened']);
  });

  test('tries nothing twice', async () => {
    await openEvents();
    send(1);
    await settled();
    transport.close(1000, '');
    net.newest(SEND).cut();
    await settled();
    expect(sends()).toHaveLength(1);
    expect(net.newest(EVENTS).isOver).toBe(true);
  });

  test('waits for no pause to end', async () => {
    await openPolls();
    send(1);
    await settled();
    await answerSend(503, { 'retry-after': '60' });
    transport.close(1000, '');
    expect(vi.getTimerCount()).toBe(0);
    await settled();
    expect(net.requests.every(({ isOver }) => isOver)).toBe(true);
  });

  test('because nobody answers any more, cuts everything', async () => {
    await openPolls();
    send(1);
    transport.close(CloseCode.Timeout, '');
    expect(net.requests.every(({ isOver }) => isOver)).toBe(true);
    expect(told.story).toEqual(['opened']);
  });
});
