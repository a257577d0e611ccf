// What a server does once a day, one after the other, as long as that is its work.

import type { Duty } from '../log/duties.js';

const DAY_MS = 24 * 60 * 60 * 1000;
/** A start is busy with other things. */
const FIRST_AFTER_MS = 10 * 60 * 1000;

/** Fails never: it complains itself. What it is given says whether to begin with nothing more. */
export type DailyPass = (isStopped: () => boolean) => Promise<void>;

export class Daily {
  readonly #passes: readonly DailyPass[];
  #day: Promise<void> = Promise.resolve();
  readonly #stopping = new AbortController();

  constructor(passes: readonly DailyPass[]) {
    this.#passes = passes;
  }

  /** Looks once a day from here on, until the duty is another's. It may become this server's again. */
  start({ signal }: Pick<Duty, 'signal'>): void {
    this.#wait(FIRST_AFTER_MS, AbortSignal.any([signal, this.#stopping.signal]));
  }

  /** Begins with nothing more; resolves once what is under way has ended. */
  stop(): Promise<void> {
    this.#stopping.abort();
    return this.#day;
  }

  #wait(ms: number, signal: AbortSignal): void {
    if (signal.aborted) return;
    const timer = setTimeout(() => {
      this.#day = this.#day.then(() => this.#run(signal));
      void this.#day.then(() => this.#wait(DAY_MS, signal));
    }, ms);
    timer.unref();
    signal.addEventListener('abort', () => clearTimeout(timer), { once: true });
  }

  async #run(signal: AbortSignal): Promise<void> {
    for (const pass of this.#passes) if (!signal.aborted) await pass(() => signal.aborted);
  }
}
