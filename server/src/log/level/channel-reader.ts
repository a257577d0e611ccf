// Reads a channel's entries and links from where they are: older ones from segments, newer ones from the journal.
// Nothing may move between the two meanwhile; the caller sees to it (read-gate.ts).

import type { DocumentName } from '@weft/protocol';
import { SyncError } from '../../sync-error.js';
import { type ChannelId, channelName, type Entry, FIRST_EPOCH, type Seq } from '../document-log.js';
import type { StoreReader } from '../key-value-store.js';
import { CHAIN_START } from './chain.js';
import type { ChannelState } from './channel-state.js';
import { ChainWalk, type Run, readEntries, readRuns } from './entries.js';
import {
  baseKey,
  checkpointRange,
  erasedKey,
  journalKey,
  journalRange,
  metaKey,
  printableKey,
  segmentRange,
} from './keys.js';
import { badRecord, RecordKind, readContent, unseal } from './record.js';
import type { Inflate } from './segment.js';
import {
  entriesOfSegment,
  type Meta,
  newMeta,
  readBase,
  readCheckpoint,
  readErased,
  readMeta,
  readSegment,
  type StoredBase,
  type StoredCheckpoint,
} from './stored-values.js';

/** Records of a channel closer to each other than this are read in one scan, and those between them skipped. */
const SCAN_ACROSS_RECORDS = 16;

/** Takes what was found, in order. @returns whether that is all that is wanted */
type Take = (entries: readonly Entry[]) => boolean;

export class ChannelReader {
  readonly #store: StoreReader;
  readonly #inflate: Inflate;
  readonly #complain: (sentence: string) => void;
  /** By channelName: the keys of checkpoints that cannot be read, by how they are printed. */
  readonly #unreadable = new Map<string, Map<string, Uint8Array>>();

  constructor(store: StoreReader, inflate: Inflate, complain: (sentence: string) => void) {
    this.#store = store;
    this.#inflate = inflate;
    this.#complain = complain;
  }

  /**
   * The entries after `after` up to and including `upTo`, which is on disk; fewer once their updates have `maxBytes`.
   * @throws SyncError `STORE_UNREADABLE` when a record on the way is damaged or missing
   */
  async entriesAfter(
    channel: ChannelState,
    after: Seq,
    upTo: Seq,
    maxBytes = Number.POSITIVE_INFINITY,
  ): Promise<Entry[]> {
    const entries: Entry[] = [];
    let bytes = 0;
    const take = (found: readonly Entry[]): boolean => {
      for (const entry of found) {
        if (entry.seq <= after || entry.seq > upTo) continue;
        const expected = after + entries.length + 1;
        if (entry.seq !== expected) throw missingEntry(channel.id, expected);
        entries.push(entry);
        bytes += entry.update.length;
        if (bytes >= maxBytes) return true;
      }
      return false;
    };
    if (after >= upTo) return entries;
    if (after < channel.rolled) await this.#readSegments(channel, after + 1, upTo, take);
    if (upTo > channel.rolled && bytes < maxBytes) {
      await this.#readJournal(channel, Math.max(after, channel.rolled) + 1, upTo, take);
    }
    if (after + entries.length < upTo && bytes < maxBytes) {
      throw await this.missing(channel.id, after + entries.length + 1);
    }
    return entries;
  }

  /** The channel's link after entry `seq`, which is on disk. */
  async linkAt(channel: ChannelState, seq: Seq): Promise<Uint8Array> {
    if (seq === 0) return CHAIN_START.slice();
    const part = seq <= channel.rolled ? await this.#segmentWith(channel, seq) : await this.#runWith(channel, seq);
    if (part === null) return this.baseLink(channel.id, seq);
    if (part.lastSeq === seq) return part.hash.slice();
    const link = await this.linkAt(channel, part.firstSeq - 1);
    const walk = new ChainWalk();
    for (const entry of await part.entries()) {
      if (entry.seq > seq) break;
      walk.add(link, entry);
    }
    return link;
  }

  /**
   * What left the journal. @throws SyncError `STORE_UNREADABLE` when that was lost, although segments are there: the
   * channel would seem to be new.
   */
  async metaOf(id: ChannelId): Promise<Meta> {
    const value = await this.#store.get(metaKey(id));
    if (value !== undefined) return readMeta(id, value);
    for await (const [key] of this.#store.range({ ...segmentRange(id, 0), limit: 1 })) {
      throw badRecord(metaKey(id), `it is gone, although ${printableKey(key)} is there`);
    }
    const key = erasedKey(id.document);
    const erased = await this.#store.get(key);
    return newMeta(erased === undefined ? FIRST_EPOCH : readErased(key, erased).epoch);
  }

  /** What stands for the entries that were trimmed; null while all are there. */
  async baseOf(id: ChannelId): Promise<StoredBase | null> {
    const key = baseKey(id);
    const value = await this.#store.get(key);
    return value === undefined ? null : readBase(key, value);
  }

  /** The link after entry `seq`, which is in no segment. @throws SyncError `PAST_TRIMMED`, `STORE_UNREADABLE` */
  protected async baseLink(id: ChannelId, seq: Seq): Promise<Uint8Array> {
    const base = await this.baseOf(id);
    if (base?.checkpoint.seq === seq) return base.link;
    throw await this.missing(id, seq);
  }

  /** Why an entry is not there. */
  protected async missing(id: ChannelId, seq: Seq): Promise<SyncError> {
    const base = await this.baseOf(id);
    return base !== null && seq <= base.checkpoint.seq ? pastTrimmed(id, base) : missingEntry(id, seq);
  }

  async wasErased(name: DocumentName): Promise<boolean> {
    return (await this.#store.get(erasedKey(name))) !== undefined;
  }

  /**
   * The newest checkpoint at `seq` or before; the newest of all without `seq`. One that cannot be read is told of and
   * passed over: an older one, or none, and the entries after it make the same document. Before all others comes the base.
   */
  async checkpointAt(id: ChannelId, seq?: Seq): Promise<StoredCheckpoint | null> {
    // One at a time: a store may fetch a range at once, and checkpoints are large.
    for (let range = checkpointRange(id, seq); ; ) {
      let found: readonly [key: Uint8Array, value: Uint8Array] | null = null;
      for await (const pair of this.#store.range({ ...range, reverse: true, limit: 1 })) found = pair;
      if (found === null) {
        const base = await this.baseOf(id);
        return base !== null && base.checkpoint.seq <= (seq ?? base.checkpoint.seq) ? base : null;
      }
      const [key, value] = found;
      try {
        return readCheckpoint(key, value);
      } catch (error) {
        if (!(error instanceof SyncError)) throw error;
        this.#passOver(id, key, error);
      }
      range = { ...range, lt: key };
    }
  }

  /** The keys of a channel's checkpoints that turned out not to be readable. */
  unreadableCheckpoints(id: ChannelId): Uint8Array[] {
    return [...(this.#unreadable.get(channelName(id))?.values() ?? [])];
  }

  /** They are gone. */
  forgetUnreadable(id: ChannelId): void {
    this.#unreadable.delete(channelName(id));
  }

  #passOver(id: ChannelId, key: Uint8Array, error: SyncError): void {
    const known = this.#unreadable.get(channelName(id)) ?? new Map<string, Uint8Array>();
    this.#unreadable.set(channelName(id), known);
    if (known.has(printableKey(key))) return;
    known.set(printableKey(key), key);
    this.#complain(
      `"${id.document}" (${id.kind}): ${error.message} No text is lost by that: the document is made from its entries, and a ` +
        'new checkpoint is built. But a disk on which something changes by itself should be looked at.',
    );
  }

  async #readSegments(channel: ChannelState, from: Seq, upTo: Seq, take: Take): Promise<void> {
    const first = await this.#segmentWith(channel, from);
    if (first === null) throw await this.missing(channel.id, from);
    for await (const [key, value] of this.#store.range(segmentRange(channel.id, first.firstSeq, upTo + 1))) {
      if (take(await entriesOfSegment(key, readSegment(key, value), this.#inflate))) return;
    }
  }

  async #readJournal(channel: ChannelState, from: Seq, upTo: Seq, take: Take): Promise<void> {
    for (const [first, last] of spans(channel.recordsOf(from, upTo))) {
      for await (const [key, value] of this.#journal(first, last)) {
        const { content } = unseal(key, value, RecordKind.journal);
        const run = readContent(key, () => runOf(channel, content));
        if (run && take(readContent(key, () => readEntries(run)))) return;
      }
    }
  }

  /** Where many write at once, records of a channel lie far apart: to get one takes half of what a scan of one does. */
  async *#journal(first: number, last: number): AsyncIterable<readonly [key: Uint8Array, value: Uint8Array]> {
    if (first < last) return yield* this.#store.range(journalRange(first, last));
    const key = journalKey(first);
    const value = await this.#store.get(key);
    if (value !== undefined) yield [key, value];
  }

  async #segmentWith(channel: ChannelState, seq: Seq) {
    for await (const [key, value] of this.#store.range({
      ...segmentRange(channel.id, 0, seq + 1),
      reverse: true,
      limit: 1,
    })) {
      const segment = readSegment(key, value);
      if (segment.lastSeq < seq) break;
      const entries = (): Promise<Entry[]> => entriesOfSegment(key, segment, this.#inflate);
      return { ...segment, entries };
    }
    return null;
  }

  async #runWith(channel: ChannelState, seq: Seq) {
    const key = journalKey(channel.recordOf(seq));
    const value = await this.#store.get(key);
    if (value === undefined) throw badRecord(key, 'it is gone');
    const { content } = unseal(key, value, RecordKind.journal);
    const run = readContent(key, () => runOf(channel, content));
    if (!run) throw missingEntry(channel.id, seq);
    const entries = async (): Promise<Entry[]> => readContent(key, () => readEntries(run));
    return { ...run, entries };
  }
}

function runOf({ id }: ChannelState, content: Uint8Array): Run | undefined {
  for (const run of readRuns(content)) {
    if (run.id.document === id.document && run.id.kind === id.kind) return run;
  }
  return undefined;
}

/** Cuts rising numbers where they lie far apart. */
function* spans(numbers: Iterable<number>): Generator<readonly [first: number, last: number]> {
  let first = 0;
  let last = 0;
  for (const number of numbers) {
    if (first > 0 && number - last > SCAN_ACROSS_RECORDS) {
      yield [first, last];
      first = number;
    }
    if (first === 0) first = number;
    last = number;
  }
  if (first > 0) yield [first, last];
}

const missingEntry = ({ document, kind }: ChannelId, missing: Seq): SyncError =>
  new SyncError(
    'STORE_UNREADABLE',
    `The ${kind} of ${document} has lost entry ${missing}, although later ones are there.`,
  );

export const pastTrimmed = ({ document }: ChannelId, { checkpoint, timeMs }: StoredBase): SyncError =>
  new SyncError(
    'PAST_TRIMMED',
    `What "${document}" was before ${new Date(timeMs).toISOString()} (entry ${checkpoint.seq}) was taken out of its past and cannot be shown ` +
      'any more. Its text of today is whole; choose a later moment.',
  );
