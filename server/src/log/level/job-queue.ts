// Jobs, one after the other, so that each finds things as the one before left them.

export class JobQueue {
  #last: Promise<unknown> = Promise.resolve();

  /** Runs `job` once those before it have ended, well or not. */
  run<T>(job: () => Promise<T>): Promise<T> {
    const result = this.#last.then(job);
    this.#last = result.catch(() => undefined);
    return result;
  }

  /** Resolves once the jobs asked for so far have ended. */
  async ended(): Promise<void> {
    await this.#last;
  }
}
