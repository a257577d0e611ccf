// What a server does once a day, one after the other.

const DAY_MS = 24 * 60 * 60 * 1000;
/** A start is busy with other things. */
const FIRST_AFTER_MS = 10 * 60 * 1000;

/** Fails never: it complains itself. What it is given says whether to begin with nothing more. */
export type DailyPass = (isStopped: () => boolean) => Promise<void>;

export class Daily {
  readonly #passes: readonly DailyPass[];
  #timer: NodeJS.Timeout | null = null;
  #day: Promise<void> = Promise.resolve();
  #isStopped = false;

  constructor(passes: readonly DailyPass[]) {
    this.#passes = passes;
  }

  /** Looks once a day from here on. */
  start(): void {
    this.#wait(FIRST_AFTER_MS);
  }

  /** Begins with nothing more; resolves once what is under way has ended. */
  stop(): Promise<void> {
    this.#isStopped = true;
    if (this.#timer !== null) clearTimeout(this.#timer);
    return this.#day;
  }

  #wait(ms: number): void {
    this.#timer = setTimeout(() => {
      this.#day = this.#run().finally(() => this.#isStopped || this.#wait(DAY_MS));
    }, ms);
    this.#timer.unref();
  }

  async #run(): Promise<void> {
    for (const pass of this.#passes) if (!this.#isStopped) await pass(() => this.#isStopped);
  }
}
