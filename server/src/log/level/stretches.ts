// Long work cut into stretches, between which everything else that is ready has its turn: a check, or the reading of a long
// document, holds up nobody.

import { setTimeout as sleep } from 'node:timers/promises';
import { throwIfCancelled } from '../../sync-error.js';

const STRETCH_MS = 5;

export class Stretches {
  readonly #signal: AbortSignal | null;
  readonly #restMs: number;
  #sinceMs = performance.now();

  /**
   * @param signal aborted when nobody wants the work any more; null when somebody always does
   * @param restMs left to others between two stretches, beside what is ready then
   */
  constructor(signal: AbortSignal | null, restMs: number) {
    this.#signal = signal;
    this.#restMs = restMs;
  }

  /** Asked often, so it is kept cheap; `next` is to be awaited when it says so. */
  get isOver(): boolean {
    return performance.now() - this.#sinceMs >= STRETCH_MS;
  }

  /** @throws SyncError `CANCELLED` */
  async next(): Promise<void> {
    if (this.#signal) throwIfCancelled(this.#signal);
    if (this.#restMs > 0) await sleep(this.#restMs);
    else await new Promise(setImmediate);
    this.#sinceMs = performance.now();
  }
}

/** Runs work that says by its yields, which come often, where it can be interrupted. */
export async function inStretches<T>(work: Iterator<void, T, void>): Promise<T> {
  const stretches = new Stretches(null, 0);
  for (;;) {
    const step = work.next();
    if (step.done) return step.value;
    if (stretches.isOver) await stretches.next();
  }
}
