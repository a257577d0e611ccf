// Worker threads that share a queue. They start when there is work; each has one job at a time, so that it is clear which
// one failed. A job that takes long does not hold up those behind it: another thread takes its place, as far as there are
// spare ones; and a job that is suspected to fail waits until there is nothing else to do.

import { SyncError } from '../sync-error.js';
import type { Work } from './packed-work.js';
import { WorkerThread } from './worker-thread.js';

export interface WorkerPoolOptions {
  /** Of its threads, as the system shows them; 15 bytes at most. */
  readonly name: string;
  /** Whether its threads give way to everything else in the process. */
  readonly isInBackground: boolean;
  /** Threads at most, as long as no job takes long. */
  readonly size: number;
  /** How many threads more there may be, one for each job that has taken `longAfterMs`. */
  readonly spares: number;
  readonly longAfterMs: number;
  readonly workerUrl: URL;
  readonly maxHeapMb: number;
  /** A job that takes longer is given up, and its worker with it. */
  readonly timeLimitMs: number;
}

/** What a pool is at. */
export interface WorkerLoad {
  /** Jobs. */
  readonly waiting: number;
  readonly running: number;
  /** How long jobs that have ended took, all together. */
  readonly busyMs: number;
}

interface Task {
  readonly work: Work;
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: SyncError) => void;
}

export class WorkerPool {
  readonly #options: WorkerPoolOptions;
  readonly #queue: Task[] = [];
  /** They run one at a time, and only when nothing is in `#queue`. */
  readonly #suspects: Task[] = [];
  readonly #idle: WorkerThread[] = [];
  readonly #threads = new Set<WorkerThread>();
  readonly #unfinished = new Set<Promise<unknown>>();
  /** Jobs under way that have taken long. */
  #longJobs = 0;
  #runsSuspect = false;
  #busyMs = 0;
  #closed: Promise<void> | null = null;

  constructor(options: WorkerPoolOptions) {
    this.#options = options;
  }

  /** @throws SyncError `WORKER_FAILED` */
  run(work: Work): Promise<unknown> {
    if (this.#closed) return Promise.reject(new SyncError('WORKER_FAILED', 'the history workers are closed'));
    const result = new Promise<unknown>((resolve, reject) => {
      const queue = work.isSuspect ? this.#suspects : this.#queue;
      queue.push({ work, resolve, reject });
    });
    this.#unfinished.add(result);
    const finish = (): void => {
      this.#unfinished.delete(result);
    };
    result.then(finish, finish);
    this.#startNext();
    return result;
  }

  get load(): WorkerLoad {
    const waiting = this.#queue.length + this.#suspects.length;
    return { waiting, running: this.#unfinished.size - waiting, busyMs: this.#busyMs };
  }

  /** Finishes the jobs it was given, then ends the workers. May be called twice. */
  close(): Promise<void> {
    this.#closed ??= this.#drainThenRelease();
    return this.#closed;
  }

  async #drainThenRelease(): Promise<void> {
    await Promise.allSettled(this.#unfinished);
    await Promise.all([...this.#threads].map((thread) => thread.end()));
  }

  #startNext(): void {
    while (this.#queue.length > 0 || (this.#suspects.length > 0 && !this.#runsSuspect)) {
      const thread = this.#takeThread();
      if (!thread) return;
      void this.#run(thread, (this.#queue.shift() ?? this.#suspects.shift())!);
    }
  }

  /** Resolves once it has ended, well or not. */
  async #run(thread: WorkerThread, { work, resolve, reject }: Task): Promise<void> {
    if (work.isSuspect) this.#runsSuspect = true;
    const startedAtMs = performance.now();
    let isLong = false;
    const long = setTimeout(() => {
      isLong = true;
      this.#longJobs += 1;
      this.#startNext();
    }, this.#options.longAfterMs);
    await thread.run(work, this.#options.timeLimitMs).then(resolve, reject);
    clearTimeout(long);
    this.#busyMs += performance.now() - startedAtMs;
    if (isLong) this.#longJobs -= 1;
    if (work.isSuspect) this.#runsSuspect = false;
    if (thread.hasEnded) this.#threads.delete(thread);
    else this.#idle.push(thread);
    this.#startNext();
    this.#endSpares();
  }

  get #maxThreads(): number {
    return this.#options.size + Math.min(this.#longJobs, this.#options.spares);
  }

  #takeThread(): WorkerThread | null {
    if (this.#threads.size - this.#idle.length >= this.#maxThreads) return null;
    for (let thread = this.#idle.pop(); thread; thread = this.#idle.pop()) {
      if (!thread.hasEnded) return thread;
      this.#threads.delete(thread);
    }
    const thread = new WorkerThread(this.#options);
    this.#threads.add(thread);
    return thread;
  }

  #endSpares(): void {
    while (this.#threads.size > this.#maxThreads) {
      const thread = this.#idle.pop();
      if (!thread) return;
      this.#threads.delete(thread);
      void thread.end();
    }
  }
}
