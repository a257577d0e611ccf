// What the log knows of one channel while it is open or has entries in the journal: its newest entries, and which
// records of the journal hold them. durable <= written <= accepted, always.

import type { ChannelId, ChannelListener, Entry, NewEntry, Seq } from '../document-log.js';
import type { DocumentSlot } from './document-index.js';
import type { Run } from './entries.js';
import type { Meta, StoredCheckpoint } from './stored-values.js';

/** What an open channel has beside its entries. */
export interface ChannelOwner {
  readonly listener: ChannelListener;
  /** Of the channel since it was opened. */
  readonly epoch: number;
  /** Its record comes with the first entry; null where several servers share the store, and the database sees to that. */
  readonly document: DocumentSlot | null;
}

export class ChannelState {
  readonly id: ChannelId;
  /** Newest entry that has a number. */
  accepted: Seq;
  /** Newest entry in the group in flight, or else on disk. */
  written: Seq;
  /** Newest entry on disk. */
  durable: Seq;
  /** Newest entry that left the journal for a segment. */
  rolled: Seq;
  /** Time of the newest accepted entry. */
  lastTimeMs: number;
  /** The channel's link after `written`; changed in place. */
  readonly hash: Uint8Array;
  /** The channel's link after `durable`; changed in place. */
  readonly durableHash: Uint8Array;
  /** The entries from `durable` to `written`. */
  inFlight: readonly NewEntry[] = [];
  /** The entries after `written`. */
  pending: NewEntry[] = [];
  /** What others wrote is being read: until it is known, nothing of the channel is written. */
  isHeld = false;
  /** Groups in a row in which others were quicker. */
  timesRefused = 0;
  /** Nothing more of it is written, or appended. */
  isLetGo = false;
  /** The base that was put while the channel is open: what it knew before of older checkpoints is gone. */
  trimmed: StoredCheckpoint | null = null;
  /** Where others may trim: of the newest base that is known here. */
  baseSeq: Seq = 0;
  /** Null while the channel is not open. */
  owner: ChannelOwner | null = null;
  /**
   * Pairs of numbers: a record of the journal, and the first entry of this channel in it. One flat row, since a full
   * journal of single entries has some fifty thousand of them.
   */
  #records: number[] = [];

  private constructor(id: ChannelId, seq: Seq, hash: Uint8Array, lastTimeMs: number) {
    this.id = id;
    this.accepted = seq;
    this.written = seq;
    this.durable = seq;
    this.rolled = seq;
    this.lastTimeMs = lastTimeMs;
    this.hash = hash.slice();
    this.durableHash = hash.slice();
  }

  /** A channel with nothing in the journal. */
  static fromMeta(id: ChannelId, meta: Meta): ChannelState {
    return new ChannelState(id, meta.lastSeq, meta.hash, meta.lastTimeMs);
  }

  /** A channel of which `run` is the oldest in the journal; `addRun` is still to be called with it. */
  static beforeRun(run: Run): ChannelState {
    return new ChannelState(run.id, run.firstSeq - 1, run.hash, run.lastTimeMs);
  }

  /** Takes note of a run found in the journal. */
  addRun(recordNumber: number, run: Run): void {
    this.accepted = run.lastSeq;
    this.written = run.lastSeq;
    this.durable = run.lastSeq;
    this.lastTimeMs = run.lastTimeMs;
    this.hash.set(run.hash);
    this.durableHash.set(run.hash);
    this.#records.push(recordNumber, run.firstSeq);
  }

  /** The group in flight is on disk, as a record of the journal. */
  groupWritten(recordNumber: number): void {
    this.#records.push(recordNumber, this.durable + 1);
    this.durable = this.written;
    this.durableHash.set(this.hash);
    this.inFlight = [];
    this.timesRefused = 0;
  }

  /** The group in flight is on disk without this channel's part: that waits again. */
  groupRefused(): void {
    this.pending = [...this.inFlight, ...this.pending];
    this.inFlight = [];
    this.timesRefused += 1;
    this.written = this.durable;
    this.hash.set(this.durableHash);
  }

  /**
   * Others wrote the next entries. What waits follows them; nothing is in flight.
   * @param link the channel's after the last of them
   */
  overtakenBy(entries: readonly Entry[], link: Uint8Array): void {
    const last = entries.at(-1)!;
    this.durable = last.seq;
    this.written = last.seq;
    this.accepted = last.seq + this.pending.length;
    this.hash.set(link);
    this.durableHash.set(link);
    const { timeMs } = last;
    this.pending = this.pending.map((entry) => (entry.timeMs < timeMs ? { ...entry, timeMs } : entry));
    this.lastTimeMs = Math.max(this.lastTimeMs, timeMs);
  }

  /** Its entries begin after this base, which is on disk. */
  beginAt(base: StoredCheckpoint): void {
    this.baseSeq = base.checkpoint.seq;
    if (this.owner === null) return;
    this.trimmed = base;
    this.owner.listener.trimmed?.(base.checkpoint);
  }

  /** Forgets what waits; nothing is in flight. */
  letGo(): void {
    this.isLetGo = true;
    this.pending = [];
    this.accepted = this.durable;
  }

  /** The records up to `recordNumber` left the journal, and with them the entries up to `rolled`. */
  recordsRolled(recordNumber: number, rolled: Seq): void {
    let kept = 0;
    while (kept < this.#records.length && this.#records[kept]! <= recordNumber) kept += 2;
    this.#records.splice(0, kept);
    this.rolled = rolled;
  }

  get isInJournal(): boolean {
    return this.#records.length > 0;
  }

  /** The number of the record that holds entry `seq`, which is in the journal. */
  recordOf(seq: Seq): number {
    return this.#records[this.#pairOf(seq)]!;
  }

  /** The numbers of the records that hold entries from `first` to `last`, rising. */
  *recordsOf(first: Seq, last: Seq): Generator<number> {
    for (let at = Math.max(0, this.#pairOf(first)); at < this.#records.length; at += 2) {
      if (this.#records[at + 1]! > last) return;
      yield this.#records[at]!;
    }
  }

  /** Where the newest pair is whose first entry is `seq` or before; -2 when there is none. */
  #pairOf(seq: Seq): number {
    let low = 0;
    let high = this.#records.length / 2;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#records[2 * middle + 1]! <= seq) low = middle + 1;
      else high = middle;
    }
    return 2 * (low - 1);
  }
}
