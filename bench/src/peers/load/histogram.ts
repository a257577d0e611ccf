// Times in a fixed number of buckets, each at most 1/64 wide of its value: percentiles of millions of deliveries without
// keeping any of them.

const SUB_BITS = 6;
const SUBS = 1 << SUB_BITS;
/** Of microseconds: up to an hour. */
const LARGEST = 2 ** 32 - 1;

export class Histogram {
  readonly #counts = new Float64Array(SUBS * (33 - SUB_BITS));
  #total = 0;

  get count(): number {
    return this.#total;
  }

  recordMs(ms: number): void {
    const us = Math.min(LARGEST, Math.max(0, Math.round(ms * 1000))) >>> 0;
    const index = bucketOf(us);
    this.#counts[index] = this.#counts[index]! + 1;
    this.#total += 1;
  }

  clear(): void {
    this.#counts.fill(0);
    this.#total = 0;
  }

  /** In milliseconds, at most 1/64 too much. @returns NaN for none */
  percentileMs(percent: number): number {
    if (this.#total === 0) return Number.NaN;
    const rank = Math.max(1, Math.ceil((this.#total * percent) / 100));
    let seen = 0;
    for (let index = 0; index < this.#counts.length; index++) {
      seen += this.#counts[index]!;
      if (seen >= rank) return largestIn(index) / 1000;
    }
    return Number.NaN;
  }
}

/** The first SUBS values have a bucket each; from there on each power of two is cut into SUBS. */
function bucketOf(us: number): number {
  if (us < SUBS) return us;
  const shift = 31 - Math.clz32(us) - SUB_BITS;
  return (shift + 1) * SUBS + ((us >>> shift) - SUBS);
}

function largestIn(index: number): number {
  if (index < SUBS) return index;
  const shift = Math.floor(index / SUBS) - 1;
  return ((index % SUBS) + SUBS + 1) * 2 ** shift - 1;
}
