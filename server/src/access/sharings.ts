// The sharing of every document: read through a bounded cache, changed one after the other. Who listens hears of a change in
// the same turn in which it is known to be on disk, and of none that is not.

import type { DocumentName } from '@weft/protocol';
import type { RecordStore } from '../log/document-log.js';
import { decodeSharing, encodeSharing, type Sharing } from './sharing-record.js';

/** Encoded bytes of what is kept in memory; what nobody asked for longest goes first. */
const MAX_CACHE_BYTES = 16 * 1024 * 1024;
/** What a kept record costs besides its bytes. */
const OVERHEAD_BYTES = 500;

interface Kept {
  readonly sharing: Sharing;
  readonly bytes: number;
}

export class Sharings {
  readonly #records: RecordStore;
  readonly #changed: (document: DocumentName, sharing: Sharing) => void;
  readonly #maxCacheBytes: number;
  readonly #kept = new Map<DocumentName, Kept>();
  #keptBytes = 0;
  /** Counts what was changed or forgotten: what was read before counts no longer. */
  #changes = 0;
  /** The change of each document that is under way or waits. */
  readonly #rows = new Map<DocumentName, Promise<unknown>>();

  constructor(
    records: RecordStore,
    changed: (document: DocumentName, sharing: Sharing) => void,
    maxCacheBytes: number = MAX_CACHE_BYTES,
  ) {
    this.#records = records;
    this.#changed = changed;
    this.#maxCacheBytes = maxCacheBytes;
  }

  /** @throws SyncError `STORE_UNREADABLE` */
  async read(document: DocumentName): Promise<Sharing> {
    const kept = this.#kept.get(document);
    if (kept !== undefined) {
      this.#keep(document, kept);
      return kept.sharing;
    }
    const changes = this.#changes;
    const value = await this.#records.get('access', document);
    const sharing = decodeSharing(value);
    // What was changed while this was read is kept already, or is to be read again.
    if (changes === this.#changes) this.#keep(document, { sharing, bytes: value?.length ?? 0 });
    return sharing;
  }

  /**
   * Has `change` say what comes after what there is, once the changes before it are done, and resolves once that is on disk.
   * Where it returns what there was, nothing is written. @throws what `change` throws
   */
  change(document: DocumentName, change: (sharing: Sharing) => Sharing | Promise<Sharing>): Promise<Sharing> {
    return this.#inRow(document, () => this.#change(document, change));
  }

  /**
   * The document was erased or put in the place of another: what is kept of it may be wrong. A change that was under way
   * may have been written after it was erased, and is taken back.
   */
  forget(document: DocumentName, exists: () => Promise<boolean>): Promise<void> {
    return this.#inRow(document, async () => {
      this.#drop(document);
      const { version } = await this.read(document);
      if (version > 0 && !(await exists())) {
        await this.#records.write([{ table: 'access', key: document, value: null }]);
        this.#drop(document);
      }
      this.#changed(document, await this.read(document));
    });
  }

  /** Bytes in memory, for tests. */
  get keptBytes(): number {
    return this.#keptBytes;
  }

  #inRow<T>(document: DocumentName, work: () => Promise<T>): Promise<T> {
    const before = this.#rows.get(document) ?? Promise.resolve();
    const done = before.then(work, work);
    this.#rows.set(document, done);
    const leave = (): void => {
      if (this.#rows.get(document) === done) this.#rows.delete(document);
    };
    done.then(leave, leave);
    return done;
  }

  async #change(document: DocumentName, change: (sharing: Sharing) => Sharing | Promise<Sharing>): Promise<Sharing> {
    const before = await this.read(document);
    const asked = await change(before);
    if (asked === before) return before;
    const sharing = { ...asked, version: before.version + 1 };
    const value = encodeSharing(sharing);
    const bytes = value.length;
    try {
      await this.#records.write([{ table: 'access', key: document, value }]);
    } catch (error) {
      // It may be on disk all the same: the next one who asks has a look.
      this.#drop(document);
      throw error;
    }
    this.#changes++;
    this.#keep(document, { sharing, bytes });
    this.#changed(document, sharing);
    return sharing;
  }

  #keep(document: DocumentName, kept: Kept): void {
    this.#remove(document);
    this.#kept.set(document, kept);
    this.#keptBytes += kept.bytes + OVERHEAD_BYTES;
    for (const oldest of this.#kept.keys()) {
      if (this.#keptBytes <= this.#maxCacheBytes) return;
      this.#remove(oldest);
    }
  }

  #drop(document: DocumentName): void {
    this.#changes++;
    this.#remove(document);
  }

  #remove(document: DocumentName): void {
    const kept = this.#kept.get(document);
    if (kept === undefined) return;
    this.#kept.delete(document);
    this.#keptBytes -= kept.bytes + OVERHEAD_BYTES;
  }
}
