// One piece of work that can wait until nobody types: run when the browser has nothing else to do, and never in the turn in
// which it is asked for. Asked for again before that, it is run once.

/** So that a busy page gets to it, too. */
const AT_LATEST_MS = 5_000;
/** Where the host cannot tell when it is idle. */
const PAUSE_MS = 200;

export class IdleTask {
  readonly #run: () => void;
  #cancel: (() => void) | null = null;

  constructor(run: () => void) {
    this.#run = run;
  }

  request(): void {
    this.#cancel ??= whenIdle(() => {
      this.#cancel = null;
      this.#run();
    });
  }

  cancel(): void {
    this.#cancel?.();
    this.#cancel = null;
  }
}

function whenIdle(run: () => void): () => void {
  if (typeof globalThis.requestIdleCallback === 'function') {
    const id = requestIdleCallback(run, { timeout: AT_LATEST_MS });
    return () => cancelIdleCallback(id);
  }
  const timer = setTimeout(run, PAUSE_MS);
  return () => clearTimeout(timer);
}
