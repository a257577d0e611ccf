// Jobs, one after the other, so that each finds things as the one before left them.

type Turn = () => Promise<void>;

export class JobQueue {
  readonly #waiting: Turn[] = [];
  /** Before those. */
  readonly #urgent: Turn[] = [];
  #draining: Promise<void> | null = null;

  /** Runs `job` once those before it have ended, well or not. */
  run<T>(job: () => Promise<T>): Promise<T> {
    return this.#add(this.#waiting, job);
  }

  /** Runs `job` before those that wait, once the one under way has ended. */
  runNext<T>(job: () => Promise<T>): Promise<T> {
    return this.#add(this.#urgent, job);
  }

  /** Resolves once no job is left. */
  async ended(): Promise<void> {
    await this.#draining;
  }

  #add<T>(row: Turn[], job: () => Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      row.push(() => job().then(resolve, reject));
      this.#draining ??= this.#drain();
    });
  }

  async #drain(): Promise<void> {
    // No job begins inside the call that asks for it.
    await null;
    for (let turn = this.#next(); turn; turn = this.#next()) await turn();
    this.#draining = null;
  }

  #next(): Turn | undefined {
    return this.#urgent.shift() ?? this.#waiting.shift();
  }
}
