// A key-value store in memory, for tests: it can hold or fail a batch, and crash, forgetting what was not synced.

import type { KeyValueStore, Operation, RangeOptions } from './key-value-store.js';

export interface MemoryStoreOptions {
  /** Runs before each batch takes effect: a promise delays it, an error fails it and leaves the store as it was. */
  readonly beforeBatch?: (operations: readonly Operation[]) => Promise<void> | void;
}

/** Keys as strings of one character per byte: JavaScript then compares them as bytes. */
const toText = (key: Uint8Array): string => Buffer.from(key.buffer, key.byteOffset, key.byteLength).toString('latin1');
const toBytes = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, 'latin1'));

export class MemoryStore implements KeyValueStore {
  readonly #options: MemoryStoreOptions;
  readonly #values = new Map<string, Uint8Array>();
  /** The keys of `#values` in order. */
  readonly #order: string[] = [];
  /** What a crash leaves. */
  readonly #synced: Map<string, Uint8Array>;
  #unsynced: Operation[] = [];
  #inFlight: readonly Operation[] | null = null;
  #state: 'open' | 'closed' | 'crashed' = 'open';

  constructor(options: MemoryStoreOptions = {}, content: ReadonlyMap<string, Uint8Array> = new Map()) {
    this.#options = options;
    this.#synced = new Map(content);
    for (const [key, value] of content) this.#put(key, value);
  }

  async get(key: Uint8Array): Promise<Uint8Array | undefined> {
    this.#checkOpen();
    return this.#values.get(toText(key));
  }

  async batch(operations: readonly Operation[], { sync }: { readonly sync: boolean }): Promise<void> {
    this.#checkOpen();
    this.#inFlight = operations;
    try {
      await this.#options.beforeBatch?.(operations);
      this.#checkOpen();
    } finally {
      this.#inFlight = null;
    }
    for (const operation of operations) {
      if (operation.type === 'put') this.#put(toText(operation.key), operation.value);
      else this.#delete(toText(operation.key));
      this.#unsynced.push(operation);
    }
    if (sync) {
      for (const operation of this.#unsynced) apply(this.#synced, operation);
      this.#unsynced = [];
    }
  }

  async *range({ gte, lt, reverse = false, limit = Number.POSITIVE_INFINITY }: RangeOptions) {
    this.#checkOpen();
    const keys = this.#order.slice(this.#position(toText(gte)), this.#position(toText(lt)));
    if (reverse) keys.reverse();
    const pairs = keys.slice(0, limit).map((key) => [toBytes(key), this.#values.get(key)!] as const);
    for (const pair of pairs) {
      this.#checkOpen();
      yield pair;
    }
  }

  async compact(): Promise<void> {
    this.#checkOpen();
  }

  async close(): Promise<void> {
    if (this.#state === 'open') this.#state = 'closed';
  }

  /** Opens it in its place if it was closed. */
  open(): this {
    if (this.#state === 'closed') this.#state = 'open';
    return this;
  }

  /**
   * Loses power. This store is dead from here on; what was on disk is in the one returned.
   *
   * @param keepInFlight whether the batch under way had reached the disk, though nobody heard of it
   */
  crash({ keepInFlight = false, options = {} }: { keepInFlight?: boolean; options?: MemoryStoreOptions } = {}) {
    this.#state = 'crashed';
    if (keepInFlight && this.#inFlight) {
      for (const operation of [...this.#unsynced, ...this.#inFlight]) apply(this.#synced, operation);
    }
    return new MemoryStore(options, this.#synced);
  }

  /** Closes this store and opens its content again, as a process started anew would. */
  reopen(options: MemoryStoreOptions = {}): MemoryStore {
    this.#state = 'closed';
    return new MemoryStore(options, this.#values);
  }

  #checkOpen(): void {
    if (this.#state !== 'open') throw new Error(`the store is ${this.#state}`);
  }

  #put(key: string, value: Uint8Array): void {
    if (!this.#values.has(key)) this.#order.splice(this.#position(key), 0, key);
    this.#values.set(key, value);
  }

  #delete(key: string): void {
    if (this.#values.delete(key)) this.#order.splice(this.#position(key), 1);
  }

  /** Where `key` is in the order, or would be. */
  #position(key: string): number {
    let low = 0;
    let high = this.#order.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#order[middle]! < key) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

function apply(content: Map<string, Uint8Array>, operation: Operation): void {
  if (operation.type === 'put') content.set(toText(operation.key), operation.value);
  else content.delete(toText(operation.key));
}
