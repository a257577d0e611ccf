import { expect, test } from 'vitest';
import { estimate, estimateRatio, median } from './statistics.js';

test('a median is the value in the middle, or between the two there', () => {
  expect([median([3, 1, 2]), median([4, 1, 3, 2]), median([7])]).toEqual([2, 2.5, 7]);
});

test('the interval of five rounds reaches from the least to the greatest, and one outlier does not move the median', () => {
  expect(estimate([10, 11, 90, 9, 12])).toEqual({ median: 11, interval: { low: 9, high: 90 }, rounds: 5 });
});

test('many rounds that agree give a narrow interval around the median', () => {
  const { interval } = estimate(Array.from({ length: 41 }, (_, round) => 100 + (round % 11)))!;
  expect(interval!.low).toBeGreaterThanOrEqual(103);
  expect(interval!.high).toBeLessThanOrEqual(107);
  expect(interval!.low).toBeLessThan(interval!.high);
});

test('the same rounds always give the same interval', () => {
  const values = [3, 1, 4, 1, 5, 9, 2, 6];
  expect(estimate(values)).toEqual(estimate(values));
});

test('two rounds have a median and no interval, and none has nothing', () => {
  expect(estimate([1, 3])).toEqual({ median: 2, interval: null, rounds: 2 });
  expect([estimate([]), estimate([null])]).toEqual([null, null]);
});

test('ratios are taken within rounds, so that a slow machine cancels out', () => {
  const theirs = [100, 200, 400, 100, 300];
  const ours = theirs.map((value) => value / 2);
  expect(estimateRatio(ours, theirs)).toEqual({ median: 0.5, interval: { low: 0.5, high: 0.5 }, rounds: 5 });
});

test('a round that failed for one of the two counts for neither', () => {
  expect(estimateRatio([1, null, 9, 4], [2, 2, null, 2])).toEqual({ median: 1.25, interval: null, rounds: 2 });
  expect(estimateRatio([1], [])).toBeNull();
});

test('nothing against nothing is equal, something against nothing is infinitely much', () => {
  expect(estimateRatio([0, 0, 0], [0, 0, 0])!.median).toBe(1);
  expect(estimateRatio([1, 1, 1], [0, 0, 0])!.median).toBe(Number.POSITIVE_INFINITY);
});
