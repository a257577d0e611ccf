// Readers, and the batches that move what they might be reading: a reader sees entries in one place or the other, never in
// neither. Whoever waits to be alone goes before readers who come later. No reader may wait for somebody who is alone, nor
// for a write, which may be part of a move.

export class ReadGate {
  #readers = 0;
  /** Resolves when whoever is alone, or waits for it, has ended. */
  #alone: Promise<void> | null = null;
  #isAlone = false;
  /** While it is there, readers wait for it to resolve. */
  #barrier: Deferred | null = null;
  #lastReaderLeft: (() => void) | null = null;

  async read<T>(action: () => Promise<T>): Promise<T> {
    while (this.#barrier) await this.#barrier.promise;
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
      await this.#shut();
      this.#isAlone = true;
      await action();
    } finally {
      this.#isAlone = false;
      this.#alone = null;
      this.#letIn();
      resolve();
    }
  }

  /** For as long as `pause` takes, readers may come in although somebody is alone, who waits for what comes after it. */
  async interlude(pause: () => Promise<void>): Promise<void> {
    const alone = this.#alone;
    if (!this.#isAlone) return pause();
    this.#letIn();
    await pause();
    if (this.#isAlone && this.#alone === alone) await this.#shut();
  }

  /** Keeps new readers out, and resolves once those inside have left. */
  async #shut(): Promise<void> {
    this.#barrier ??= deferred();
    if (this.#readers === 0) return;
    const readersGone = deferred();
    this.#lastReaderLeft = readersGone.resolve;
    await readersGone.promise;
    this.#lastReaderLeft = null;
  }

  #letIn(): void {
    this.#barrier?.resolve();
    this.#barrier = null;
  }
}

interface Deferred {
  readonly promise: Promise<void>;
  readonly resolve: () => void;
}

function deferred(): Deferred {
  let resolve = (): void => {};
  const promise = new Promise<void>((done) => {
    resolve = done;
  });
  return { promise, resolve };
}
