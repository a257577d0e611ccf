// A store whose every step waits for its turn: what is read is handed over later, and a batch reaches the disk some time
// before whoever wrote it hears of it.

import type { KeyRange, KeyValueStore, Operation, RangeOptions } from '../../src/log/key-value-store.js';

/** Resolves when it is this one's turn. */
export type Pause = (what: string) => Promise<void>;

type Pair = readonly [key: Uint8Array, value: Uint8Array];

export class ScheduledStore implements KeyValueStore {
  readonly #store: KeyValueStore;
  readonly #pause: Pause;

  constructor(store: KeyValueStore, pause: Pause) {
    this.#store = store;
    this.#pause = pause;
  }

  async get(key: Uint8Array): Promise<Uint8Array | undefined> {
    const value = await this.#store.get(key);
    await this.#pause('get');
    return value;
  }

  async batch(operations: readonly Operation[], options: { readonly sync: boolean }): Promise<void> {
    await this.#pause('write');
    await this.#store.batch(operations, options);
    await this.#pause('sync');
  }

  async *range(options: RangeOptions): AsyncGenerator<Pair> {
    const pairs: Pair[] = [];
    for await (const pair of this.#store.range(options)) pairs.push(pair);
    await this.#pause('scan');
    yield* pairs;
  }

  compact(range: KeyRange): Promise<void> {
    return this.#store.compact(range);
  }

  close(): Promise<void> {
    return this.#store.close();
  }
}
