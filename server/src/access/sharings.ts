// The sharing of every document: read through a bounded cache, changed one after the other. Who listens hears of a change in
// the same turn in which it is known to be on disk, and of none that is not.

import type { DocumentName } from '@weft/protocol';
import type { RecordStore } from '../log/document-log.js';
import { noAccess } from './access-errors.js';
import { decodeSharing, encodeSharing, type Sharing } from './sharing-record.js';

/** Encoded bytes of what is kept in memory; what nobody asked for longest goes first. */
const MAX_CACHE_BYTES = 16 * 1024 * 1024;
/** What a kept record costs besides its bytes. */
const OVERHEAD_BYTES = 500;

interface Kept {
  readonly sharing: Sharing;
  /** As it is on disk. */
  readonly value: Uint8Array | null;
  readonly bytes: number;
}

export class Sharings {
  readonly #records: RecordStore;
  readonly #exists: (document: DocumentName) => Promise<boolean>;
  readonly #changed: (document: DocumentName, sharing: Sharing) => void;
  readonly #isWatched: (document: DocumentName) => boolean;
  readonly #maxCacheBytes: number;
  readonly #kept = new Map<DocumentName, Kept>();
  #keptBytes = 0;
  /** Counts what was changed or forgotten: what was read before counts no longer. */
  #changes = 0;
  /** The change of each document that is under way or waits. */
  readonly #rows = new Map<DocumentName, Promise<unknown>>();

  /**
   * @param exists whether there is such a document
   * @param isWatched whether anybody here waits to be told of a change of it
   */
  constructor(
    records: RecordStore,
    exists: (document: DocumentName) => Promise<boolean>,
    changed: (document: DocumentName, sharing: Sharing) => void,
    isWatched: (document: DocumentName) => boolean,
    maxCacheBytes: number = MAX_CACHE_BYTES,
  ) {
    this.#records = records;
    this.#exists = exists;
    this.#changed = changed;
    this.#isWatched = isWatched;
    this.#maxCacheBytes = maxCacheBytes;
  }

  /** @throws SyncError `STORE_UNREADABLE` */
  async read(document: DocumentName): Promise<Sharing> {
    return (await this.#read(document)).sharing;
  }

  /** Another server wrote it, or this one did: what is kept may be of before. */
  async written(document: DocumentName): Promise<void> {
    // Who reads it just now does not keep it, and asks for it first where it is watched.
    this.#changes++;
    if (!this.#kept.has(document) && !this.#isWatched(document)) return;
    await this.#inRow(document, async () => {
      const before = this.#kept.get(document);
      this.#drop(document);
      const { sharing, value } = await this.#read(document);
      if (before === undefined || !isSameValue(before.value, value)) this.#changed(document, sharing);
    });
  }

  /** Any may have been written. @param failed takes what is against reading one; the others are read all the same */
  async anyWritten(watched: Iterable<DocumentName>, failed: (error: unknown) => void): Promise<void> {
    for (const document of [...this.#kept.keys()]) if (!this.#isWatched(document)) this.#drop(document);
    await Promise.all(Array.from(watched, (document) => this.written(document).catch(failed)));
  }

  async #read(document: DocumentName): Promise<Kept> {
    const kept = this.#kept.get(document);
    if (kept !== undefined) {
      this.#keep(document, kept);
      return kept;
    }
    const changes = this.#changes;
    const value = await this.#records.get('access', document);
    const read = { sharing: decodeSharing(document, value), value, bytes: value?.length ?? 0 };
    // What was changed while this was read is kept already, or is to be read again.
    if (changes === this.#changes) this.#keep(document, read);
    return read;
  }

  /**
   * Has `change` say what comes after what there is, once the changes before it are done, and resolves once that is on disk.
   * Where it returns what there was, nothing is written.
   * @throws what `change` throws, and SyncError `NO_ACCESS` where there is no such document any more
   */
  change(document: DocumentName, change: (sharing: Sharing) => Sharing | Promise<Sharing>): Promise<Sharing> {
    return this.#inRow(document, () => this.#change(document, change));
  }

  /**
   * The document was erased or put in the place of another: what is kept of it may be wrong. A change that was under way
   * may have been written after it was erased, and is taken back, if no other server has written it since.
   */
  forget(document: DocumentName): Promise<void> {
    return this.#inRow(document, async () => {
      this.#drop(document);
      const { value } = await this.#read(document);
      if (value !== null && !(await this.#exists(document))) {
        await this.#writeOver(document, value, null);
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
    for (;;) {
      const { sharing: before, value: known } = await this.#read(document);
      const asked = await change(before);
      if (asked === before) return before;
      const sharing = { ...asked, version: before.version + 1 };
      const value = encodeSharing(sharing);
      let isWritten = false;
      try {
        isWritten = await this.#writeNext(document, known, value);
      } finally {
        // It may be on disk all the same, or something else is: the next one who asks has a look.
        if (!isWritten) this.#drop(document);
      }
      if (!isWritten) continue;
      this.#changes++;
      this.#keep(document, { sharing, value, bytes: value.length });
      this.#changed(document, sharing);
      return sharing;
    }
  }

  /**
   * Another server may have erased the document before its first record was written: that would stay, and say who may do what in
   * the next one of its name. Who erases it later takes the record with it.
   */
  async #writeNext(document: DocumentName, known: Uint8Array | null, value: Uint8Array): Promise<boolean> {
    const isWritten = await this.#writeOver(document, known, value);
    if (!isWritten || known !== null || (await this.#exists(document))) return isWritten;
    await this.#writeOver(document, value, null);
    throw noAccess();
  }

  /** @returns false where something else is on disk than is known */
  #writeOver(document: DocumentName, known: Uint8Array | null, value: Uint8Array | null): Promise<boolean> {
    const record = { table: 'access', key: document } as const;
    return this.#records.writeIf([{ ...record, value: known }], [{ ...record, value: value?.slice() ?? null }]);
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

const isSameValue = (a: Uint8Array | null, b: Uint8Array | null): boolean =>
  a === null || b === null ? a === b : Buffer.compare(a, b) === 0;
