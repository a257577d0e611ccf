// Long bytes that are made when somebody needs them, shared by all who need them at the same time, and given back when nobody
// does any more (see give-back.ts). For a moment after that they stay on a shelf, which has little room: in the next second
// somebody may come and ask the same.

/** How long it lies there, and how many bytes do, over all rooms. */
const KEPT_FOR_MS = 2000;
const MAX_KEPT_BYTES = 4 * 1024 * 1024;

/** What a loan is of. */
export interface Lendable {
  /** Bytes of memory it takes. */
  readonly bytes: number;
  /** Nobody reads it any more. */
  giveBack(): void;
}

/** What nobody needs just now. */
export class Shelf {
  /** By when it was put here; the oldest first. */
  readonly #kept = new Map<Loan<Lendable>, number>();
  #bytes = 0;

  put(loan: Loan<Lendable>): void {
    this.#kept.set(loan, performance.now());
    this.#bytes += loan.bytes;
    for (const oldest of this.#kept.keys()) {
      if (this.#bytes <= MAX_KEPT_BYTES) return;
      this.#drop(oldest);
    }
  }

  take(loan: Loan<Lendable>): void {
    if (this.#kept.delete(loan)) this.#bytes -= loan.bytes;
  }

  /** To be called now and then. */
  clear(nowMs: number): void {
    for (const [loan, sinceMs] of this.#kept) {
      if (nowMs - sinceMs <= KEPT_FOR_MS) return;
      this.#drop(loan);
    }
  }

  #drop(loan: Loan<Lendable>): void {
    this.take(loan);
    loan.end();
  }
}

export class Loan<T extends Lendable> {
  /** Rejects when it could not be made; then it has ended. */
  readonly value: Promise<T>;
  #made: T | null = null;
  #holders = 0;
  #mayBeRead = false;
  readonly #shelf: Shelf;
  readonly #onEnd: () => void;

  /** @param onEnd it has ended, and is not to be held again */
  constructor(value: Promise<T>, shelf: Shelf, onEnd: () => void) {
    this.value = value;
    this.#shelf = shelf;
    this.#onEnd = onEnd;
    value.then((made) => {
      this.#made = made;
      if (this.#holders === 0) this.#shelf.put(this);
    }, onEnd);
  }

  get bytes(): number {
    return this.#made?.bytes ?? 0;
  }

  /** From here on `value` stays as it is, until whoever calls this has called `release` or `forfeit`, once. */
  hold(): this {
    this.#shelf.take(this);
    this.#holders += 1;
    return this;
  }

  /** The holder is done with it: nothing of it is read any more, not even by a socket. */
  release(): void {
    this.#holders -= 1;
    if (this.#holders === 0 && this.#made !== null) this.#shelf.put(this);
  }

  /** The holder is gone, and something may still read it: it is left to the collector. */
  forfeit(): void {
    this.#mayBeRead = true;
    this.release();
  }

  /** For the shelf. */
  end(): void {
    this.#onEnd();
    if (!this.#mayBeRead) this.#made?.giveBack();
  }
}
