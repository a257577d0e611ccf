import { expect, test } from 'vitest';
import { slope } from './slope.js';

test('what grows evenly grows by its slope', () => {
  const samples = [0, 1, 2, 3].map((minutes) => ({ minutes: minutes + 7, megabytes: 100 + 2.5 * minutes }));
  expect(slope(samples)).toBeCloseTo(2.5);
});

test('what only goes up and down does not grow', () => {
  const samples = [5, 9, 5, 9, 5, 9, 5].map((megabytes, minutes) => ({ minutes, megabytes }));
  expect(slope(samples)).toBeCloseTo(0);
});
