import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { TokenBucket, TokenBuckets } from './token-bucket.js';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['performance'] });
});
afterEach(() => {
  vi.useRealTimers();
});

test('so much at once, then so much in each second, and it says when', () => {
  const bucket = new TokenBucket(2, 3);
  expect([bucket.take(), bucket.take(), bucket.take(), bucket.take()]).toEqual([0, 0, 0, 500]);
  vi.advanceTimersByTime(500);
  expect([bucket.take(), bucket.take()]).toEqual([0, 500]);
  vi.advanceTimersByTime(60_000);
  expect([bucket.take(3), bucket.take(2)]).toEqual([0, 1000]);
});

test('what is more than it holds is given from a full one, and paid back', () => {
  const bucket = new TokenBucket(10, 10);
  expect(bucket.take(30)).toBe(0);
  expect(bucket.take()).toBe(2100);
  vi.advanceTimersByTime(2100);
  expect(bucket.take()).toBe(0);
});

test('each has its own, and who is quiet for long is forgotten', () => {
  const buckets = new TokenBuckets(1, 1);
  expect([buckets.take('a'), buckets.take('a'), buckets.take('b')]).toEqual([0, 1000, 0]);
  vi.advanceTimersByTime(1000);
  expect([buckets.take('b'), buckets.take('a')]).toEqual([0, 0]);
});
