// Keeps a connection from ending because what was shown does: shows something newer when the server asks for it, or half a
// minute before the end. Where that fails it is tried again, with growing pauses, for as long as the connection stands.

import { backoffDelayMs } from './backoff.js';
import type { ProofSource, Proofs } from './proofs.js';

const BEFORE_END_MS = 30_000;
/** Whose clock is ahead of the server's is not asked for a token all the time. */
const AT_MOST_EVERY_MS = 30_000;
/** Beyond what a timer can wait. */
const MAX_TIMER_MS = 2 ** 31 - 1;

export interface RenewalListener {
  /** What is to be sent. */
  show(proofs: Proofs): void;
  /** Whether the last try to get something newer failed. */
  failing(isFailing: boolean): void;
}

export class Renewal {
  readonly #source: ProofSource;
  readonly #random: () => number;
  readonly #listener: RenewalListener;
  #timer: ReturnType<typeof setTimeout> | null = null;
  /** Asking for a token, on behalf of this one connection. */
  #asking: object | null = null;
  #attempt = 0;

  constructor(source: ProofSource, random: () => number, listener: RenewalListener) {
    this.#source = source;
    this.#random = random;
    this.#listener = listener;
  }

  /** The server knows who this is, until then; 0 is for ever. */
  known(expiresAtMs: number): void {
    this.stop();
    this.#attempt = 0;
    this.#listener.failing(false);
    // Nothing newer to be had: it ends when it ends.
    if (expiresAtMs === 0 || !this.#source.mayChange) return;
    this.#in(Math.max(AT_MOST_EVERY_MS, expiresAtMs - BEFORE_END_MS - Date.now()));
  }

  /** The server wants something newer. */
  asked(): void {
    if (this.#asking === null && this.#attempt === 0 && this.#source.mayChange) void this.#renew();
  }

  stop(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    if (this.#asking !== null) this.#source.cancel();
    this.#asking = null;
  }

  async #renew(): Promise<void> {
    this.stop();
    const asking = {};
    this.#asking = asking;
    const proofs = await this.#source.ask().catch(() => null);
    if (this.#asking !== asking) return;
    this.#asking = null;
    if (proofs !== null && this.#source.isNew(proofs)) {
      this.#listener.show(proofs);
      return;
    }
    this.#in(backoffDelayMs(this.#attempt, this.#random()));
    this.#attempt += 1;
    this.#listener.failing(true);
  }

  #in(delayMs: number): void {
    this.#timer = setTimeout(() => void this.#renew(), Math.min(delayMs, MAX_TIMER_MS));
  }
}
