// Pauses between tries of a write that failed. Whoever closes the store cuts them short.

export class Pauses {
  readonly #lengthsMs: readonly number[];
  #endOne: (() => void) | null = null;
  #areOver = false;

  /** @param lengthsMs after the first try, the second, and so on; the last stands for all that come later */
  constructor(lengthsMs: readonly number[]) {
    this.#lengthsMs = lengthsMs;
  }

  /** Nobody wants another try. */
  get areOver(): boolean {
    return this.#areOver;
  }

  /** @param tries how many there were before the one that failed */
  after(tries: number): Promise<void> {
    const ms = this.#lengthsMs[tries] ?? this.#lengthsMs.at(-1) ?? 0;
    if (ms === 0 || this.#areOver) return Promise.resolve();
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.#endOne = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  /** Ends the one there is, and all to come. */
  end(): void {
    this.#areOver = true;
    this.#endOne?.();
  }
}
