// A histogram with fixed buckets: to observe is to walk a short array and to add to three numbers; nothing is allocated.

export class Histogram {
  /** Upper bounds of the buckets, rising, in the unit that is observed. */
  readonly bounds: readonly number[];
  /** How many of that unit are one of the unit it is shown in: 1000 for milliseconds that are shown as seconds. */
  readonly perShownUnit: number;
  /** Observations by bucket; the last one is of those above all bounds. */
  readonly counts: Float64Array;
  /** Of all observations, in the unit that is observed. */
  sum = 0;

  constructor(bounds: readonly number[], perShownUnit = 1) {
    this.bounds = bounds;
    this.perShownUnit = perShownUnit;
    this.counts = new Float64Array(bounds.length + 1);
  }

  observe(value: number): void {
    const { bounds, counts } = this;
    let bucket = 0;
    while (bucket < bounds.length && value > bounds[bucket]!) bucket += 1;
    counts[bucket]! += 1;
    this.sum += value;
  }
}

const MS_PER_SECOND = 1000;
/** From a fifth of a millisecond, a synced write on a good disk, to what nobody waits for. */
const LATENCY_BOUNDS_MS = [0.2, 0.5, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000];

/** Of times in milliseconds. */
export const latencies = (): Histogram => new Histogram(LATENCY_BOUNDS_MS, MS_PER_SECOND);

/** Of sizes, with four times as much in each bucket as in the one before. */
export const sizes = (first: number, buckets: number): Histogram =>
  new Histogram(Array.from({ length: buckets }, (_, i) => first * 4 ** i));
