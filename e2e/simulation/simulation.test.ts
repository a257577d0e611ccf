// The whole system under chance. WEFT_SEEDS sets how many seeds are run, WEFT_SEED runs a single one.

import { describe, expect, test } from 'vitest';
import { simulate } from './simulation.js';

const SEEDS_PER_TEST = 20;
const only = process.env.WEFT_SEED;
const count = Number(process.env.WEFT_SEEDS ?? 100);

/** Seeds that once failed, and what was wrong. */
const onceFailed: readonly (readonly [seed: number, fault: string])[] = [
  [6, 'S5: a stock client that came back showed its caret before it had sent the text it points into'],
  [70, 'S1: keys pressed before a stock client had answered SyncStep1 cost it the right to write'],
  [2, 'S5: a stock client was told who is here before the text, and not what changed in between'],
  [
    299,
    'S5: a stock client that came back did not see those who had not moved, for the clocks it knew were not exceeded',
  ],
  [327, 'J4: a server that died between checkpoint and description never brought the title up to date'],
  [63_959, 'G6: a caret that had waited for its text took a client down that had come back on another connection'],
  [64_433, 'J4: who asked second for a document was told that it exists while it was still on its way to the disk'],
  [986, 'J2: a deletion that Yjs made by itself and a client sent later kept a document from being opened'],
];

if (only !== undefined) {
  test(`seed ${only} ends in one document, which is the log`, async () => {
    await simulate(Number(only));
  });
} else {
  test.each(onceFailed)('seed %i is well again. %s', async (seed) => {
    await simulate(seed);
  });

  // What happens in them would go unnoticed, or be lost, with either half of the rule missing.
  test.each([
    [190, 'only what a page shows tells of the loss'],
    [405, 'what was saved and is lost stays with the page that shows it'],
  ])('L3: in seed %i the disk is set back, and %s', async (seed) => {
    const world = await simulate(seed);
    expect(world.alarms.length).toBeGreaterThan(0);
  });

  describe('peers, crashes and a slow disk end in one document, which is the log', () => {
    for (let first = 1; first <= count; first += SEEDS_PER_TEST) {
      const last = Math.min(count, first + SEEDS_PER_TEST - 1);
      test(`seeds ${first} to ${last}`, { timeout: 120_000 }, async () => {
        for (let seed = first; seed <= last; seed++) await simulate(seed);
      });
    }
  });
}
