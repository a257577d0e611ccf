// Browsers under chance. WEFT_SEEDS sets how many seeds are run, WEFT_SEED runs a single one.

import { describe, test } from 'vitest';
import { simulateBrowsers } from './browsers.js';

const SEEDS_PER_TEST = 20;
const only = process.env.WEFT_SEED;
const count = Number(process.env.WEFT_SEEDS ?? 100);

/** Seeds that once failed, and what was wrong. */
const onceFailed: readonly (readonly [seed: number, fault: string])[] = [
  [28, 'G6: a caret sent over HTTP before a climb to a WebSocket, and there later, took down who had climbed'],
];

if (only !== undefined) {
  test(`seed ${only}: what was written in browsers is in the document once, or in a draft`, async () => {
    await simulateBrowsers(Number(only));
  });
} else {
  test.each(onceFailed)('seed %i is well again. %s', async (seed) => {
    await simulateBrowsers(seed);
  });

  describe('what was written in browsers is in the document once, or in a draft', () => {
    for (let first = 1; first <= count; first += SEEDS_PER_TEST) {
      const last = Math.min(count, first + SEEDS_PER_TEST - 1);
      test(`seeds ${first} to ${last}`, { timeout: 120_000 }, async () => {
        for (let seed = first; seed <= last; seed++) await simulateBrowsers(seed);
      });
    }
  });
}
