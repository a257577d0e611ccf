// Gathers what is written into a store, so that many small documents share one synced write.

import type { Operation } from '../key-value-store.js';

const MAX_BYTES = 2 * 1024 * 1024;
const MAX_OPERATIONS = 1000;

export interface BatchMark {
  readonly writtenBytes: number;
  readonly operations: number;
  readonly bytes: number;
}

export class WriteBatch {
  readonly #write: (operations: readonly Operation[]) => Promise<void>;
  readonly #maxBytes: number;
  #operations: Operation[] = [];
  #bytes = 0;
  #writtenBytes = 0;

  constructor(write: (operations: readonly Operation[]) => Promise<void>, maxBytes = MAX_BYTES) {
    this.#write = write;
    this.#maxBytes = maxBytes;
  }

  get writtenBytes(): number {
    return this.#writtenBytes;
  }

  /** These are written in one go, in their order and after those before. */
  async add(operations: readonly Operation[]): Promise<void> {
    this.#operations.push(...operations);
    for (const operation of operations) {
      this.#bytes += operation.key.length + (operation.type === 'put' ? operation.value.length : 0);
    }
    if (this.#bytes >= this.#maxBytes || this.#operations.length >= MAX_OPERATIONS) await this.flush();
  }

  /** @returns how far it is, for `backTo` */
  mark(): BatchMark {
    return { writtenBytes: this.#writtenBytes, operations: this.#operations.length, bytes: this.#bytes };
  }

  /** Takes back what was added since and is not written. */
  backTo({ writtenBytes, operations, bytes }: BatchMark): void {
    const wasFlushed = writtenBytes !== this.#writtenBytes;
    this.#operations.length = wasFlushed ? 0 : operations;
    this.#bytes = wasFlushed ? 0 : bytes;
  }

  /** Resolves once everything is written. */
  async flush(): Promise<void> {
    const operations = this.#operations;
    if (operations.length === 0) return;
    this.#operations = [];
    this.#writtenBytes += this.#bytes;
    this.#bytes = 0;
    await this.#write(operations);
  }
}
