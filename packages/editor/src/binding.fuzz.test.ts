// The editor under chance. WEFT_SEEDS sets which seeds are run, see `seeds.ts`.
// While a character is alive in the same Yjs item, what marks it marks it still, and it is on the same side of the selection
// as before: whatever others do and with another Y.Doc; marks after own undo, too. Two things are not asked. Of copies that
// stand in one document: a paste beside the original may be the one Yjs takes for it. And marks with another Y.Doc, with
// which plugins begin anew; the selection goes along.

import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { portionsOf, seedsAsked } from '../test/fuzz/seeds.js';
import { runSession } from '../test/fuzz/session.js';

const SEEDS_PER_TEST = 10;

// Nothing is to depend on how long a session takes.
beforeAll(() => void vi.useFakeTimers());
afterAll(() => void vi.useRealTimers());

/** Who is there, by seed. */
const sessionOf = (seed: number) => {
  const [writers, stock] = [
    [3, 0],
    [2, 1],
    [1, 2],
    [2, 0],
  ][seed % 4] as [number, number];
  return runSession(seed, { writers, stock, steps: 80, newcomer: stock === 0, swaps: seed % 4 !== 0 });
};

describe('people who edit one document at once are shown the same, and nothing is gone that nobody took away', () => {
  for (const { first, last } of portionsOf(seedsAsked(100), SEEDS_PER_TEST)) {
    test(`seeds ${first} to ${last}`, () => {
      for (let seed = first; seed <= last; seed += 1) expect(sessionOf(seed).typed).toBeGreaterThan(0);
    });
  }
});
