import { Writable } from 'node:stream';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { SocketMetrics } from '../metrics/metrics.js';
import { SendQueue } from './send-queue.js';
import { frameEnd, websocketFrames } from './websocket-frames.js';

/** A socket that takes what it is given when the test says so. */
class SlowSocket extends Writable {
  isFast = false;
  readonly taken: Uint8Array[] = [];
  #next: (() => void) | null = null;

  override _write(chunk: Uint8Array, _encoding: string, done: () => void): void {
    this.taken.push(chunk);
    if (this.isFast) done();
    else this.#next = done;
  }

  /** It has taken the oldest piece it was given. */
  async take(): Promise<void> {
    this.#next?.();
    await vi.advanceTimersByTimeAsync(0);
  }
}

const MAX = 256 * 1024;
let socket: SlowSocket;
let queue: SendQueue;
let story: string[];
beforeEach(() => {
  vi.useFakeTimers();
  socket = new SlowSocket();
  story = [];
  const limits = { metrics: new SocketMetrics(), maxWaitingBytes: MAX, stalledAfterMs: 1000 };
  queue = new SendQueue(socket, limits, { moved: () => story.push('moved'), stalled: () => story.push('stalled') });
});
afterEach(() => {
  queue.end();
  expect(vi.getTimerCount()).toBe(0);
  vi.useRealTimers();
});

const frames = (bytes: number): Buffer => websocketFrames([new Uint8Array(bytes)]);
const takeAll = async (): Promise<void> => {
  while (queue.bytes > 0) await socket.take();
};

test('a reader that keeps up is written to at once, and nothing waits', () => {
  socket.isFast = true;
  for (let i = 0; i < 10; i++) queue.push(frames(100_000));
  expect([queue.bytes, queue.hasRoom]).toEqual([0, true]);
  let called = false;
  queue.whenDrained(() => {
    called = true;
  });
  expect(called).toBe(true);
});

test('the socket is given little at a time, in order, and always whole frames', async () => {
  const sent = [frames(200_000), frames(10), frames(70_000)];
  for (const frame of sent) queue.push(frame);
  expect(socket.writableLength).toBeLessThan(MAX / 2);
  await takeAll();
  expect(Buffer.concat(socket.taken).equals(Buffer.concat(sent))).toBe(true);
  for (const piece of socket.taken) {
    let at = 0;
    while (at < piece.length) at = frameEnd(piece, at);
    expect(at).toBe(piece.length);
  }
});

test('I6: over the limit there is no room until all of it was taken', async () => {
  queue.push(frames(MAX / 2));
  expect(queue.hasRoom).toBe(true);
  queue.push(frames(MAX));
  expect(queue.hasRoom).toBe(false);
  while (queue.bytes > 0) {
    expect(queue.hasRoom).toBe(false);
    await socket.take();
  }
  expect(queue.hasRoom).toBe(true);
  expect(story).toContain('moved');
  expect(story).not.toContain('stalled');
});

test('who waits for it to be empty is called in turn, each after what the one before has sent', async () => {
  const called: string[] = [];
  queue.push(frames(10));
  for (const name of ['a', 'b']) {
    queue.whenDrained(() => {
      called.push(name);
      queue.push(frames(100_000));
    });
  }
  expect(called).toEqual([]);
  await socket.take();
  expect(called).toEqual(['a']);
  await takeAll();
  expect(called).toEqual(['a', 'b']);
});

test('a full queue of which nothing is taken is given up, one of which little is taken is not', async () => {
  queue.push(frames(2 * MAX));
  for (let i = 0; i < 5; i++) {
    await vi.advanceTimersByTimeAsync(900);
    await socket.take();
  }
  expect(story).not.toContain('stalled');
  await vi.advanceTimersByTimeAsync(1000);
  expect(story.at(-1)).toBe('stalled');
});

test('a queue that is not full may stand still, unless it is to hurry', async () => {
  queue.push(frames(10));
  await vi.advanceTimersByTimeAsync(5000);
  expect(story).toEqual([]);
  queue.hurry();
  await vi.advanceTimersByTimeAsync(1000);
  expect(story).toEqual(['stalled']);
});

test('after its end it takes nothing, sends nothing and calls nobody', async () => {
  queue.push(frames(MAX));
  queue.whenDrained(() => story.push('called'));
  queue.end();
  queue.push(frames(10));
  const { length } = socket.taken;
  await takeAll();
  expect(story).not.toContain('called');
  expect(socket.taken.length - length).toBeLessThan(3);
});
