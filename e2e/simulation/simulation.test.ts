// The whole system under chance. WEFT_SEEDS sets how many seeds are run, WEFT_SEED runs a single one.

import { describe, test } from 'vitest';
import { simulate } from './simulation.js';

const SEEDS_PER_TEST = 20;
const only = process.env.WEFT_SEED;
const count = Number(process.env.WEFT_SEEDS ?? 200);

if (only !== undefined) {
  test(`seed ${only} comes to rest with everybody and the log in agreement`, async () => {
    await simulate(Number(only));
  });
} else {
  describe('peers, crashes and a slow disk end in one document, which is the log', () => {
    for (let first = 1; first <= count; first += SEEDS_PER_TEST) {
      const last = Math.min(count, first + SEEDS_PER_TEST - 1);
      test(`seeds ${first} to ${last}`, { timeout: 120_000 }, async () => {
        for (let seed = first; seed <= last; seed++) await simulate(seed);
      });
    }
  });
}
