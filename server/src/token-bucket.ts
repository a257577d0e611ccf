// How much of something may be done in the long run, and how much at once: a bucket of tokens that fills at a steady rate.
// Nothing runs in the background; what has flowed in is worked out when somebody takes.

/** By a clock that is never set, in milliseconds. */
export const now = (): number => performance.now();

export class TokenBucket {
  readonly #perMs: number;
  readonly #capacity: number;
  /** When it is full again if nobody takes: the one number that changes, since a session has many buckets. */
  #fullAtMs = Number.NEGATIVE_INFINITY;

  constructor(perSecond: number, capacity: number) {
    this.#perMs = perSecond / 1000;
    this.#capacity = capacity;
  }

  /**
   * Takes so many, or none.
   * @param nowMs for whoever takes from several at once
   * @returns 0 when they were taken; else in how many milliseconds they can be
   */
  take(count = 1, nowMs = now()): number {
    const missing = Math.max(0, this.#fullAtMs - nowMs) * this.#perMs;
    // More than it ever holds is given from a full one, and paid back.
    const lacking = missing + Math.min(count, this.#capacity) - this.#capacity;
    if (lacking > 0) return Math.ceil(lacking / this.#perMs);
    this.#fullAtMs = Math.max(this.#fullAtMs, nowMs) + count / this.#perMs;
    return 0;
  }

  /** Nothing was taken for as long as it takes to fill: a new one would be the same. */
  get isFull(): boolean {
    return now() >= this.#fullAtMs;
  }
}

/** Buckets in memory at most: whoever has more addresses than that has filled the line by then. */
const MAX_KEYS = 100_000;

/** A bucket for each of many, as for each address. */
export class TokenBuckets {
  readonly #perSecond: number;
  readonly #capacity: number;
  /** Who came last is last. */
  readonly #buckets = new Map<string, TokenBucket>();

  constructor(perSecond: number, capacity: number) {
    this.#perSecond = perSecond;
    this.#capacity = capacity;
  }

  /** As of `TokenBucket`. */
  take(key: string, count = 1): number {
    const bucket = this.#buckets.get(key) ?? new TokenBucket(this.#perSecond, this.#capacity);
    this.#buckets.delete(key);
    this.#buckets.set(key, bucket);
    const waitMs = bucket.take(count);
    this.#forgetOldest();
    return waitMs;
  }

  /** Who has not come for long is forgotten, two for each one who comes. */
  #forgetOldest(): void {
    for (let i = 0; i < 2; i++) {
      const [oldest] = this.#buckets;
      if (oldest === undefined || !(oldest[1].isFull || this.#buckets.size > MAX_KEYS)) return;
      this.#buckets.delete(oldest[0]);
    }
  }
}
