// Something that may be done only so often, and of which the newest alone counts: what comes too soon waits, and is replaced
// by what comes after it.

import { TokenBucket } from '../token-bucket.js';

export class Paced<T> {
  readonly #bucket: TokenBucket;
  readonly #act: (value: T) => void;
  readonly #fail: (error: unknown) => void;
  /** In an object, so that it may be null or undefined itself. */
  #held: { readonly value: T } | null = null;
  #timer: NodeJS.Timeout | null = null;

  /** @param fail is told what `act` throws when it was not called by `push` */
  constructor(perSecond: number, act: (value: T) => void, fail: (error: unknown) => void) {
    this.#bucket = new TokenBucket(perSecond, Math.max(1, perSecond));
    this.#act = act;
    this.#fail = fail;
  }

  push(value: T): void {
    this.#held = { value };
    if (this.#timer === null) this.#next();
  }

  /** What waits is forgotten. */
  end(): void {
    this.#held = null;
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
  }

  #next(): void {
    this.#timer = null;
    if (this.#held === null) return;
    const waitMs = this.#bucket.take();
    if (waitMs > 0) {
      this.#timer = setTimeout(() => this.#nextInTime(), waitMs);
      return;
    }
    const { value } = this.#held;
    this.#held = null;
    this.#act(value);
  }

  #nextInTime(): void {
    try {
      this.#next();
    } catch (error) {
      this.#fail(error);
    }
  }
}
