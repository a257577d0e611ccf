// What one session may still send now. Updates beyond it are asked to wait; of the rest nobody honest sends so much.

import type { SessionLimits } from '../access/live-sessions.js';
import { now, TokenBucket } from '../token-bucket.js';

/** A client that is told to wait is to come back with more than one update. */
const SHORTEST_WAIT_MS = 1000;

export class Allowance {
  readonly #updates: TokenBucket;
  readonly #updateBytes: TokenBucket;
  readonly #joins: TokenBucket;
  readonly #others: TokenBucket;

  constructor(limits: SessionLimits) {
    this.#updates = new TokenBucket(limits.updatesPerSecond, limits.updatesAtOnce);
    this.#updateBytes = new TokenBucket(limits.updateBytesPerSecond, limits.updateBytesAtOnce);
    this.#joins = new TokenBucket(limits.joinsPerSecond, limits.joinsAtOnce);
    this.#others = new TokenBucket(limits.updatesPerSecond, limits.updatesAtOnce);
  }

  /** @returns 0, or in how many milliseconds to send it again */
  takeUpdate(bytes: number): number {
    const nowMs = now();
    const waitMs = this.#updates.take(1, nowMs) || this.#updateBytes.take(bytes, nowMs);
    return waitMs === 0 ? 0 : Math.max(waitMs, SHORTEST_WAIT_MS);
  }

  /** @returns whether one more document may be opened now */
  takeJoin(): boolean {
    return this.#joins.take() === 0;
  }

  /** For every other message that costs an answer or some work. @returns whether it may be sent now */
  takeOther(): boolean {
    return this.#others.take() === 0;
  }
}
