// Worker threads that share a queue. They start when there is work; each has one job at a time, so that it is clear which
// one failed.

import { SyncError } from '../sync-error.js';
import type { Work } from './packed-work.js';
import { WorkerThread } from './worker-thread.js';

export interface WorkerPoolOptions {
  /** Threads at most. */
  readonly size: number;
  readonly workerUrl: URL;
  readonly maxHeapMb: number;
  /** A job that takes longer is given up, and its worker with it. */
  readonly timeLimitMs: number;
}

interface Task {
  readonly work: Work;
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: SyncError) => void;
}

export class WorkerPool {
  readonly #options: WorkerPoolOptions;
  readonly #queue: Task[] = [];
  readonly #idle: WorkerThread[] = [];
  readonly #threads = new Set<WorkerThread>();
  readonly #unfinished = new Set<Promise<unknown>>();
  #closed: Promise<void> | null = null;

  constructor(options: WorkerPoolOptions) {
    this.#options = options;
  }

  /** @throws SyncError `WORKER_FAILED` */
  run(work: Work): Promise<unknown> {
    if (this.#closed) return Promise.reject(new SyncError('WORKER_FAILED', 'the history workers are closed'));
    const result = new Promise<unknown>((resolve, reject) => {
      this.#queue.push({ work, resolve, reject });
    });
    this.#unfinished.add(result);
    const finish = (): void => {
      this.#unfinished.delete(result);
    };
    result.then(finish, finish);
    this.#startNext();
    return result;
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
    while (this.#queue.length > 0) {
      const thread = this.#takeThread();
      if (!thread) return;
      const { work, resolve, reject } = this.#queue.shift()!;
      thread
        .run(work, this.#options.timeLimitMs)
        .then(resolve, reject)
        .finally(() => {
          if (thread.hasEnded) this.#threads.delete(thread);
          else this.#idle.push(thread);
          this.#startNext();
        });
    }
  }

  #takeThread(): WorkerThread | null {
    for (let thread = this.#idle.pop(); thread; thread = this.#idle.pop()) {
      if (!thread.hasEnded) return thread;
      this.#threads.delete(thread);
    }
    if (this.#threads.size >= this.#options.size) return null;
    const thread = new WorkerThread(this.#options.workerUrl, this.#options.maxHeapMb);
    this.#threads.add(thread);
    return thread;
  }
}
