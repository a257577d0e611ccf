// Moments in a page that nobody looks at. Browsers let the timers of a page that is hidden for minutes run once a minute, but not
// those of a worker: while the page is hidden, as it is told, a small one says when a moment has come. Without it there are only
// the page's own.

/** What is used of a Worker. */
export interface ClockWorker {
  onmessage: unknown;
  onerror: unknown;
  postMessage(message: unknown): void;
  terminate(): void;
}

export interface BackgroundClockOptions {
  /** A moment has come, or the page has just been hidden. */
  readonly tick: () => void;
  /** Default: a worker where there are pages and workers, else none. @throws where it is not allowed */
  readonly startWorker?: () => ClockWorker | null;
}

export class BackgroundClock {
  readonly #tick: () => void;
  readonly #startWorker: () => ClockWorker | null;
  #worker: ClockWorker | null = null;
  /** When it ticks next. */
  #dueAtMs = Number.POSITIVE_INFINITY;

  constructor({ tick, startWorker = startOwn }: BackgroundClockOptions) {
    this.#tick = tick;
    this.#startWorker = startWorker;
  }

  /** Ticks after that time or before, if the page is hidden until then; who was reminded too early asks again. */
  remind(afterMs: number): void {
    const dueAtMs = Date.now() + afterMs;
    if (this.#worker === null || dueAtMs >= this.#dueAtMs) return;
    this.#dueAtMs = dueAtMs;
    this.#worker.postMessage(afterMs);
  }

  hidden(): void {
    if (this.#worker !== null) return;
    try {
      this.#worker = this.#startWorker();
    } catch {
      // Not allowed here.
    }
    if (this.#worker === null) return;
    this.#worker.onmessage = () => this.#ticked();
    this.#worker.onerror = () => this.shown();
    this.#ticked();
  }

  /** Or done with: the page's own timers will do. */
  shown(): void {
    this.#dueAtMs = Number.POSITIVE_INFINITY;
    this.#worker?.terminate();
    this.#worker = null;
  }

  #ticked(): void {
    this.#dueAtMs = Number.POSITIVE_INFINITY;
    this.#tick();
  }
}

const startOwn = (): ClockWorker | null =>
  globalThis.document && globalThis.Worker
    ? new Worker(new URL('./background-worker.js', import.meta.url), { type: 'module' })
    : null;
