// What a server does once a day, one after the other, as long as that is its work.

import type { Duty } from '../log/duties.js';

const DAY_MS = 24 * 60 * 60 * 1000;
/** A start is busy with other things. */
const FIRST_AFTER_MS = 10 * 60 * 1000;

/** Fails never: it complains itself. Once its duty is over it begins with nothing more. */
export type DailyPass = (duty: Duty) => Promise<void>;

export class Daily {
  readonly #passes: readonly DailyPass[];
  #day: Promise<void> = Promise.resolve();
  readonly #stopping = new AbortController();

  constructor(passes: readonly DailyPass[]) {
    this.#passes = passes;
  }

  /** Looks once a day from here on, until the duty is another's. It may become this server's again. */
  start(duty: Duty): void {
    this.#wait(FIRST_AFTER_MS, { ...duty, signal: AbortSignal.any([duty.signal, this.#stopping.signal]) });
  }

  /** Begins with nothing more; resolves once what is under way has ended. */
  stop(): Promise<void> {
    this.#stopping.abort();
    return this.#day;
  }

  #wait(ms: number, duty: Duty): void {
    const { signal } = duty;
    if (signal.aborted) return;
    const end = (): void => clearTimeout(timer);
    const timer = setTimeout(() => {
      // A signal that lives for years would keep one for each day.
      signal.removeEventListener('abort', end);
      this.#day = this.#day.then(() => this.#run(duty));
      void this.#day.then(() => this.#wait(DAY_MS, duty));
    }, ms);
    timer.unref();
    signal.addEventListener('abort', end, { once: true });
  }

  async #run(duty: Duty): Promise<void> {
    for (const pass of this.#passes) if (!duty.signal.aborted) await pass(duty);
  }
}
