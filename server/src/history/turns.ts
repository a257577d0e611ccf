// Heavy work that people ask for: a few jobs at a time, so that what the server itself has to do is never behind many of
// them, and no more waiting than somebody would wait for (I6).

import { SyncError } from '../sync-error.js';

const AT_ONCE = 2;
const MAX_WAITING = 30;

export class Turns {
  #running = 0;
  readonly #waiting: (() => void)[] = [];

  /** @throws SyncError `TOO_MANY`, or what `work` throws */
  async run<T>(work: () => Promise<T>): Promise<T> {
    if (this.#running >= AT_ONCE) {
      if (this.#waiting.length >= MAX_WAITING) {
        throw new SyncError('TOO_MANY', 'Too much of the past is being read at once. Try again in a moment.');
      }
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    } else this.#running += 1;
    try {
      return await work();
    } finally {
      const next = this.#waiting.shift();
      // Who is next takes this place.
      if (next) next();
      else this.#running -= 1;
    }
  }
}
