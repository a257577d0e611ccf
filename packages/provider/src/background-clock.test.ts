import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { FakeServer } from '../test/fake-server.js';
import { BackgroundClock, type ClockWorker } from './background-clock.js';
import type { Connection } from './connection.js';

/** A hidden page as browsers throttle it: its timers run once a minute, those of a worker when they are due. */
class ThrottledPage extends EventTarget {
  visibilityState = 'visible';
  listening = 0;
  workers: FakeWorker[] = [];
  override addEventListener(...given: Parameters<EventTarget['addEventListener']>): void {
    this.listening += 1;
    super.addEventListener(...given);
  }
  override removeEventListener(...given: Parameters<EventTarget['removeEventListener']>): void {
    this.listening -= 1;
    super.removeEventListener(...given);
  }
  show(state: 'visible' | 'hidden'): void {
    this.visibilityState = state;
    this.dispatchEvent(new Event('visibilitychange'));
  }
}

class FakeWorker implements ClockWorker {
  onmessage: unknown = null;
  onerror: unknown = null;
  isOver = false;
  dueAtMs = Number.POSITIVE_INFINITY;
  constructor() {
    page.workers.push(this);
  }
  postMessage(afterMs: unknown): void {
    this.dueAtMs = Date.now() + Number(afterMs);
  }
  terminate(): void {
    this.isOver = true;
  }
  fire(): void {
    this.dueAtMs = Number.POSITIVE_INFINITY;
    (this.onmessage as () => void)();
  }
}

let page: ThrottledPage;
let server: FakeServer;
let connection: Connection;

beforeEach(() => {
  vi.useFakeTimers({ now: 60_000_000, toFake: ['Date', 'setTimeout', 'clearTimeout'] });
  page = new ThrottledPage();
  server = new FakeServer();
  vi.stubGlobal('document', page);
  vi.stubGlobal('Worker', FakeWorker);
});
afterEach(() => {
  connection?.close();
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

const worker = (): FakeWorker => page.workers.at(-1)!;

/** Time goes by without any timer of the page, but for the worker's. */
function passThrottled(ms: number): void {
  const endMs = Date.now() + ms;
  while (!worker().isOver && worker().dueAtMs <= endMs) {
    vi.setSystemTime(worker().dueAtMs);
    worker().fire();
  }
  vi.setSystemTime(endMs);
}

test('a dead connection is noticed within 35 s in a hidden page whose own timers do not run', async () => {
  connection = server.connect();
  await server.accept();
  page.show('hidden');
  expect(page.workers).toHaveLength(1);
  passThrottled(14_999);
  expect(await server.heard()).toEqual([]);
  passThrottled(1);
  expect(await server.heard()).toMatchObject([{ type: 'Ping' }]);
  passThrottled(15_000);
  expect(connection.status.kind).toBe('waiting');
  // And tried again when it is time to.
  passThrottled(1_000);
  expect(server.sockets).toHaveLength(2);
});

test('one that answers stays, and the worker is asked once for each look', async () => {
  connection = server.connect();
  await server.accept();
  page.show('hidden');
  const posted = vi.spyOn(worker(), 'postMessage');
  for (let times = 0; times < 20; times++) {
    passThrottled(15_000);
    for (const message of await server.heard()) {
      if (message.type === 'Ping') server.say({ type: 'Pong', nonce: message.nonce });
    }
  }
  expect(connection.status.kind).toBe('connected');
  expect(posted.mock.calls.length).toBeLessThanOrEqual(30);
});

test('there is a worker only while the page is hidden, and none after close', async () => {
  connection = server.connect();
  await server.accept();
  expect(page.workers).toEqual([]);
  page.show('hidden');
  page.show('visible');
  expect(page.workers.map(({ isOver }) => isOver)).toEqual([true]);
  page.show('hidden');
  connection.close();
  expect(page.workers.map(({ isOver }) => isOver)).toEqual([true, true]);
  expect([page.listening, vi.getTimerCount()]).toEqual([0, 0]);
});

test("where a worker may not be started, or fails, the page's own timers do", () => {
  const tick = vi.fn();
  const refusing = new BackgroundClock({
    tick,
    startWorker: () => {
      throw new Error('not here');
    },
  });
  refusing.hidden();
  refusing.remind(5);
  refusing.shown();
  const failing = new BackgroundClock({ tick, startWorker: () => new FakeWorker() });
  failing.hidden();
  expect(tick).toHaveBeenCalledTimes(1);
  (worker().onerror as () => void)();
  expect(worker().isOver).toBe(true);
  failing.remind(5);
  failing.shown();
  expect(page.listening).toBe(0);
});
