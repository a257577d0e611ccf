// Medians of few rounds, and how far they can be trusted: a percentile bootstrap, with a fixed seed, so that the same
// figures always give the same judgement. Of five rounds its 95 % interval is nearly their whole range, as it should be.

import * as prng from 'lib0/prng';
import { percentile } from '../percentile.js';

const RESAMPLES = 4000;
const SEED = 1;
/** With fewer rounds nothing is said about how far a median can be trusted. */
const MIN_ROUNDS = 3;

export interface Estimate {
  readonly median: number;
  /** Of 95 %; null for fewer than three rounds. */
  readonly interval: Interval | null;
  readonly rounds: number;
}

export interface Interval {
  readonly low: number;
  readonly high: number;
}

/** @param values by round; rounds that failed are left out @returns null when none is left */
export function estimate(values: readonly (number | null)[]): Estimate | null {
  const known = values.filter((value) => value !== null);
  if (known.length === 0) return null;
  return { median: median(known), interval: intervalOfMedian(known), rounds: known.length };
}

/**
 * The median of the ratios within rounds: what made one round slow was there for both servers.
 *
 * @returns null when no round has both
 */
export function estimateRatio(ours: readonly (number | null)[], theirs: readonly (number | null)[]): Estimate | null {
  return estimate(
    ours.flatMap((our, round) => {
      const their = theirs[round] ?? null;
      return our === null || their === null ? [] : [ratio(our, their)];
    }),
  );
}

/** Two nothings are equal. */
const ratio = (a: number, b: number): number => (a === b ? 1 : a / b);

/** Of an even number, the mean of the two in the middle. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  if (sorted.length % 2 === 1) return sorted[middle]!;
  return (sorted[middle - 1]! + sorted[middle]!) / 2;
}

function intervalOfMedian(values: readonly number[]): Interval | null {
  if (values.length < MIN_ROUNDS) return null;
  const random = prng.create(SEED);
  const draw = (): number => values[prng.int32(random, 0, values.length - 1)]!;
  const medians = Array.from({ length: RESAMPLES }, () => median(values.map(draw))).sort((a, b) => a - b);
  return { low: percentile(medians, 2.5), high: percentile(medians, 97.5) };
}
