// The journal: where entries of all channels reach the disk. Entries join the group being gathered; one group is in
// flight at a time, one synced batch and one record each; whoever is in it hears of it when the batch is on disk.
// A group is begun for the entry that may wait least, and takes everything along.
// A write that fails keeps its group in flight until it is on disk after all; given up, nothing is written or told (I8).

import type { LogMetrics } from '../../metrics/metrics.js';
import { invariant, SyncError } from '../../sync-error.js';
import type { Entry, NewEntry, Seq } from '../document-log.js';
import type { Operation } from '../key-value-store.js';
import { ByteWriter } from './byte-writer.js';
import { EntryChain } from './chain.js';
import type { ChannelState } from './channel-state.js';
import { newDocument } from './document-index.js';
import { entryBytes, writeRun } from './entries.js';
import type { JournalEnd } from './journal-end.js';
import { journalKey } from './keys.js';
import { HEADER_BYTES, sealLink } from './record.js';
import { putDocument } from './stored-values.js';

/** Where groups go, one at a time. */
export interface GroupStore {
  /**
   * Resolves once the batch is on disk.
   * @param end what has to be there before it
   * @param channels those with entries in it
   * @returns those of them whose entries are not on disk, for others wrote there
   * @throws SyncError `LOG_FAILED`
   */
  write(
    operations: readonly Operation[],
    end: JournalEnd,
    channels: readonly ChannelState[],
  ): Promise<readonly ChannelState[]>;
}

/** What a store gives back where nobody else writes. */
export const noneRefused: readonly ChannelState[] = [];

export interface JournalOptions {
  /** Between the starts of two groups passes at least this long. */
  readonly paceMs: number;
  /** A group ends before the entry that would make it longer, unless it has none. */
  readonly maxGroupBytes: number;
  readonly nowMs: () => number;
  readonly metrics: LogMetrics;
  /** A group is on disk: with entries of these channels in that record, 0 and none without entries. */
  readonly onGroup: (channels: readonly ChannelState[], recordNumber: number) => void;
  /** Others wrote in these channels: nothing of them is written before `overtaken` or `letGo` was called. */
  readonly onRefused?: (channels: readonly ChannelState[]) => void;
  readonly onFailure: (error: SyncError) => void;
}

/** What there is of the journal: deleted <= sweptNumber <= anchorNumber < its records <= number. */
export interface JournalExtent {
  /** The newest record that was deleted. */
  readonly sweptNumber: number;
  /** The newest record that no longer counts: what it held is in segments. */
  readonly anchorNumber: number;
  /** The newest record, and its link. */
  readonly number: number;
  readonly hash: Uint8Array;
  /** Of all records after the anchor; null where others put away what this one writes, and nobody counts. */
  readonly bytes: number | null;
}

/**
 * A group deletes this many rolled records at most. All at once would hold the process for a tenth of a second, and the
 * anchor has taken them out of the journal already.
 */
const SWEPT_PER_GROUP = 250;

interface RecordOfGroup {
  readonly recordNumber: number;
  /** Of its record; null without one. */
  readonly recordHash: Uint8Array | null;
  readonly recordBytes: number;
  readonly entries: number;
  /** The share of `queuedBytes` it writes. */
  readonly entryBytes: number;
  readonly channels: readonly ChannelState[];
}

/** A group without entries writes no record. */
const noRecord: RecordOfGroup = {
  recordNumber: 0,
  recordHash: null,
  recordBytes: 0,
  entries: 0,
  entryBytes: 0,
  channels: [],
};

interface Group extends RecordOfGroup {
  readonly operations: readonly Operation[];
  readonly waiters: readonly Waiter[];
}

interface Waiter {
  readonly resolve: () => void;
  readonly reject: (error: SyncError) => void;
}

export class Journal {
  readonly #store: GroupStore;
  readonly #options: JournalOptions;
  readonly #writer = new ByteWriter();
  readonly #chain = new EntryChain();
  #sweptNumber: number;
  #anchorNumber: number;
  /** Of the newest record in flight or on disk. */
  #number: number;
  #hash: Uint8Array;
  /** Of the newest record on disk. */
  #durableNumber: number;
  #durableHash: Uint8Array;
  #storedBytes: number | null;

  /** The group being gathered: channels with pending entries, other writes, and who waits for it. */
  #channels: ChannelState[] = [];
  #operations: Operation[] = [];
  #waiters: Waiter[] = [];
  #queuedBytes = 0;

  #inFlight: Group | null = null;
  /** When the group being gathered has to be begun, by `nowMs`: nothing is gathered, or it is put off, or at once. */
  #dueAtMs = Number.POSITIVE_INFINITY;
  /** When it will be, as far as that is settled. */
  #wakesAtMs = Number.POSITIVE_INFINITY;
  #timer: NodeJS.Timeout | undefined;
  #startedAtMs = Number.NEGATIVE_INFINITY;
  #failure: SyncError | null = null;

  constructor(store: GroupStore, extent: JournalExtent, options: JournalOptions) {
    this.#store = store;
    this.#options = options;
    this.#sweptNumber = extent.sweptNumber;
    this.#anchorNumber = extent.anchorNumber;
    this.#number = extent.number;
    this.#hash = extent.hash;
    this.#durableNumber = extent.number;
    this.#durableHash = extent.hash;
    this.#storedBytes = extent.bytes;
    options.metrics.journalBytes = extent.bytes;
  }

  /** Bytes of entries taken and not yet on disk. */
  get queuedBytes(): number {
    return this.#queuedBytes;
  }

  /** The number of the oldest record. */
  get firstNumber(): number {
    return this.#anchorNumber + 1;
  }

  /** Bytes of the records on disk. */
  get storedBytes(): number {
    return this.#storedBytes ?? 0;
  }

  /** The number of the newest record, which may be on its way to the disk. */
  get lastNumber(): number {
    return this.#number;
  }

  /** The newest record on disk. */
  get newest(): { readonly number: number; readonly hash: Uint8Array } {
    return { number: this.#durableNumber, hash: this.#durableHash };
  }

  get hasFailed(): boolean {
    return this.#failure !== null;
  }

  /** Joins an entry to the group being gathered, which is begun within `mayWaitMs`. The entry's time is raised to the one before it, if that is later (L7). */
  append(channel: ChannelState, entry: NewEntry, mayWaitMs: number): Seq {
    if (this.#failure) throw this.#failed();
    if (channel.isLetGo) throw replaced(channel);
    const { timeMs, clientSeq } = entry;
    if (!isCount(timeMs) || !isCount(clientSeq)) {
      invariant(false, `an entry of ${channel.id.document} has time ${timeMs} and clientSeq ${clientSeq}`);
    }
    if (channel.pending.length === 0 && !channel.isHeld) this.#channels.push(channel);
    if (timeMs >= channel.lastTimeMs) {
      channel.lastTimeMs = timeMs;
      channel.pending.push(entry);
    } else {
      channel.pending.push({ ...entry, timeMs: channel.lastTimeMs });
    }
    this.#queuedBytes += entryBytes(entry);
    // What would fill a group waits for nothing.
    this.#schedule(this.#queuedBytes < this.#options.maxGroupBytes ? mayWaitMs : 0);
    return ++channel.accepted;
  }

  /**
   * Writes beside the entries of the next group, in the same batch. Resolves once it is on disk.
   * @throws SyncError `LOG_FAILED`
   */
  write(operations: readonly Operation[]): Promise<void> {
    if (this.#failure) return Promise.reject(this.#failed());
    return new Promise((resolve, reject) => {
      for (const operation of operations) this.#operations.push(operation);
      this.#waiters.push({ resolve, reject });
      this.#schedule();
    });
  }

  /**
   * Resolves once everything accepted in `channel` is on disk.
   * @throws SyncError `LOG_FAILED`
   */
  async settled(channel: ChannelState): Promise<void> {
    while (channel.durable < channel.accepted) await this.write([]);
  }

  /**
   * Others wrote these entries behind what is on disk of a channel, none of which is in flight.
   * @param link the channel's after the last of them
   */
  overtaken(channel: ChannelState, entries: readonly Entry[], link: Uint8Array): void {
    if (entries.length > 0) {
      channel.overtakenBy(entries, link);
      if (!channel.owner?.listener.overtaken?.(entries)) return this.letGo(channel);
    }
    if (!channel.isHeld) return;
    channel.isHeld = false;
    if (channel.pending.length === 0) return;
    this.#channels.push(channel);
    this.#schedule();
  }

  /** Forgets what waits of a channel, none of which is in flight. */
  letGo(channel: ChannelState): void {
    if (channel.isLetGo) return;
    this.#queuedBytes -= bytesOf(channel.pending);
    this.#channels = this.#channels.filter((one) => one !== channel);
    channel.letGo();
    channel.owner?.listener.letGo?.();
  }

  /** Resolves once nothing is gathered or in flight, or nothing more can be written. */
  async drained(): Promise<void> {
    while (!this.#failure && (this.#inFlight || this.#hasWork)) await this.write([]).catch(() => undefined);
  }

  /** Resolves once no record up to the anchor is left. */
  async swept(): Promise<void> {
    while (this.#sweptNumber < this.#anchorNumber) await this.write([]);
  }

  /** The records up to `lastNumber`, of that many bytes, are in segments, and the anchor on disk says so. */
  recordsRolled(lastNumber: number, bytes: number): void {
    this.#anchorNumber = lastNumber;
    this.#count(-bytes);
  }

  #count(bytes: number): void {
    if (this.#storedBytes === null) return;
    this.#storedBytes += bytes;
    this.#options.metrics.journalBytes = this.#storedBytes;
  }

  get #hasWork(): boolean {
    return this.#channels.length > 0 || this.#waiters.length > 0;
  }

  /** An idle journal starts at the end of this turn, so that what came in one turn shares a group; a busy one paces. */
  #schedule(mayWaitMs = 0): void {
    const dueAtMs = mayWaitMs > 0 ? this.#options.nowMs() + mayWaitMs : Number.NEGATIVE_INFINITY;
    if (dueAtMs < this.#dueAtMs) this.#dueAtMs = dueAtMs;
    this.#wake();
  }

  #wake(): void {
    if (this.#inFlight || this.#failure) return;
    const startsAtMs = Math.max(this.#dueAtMs, this.#startedAtMs + this.#options.paceMs);
    if (startsAtMs >= this.#wakesAtMs) return;
    clearTimeout(this.#timer);
    const waitMs = startsAtMs - this.#options.nowMs();
    if (waitMs > 0) {
      this.#wakesAtMs = startsAtMs;
      this.#timer = setTimeout(this.#commit, Math.ceil(waitMs));
    } else {
      this.#wakesAtMs = Number.NEGATIVE_INFINITY;
      setImmediate(this.#commit);
    }
  }

  readonly #commit = async (): Promise<void> => {
    if (this.#failure) return;
    try {
      this.#startedAtMs = this.#options.nowMs();
      const group = this.#takeGroup();
      this.#inFlight = group;
      this.#wakesAtMs = Number.POSITIVE_INFINITY;
      let refused = noneRefused;
      if (group.operations.length > 0) {
        refused = await this.#store.write(group.operations, this.#endBefore(group), group.channels);
      }
      if (this.#failure) return;
      this.#observe(group);
      this.#finish(group, refused);
    } catch (error) {
      this.fail(error);
    }
  };

  #takeGroup(): Group {
    const operations = this.#operations;
    const record = this.#channels.length > 0 ? this.#writeRecord(operations) : noRecord;
    this.#sweep(operations);
    const group = { ...record, operations, waiters: this.#waiters };
    this.#operations = [];
    this.#waiters = [];
    // What had no room in it has waited long enough.
    this.#dueAtMs = this.#channels.length > 0 ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
    return group;
  }

  /** Deletes a few of the records that the anchor has passed. Should the process end first, the next one goes on. */
  #sweep(operations: Operation[]): void {
    const until = Math.min(this.#anchorNumber, this.#sweptNumber + SWEPT_PER_GROUP);
    while (this.#sweptNumber < until) operations.push({ type: 'del', key: journalKey(++this.#sweptNumber) });
  }

  #writeRecord(operations: Operation[]): RecordOfGroup {
    const writer = this.#writer;
    writer.clear();
    writer.skip(HEADER_BYTES);
    const channels: ChannelState[] = [];
    const notServed: ChannelState[] = [];
    const partlyServed: ChannelState[] = [];
    let bytes = 0;
    let entries = 0;
    for (const channel of this.#channels) {
      const room = bytes === 0 ? Number.POSITIVE_INFINITY : this.#options.maxGroupBytes - bytes;
      const before = channel.written;
      const taken = this.#writeChannel(channel, room, operations);
      bytes += taken;
      entries += channel.written - before;
      if (taken === 0) notServed.push(channel);
      else channels.push(channel);
      if (taken > 0 && channel.pending.length > 0) partlyServed.push(channel);
    }
    // Whoever fills group after group goes last, so that nobody waits for a flood to end.
    this.#channels = [...notServed, ...partlyServed];
    const record = writer.toBytes();
    const recordNumber = ++this.#number;
    const key = journalKey(recordNumber);
    this.#hash = sealLink(record, key, recordNumber, this.#hash);
    operations.push({ type: 'put', key, value: record });
    return { recordNumber, recordHash: this.#hash, recordBytes: record.length, entries, entryBytes: bytes, channels };
  }

  /** Writes as many pending entries as have room, at least one if `room` is endless. @returns their share of queuedBytes */
  #writeChannel(channel: ChannelState, room: number, operations: Operation[]): number {
    const { pending, owner } = channel;
    const limit = Math.min(room, this.#options.maxGroupBytes);
    let count = 0;
    let bytes = 0;
    for (; count < pending.length; count++) {
      const next = entryBytes(pending[count]!);
      if (bytes + next > limit && !(count === 0 && room === Number.POSITIVE_INFINITY)) break;
      bytes += next;
    }
    if (count === 0) return 0;
    const document = owner?.document;
    if (document?.info === null) {
      document.info = newDocument(channel.id.document, pending[0]!.timeMs);
      operations.push(putDocument(document.info));
    }
    writeRun(this.#writer, this.#chain, channel.id, channel.written + 1, pending, count, channel.hash);
    channel.written += count;
    channel.inFlight = count === pending.length ? pending : pending.slice(0, count);
    channel.pending = count === pending.length ? [] : pending.slice(count);
    return bytes;
  }

  #observe({ entries, recordBytes }: Group): void {
    if (entries === 0) return;
    const { metrics, nowMs } = this.#options;
    metrics.groupEntries.observe(entries);
    metrics.groupBytes.observe(recordBytes);
    metrics.writes.observe(nowMs() - this.#startedAtMs);
  }

  #finish(group: Group, refused: readonly ChannelState[]): void {
    const written = refused.length === 0 ? group.channels : group.channels.filter((one) => !refused.includes(one));
    this.#count(group.recordBytes);
    this.#queuedBytes -= group.entryBytes;
    for (const channel of written) channel.groupWritten(group.recordNumber);
    for (const channel of refused) this.#hold(channel);
    if (group.recordHash !== null) {
      this.#durableNumber = group.recordNumber;
      this.#durableHash = group.recordHash;
    }
    this.#inFlight = null;
    // The next group is not begun before this turn ends, so `hash` is the link after `durable`.
    for (const channel of written) channel.owner?.listener.durable(channel.durable, channel.hash);
    for (const waiter of group.waiters) waiter.resolve();
    this.#options.onGroup(written, group.recordNumber);
    if (refused.length > 0) this.#options.onRefused?.(refused);
    if (this.#hasWork) this.#wake();
  }

  /** Its part of the group waits again, until it is known what comes before it. */
  #hold(channel: ChannelState): void {
    this.#queuedBytes += bytesOf(channel.inFlight);
    channel.groupRefused();
    channel.isHeld = true;
    this.#channels = this.#channels.filter((one) => one !== channel);
  }

  /** What is on disk before `group` is, as far as that can be told from the journal. */
  #endBefore(group: Group): JournalEnd {
    const { recordHash: nextHash } = group;
    return { anchorNumber: this.#anchorNumber, number: this.#durableNumber, hash: this.#durableHash, nextHash };
  }

  /** Ends all writing. */
  fail(cause: unknown): void {
    if (this.#failure) return;
    this.#failure = cause instanceof SyncError && cause.code === 'LOG_FAILED' ? cause : internalFault(cause);
    const waiters = [...(this.#inFlight?.waiters ?? []), ...this.#waiters];
    this.#inFlight = null;
    this.#waiters = [];
    clearTimeout(this.#timer);
    for (const waiter of waiters) waiter.reject(this.#failed());
    this.#options.onFailure(this.#failure);
  }

  #failed(): SyncError {
    const { message, cause } = this.#failure!;
    return new SyncError('LOG_FAILED', message, { cause });
  }
}

const internalFault = (cause: unknown): SyncError =>
  new SyncError('LOG_FAILED', `The log failed over a fault of its own: ${(cause as Error).message}`, { cause });

const bytesOf = (entries: readonly NewEntry[]): number => entries.reduce((sum, entry) => sum + entryBytes(entry), 0);

const replaced = ({ id }: ChannelState): SyncError =>
  new SyncError(
    'CHANNEL_REPLACED',
    `The ${id.kind} of ${id.document} was changed by another server in a way that what is open here cannot follow: open it again.`,
  );

const isCount = (value: number): boolean => Number.isSafeInteger(value) && value >= 0;
