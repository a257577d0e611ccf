// One costly reading for all who ask at once. Nobody is given what was read before they asked: who comes while one is under
// way shares the one after it, so that never more than one runs and one waits.

export class SharedRead<T> {
  readonly #read: () => Promise<T>;
  #running: Promise<T> | null = null;
  #next: Promise<T> | null = null;

  constructor(read: () => Promise<T>) {
    this.#read = read;
  }

  /** What it resolves to is everybody's, and not to be changed. */
  get(): Promise<T> {
    if (this.#running === null) return this.#start();
    this.#next ??= this.#running.then(
      () => this.#start(),
      () => this.#start(),
    );
    return this.#next;
  }

  #start(): Promise<T> {
    this.#next = null;
    const running = this.#read();
    this.#running = running;
    const end = (): void => {
      if (this.#running === running) this.#running = null;
    };
    running.then(end, end);
    return running;
  }
}
