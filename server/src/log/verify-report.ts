// What a check of a whole store finds, and what it needs of those who understand text.

import type { DocumentName } from '@weft/protocol';
import { messageOf } from '../sync-error.js';
import type { ChannelId, ChannelKind, Checkpoint, DocumentLog, Entry, Seq, Table } from './document-log.js';
import type { MovableStore } from './moving/movable-store.js';

export interface Finding {
  /** Of a remark nobody's text depends. */
  readonly severity: 'damage' | 'remark';
  readonly document: DocumentName | null;
  readonly kind: ChannelKind | null;
  /** The first entry that is missing, damaged or not what it was; null where that cannot be told. */
  readonly seq: Seq | null;
  /** One sentence. */
  readonly message: string;
}

export interface VerifyReport {
  readonly isSound: boolean;
  readonly documents: number;
  readonly entries: number;
  readonly records: number;
  readonly bytes: number;
  /** At most 10,000 of them, in the order they were found. */
  readonly findings: readonly Finding[];
  readonly omittedFindings: number;
}

/** More say no more, and a store that is all damage should not take all memory. */
const MAX_FINDINGS = 10_000;

/** What of an entry its text and its people depend on. */
export type FollowedEntry = Pick<Entry, 'author' | 'update'>;

/** Follows the text of a channel along its entries, and whose it is. */
export interface StateFollower {
  /** Takes the next entry. @returns what is wrong with it, or null */
  add(entry: FollowedEntry): string | null;
}

/** What a checkpoint says. */
export interface CheckpointClaim {
  /** @returns in what it differs from the entries that were followed, or null */
  differsFrom(follower: StateFollower): string | null;
}

/** Compares checkpoints with the entries they stand for. */
export interface StateChecks {
  follow(): StateFollower;
  /** Goes on from a base. @throws Error as `claimOf` */
  followFrom(base: Checkpoint): StateFollower;
  /** @throws Error when the checkpoint cannot be read, or contradicts itself */
  claimOf(checkpoint: Checkpoint): CheckpointClaim;
}

/** Understands the small records (RecordStore), which it is shown in the order of tables and keys. */
export interface RecordChecks {
  /** @param value null when it is damaged, which was told. @returns what is wrong with it or before it, or null */
  take(table: Table, key: string, value: Uint8Array | null): string | null;
  /** @returns what is wrong at the end, or null */
  finish(): string | null;
}

export interface VerifyOptions {
  readonly states: StateChecks;
  /** For this one check. */
  readonly records: RecordChecks;
  /** Takes what is found. */
  readonly findings: Findings;
  /** The text of the watermark, read before the check begins (L3); null when there is none. */
  readonly watermark: string | null;
  /** Left to others between two stretches of work; 0 where nobody else is. */
  readonly restMs: number;
  readonly onProgress: (progress: { readonly doing: string; readonly done: number; readonly total: number }) => void;
  /** Once it is aborted the check ends with `CANCELLED`. */
  readonly signal: AbortSignal;
}

/** Gathers what a check finds, and counts what it has seen. */
export class Findings {
  readonly #findings: Finding[] = [];
  #omitted = 0;
  #isSound = true;
  documents = 0;
  entries = 0;
  records = 0;
  bytes = 0;

  /** Something of the store as a whole. */
  damage(error: unknown): void {
    this.#add({ severity: 'damage', document: null, kind: null, seq: null, message: messageOf(error) });
  }

  damageOf({ document, kind }: ChannelId, seq: Seq | null, error: unknown): void {
    this.#add({ severity: 'damage', document, kind, seq, message: messageOf(error) });
  }

  /** Something of the record in the list of documents. */
  damageOfDocument(document: DocumentName, error: unknown): void {
    this.#add({ severity: 'damage', document, kind: null, seq: null, message: messageOf(error) });
  }

  remark(message: string): void {
    this.#add({ severity: 'remark', document: null, kind: null, seq: null, message });
  }

  report(): VerifyReport {
    const { documents, entries, records, bytes } = this;
    return {
      isSound: this.#isSound,
      documents,
      entries,
      records,
      bytes,
      findings: this.#findings,
      omittedFindings: this.#omitted,
    };
  }

  #add(finding: Finding): void {
    if (finding.severity === 'damage') this.#isSound = false;
    if (this.#findings.length < MAX_FINDINGS) this.#findings.push(finding);
    else this.#omitted += 1;
  }
}

/** Where a store is, for what is asked beside its log. */
export interface StorePlace {
  /** Bytes that the store takes there. */
  bytes(): Promise<number>;
  /**
   * Checks what is there as files.
   * @returns a second look, for later: beside a running server a file may have been half written, or be gone by now
   */
  checkFiles(options: VerifyOptions): Promise<() => Promise<void>>;
}

/** A log that can be checked as a whole. */
export interface VerifiableLog extends DocumentLog {
  /**
   * Compares everything the log holds with everything else it holds, as of one moment, and changes nothing.
   * @param totalBytes about as many as there are, for the progress
   * @throws SyncError `CANCELLED`; `STORE_UNREADABLE` when the store gives no answer at all
   */
  verify(totalBytes: number, options: VerifyOptions): Promise<void>;

  /** All of it, to be moved to another store. */
  movable(): MovableStore;
}
