// What the log asks of a disk: byte-ordered keys, atomic batches, and a sync that means it.
// A batch is applied whole or not at all; a synced batch, and every batch before it, survives a loss of power.

export type Operation =
  | { readonly type: 'put'; readonly key: Uint8Array; readonly value: Uint8Array }
  | { readonly type: 'del'; readonly key: Uint8Array };

/** Keys from `gte` up to, not including, `lt`. */
export interface KeyRange {
  readonly gte: Uint8Array;
  readonly lt: Uint8Array;
}

export interface RangeOptions extends KeyRange {
  readonly reverse?: boolean;
  readonly limit?: number;
}

export interface StoreReader {
  get(key: Uint8Array): Promise<Uint8Array | undefined>;

  /**
   * The pairs as they were when the first one is asked for: later writes do not show. Only a store that was opened again in
   * the middle, after a failed write, gives the rest as it is then.
   */
  range(options: RangeOptions): AsyncIterable<readonly [key: Uint8Array, value: Uint8Array]>;
}

export interface KeyValueStore extends StoreReader {
  /** Keys and values belong to the store from here on. With `sync` it resolves once the batch is on disk. */
  batch(operations: readonly Operation[], options: { readonly sync: boolean }): Promise<void>;

  /** Gives back the space of what was deleted in the range. Takes as long as writing what is in it again. */
  compact(range: KeyRange): Promise<void>;

  /** Waits for what is running, then releases. May be called twice. */
  close(): Promise<void>;
}
