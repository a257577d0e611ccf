// RecordStore on the store of the log: each record under its own key, sealed like every other value (I10), written in the
// groups of the journal and so in order with all that is written, synced, and once more after a failure (I8).

import { invariant, type SyncError } from '../../sync-error.js';
import {
  type ListOptions,
  MAX_RECORD_BYTES,
  type RecordChange,
  type RecordStore,
  type StoredValue,
  type Table,
  type WrittenListener,
} from '../document-log.js';
import type { Operation, RangeOptions, StoreReader } from '../key-value-store.js';
import { keyAfter, keyOfRecord, recordKey, recordRange } from './keys.js';
import type { Writing } from './level-channel.js';
import { putRecord, readRecord } from './stored-values.js';

export interface RecordsHost {
  readonly journal: { write(operations: readonly Operation[]): Promise<void> };
  /** Reads while nothing is moved. @throws SyncError `LOG_CLOSED` */
  operation<T>(action: () => Promise<T>): Promise<T>;
  write<T>(prepare: () => Promise<Writing<T>>): Promise<T>;
}

/** Where other servers write records, too. */
export interface SharedRecords {
  /** What is known of a key is what a put of it, or its deletion, has left there. See `RecordStore`. */
  writeIf(known: readonly Operation[], changes: readonly Operation[]): Promise<boolean>;
  onWritten(listener: WrittenListener): () => void;
}

export class LevelRecords implements RecordStore {
  readonly #host: RecordsHost;
  readonly #store: StoreReader;
  readonly #shared: SharedRecords | null;

  constructor(host: RecordsHost, store: StoreReader, shared: SharedRecords | null = null) {
    this.#host = host;
    this.#store = store;
    this.#shared = shared;
  }

  get(table: Table, key: string): Promise<Uint8Array | null> {
    return this.#host.operation(async () => {
      const stored = recordKey(table, key);
      const value = await this.#store.get(stored);
      return value === undefined ? null : readRecord(stored, value);
    });
  }

  list(table: Table, options: ListOptions = {}): Promise<StoredValue[]> {
    return this.#host.operation(async () => {
      const { limit = Number.POSITIVE_INFINITY, damaged } = options;
      const listed: StoredValue[] = [];
      if (limit <= 0) return listed;
      // The limit is ours to keep: what is damaged does not count.
      for await (const [key, value] of this.#store.range(rangeOf(table, options))) {
        try {
          listed.push({ key: keyOfRecord(table, key), value: readRecord(key, value) });
        } catch (error) {
          if (!damaged) throw error;
          damaged(error as SyncError, keyOfRecord(table, key));
        }
        if (listed.length >= limit) break;
      }
      return listed;
    });
  }

  async write(changes: readonly RecordChange[]): Promise<void> {
    // Made before anything is waited for: what cannot be a record is nobody's fault but the caller's.
    const operations = changes.map(operationOf);
    await this.#host.write(async () => ({ written: this.#host.journal.write(operations) }));
  }

  /** Whoever has a store alone knows what is in it. */
  async writeIf(known: readonly RecordChange[], changes: readonly RecordChange[]): Promise<boolean> {
    const shared = this.#shared;
    if (shared !== null) {
      return this.#host.operation(() => shared.writeIf(known.map(operationOf), changes.map(operationOf)));
    }
    await this.write(changes);
    return true;
  }

  onWritten(listener: WrittenListener): () => void {
    return this.#shared?.onWritten(listener) ?? (() => undefined);
  }
}

export function operationOf({ table, key, value }: RecordChange): Operation {
  if (value === null) return { type: 'del', key: recordKey(table, key) };
  invariant(value.length <= MAX_RECORD_BYTES, `a record of ${table} has ${value.length} bytes`);
  return putRecord(table, key, value);
}

function rangeOf(table: Table, { after, prefix = '', reverse = false }: ListOptions): RangeOptions {
  const { gte, lt } = recordRange(table, prefix);
  if (after === undefined) return { gte, lt, reverse };
  const from = recordKey(table, after);
  if (reverse) return { gte, lt: least(lt, from), reverse };
  return { gte: greatest(gte, keyAfter(from)), lt, reverse };
}

const least = (a: Uint8Array, b: Uint8Array): Uint8Array => (Buffer.compare(a, b) <= 0 ? a : b);
const greatest = (a: Uint8Array, b: Uint8Array): Uint8Array => (Buffer.compare(a, b) >= 0 ? a : b);
