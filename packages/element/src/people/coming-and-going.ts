// Who came and who went, told to whoever uses a screen reader: gathered for a while, so that thirty people are one sentence, and not
// while one writes. Whoever comes back within that time was never away.

import * as words from '@weft/words/people';

const GATHERED_MS = 1_500;

export class ComingAndGoing {
  readonly #came = new Map<string, string>();
  readonly #went = new Map<string, string>();
  readonly #mayTell: () => boolean;
  readonly #say: (sentence: string) => void;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #waiting = new AbortController();
  #wasTyped = false;

  /** @param mayTell  false while nobody can be seen: who is missing then has not gone. What there is to say waits for the next news */
  constructor(mayTell: () => boolean, say: (sentence: string) => void) {
    this.#mayTell = mayTell;
    this.#say = say;
  }

  came(key: string, name: string): void {
    if (!this.#went.delete(key)) this.#came.set(key, name);
    this.#wait();
  }

  went(key: string, name: string): void {
    if (!this.#came.delete(key)) this.#went.set(key, name);
    this.#wait();
  }

  end(): void {
    clearTimeout(this.#timer);
    this.#waiting.abort();
    this.#timer = undefined;
  }

  #wait(): void {
    if (this.#timer !== undefined) return;
    this.#waiting = new AbortController();
    this.#wasTyped = false;
    const typed = (): void => {
      this.#wasTyped = true;
    };
    document.addEventListener('keydown', typed, { capture: true, passive: true, signal: this.#waiting.signal });
    this.#timer = setTimeout(() => this.#tell(), GATHERED_MS);
  }

  #tell(): void {
    this.end();
    if (!this.#mayTell()) return;
    if (this.#wasTyped) return this.#wait();
    const said = [words.joined([...this.#came.values()]), words.left([...this.#went.values()])];
    this.#came.clear();
    this.#went.clear();
    for (const each of said) if (each !== '') this.#say(each);
  }
}
