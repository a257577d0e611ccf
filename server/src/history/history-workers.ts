// History in worker threads: a document that throws, needs too much memory or takes too long costs its own job and
// nothing else (I11). Workers start when there is work; each has one job at a time, so that it is clear which one failed.

import { SyncError } from '../sync-error.js';
import { type History, inlineHistory } from './history.js';
import type { Work } from './packed-work.js';
import type { BuiltCheckpoint, Description, StateJob, SyncStep1Job } from './state-job.js';
import { WorkerThread } from './worker-thread.js';

export interface HistoryWorkersOptions {
  /** Threads at most. */
  readonly size?: number;
  /** The built worker.js. */
  readonly workerUrl?: URL;
  readonly maxHeapMb?: number;
  /** A job that takes longer is given up, and its worker with it. */
  readonly timeLimitMs?: number;
}

/** Merging this much takes less time than sending it to a worker. */
const MAX_INLINE_BYTES = 4096;
const noStateVector = new Uint8Array();

interface Task {
  readonly work: Work;
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: SyncError) => void;
}

export class HistoryWorkers implements History {
  readonly #size: number;
  readonly #workerUrl: URL;
  readonly #maxHeapMb: number;
  readonly #timeLimitMs: number;
  readonly #queue: Task[] = [];
  readonly #idle: WorkerThread[] = [];
  readonly #threads = new Set<WorkerThread>();
  readonly #unfinished = new Set<Promise<unknown>>();
  #closed: Promise<void> | null = null;

  constructor(options: HistoryWorkersOptions = {}) {
    this.#size = options.size ?? 1;
    this.#workerUrl = options.workerUrl ?? new URL('./worker.js', import.meta.url);
    this.#maxHeapMb = options.maxHeapMb ?? 512;
    this.#timeLimitMs = options.timeLimitMs ?? 60_000;
  }

  buildCheckpoint(job: StateJob): Promise<BuiltCheckpoint> {
    return this.#run({ ...job, kind: 'buildCheckpoint', stateVector: noStateVector }) as Promise<BuiltCheckpoint>;
  }

  describe(job: StateJob): Promise<Description> {
    return this.#run({ ...job, kind: 'describe', stateVector: noStateVector }) as Promise<Description>;
  }

  answerSyncStep1(job: SyncStep1Job): Promise<Uint8Array> {
    if (isSmall(job)) return inlineHistory.answerSyncStep1(job);
    return this.#run({ ...job, kind: 'answerSyncStep1' }) as Promise<Uint8Array>;
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

  #run(work: Work): Promise<unknown> {
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

  #startNext(): void {
    while (this.#queue.length > 0) {
      const thread = this.#takeThread();
      if (!thread) return;
      const { work, resolve, reject } = this.#queue.shift()!;
      thread
        .run(work, this.#timeLimitMs)
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
    if (this.#threads.size >= this.#size) return null;
    const thread = new WorkerThread(this.#workerUrl, this.#maxHeapMb);
    this.#threads.add(thread);
    return thread;
  }
}

function isSmall({ checkpointState, updates }: StateJob): boolean {
  let bytes = checkpointState?.length ?? 0;
  for (const update of updates) {
    bytes += update.length;
    if (bytes > MAX_INLINE_BYTES) return false;
  }
  return true;
}
