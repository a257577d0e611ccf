import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { WhoWrites } from './who-writes.js';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const begin = () => {
  const told: number[][] = [];
  return { told, who: new WhoWrites((clients) => told.push([...clients])) };
};

test('a beginning and an end are told, and no letter in between', () => {
  const { told, who } = begin();
  for (let letter = 0; letter < 40; letter++) {
    who.wrote(7);
    vi.advanceTimersByTime(200);
  }
  expect(told).toEqual([[7]]);
  vi.advanceTimersByTime(2_500);
  expect(told).toEqual([[7], []]);
  expect(vi.getTimerCount()).toBe(0);
  who.wrote(7);
  expect(told).toEqual([[7], [], [7]]);
});

test('each rests by itself', () => {
  const { told, who } = begin();
  who.wrote(1);
  vi.advanceTimersByTime(1_000);
  who.wrote(2);
  vi.advanceTimersByTime(1_600);
  expect(told).toEqual([[1], [1, 2], [2]]);
  vi.advanceTimersByTime(1_000);
  expect(told.at(-1)).toEqual([]);
});

test('at its end nobody writes, and no timer is left', () => {
  const { told, who } = begin();
  who.wrote(1);
  who.end();
  who.end();
  expect(told).toEqual([[1], []]);
  expect(vi.getTimerCount()).toBe(0);
});
