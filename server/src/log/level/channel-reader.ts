// Reads a channel's entries and links from where they are: older ones from segments, newer ones from the journal.
// Nothing may move between the two meanwhile; the caller sees to it (read-gate.ts).

import { SyncError } from '../../sync-error.js';
import type { Entry, Seq } from '../document-log.js';
import type { KeyValueStore } from '../key-value-store.js';
import { ByteWriter } from './byte-writer.js';
import { CHAIN_START, EntryChain } from './chain.js';
import type { ChannelState } from './channel-state.js';
import { type Run, readEntries, readRuns, writeEntry } from './entries.js';
import { journalKey, journalRange, segmentRange } from './keys.js';
import { badRecord, RecordKind, readContent, unseal } from './record.js';
import type { Inflate } from './segment.js';
import { entriesOfSegment, readSegment } from './stored-values.js';

/** Records of a channel closer to each other than this are read in one scan, and those between them skipped. */
const SCAN_ACROSS_RECORDS = 16;

export class ChannelReader {
  readonly #store: KeyValueStore;
  readonly #inflate: Inflate;

  constructor(store: KeyValueStore, inflate: Inflate) {
    this.#store = store;
    this.#inflate = inflate;
  }

  /** @throws SyncError `STORE_UNREADABLE` when a record on the way is damaged or missing */
  async entriesAfter(channel: ChannelState, after: Seq): Promise<Entry[]> {
    const head = channel.durable;
    const entries: Entry[] = [];
    const take = (found: readonly Entry[]): void => {
      for (const entry of found) {
        if (entry.seq <= after || entry.seq > head) continue;
        const expected = after + entries.length + 1;
        if (entry.seq !== expected) throw missingEntry(channel, expected, entry.seq);
        entries.push(entry);
      }
    };
    if (after < channel.rolled) await this.#readSegments(channel, after + 1, take);
    if (head > channel.rolled) await this.#readJournal(channel, Math.max(after, channel.rolled) + 1, take);
    if (after + entries.length < head) throw missingEntry(channel, after + entries.length + 1, head);
    return entries;
  }

  /** The channel's link after entry `seq`, which is on disk. */
  async hashAt(channel: ChannelState, seq: Seq): Promise<Uint8Array> {
    if (seq === 0) return CHAIN_START;
    const part = seq <= channel.rolled ? await this.#segmentWith(channel, seq) : await this.#runWith(channel, seq);
    if (part.lastSeq === seq) return part.hash;
    const link = (await this.hashAt(channel, part.firstSeq - 1)).slice();
    const chain = new EntryChain();
    const writer = new ByteWriter();
    for (const entry of await part.entries()) {
      if (entry.seq > seq) break;
      writer.clear();
      writeEntry(writer, entry);
      chain.advance(link, writer.view(0));
    }
    return link;
  }

  async #readSegments(channel: ChannelState, from: Seq, take: (entries: readonly Entry[]) => void): Promise<void> {
    const { firstSeq } = await this.#segmentWith(channel, from);
    for await (const [key, value] of this.#store.range(segmentRange(channel.id, firstSeq))) {
      take(await entriesOfSegment(key, readSegment(key, value), this.#inflate));
    }
  }

  async #readJournal(channel: ChannelState, from: Seq, take: (entries: readonly Entry[]) => void): Promise<void> {
    for (const [first, last] of spans(channel.recordsFrom(from))) {
      for await (const [key, value] of this.#store.range(journalRange(first, last))) {
        const { content } = unseal(key, value, RecordKind.journal);
        const run = readContent(key, () => runOf(channel, content));
        if (run) take(readContent(key, () => readEntries(run)));
      }
    }
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
    throw missingEntry(channel, seq, channel.durable);
  }

  async #runWith(channel: ChannelState, seq: Seq) {
    const key = journalKey(channel.recordOf(seq));
    const value = await this.#store.get(key);
    if (value === undefined) throw badRecord(key, 'it is gone');
    const { content } = unseal(key, value, RecordKind.journal);
    const run = readContent(key, () => runOf(channel, content));
    if (!run) throw missingEntry(channel, seq, channel.durable);
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

function missingEntry({ id }: ChannelState, missing: Seq, found: Seq): SyncError {
  return new SyncError(
    'STORE_UNREADABLE',
    `The ${id.kind} of ${id.document} has lost entry ${missing}, although entry ${found} is there.`,
  );
}
