import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Ladder, type LadderMemory } from './ladder.js';
import { RUNGS, type Rung } from './transport.js';

const MINUTE_MS = 60_000;

class Memory implements LadderMemory {
  readonly values = new Map<string, string>();
  read(key: string): string | null {
    return this.values.get(key) ?? null;
  }
  write(key: string, value: string | null): void {
    if (value === null) this.values.delete(key);
    else this.values.set(key, value);
  }
}

let memory: Memory;
beforeEach(() => {
  vi.useFakeTimers({ now: 1_000_000 });
  memory = new Memory();
});
afterEach(() => void vi.useRealTimers());

const ladder = (rungs: readonly Rung[] = RUNGS): Ladder => new Ladder({ rungs, key: 'here', memory });

test('it begins at the top, goes down where nothing comes, and begins anew below the last', () => {
  const made = ladder();
  expect(made.rung).toBe('websocket');
  expect([made.blocked(), made.rung]).toEqual([true, 'events']);
  expect([made.blocked(), made.rung]).toEqual([true, 'poll']);
  expect(made.blocked()).toBe(false);
  made.begin();
  expect(made.rung).toBe('websocket');
});

test('what carried is remembered for a while, also by the next page', () => {
  const made = ladder();
  made.blocked();
  made.carries('events');
  const next = ladder();
  expect([next.rung, next.higher]).toEqual(['events', ['websocket']]);
  vi.advanceTimersByTime(14 * MINUTE_MS);
  next.remember();
  vi.advanceTimersByTime(14 * MINUTE_MS);
  expect(ladder().rung).toBe('events');
  vi.advanceTimersByTime(2 * MINUTE_MS);
  expect(ladder().rung).toBe('websocket');
});

test('who has climbed forgets that it was ever otherwise', () => {
  const made = ladder();
  made.blocked();
  made.carries('events');
  made.carries('websocket');
  expect([made.rung, made.higher, memory.values.size]).toEqual(['websocket', [], 0]);
});

test('what has carried before may fail once: the server was away', () => {
  const made = ladder();
  made.carries('websocket');
  expect(made.blocked()).toBe(false);
  made.begin();
  expect([made.blocked(), made.rung]).toEqual([true, 'events']);
  made.carries('websocket');
  expect(made.blocked()).toBe(false);
});

test('what is remembered and does not carry any more is forgotten', () => {
  memory.write('here', JSON.stringify({ rung: 'poll', untilMs: Date.now() + MINUTE_MS }));
  const made = ladder();
  expect(made.rung).toBe('poll');
  expect(made.blocked()).toBe(false);
  made.begin();
  expect(made.rung).toBe('websocket');
});

test.each([
  '',
  'null',
  '{"rung":"pigeon","untilMs":1060000}',
  '{"rung":"poll"}',
  '{"rung":"poll","untilMs":9e99}',
  '{"rung":"poll","untilMs":999999}',
])('what nobody of ours has written is not believed: %s', (text) => {
  memory.write('here', text);
  expect(ladder().rung).toBe('websocket');
});

test('only those that there are are taken', () => {
  memory.write('here', JSON.stringify({ rung: 'poll', untilMs: Date.now() + MINUTE_MS }));
  const made = ladder(['websocket', 'events']);
  expect(made.rung).toBe('websocket');
  expect([made.blocked(), made.rung, made.hasLower]).toEqual([true, 'events', false]);
  expect(() => ladder([])).toThrow('no transport');
});
