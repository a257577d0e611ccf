// What one session may still send now. Updates beyond it are asked to wait; of the rest nobody honest sends so much.

import type { SessionLimits } from '../access/live-sessions.js';
import { now, TokenBucket } from '../token-bucket.js';

/** A client that is told to wait is to come back with more than one update. */
const SHORTEST_WAIT_MS = 1000;

/** Ranges that are written down to compare what is held: half a percent of a core; and, at once, what a thousand documents have. */
const DIGESTED_PER_SECOND = 100_000;
const DIGESTED_AT_ONCE = 1_000_000;

export class Allowance {
  readonly #limits: SessionLimits;
  /** Each is made when it is taken of first: most sessions only read. */
  #updates: TokenBucket | null = null;
  #updateBytes: TokenBucket | null = null;
  #joins: TokenBucket | null = null;
  #digests: TokenBucket | null = null;
  #others: TokenBucket | null = null;

  constructor(limits: SessionLimits) {
    this.#limits = limits;
  }

  /** @returns 0, or in how many milliseconds to send it again */
  takeUpdate(bytes: number): number {
    const { updatesPerSecond, updatesAtOnce, updateBytesPerSecond, updateBytesAtOnce } = this.#limits;
    this.#updates ??= new TokenBucket(updatesPerSecond, updatesAtOnce);
    this.#updateBytes ??= new TokenBucket(updateBytesPerSecond, updateBytesAtOnce);
    const nowMs = now();
    const waitMs = this.#updates.take(1, nowMs) || this.#updateBytes.take(bytes, nowMs);
    return waitMs === 0 ? 0 : Math.max(waitMs, SHORTEST_WAIT_MS);
  }

  /** @returns whether one more document may be opened now */
  takeJoin(): boolean {
    this.#joins ??= new TokenBucket(this.#limits.joinsPerSecond, this.#limits.joinsAtOnce);
    return this.#joins.take() === 0;
  }

  /** @param work as of Room.digest, or bytes of a state vector that is told. @returns whether it may be done for this session now */
  takeDigest(work: number): boolean {
    if (work === 0) return true;
    this.#digests ??= new TokenBucket(DIGESTED_PER_SECOND, DIGESTED_AT_ONCE);
    return this.#digests.take(work) === 0;
  }

  /** For every other message that costs an answer or some work. @returns whether it may be sent now */
  takeOther(): boolean {
    this.#others ??= new TokenBucket(this.#limits.updatesPerSecond, this.#limits.updatesAtOnce);
    return this.#others.take() === 0;
  }
}
