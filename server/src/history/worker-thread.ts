// One worker and the job it is at, if any. Whatever ends the worker fails that job, and the object is of no more use:
// its pool starts another.

import { Worker } from 'node:worker_threads';
import { invariant, SyncError } from '../sync-error.js';
import { buffersOf, packWork, type Work, type WorkerAnswer, type WorkerData } from './packed-work.js';

export interface WorkerThreadOptions extends WorkerData {
  readonly workerUrl: URL;
  readonly maxHeapMb: number;
}

interface Running {
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: SyncError) => void;
  readonly deadline: NodeJS.Timeout;
}

export class WorkerThread {
  readonly #worker: Worker;
  #running: Running | null = null;
  #hasEnded = false;

  constructor({ name, isInBackground, workerUrl, maxHeapMb }: WorkerThreadOptions) {
    this.#worker = new Worker(workerUrl, {
      name,
      workerData: { name, isInBackground } satisfies WorkerData,
      resourceLimits: { maxOldGenerationSizeMb: maxHeapMb },
      // What the process was started with, an inspector or another way to find packages, is not meant for them.
      execArgv: [],
    });
    this.#worker.on('message', (answer: WorkerAnswer) => this.#finish(answer));
    this.#worker.on('error', (error: Error) => this.#fail(error.message, error));
    this.#worker.on('exit', (code) => this.#fail(`the worker ended with code ${code}`));
    this.#worker.unref();
  }

  get hasEnded(): boolean {
    return this.#hasEnded;
  }

  /** @throws SyncError `WORKER_FAILED` */
  run(work: Work, timeLimitMs: number): Promise<unknown> {
    invariant(this.#running === null && !this.#hasEnded, 'a worker thread has one job at a time');
    return new Promise((resolve, reject) => {
      const packed = packWork(work);
      const deadline = setTimeout(() => this.#fail(`the job took more than ${timeLimitMs} ms`), timeLimitMs);
      this.#running = { resolve, reject, deadline };
      // A job keeps the process alive, an idle worker does not.
      this.#worker.ref();
      this.#worker.postMessage(packed, buffersOf(packed));
    });
  }

  async end(): Promise<void> {
    this.#hasEnded = true;
    await this.#worker.terminate();
  }

  #finish(answer: WorkerAnswer): void {
    this.#worker.unref();
    const running = this.#takeRunning();
    if (answer.ok) running?.resolve(answer.result);
    else running?.reject(new SyncError('WORKER_FAILED', answer.reason));
  }

  #fail(reason: string, cause?: Error): void {
    void this.end();
    this.#takeRunning()?.reject(new SyncError('WORKER_FAILED', reason, { cause }));
  }

  #takeRunning(): Running | null {
    const running = this.#running;
    this.#running = null;
    clearTimeout(running?.deadline);
    return running;
  }
}
