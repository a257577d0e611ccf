import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { defaultLimits } from '../limits.js';
import { Allowance } from './allowance.js';
import { Paced } from './paced.js';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  expect(vi.getTimerCount()).toBe(0);
  vi.useRealTimers();
});

const fail = (error: unknown): never => {
  throw error;
};

test('what comes too soon waits, and of that the newest alone counts', () => {
  const done: number[] = [];
  const paced = new Paced<number>(2, (value) => done.push(value), fail);
  for (let value = 1; value <= 10; value++) paced.push(value);
  expect(done).toEqual([1, 2]);
  vi.advanceTimersByTime(500);
  expect(done).toEqual([1, 2, 10]);
  paced.push(11);
  vi.advanceTimersByTime(500);
  expect(done).toEqual([1, 2, 10, 11]);
});

test('what fails later is told', () => {
  const faults: unknown[] = [];
  const act = (value: string): void => {
    if (value === 'bad') throw new Error('tripped');
  };
  const paced = new Paced<string>(1, act, (error) => faults.push(error));
  paced.push('good');
  paced.push('bad');
  vi.advanceTimersByTime(1000);
  expect(faults).toEqual([new Error('tripped')]);
});

test('after its end nothing is done any more', () => {
  const done: number[] = [];
  const paced = new Paced<number>(0.1, (value) => done.push(value), fail);
  paced.push(1);
  paced.push(2);
  paced.end();
  vi.advanceTimersByTime(60_000);
  expect(done).toEqual([1]);
});

test('honest bursts pass: days offline in small updates, a book in one paste', () => {
  const offline = new Allowance(defaultLimits);
  for (let i = 0; i < 15_000; i++) expect(offline.takeUpdate(60)).toBe(0);
  const paste = new Allowance(defaultLimits);
  for (let i = 0; i < 20; i++) expect(paste.takeUpdate(4 * 1024 * 1024)).toBe(0);
});

test('a flood is told when to come back, and is let in then', () => {
  const allowance = new Allowance({ ...defaultLimits, updatesPerSecond: 10, updatesAtOnce: 20 });
  for (let i = 0; i < 20; i++) expect(allowance.takeUpdate(1)).toBe(0);
  expect(allowance.takeUpdate(1)).toBe(1000);
  vi.advanceTimersByTime(1000);
  for (let i = 0; i < 10; i++) expect(allowance.takeUpdate(1)).toBe(0);
  const heavy = new Allowance({ ...defaultLimits, updateBytesPerSecond: 1000, updateBytesAtOnce: 10_000 });
  expect([heavy.takeUpdate(10_000), heavy.takeUpdate(5000)]).toEqual([0, 5000]);
});
