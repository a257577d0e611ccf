// What rearranges the store: rolling the journal, merging segments, replacing and erasing channels. One job at a time finds
// segments, metas and the anchor as the one before left them; entries go on being written meanwhile, and readers are kept
// out only while a batch moves what they might be reading.

import type { DocumentName } from '@weft/protocol';
import {
  type ChannelContent,
  type ChannelId,
  type ChannelTrim,
  channelsOf,
  type OnProgress,
  type Rearranging,
  type RecordChange,
  type Table,
} from '../document-log.js';
import type { KeyRange, Operation } from '../key-value-store.js';
import type { ChannelReader } from './channel-reader.js';
import type { ChannelTable } from './channel-table.js';
import { type DocumentIndex, newDocument } from './document-index.js';
import { nextEpoch } from './epoch.js';
import { JobQueue } from './job-queue.js';
import type { Journal } from './journal.js';
import {
  accessRangeOf,
  allJournalRange,
  channelRange,
  channelsRange,
  documentKey,
  documentRangeOf,
  everythingRange,
  journalKey,
  partRangesOf,
  pastRangesOf,
  recordRangeOf,
  recordsRange,
  segmentRange,
} from './keys.js';
import { mergeSegments } from './merge-segments.js';
import { packContent } from './pack-content.js';
import type { ReadGate } from './read-gate.js';
import type { ReopeningStore } from './reopening-store.js';
import { packOldest } from './roll.js';
import type { Compression } from './segment.js';
import { entriesOfSegment, putDocument, putErased, putMeta, readSegment } from './stored-values.js';
import { type StoredRow, trimChannels } from './trim-channels.js';

/** A job that empties the journal takes about this much of it at a time. */
const ROLL_BYTES = 4 * 1024 * 1024;
/** The store is compacted in stretches of about this many bytes of segments, and other jobs may come between. */
const STRETCH_BYTES = 16 * 1024 * 1024;

export interface MaintenanceParts {
  readonly store: ReopeningStore;
  readonly journal: Journal;
  readonly reader: ChannelReader;
  readonly gate: ReadGate;
  readonly channels: ChannelTable;
  readonly index: DocumentIndex;
  readonly compression: Compression;
  readonly journalMaxBytes: number;
  /** @throws SyncError `LOG_CLOSED` once the log is closing */
  readonly checkOpen: () => void;
  /** Takes a sentence for whoever runs the server. */
  readonly complain: (sentence: string) => void;
}

export class Maintenance {
  readonly #parts: MaintenanceParts;
  readonly #queue = new JobQueue();
  #isRollDue = false;
  /** The length of the journal at which a roll that could not read it is tried again. */
  #rollAgainAtBytes = 0;
  #isClosing = false;
  /** While the job that has its turn moves nothing by itself: the jobs within it, one after the other. */
  #within: JobQueue | null = null;

  constructor(parts: MaintenanceParts) {
    this.#parts = parts;
  }

  /** Puts the older half of the journal away when it has grown too long. */
  rollIfLong(): void {
    const { journal, journalMaxBytes } = this.#parts;
    const isLong = (): boolean => journal.storedBytes > Math.max(journalMaxBytes, this.#rollAgainAtBytes);
    if (this.#isRollDue || this.#isClosing || journal.hasFailed || !isLong()) return;
    this.#isRollDue = true;
    this.#queue
      .run(async () => {
        // A job before this one may have emptied it.
        if (isLong()) await this.#roll(journal.storedBytes / 2);
      })
      .catch((error: unknown) => this.#rollFailed(error))
      .finally(() => {
        this.#isRollDue = false;
        this.rollIfLong();
      });
  }

  /** What the journal holds is as good as before, and entries go on being written: only it does not get shorter. */
  #rollFailed(error: unknown): void {
    const { complain, journal, journalMaxBytes } = this.#parts;
    if (journal.hasFailed) return;
    this.#rollAgainAtBytes = journal.storedBytes + journalMaxBytes / 2;
    complain(
      `The oldest entries could not be put away in segments: ${(error as Error).message} Nothing is lost and writing goes ` +
        'on, but the journal grows, and starts get slower. It is tried again when the journal has grown by half.',
    );
  }

  async compact(onProgress: OnProgress): Promise<void> {
    const { index, journal, store } = this.#parts;
    const { lastNumber } = journal;
    const isLeft = (): boolean => journal.storedBytes > 0 && journal.firstNumber <= lastNumber;
    while (isLeft()) await this.run(async () => isLeft() && this.#roll(ROLL_BYTES));
    await this.run(() => journal.swept());
    const documents = await index.all();
    let done = 0;
    let bytes = 0;
    let from = everythingRange.gte;
    onProgress({ done, total: documents.length });
    for (const { name } of documents) {
      await this.run(async () => {
        for (const id of channelsOf(name)) bytes += await this.#merge(id);
        if (bytes < STRETCH_BYTES) return;
        const { lt } = channelsRange(name);
        await store.compact({ gte: from, lt });
        from = lt;
        bytes = 0;
      });
      done += 1;
      onProgress({ done, total: documents.length });
    }
    await this.run(() => store.compact({ gte: from, lt: everythingRange.lt }));
  }

  /**
   * Waits for no more than the job under way, and not for the check of a whole store to end: a document that has lost text
   * cannot be opened until then, nor closed by whoever waits to rearrange it.
   */
  beginEpoch(id: ChannelId, after: number): Promise<number> {
    const { channels, journal, reader, checkOpen } = this.#parts;
    return (this.#within ?? this.#queue).runNext(async () => {
      checkOpen();
      channels.take(id);
      try {
        const meta = await reader.metaOf(id);
        const epoch = nextEpoch(Math.max(meta.epoch, after));
        await journal.write([putMeta(id, { ...meta, epoch })]);
        return epoch;
      } finally {
        channels.giveBack(id);
      }
    });
  }

  /** Runs `action` when it is its turn to move what is stored: until then nobody has to be kept out for it. */
  rearrange<T>(action: (moves: Rearranging) => Promise<T>): Promise<T> {
    return this.#hold((within) =>
      action({
        replaceChannel: (id, content) => within.run(() => this.#replaceChannel(id, content)),
        trim: (trims, forget) => within.run(() => this.#trim(trims, forget)).then(() => true),
        eraseRecord: (table, key) => within.run(() => this.#eraseRecord(table, key)),
        eraseDocument: (name) => within.run(() => this.#eraseDocument(name)).then(() => true),
      }),
    );
  }

  async #replaceChannel(id: ChannelId, content: ChannelContent): Promise<number> {
    const { channels, gate, index, journal, reader, compression } = this.#parts;
    channels.take(id);
    try {
      await this.#rollAway(id);
      const epoch = nextEpoch((await reader.metaOf(id)).epoch);
      const operations = await packContent(id, epoch, content, compression.deflate);
      await gate.alone(async () => {
        const slot = await index.acquire(id.document);
        try {
          if (slot.info === null) {
            slot.info = newDocument(id.document, content.entries[0]?.timeMs ?? Date.now());
            operations.push(putDocument(slot.info));
          }
          // What was written of its past is on disk then, and shows in the ranges.
          await journal.write([]);
          const replaced = [channelRange(id), ...(id.kind === 'content' ? pastRangesOf(id.document) : [])];
          await journal.write([...(await this.#deletes(...replaced)), ...operations]);
        } finally {
          index.release(id.document);
        }
      });
      return epoch;
    } finally {
      channels.giveBack(id);
    }
  }

  async #eraseDocument(name: DocumentName): Promise<void> {
    const { channels, gate, index, journal, reader } = this.#parts;
    const ids = channelsOf(name);
    const taken: ChannelId[] = [];
    let deleted: readonly Operation[] = [];
    try {
      for (const id of ids) {
        channels.take(id);
        taken.push(id);
      }
      for (const id of ids) await this.#rollAway(id);
      const epochs = await Promise.all(ids.map(async (id) => (await reader.metaOf(id)).epoch));
      await gate.alone(async () => {
        // What was written of it is on disk then, and shows in the ranges.
        await journal.write([]);
        deleted = [
          ...(await this.#deletes(channelsRange(name), ...partRangesOf(name))),
          { type: 'del', key: accessRangeOf(name).gte },
          { type: 'del', key: documentKey(name) },
        ];
        const slot = await index.acquire(name);
        slot.info = null;
        const write = journal.write([...deleted, putErased(name, nextEpoch(Math.max(...epochs)))]);
        await write.finally(() => index.release(name));
      });
    } finally {
      for (const id of taken) channels.giveBack(id);
    }
    await this.#sweep(deleted, [
      documentRangeOf(name),
      channelsRange(name),
      accessRangeOf(name),
      ...partRangesOf(name),
    ]);
  }

  async #trim(trims: readonly ChannelTrim[], forget: readonly RecordChange[]): Promise<void> {
    const { channels, compression } = this.#parts;
    // Until nothing of what goes is in the journal, of any of them: a roll writes segments of all anew, also of one packed here before.
    for (const { id, checkpoint } of trims) {
      while ((channels.get(id)?.rolled ?? checkpoint.seq) < checkpoint.seq) await this.#roll(ROLL_BYTES);
    }
    const written = await trimChannels(trims, forget, {
      ...this.#parts,
      deflate: compression.deflate,
      rowsOf: (id) => this.#segmentsOf(id),
      deletesIn: (...ranges) => this.#deletes(...ranges),
    });
    const documents = [...new Set(trims.map(({ id }) => id.document))];
    await this.#sweep(
      written.filter(({ type }) => type === 'del'),
      documents.flatMap((name) => [channelsRange(name), ...pastRangesOf(name)]),
      documents,
    );
  }

  async #eraseRecord(table: Table, key: string): Promise<void> {
    const range = recordRangeOf(table, key);
    const deleted: Operation[] = [{ type: 'del', key: range.gte }];
    await this.#parts.journal.write(deleted);
    await this.#sweep(deleted, [range]);
  }

  async *#segmentsOf(id: ChannelId): AsyncGenerator<StoredRow> {
    const { store, compression } = this.#parts;
    for await (const [key, value] of store.range(segmentRange(id, 0))) {
      const segment = readSegment(key, value);
      yield { ...segment, key, entries: () => entriesOfSegment(key, segment, compression.inflate) };
    }
  }

  /**
   * Sees to it that nothing of what was deleted is left in a file.
   * @param ofDocuments where it was, beside the journal
   * @param described documents that stay: what their records said before goes, for it was made of their text
   */
  async #sweep(
    deleted: readonly Operation[],
    ofDocuments: readonly KeyRange[],
    described: readonly DocumentName[] = [],
  ): Promise<void> {
    const { gate, journal, store } = this.#parts;
    await journal.swept();
    const ranges = [allJournalRange, ...ofDocuments, ...described.map(documentRangeOf)];
    for (const range of ranges) await store.compact(range);
    // LevelDB may have put all of it into its lowest level, which it rewrites only for something that lies above it in the
    // same range: the same deletions once more, and those of keys that nothing has, at the ends of all ranges, the last of
    // them without the name, for LevelDB keeps in mind how far it came. They reach what an erasure that was cut short had
    // deleted, too.
    const ends = [
      ...ofDocuments.map(({ gte }) => gte),
      journalKey(0),
      journalKey(Number.MAX_SAFE_INTEGER - 1),
      recordsRange.lt,
    ];
    const touches = ends.map((key): Operation => ({ type: 'del', key }));
    await journal.write([...deleted, ...touches]);
    for (const name of described) await this.#writeAgain(name);
    for (const range of ranges) await store.compact(range);
    // What is left: files that somebody was reading from, and the name, in LevelDB's list of files and in its notes.
    // Should it not open at once, a write goes on trying as after any that failed: nobody could read until then.
    await gate.alone(() => store.renew().catch(() => journal.write(touches)));
  }

  /** The record of a document as it is. */
  async #writeAgain(name: DocumentName): Promise<void> {
    const { index, journal } = this.#parts;
    const { info } = await index.acquire(name);
    await journal.write(info === null ? [] : [putDocument(info)]).finally(() => index.release(name));
  }

  /** Moves the oldest records to segments, until they make up `atLeastBytes`. */
  async #roll(atLeastBytes: number): Promise<void> {
    const { store, reader, journal, gate, channels, compression } = this.#parts;
    const roll = await packOldest(store, reader, journal.firstNumber, atLeastBytes, compression);
    await gate.alone(async () => {
      await journal.write(roll.operations);
      journal.recordsRolled(roll.lastNumber, roll.bytes);
      channels.recordsRolled(roll.lastNumber, roll.lastSeqs);
    });
  }

  /** Moves all entries of a channel that nobody writes to into segments. */
  async #rollAway(id: ChannelId): Promise<void> {
    while (this.#parts.channels.get(id)?.isInJournal) await this.#roll(ROLL_BYTES);
  }

  /** @returns bytes of the channel's segments, before they were merged */
  async #merge(id: ChannelId): Promise<number> {
    const { store, gate, journal, compression } = this.#parts;
    let stored = 0;
    for await (const { bytes, operations } of mergeSegments(store, id, compression)) {
      stored += bytes;
      if (operations.length > 0) await gate.alone(() => journal.write(operations));
    }
    return stored;
  }

  async #deletes(...ranges: readonly KeyRange[]): Promise<Operation[]> {
    const operations: Operation[] = [];
    for (const range of ranges) {
      for await (const [key] of this.#parts.store.range(range)) operations.push({ type: 'del', key });
    }
    return operations;
  }

  /** Runs a check of the store: nothing moves in it meanwhile. */
  check(job: () => Promise<void>): Promise<void> {
    return this.#hold(job);
  }

  /** Runs a job that moves nothing but in jobs within it; the beginning of an epoch is one, whoever asks for it. */
  #hold<T>(job: (within: JobQueue) => Promise<T>): Promise<T> {
    return this.run(async () => {
      const within = new JobQueue();
      this.#within = within;
      try {
        return await job(within);
      } finally {
        this.#within = null;
        // The next job finds what they wrote.
        await within.ended();
      }
    });
  }

  /** Takes no more jobs; resolves once those under way have ended. */
  async close(): Promise<void> {
    this.#isClosing = true;
    await this.#queue.ended();
  }

  /** Runs `job` when those before it have ended. It is refused once the log is closing. */
  run<T>(job: () => Promise<T>): Promise<T> {
    const { checkOpen } = this.#parts;
    return this.#queue.run(async () => {
      checkOpen();
      return job();
    });
  }
}
