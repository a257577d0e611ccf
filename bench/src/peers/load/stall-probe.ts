// How long a server is silent at most, seen from outside: one small request after the other on a connection of its own.

import { once } from 'node:events';
import { Worker } from 'node:worker_threads';

export class StallProbe {
  readonly #worker: Worker;

  constructor(port: number) {
    this.#worker = new Worker(new URL('stall-probe-thread.js', import.meta.url), { workerData: { port } });
  }

  /** Ends it. @returns the longest a request waited for its answer, the first one for being let in as well */
  async longestMs(): Promise<number> {
    const answered = once(this.#worker, 'message') as Promise<[number]>;
    this.#worker.postMessage('end');
    const [longestMs] = await answered;
    await this.#worker.terminate();
    return longestMs;
  }
}
