import * as prng from 'lib0/prng';
import { expect, test } from 'vitest';
import { Histogram } from './histogram.js';

test('percentiles are those of the sorted times, at most 1/64 too much', () => {
  const random = prng.create(3);
  for (const largestMs of [0.05, 1, 40, 5000, 3_000_000]) {
    const histogram = new Histogram();
    const times = Array.from({ length: 5000 }, () => Math.round(prng.real53(random) * largestMs * 1000) / 1000);
    for (const ms of times) histogram.recordMs(ms);
    times.sort((a, b) => a - b);
    for (const percent of [1, 50, 99, 99.9, 100]) {
      const exact = times[Math.ceil((times.length * percent) / 100) - 1]!;
      const told = histogram.percentileMs(percent);
      expect(told, `${percent} % of times up to ${largestMs} ms`).toBeGreaterThanOrEqual(exact - 1e-9);
      expect(told).toBeLessThanOrEqual(exact * (1 + 1 / 64) + 0.001);
    }
    expect(histogram.count).toBe(5000);
  }
});

test('counts what is beyond its range at its end, and nothing once it was cleared', () => {
  const histogram = new Histogram();
  histogram.recordMs(1e12);
  histogram.recordMs(-1);
  expect(histogram.percentileMs(50)).toBe(0);
  expect(histogram.percentileMs(100)).toBeGreaterThan(4e6);
  histogram.clear();
  expect(histogram.percentileMs(50)).toBeNaN();
});
