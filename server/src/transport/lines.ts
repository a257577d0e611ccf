// How many are connected, whatever carries them: in all, and over each line that some of them share; and how often each line
// knocks. Newcomers are turned away here and nowhere else, with the time after which they may try again.

import { lineOf } from '../access/doorkeeper.js';
import type { Limits } from '../limits.js';
import { TokenBuckets } from '../token-bucket.js';

/** Said to somebody who is not let in, as HTTP says it. */
export interface Refusal {
  readonly ok: false;
  readonly status: number;
  readonly reason: string;
  readonly retryAfterMs?: number;
}

/** When somebody may try again for whom there was no place. */
const CROWDED_MS = 10_000;

export class Lines {
  readonly #limits: Pick<Limits, 'connections' | 'connectionsPerAddress'>;
  readonly #knocks: TokenBuckets;
  /** Open connections by whom they share a line with. */
  readonly #lines = new Map<string, number>();
  #connections = 0;

  constructor(limits: Pick<Limits, 'connections' | 'connectionsPerAddress' | 'connectionsPerSecond'>) {
    this.#limits = limits;
    this.#knocks = new TokenBuckets(limits.connectionsPerSecond, limits.connectionsPerAddress);
  }

  /** A knock. Clients that are turned away come back later by themselves. @returns null: there is a place */
  knock(address: string): Refusal | null {
    const line = lineOf(address);
    const { connections, connectionsPerAddress } = this.#limits;
    if (this.#connections >= connections) {
      return { ok: false, status: 503, reason: 'Too many are connected. Try again later.', retryAfterMs: CROWDED_MS };
    }
    if ((this.#lines.get(line) ?? 0) >= connectionsPerAddress) {
      const reason = 'Too many are connected from your address. Try again later.';
      return { ok: false, status: 429, reason, retryAfterMs: CROWDED_MS };
    }
    const retryAfterMs = this.#knocks.take(line);
    if (retryAfterMs === 0) return null;
    return { ok: false, status: 429, reason: 'Your address connects too often. Try again later.', retryAfterMs };
  }

  /** Somebody has come in. */
  entered(address: string): void {
    const line = lineOf(address);
    this.#lines.set(line, (this.#lines.get(line) ?? 0) + 1);
    this.#connections += 1;
  }

  /** Somebody who came in is gone. */
  left(address: string): void {
    const line = lineOf(address);
    const left = this.#lines.get(line)! - 1;
    if (left === 0) this.#lines.delete(line);
    else this.#lines.set(line, left);
    this.#connections -= 1;
  }
}
