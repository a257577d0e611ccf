// Who is writing at this moment, told by what arrives of theirs: nothing is sent for it. Whoever writes goes on doing so for a while, so
// that a pause between two words is none.

const WRITES_FOR_MS = 2_500;

export class WhoWrites {
  readonly #untilMs = new Map<number, number>();
  readonly #tell: (clients: ReadonlySet<number>) => void;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** @param tell  called when somebody begins or rests, not with every letter */
  constructor(tell: (clients: ReadonlySet<number>) => void) {
    this.#tell = tell;
  }

  wrote(client: number): void {
    const isNew = !this.#untilMs.has(client);
    this.#untilMs.set(client, Date.now() + WRITES_FOR_MS);
    if (isNew) this.#tell(new Set(this.#untilMs.keys()));
    this.#timer ??= setTimeout(this.#look, WRITES_FOR_MS);
  }

  end(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#untilMs.size === 0) return;
    this.#untilMs.clear();
    this.#tell(new Set());
  }

  readonly #look = (): void => {
    this.#timer = undefined;
    const now = Date.now();
    const { size } = this.#untilMs;
    for (const [client, until] of this.#untilMs) if (until <= now) this.#untilMs.delete(client);
    if (this.#untilMs.size < size) this.#tell(new Set(this.#untilMs.keys()));
    if (this.#untilMs.size > 0) this.#timer = setTimeout(this.#look, Math.min(...this.#untilMs.values()) - now);
  };
}
