// Works that several servers share out among them, by leases in the database (lease-tables.ts). Each says a few times while a lease
// lasts that it runs, and is answered which works are its own.

import type { Duties, Duty, Work } from '../duties.js';

export interface LeaseTimes {
  /** For how long a work stays its holder's after that was last heard of. */
  readonly lastsMs: number;
  readonly askEveryMs: number;
}

/** A holder that is gone is replaced within the sum of both; one that misses two answers keeps what it has. */
export const LEASE_TIMES: LeaseTimes = { lastsMs: 6000, askEveryMs: 2000 };

/** What the database knows of it. */
export interface LeaseStore {
  /** Says that this server runs. @returns the works that are its own for `lastsMs` from now on, and their tokens */
  lease(works: readonly Work[], lastsMs: number): Promise<ReadonlyMap<string, number>>;
  /** Gives back all of them. */
  endLeases(): Promise<void>;
}

interface Undertaken {
  readonly begin: (duty: Duty) => void;
  held: { readonly token: number; readonly end: AbortController } | null;
}

export class SharedDuties implements Duties {
  readonly #store: LeaseStore;
  readonly #times: LeaseTimes;
  readonly #onFailure: (error: unknown) => void;
  readonly #works = new Map<Work, Undertaken>();
  #asks: NodeJS.Timeout | undefined;
  #runsOut: NodeJS.Timeout | undefined;
  #asked: Promise<void> = Promise.resolve();
  #isClosed = false;

  /** @param onFailure takes why nothing can be written any more */
  constructor(store: LeaseStore, times: LeaseTimes, onFailure: (error: unknown) => void) {
    this.#store = store;
    this.#times = times;
    this.#onFailure = onFailure;
    this.#askAfter(0);
  }

  undertake(work: Work, begin: (duty: Duty) => void): void {
    this.#works.set(work, { begin, held: null });
  }

  /** What is under way is told; what is held goes to the others at once. */
  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    clearTimeout(this.#asks);
    this.#hold(new Map());
    await this.#asked;
    await this.#store.endLeases().catch(() => undefined);
  }

  #askAfter(ms: number): void {
    if (this.#isClosed) return;
    this.#asks = setTimeout(() => {
      this.#asked = this.#ask()
        .catch((error: unknown) => this.#isClosed || this.#onFailure(error))
        .then(() => this.#askAfter(this.#times.askEveryMs));
    }, ms);
    this.#asks.unref();
  }

  async #ask(): Promise<void> {
    const { lastsMs } = this.#times;
    const askedAtMs = performance.now();
    const held = await this.#store.lease([...this.#works.keys()], lastsMs);
    if (!this.#isClosed) this.#hold(held, askedAtMs + lastsMs);
  }

  /** Where no answer comes in time, nothing is its own any more. */
  #hold(held: ReadonlyMap<string, number>, untilMs = 0): void {
    clearTimeout(this.#runsOut);
    if (held.size > 0) {
      this.#runsOut = setTimeout(() => this.#hold(new Map()), Math.max(0, untilMs - performance.now()));
      this.#runsOut.unref();
    }
    for (const [work, undertaken] of this.#works) {
      const token = held.get(work);
      if (undertaken.held?.token === token) continue;
      undertaken.held?.end.abort();
      undertaken.held = null;
      if (token === undefined) continue;
      const end = new AbortController();
      undertaken.held = { token, end };
      undertaken.begin({ work, token, signal: end.signal });
    }
  }
}
