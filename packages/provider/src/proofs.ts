// What the server is shown to say who this is: a token, asked for anew for each connection and each renewal, and the
// identity of a guest. Neither is kept longer than it takes to send it, but for what tells a new token from the one before.

/** Whoever is asked for a token and does not answer for so long, is asked again. */
const ANSWER_WITHIN_MS = 30_000;

/** '' where there is none. */
export interface Proofs {
  readonly token: string;
  readonly guest: string;
}

/** A JWT or a ticket, or what gives one. A ticket is good once, so that only the latter comes back by itself. */
export type TokenSource = string | (() => Promise<string>);

export class ProofSource {
  readonly #token: TokenSource;
  readonly #guest: string;
  #last: string | null = null;
  #giveUp: (() => void) | null = null;

  constructor(token: TokenSource | undefined, guest: string | undefined) {
    this.#token = token ?? '';
    this.#guest = guest ?? '';
  }

  /** Whether what it gives may be another one next time. */
  get mayChange(): boolean {
    return typeof this.#token === 'function';
  }

  /** Without waiting, where nobody has to be asked; null where somebody has. */
  get known(): Proofs | null {
    return typeof this.#token === 'string' ? { token: this.#token, guest: this.#guest } : null;
  }

  /** @throws Error when there is none, not in time, or not any more: it was cancelled, or asked for again */
  async ask(): Promise<Proofs> {
    this.cancel();
    const token = typeof this.#token === 'string' ? this.#token : await this.#inTime(this.#token);
    if (typeof token !== 'string') throw new TypeError('what should give a token gave something else');
    return { token, guest: this.#guest };
  }

  /** Waits no longer for an answer. */
  cancel(): void {
    this.#giveUp?.();
  }

  /** Whether this token is another one than the last that was shown, which it is from now on. */
  isNew({ token }: Proofs): boolean {
    const isNew = token !== this.#last;
    this.#last = token;
    return isNew;
  }

  #inTime(give: () => Promise<string>): Promise<string> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => this.#giveUp?.(), ANSWER_WITHIN_MS);
      const end = (): void => {
        clearTimeout(timer);
        if (this.#giveUp === giveUp) this.#giveUp = null;
      };
      const giveUp = (): void => {
        end();
        reject(new Error('no token came in time'));
      };
      this.#giveUp = giveUp;
      // A function that throws before it promises anything fails like one that promises and breaks it.
      new Promise<string>((given) => given(give())).finally(end).then(resolve, reject);
    });
  }
}
