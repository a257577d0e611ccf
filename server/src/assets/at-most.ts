// So many pieces of work at a time; the others wait, in the order in which they came.

export class AtMost {
  #places: number;
  readonly #waiting: (() => void)[] = [];

  /** @param places how many at a time, 1 or more */
  constructor(places: number) {
    this.#places = places;
  }

  /** @returns what `work` does, once it had a place. @throws what it throws */
  async run<T>(work: () => Promise<T>): Promise<T> {
    if (this.#places > 0) this.#places -= 1;
    else await new Promise<void>((resolve) => this.#waiting.push(resolve));
    try {
      return await work();
    } finally {
      const next = this.#waiting.shift();
      if (next) next();
      else this.#places += 1;
    }
  }
}
