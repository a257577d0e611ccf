// Work that takes its turn: so many pieces at a time. Those who wait take turns as well, so who asks for a hundred things holds up
// nobody who asks for one; and no more wait than somebody would wait for (I6).

import { SyncError } from './sync-error.js';

export interface TurnsOptions {
  /** Pieces of work at a time, 1 or more. */
  readonly atOnce: number;
  /** Of those, for one and the same. Default: all of them. */
  readonly atOnceForOne?: number;
  /** Default: any number. */
  readonly maxWaiting?: number;
  readonly maxWaitingForOne?: number;
}

/** In which time it is worth while to ask again. */
const RETRY_AFTER_MS = 5000;

export class Turns {
  readonly #options: Required<TurnsOptions>;
  /** How many are at work, in all and for each. */
  #running = 0;
  readonly #runningFor = new Map<string, number>();
  /** Who has somebody waiting, in the order in which they come to their turn; each in the order in which they asked. */
  readonly #waiting = new Map<string, (() => void)[]>();
  #waitingInAll = 0;

  constructor(options: TurnsOptions) {
    const { atOnce } = options;
    const all = Number.POSITIVE_INFINITY;
    this.#options = { atOnceForOne: atOnce, maxWaiting: all, maxWaitingForOne: all, ...options };
  }

  /**
   * @param whose who asks: a person, or an address where nobody is known
   * @returns what `work` does, once it had its turn
   * @throws SyncError `TOO_MANY` when too many wait already; what `work` throws
   */
  async run<T>(work: () => Promise<T>, whose = ''): Promise<T> {
    if (this.#mayRun(whose)) this.#begin(whose);
    else await this.#wait(whose);
    try {
      return await work();
    } finally {
      this.#end(whose);
    }
  }

  #mayRun(whose: string): boolean {
    const { atOnce, atOnceForOne } = this.#options;
    return this.#running < atOnce && (this.#runningFor.get(whose) ?? 0) < atOnceForOne;
  }

  #begin(whose: string): void {
    this.#running += 1;
    this.#runningFor.set(whose, (this.#runningFor.get(whose) ?? 0) + 1);
  }

  #wait(whose: string): Promise<void> {
    const { maxWaiting, maxWaitingForOne } = this.#options;
    const row = this.#waiting.get(whose) ?? [];
    if (row.length >= maxWaitingForOne) {
      throw new TooMany(
        'You have asked for more of this than is done at once. Wait for what you asked for, then ask again.',
      );
    }
    if (this.#waitingInAll >= maxWaiting)
      throw new TooMany('Too much of this is asked for at once. Try again in a moment.');
    this.#waiting.set(whose, row);
    this.#waitingInAll += 1;
    return new Promise((resolve) => row.push(resolve));
  }

  #end(whose: string): void {
    this.#running -= 1;
    const running = this.#runningFor.get(whose)! - 1;
    if (running > 0) this.#runningFor.set(whose, running);
    else this.#runningFor.delete(whose);
    for (const [next, row] of this.#waiting) {
      if (!this.#mayRun(next)) continue;
      this.#waitingInAll -= 1;
      const start = row.shift()!;
      this.#waiting.delete(next);
      // Behind all others.
      if (row.length > 0) this.#waiting.set(next, row);
      this.#begin(next);
      start();
      return;
    }
  }
}

export class TooMany extends SyncError {
  /** When it is worth while to ask again. */
  readonly retryAfterMs = RETRY_AFTER_MS;

  constructor(sentence: string) {
    super('TOO_MANY', sentence);
  }
}
