// Long work cut into stretches, between which everything else that is ready has its turn: a check holds up nobody.

import { SyncError } from '../../sync-error.js';

const STRETCH_MS = 5;

export class Stretches {
  readonly #signal: AbortSignal;
  #sinceMs = performance.now();

  /** @param signal aborted when nobody wants the work any more */
  constructor(signal: AbortSignal) {
    this.#signal = signal;
  }

  /** Asked often, so it is kept cheap; `next` is to be awaited when it says so. */
  get isOver(): boolean {
    return performance.now() - this.#sinceMs >= STRETCH_MS;
  }

  /** @throws SyncError `CANCELLED` */
  async next(): Promise<void> {
    if (this.#signal.aborted) throw new SyncError('CANCELLED', 'It was ended before it was done.');
    await new Promise(setImmediate);
    this.#sinceMs = performance.now();
  }
}
