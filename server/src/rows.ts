// What has to happen one after the other for each key, as for each document, and for different ones at once.

export class Rows<Key> {
  /** Of each row the newest. */
  readonly #rows = new Map<Key, Promise<unknown>>();

  /** Runs `work` after everything of that key that was to before it, however that ended. */
  run<T>(key: Key, work: () => Promise<T>): Promise<T> {
    const before = this.#rows.get(key) ?? Promise.resolve();
    const done = before.then(work, work);
    this.#rows.set(key, done);
    const leave = (): void => {
      if (this.#rows.get(key) === done) this.#rows.delete(key);
    };
    done.then(leave, leave);
    return done;
  }

  /** Resolves once all that is in a row by now has ended, however it did. */
  async settled(): Promise<void> {
    await Promise.allSettled(this.#rows.values());
  }
}
