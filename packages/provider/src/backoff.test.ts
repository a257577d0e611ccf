import { expect, test } from 'vitest';
import { backoffDelayMs } from './backoff.js';

test('the ceiling doubles with each failure, from one second to thirty', () => {
  const ceilings = [0, 1, 2, 3, 4, 5, 6, 60, 5000].map((attempt) => backoffDelayMs(attempt, 1));
  expect(ceilings).toEqual([1000, 2000, 4000, 8000, 16_000, 30_000, 30_000, 30_000, 30_000]);
});

test('the whole range below the ceiling is used, down to a tenth of a second', () => {
  expect(backoffDelayMs(3, 0.5)).toBe(4000);
  expect(backoffDelayMs(3, 0.1)).toBe(800);
  expect(backoffDelayMs(0, 0)).toBe(100);
  expect(backoffDelayMs(9, 0)).toBe(100);
});
