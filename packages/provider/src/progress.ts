// Whether something comes of what a channel waits for. On a connection that stands, 10 s without any of it is not waiting any more but
// being stuck: that is said, and the connection is made anew; then after pauses that double, so that a server in trouble is not
// asked by everybody all the time. One timer, while something is awaited.

const STUCK_AFTER_MS = 10_000;
const LONGEST_MS = 160_000;

export interface ProgressOwner {
  /** Whether an answer is awaited that the server could have given. */
  isAwaiting(): boolean;
  /** Bytes that are still to leave: fewer than before is progress, too. */
  unsentBytes(): number;
  /** Nothing has come for too long. */
  stuck(): void;
}

export class Progress {
  readonly #owner: ProgressOwner;
  #timer: ReturnType<typeof setTimeout> | null = null;
  #unsentBytes = 0;
  /** In a row, since something came. */
  #timesStuck = 0;

  constructor(owner: ProgressOwner) {
    this.#owner = owner;
  }

  /** Also while the connection is made anew, until something comes. */
  get isStuck(): boolean {
    return this.#timesStuck > 0;
  }

  /** What was awaited has come. */
  made(): void {
    this.#timesStuck = 0;
    this.moved();
  }

  /** Some of what was awaited has come. */
  moved(): void {
    this.stop();
    this.look();
  }

  /** It may be another now whether something is awaited. */
  look(): void {
    if (!this.#owner.isAwaiting()) this.stop();
    else if (this.#timer === null) this.#wait();
  }

  stop(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
  }

  #wait(): void {
    this.#unsentBytes = this.#owner.unsentBytes();
    const waitMs = Math.min(LONGEST_MS, STUCK_AFTER_MS * 2 ** this.#timesStuck);
    this.#timer = setTimeout(() => this.#due(), waitMs);
  }

  #due(): void {
    this.#timer = null;
    if (!this.#owner.isAwaiting()) return;
    if (this.#owner.unsentBytes() < this.#unsentBytes) return this.#wait();
    this.#timesStuck += 1;
    this.#owner.stuck();
    this.look();
  }
}
