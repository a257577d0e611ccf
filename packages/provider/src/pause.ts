// A pause in which nothing may be said: a new one takes the place of the one before.

export class Pause {
  readonly #ended: () => void;
  #timer: ReturnType<typeof setTimeout> | null = null;

  /** @param ended called when one is over, and not when it is broken off */
  constructor(ended: () => void) {
    this.#ended = ended;
  }

  get isOn(): boolean {
    return this.#timer !== null;
  }

  begin(delayMs: number): void {
    this.breakOff();
    this.#timer = setTimeout(() => {
      this.#timer = null;
      this.#ended();
    }, delayMs);
  }

  breakOff(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
  }
}
