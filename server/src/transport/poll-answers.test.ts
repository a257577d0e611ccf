import { EventEmitter } from 'node:events';
import type { ServerResponse } from 'node:http';
import { CloseCode, POLL_WITHIN_MS } from '@weft/protocol';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { SocketMetrics } from '../metrics/metrics.js';
import { PollAnswers } from './poll-answers.js';

/** What was answered to one poll, or that its connection broke. */
class Poll extends EventEmitter {
  status: number | null = null;
  headers: Record<string, unknown> = {};
  body: number[] = [];

  writeHead(status: number, headers: Record<string, unknown>): this {
    this.status = status;
    this.headers = headers;
    return this;
  }

  end(body?: Uint8Array | string): void {
    this.body = [...Buffer.from(body ?? '')];
    this.emit('close');
  }

  destroy(): void {
    this.emit('close');
  }

  get number(): unknown {
    return this.headers['weft-answer'];
  }

  get error(): unknown {
    return JSON.parse(Buffer.from(this.body).toString());
  }
}

const MAX = 1000;
const STALLED_MS = 60_000;
let answers: PollAnswers;
let story: string[];

beforeEach(() => {
  vi.useFakeTimers();
  story = [];
  const limits = { metrics: new SocketMetrics(), maxWaitingBytes: MAX, stalledAfterMs: STALLED_MS };
  answers = new PollAnswers(limits, {
    moved: () => story.push('moved'),
    stalled: () => story.push('stalled'),
    gone: () => story.push('gone'),
  });
});

afterEach(() => {
  answers.end();
  expect(vi.getTimerCount()).toBe(0);
  vi.useRealTimers();
});

function poll(received: number): Poll {
  const made = new Poll();
  answers.poll(received, made as unknown as ServerResponse);
  return made;
}

const push = (...bytes: number[]): number => answers.push({ messages: [Uint8Array.from(bytes)] });
const endOfTurn = (): Promise<unknown> => vi.advanceTimersByTimeAsync(0);

test('a poll waits for something, and what is said in one turn leaves in one answer', async () => {
  const first = poll(0);
  await endOfTurn();
  expect(first.status).toBe(null);
  push(1);
  push(2, 3);
  await endOfTurn();
  expect([first.status, first.number, first.body]).toEqual([200, 1, [1, 2, 3]]);
});

test('what came between two polls is answered at once, and nothing is, in time', async () => {
  push(1);
  expect(poll(0).body).toEqual([1]);
  const idle = poll(1);
  await vi.advanceTimersByTimeAsync(POLL_WITHIN_MS - 1);
  expect(idle.status).toBe(null);
  await vi.advanceTimersByTimeAsync(1);
  expect([idle.status, idle.number, idle.body]).toEqual([200, 2, []]);
});

test('an answer that was lost is given again, whatever was said since, and then what was', async () => {
  push(1);
  expect(poll(0).body).toEqual([1]);
  push(2);
  const again = poll(0);
  expect([again.number, again.body]).toEqual([1, [1]]);
  const next = poll(1);
  expect([next.number, next.body]).toEqual([2, [2]]);
});

test('a poll that knows of answers never given, or of too few, is refused and changes nothing', () => {
  push(1);
  poll(0);
  poll(1);
  for (const received of [2, 7]) {
    const refused = poll(received);
    expect([refused.status, refused.error]).toMatchObject([409, { error: { code: 'OUT_OF_ORDER' } }]);
  }
  push(2);
  expect(poll(1).body).toEqual([2]);
  poll(2);
  expect(poll(0).status).toBe(409);
});

test('a second poll takes the place of the one that waits', async () => {
  const given = poll(0);
  const taken = poll(0);
  expect(given.status).toBe(409);
  push(1);
  await endOfTurn();
  expect(taken.body).toEqual([1]);
});

test('nothing waits once the answer is known to have arrived; callbacks come in order, each before the next', () => {
  push(1);
  const called: string[] = [];
  answers.whenDrained(() => {
    called.push('a');
    push(2);
  });
  answers.whenDrained(() => called.push('b'));
  expect(poll(0).body).toEqual([1]);
  expect(called).toEqual([]);
  expect(poll(1).body).toEqual([2]);
  expect(called).toEqual(['a']);
  poll(2);
  expect(called).toEqual(['a', 'b']);
  answers.whenDrained(() => called.push('at once'));
  expect(called.at(-1)).toBe('at once');
});

test('I6: at the limit there is no room until all of it has arrived', () => {
  push(...new Uint8Array(MAX));
  expect(answers.hasRoom).toBe(true);
  push(1);
  expect(answers.hasRoom).toBe(false);
  poll(0);
  expect([answers.hasRoom, answers.bytes]).toEqual([false, MAX + 1]);
  poll(1);
  expect([answers.hasRoom, answers.bytes]).toEqual([true, 0]);
});

test('I6: who asks for the same again and again at the limit reads nothing', async () => {
  push(...new Uint8Array(MAX + 1));
  poll(0);
  await vi.advanceTimersByTimeAsync(STALLED_MS - 1);
  poll(0);
  expect(story).toEqual([]);
  await vi.advanceTimersByTimeAsync(1);
  expect(story).toEqual(['stalled']);
});

test('a long queue leaves in several answers, and no message is cut', () => {
  const long = new Uint8Array(900 * 1024).fill(7);
  answers.push({ messages: [long, long, Uint8Array.of(9)] });
  expect(poll(0).body).toHaveLength(long.length);
  expect(poll(1).body).toHaveLength(long.length + 1);
});

test('why it is over is told after what was said, as the last', async () => {
  push(1);
  answers.close(CloseCode.Unauthorized, 'Your sign-in has ended.');
  expect(poll(0).body).toEqual([1]);
  expect(story).toEqual([]);
  const last = poll(1);
  expect([last.status, last.error]).toEqual([
    410,
    { error: { code: 'CLOSED', message: 'Your sign-in has ended.' }, close: CloseCode.Unauthorized },
  ]);
  expect(story).toEqual(['moved', 'gone']);
});

test('who waits is told at once that it is over', () => {
  const waiting = poll(0);
  answers.close(CloseCode.GoingAway, 'The server is restarting.');
  expect([waiting.status, story]).toEqual([410, ['gone']]);
});

test('a poll that breaks and is not made again means that nobody is there', async () => {
  poll(0).destroy();
  await vi.advanceTimersByTimeAsync(4999);
  const again = poll(0);
  await vi.advanceTimersByTimeAsync(10_000);
  expect(story).toEqual([]);
  again.destroy();
  await vi.advanceTimersByTimeAsync(5000);
  expect(story).toEqual(['gone']);
});
