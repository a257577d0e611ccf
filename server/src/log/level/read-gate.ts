// Readers and the one move of entries from journal to segments: a reader sees them in one place or the other, never in
// neither. Whoever waits to be alone goes before readers who come later.

export class ReadGate {
  #readers = 0;
  #alone: Promise<void> | null = null;
  #lastReaderLeft: (() => void) | null = null;

  async read<T>(action: () => Promise<T>): Promise<T> {
    while (this.#alone) await this.#alone;
    this.#readers++;
    try {
      return await action();
    } finally {
      this.#readers--;
      if (this.#readers === 0) this.#lastReaderLeft?.();
    }
  }

  /** Runs `action` while nobody reads. */
  async alone(action: () => Promise<void>): Promise<void> {
    while (this.#alone) await this.#alone;
    const { promise, resolve } = deferred();
    this.#alone = promise;
    try {
      if (this.#readers > 0) {
        const readersGone = deferred();
        this.#lastReaderLeft = readersGone.resolve;
        await readersGone.promise;
        this.#lastReaderLeft = null;
      }
      await action();
    } finally {
      this.#alone = null;
      resolve();
    }
  }
}

function deferred(): { promise: Promise<void>; resolve: () => void } {
  let resolve = (): void => {};
  const promise = new Promise<void>((done) => {
    resolve = done;
  });
  return { promise, resolve };
}
