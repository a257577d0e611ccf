// The conditions of a simulated world: how slow its parts are, and how soon they are full. A seed chooses them, a story
// sets those it is about.

import type { Chance } from './chance.js';

export interface Conditions {
  /** A sync takes between these. */
  readonly syncMs: readonly [min: number, max: number];
  /** This share of reads takes a few milliseconds; the others are answered from a cache. */
  readonly slowReads: number;
  /** Small, so that entries are rolled into segments within a run. */
  readonly journalMaxBytes: number;
  readonly maxGroupBytes: number;
  /** What a worker takes for a job, and the share of jobs it dies of. */
  readonly workMs: readonly [min: number, max: number];
  readonly workFails: number;
  /** Characters. With many, checkpoints are made, and tails cut, while people write. */
  readonly maxPaste: number;
}

export function chooseConditions(chance: Chance): Conditions {
  return {
    syncMs: chance.pick([
      [0, 2],
      [1, 20],
      [10, 60],
      [200, 200],
    ] as const),
    slowReads: chance.pick([0, 0.3]),
    journalMaxBytes: chance.pick([1024, 4096, 16_384, 8 * 1024 * 1024]),
    maxGroupBytes: chance.pick([256, 4 * 1024 * 1024]),
    workMs: chance.pick([
      [0, 5],
      [5, 80],
      [200, 1500],
    ] as const),
    workFails: chance.happens(0.15) ? 0.1 : 0,
    maxPaste: chance.happens(0.2) ? 200_000 : 20_000,
  };
}
