// What is to happen to a registry of rooms, without the order it happens in: who comes and when, what fails, when the clock
// moves and when the server stops.

import fc from 'fast-check';
import type { LoadFault } from './witnessed-log.js';

/** What something would rather come in the middle of: it lets more turns pass, a limited number. */
export type Situation = 'loading' | 'writing' | 'settling' | 'closing' | 'replacing';

export interface Visit {
  readonly document: string;
  /** Turns it lets pass before it comes. */
  readonly delay: number;
  readonly prefers: Situation | null;
  /** Comes with what somebody held who left before, and shows it (L3). */
  readonly returns: boolean;
  readonly words: number;
  /** `early` does not wait to be let in, `hasty` not for its words to be saved. */
  readonly leaves: 'early' | 'hasty' | 'saved';
  readonly how: 'close' | 'break';
}

export interface Replacement {
  readonly document: string;
  /** Turns that pass before it. */
  readonly delay: number;
  readonly prefers: Situation | null;
}

export interface Plan {
  readonly visits: readonly Visit[];
  readonly replacements: readonly Replacement[];
  /** What the clock is set forward by, one after the other. */
  readonly ticksMs: readonly number[];
  /** The server is stopped after so many of them. */
  readonly stopAfterTicks: number | null;
  readonly stopPrefers: Situation | null;
  /** What becomes of the first loads; later ones are well. */
  readonly loadFaults: readonly LoadFault[];
  /** Which of the first jobs of the workers fail. */
  readonly jobFaults: readonly boolean[];
  readonly journalMaxBytes: number;
}

const visits: fc.Arbitrary<Visit> = fc.record({
  document: fc.constantFrom('a', 'a', 'b'),
  delay: fc.nat({ max: 40 }),
  prefers: fc.constantFrom(null, null, 'loading', 'settling', 'closing', 'replacing'),
  returns: fc.boolean(),
  words: fc.nat({ max: 3 }),
  leaves: fc.constantFrom('early', 'hasty', 'saved'),
  how: fc.constantFrom('close', 'break'),
});

const replacements: fc.Arbitrary<Replacement> = fc.record({
  document: fc.constantFrom('a', 'a', 'b'),
  delay: fc.nat({ max: 40 }),
  prefers: fc.constantFrom(null, 'loading', 'writing', 'settling', 'closing'),
});

export const plans: fc.Arbitrary<Plan> = fc.record({
  visits: fc.array(visits, { minLength: 2, maxLength: 6 }),
  replacements: fc.oneof(fc.constant([]), fc.array(replacements, { maxLength: 2 })),
  // Half a second, in which rooms are visited, or as long as an empty room is kept.
  ticksMs: fc.array(fc.constantFrom(500, 5500, 5500), { minLength: 10, maxLength: 24 }),
  stopAfterTicks: fc.option(fc.nat({ max: 20 }), { freq: 3 }),
  stopPrefers: fc.constantFrom(null, 'loading', 'writing', 'settling', 'replacing'),
  loadFaults: fc.array(fc.constantFrom(null, null, null, 'open', 'entries'), { maxLength: 3 }),
  jobFaults: fc.array(fc.constantFrom(false, false, false, true), { maxLength: 2 }),
  journalMaxBytes: fc.constantFrom(600, 1_000_000),
});
