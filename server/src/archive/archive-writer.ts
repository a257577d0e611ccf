// Writes an archive: one document with its whole history (a .weft file), or a stretch of one channel (a piece of a
// backup). Entries are put in columns as in a segment of the log, and the channel's chain is walked while they are
// written: what does not end on the link the log has for it is never called whole.

import { setImmediate as turn } from 'node:timers/promises';
import type { DocumentName } from '@weft/protocol';
import { type Asset, putAsset } from '../assets/asset-record.js';
import {
  CHANNEL_KINDS,
  type ChannelBase,
  type ChannelView,
  type DocumentInfo,
  type Entry,
  type Seq,
} from '../log/document-log.js';
import { ByteWriter } from '../log/level/byte-writer.js';
import { sameLink } from '../log/level/chain.js';
import { ChainWalk, entryBytes } from '../log/level/entries.js';
import { packColumns, zlibCompression } from '../log/level/segment.js';
import { SyncError } from '../sync-error.js';
import { BASE_PIECE_BYTES, encodeBase } from './archived-base.js';
import { ArchiveRecord, type ByteSink, RecordWriter } from './records.js';

/** Bytes of entries packed in one go: a few milliseconds of work, between which others have their turn. */
const SLICE_BYTES = 256 * 1024;
/** Bytes read at a time: what is asked for in small pieces is unpacked with its whole segment for each of them. */
const READ_BYTES = 2 * 1024 * 1024;
const FIRST_READ_ENTRIES = 64;
const MAX_READ_ENTRIES = 60_000;
/** Walking the chain costs a few microseconds an entry; others have their turn after so many. */
const CHAIN_STEP_ENTRIES = 1000;

/** What an archive holds of one channel. */
export interface ChannelStretch {
  readonly epoch: number;
  /** Its entries are those with seq > `after` and <= `last`. */
  readonly after: Seq;
  readonly last: Seq;
  /** The channel's links after `after` and after `last`, 16 bytes each. */
  readonly linkBefore: Uint8Array;
  readonly link: Uint8Array;
}

export interface WriteOptions {
  /** Entries written since the last call. */
  readonly onEntries?: (count: number) => void;
  /** Awaited between slices: it may take its time, for others, or throw when nobody wants the archive any more. */
  readonly betweenSlices?: () => Promise<void>;
}

export class ArchiveWriter {
  readonly #records: RecordWriter;
  readonly #options: WriteOptions;
  #entries = 0;

  private constructor(records: RecordWriter, options: WriteOptions) {
    this.#records = records;
    this.#options = options;
  }

  static async begin(sink: ByteSink, options: WriteOptions = {}): Promise<ArchiveWriter> {
    const records = new RecordWriter(sink);
    await records.begin();
    return new ArchiveWriter(records, options);
  }

  async document(info: DocumentInfo): Promise<void> {
    const writer = new ByteWriter();
    writer.string(info.name);
    writer.string(info.title);
    writer.string(info.excerpt);
    for (const number of [info.characters, info.createdAtMs, info.updatedAtMs]) writer.uint(number);
    await this.#records.record(ArchiveRecord.document, writer.toBytes());
  }

  /**
   * Writes the entries of a channel after `after`, up to the head of the view.
   * @param base what stands for those up to `after`, if the archive begins with it
   * @throws SyncError `STORE_UNREADABLE` when the entries do not lead from `linkBefore` to the view's link
   */
  async channel(
    view: ChannelView,
    after: Seq,
    linkBefore: Uint8Array,
    base: ChannelBase | null = null,
  ): Promise<ChannelStretch> {
    const { id, epoch, head } = view;
    const stretch: ChannelStretch = { epoch, after, last: head, linkBefore, link: view.link.slice() };
    const writer = new ByteWriter();
    writer.string(id.document);
    writer.uint(CHANNEL_KINDS.indexOf(id.kind));
    writer.uint(epoch);
    writer.uint(after);
    writer.raw(linkBefore);
    writer.uint(head);
    writer.raw(stretch.link);
    await this.#records.record(ArchiveRecord.channel, writer.toBytes());
    if (base !== null) await this.#base(base);

    const link = linkBefore.slice();
    const walk = new ChainWalk();
    for await (const entries of slicesOf(view, after)) {
      await this.#options.betweenSlices?.();
      for (const [index, entry] of entries.entries()) {
        if (index % CHAIN_STEP_ENTRIES === CHAIN_STEP_ENTRIES - 1) await turn();
        walk.add(link, entry);
      }
      const columns = packColumns(entries);
      writer.clear();
      writer.uint(entries[0]!.seq);
      writer.uint(entries.length);
      writer.uint(columns.length);
      writer.raw(link);
      writer.raw(await zlibCompression.deflate(columns));
      await this.#records.record(ArchiveRecord.part, writer.toBytes());
      this.#entries += entries.length;
      this.#options.onEntries?.(entries.length);
    }
    if (!sameLink(link, stretch.link)) {
      throw new SyncError(
        'STORE_UNREADABLE',
        `The ${id.kind} of ${id.document} is damaged: its entries ${after + 1} to ${head} do not match their chain. ` +
          'Run weft verify to see where.',
      );
    }
    return stretch;
  }

  async #base(base: ChannelBase): Promise<void> {
    const bytes = encodeBase(base);
    const writer = new ByteWriter();
    for (let at = 0; at < bytes.length; at += BASE_PIECE_BYTES) {
      writer.clear();
      writer.uint(bytes.length - at);
      writer.raw(bytes.subarray(at, at + BASE_PIECE_BYTES));
      await this.#records.record(ArchiveRecord.base, writer.toBytes());
      await this.#options.betweenSlices?.();
    }
  }

  /** Writes a file of the document, after its channels. @param bytes as many as it has, and those its id stands for */
  async file(document: DocumentName, asset: Asset, bytes: AsyncIterable<Uint8Array>): Promise<void> {
    const writer = new ByteWriter();
    writer.string(asset.id);
    const { value } = putAsset(document, asset);
    writer.uint(value!.length);
    writer.raw(value!);
    await this.#records.record(ArchiveRecord.file, writer.toBytes());
    for await (const piece of bytes) {
      await this.#options.betweenSlices?.();
      await this.#records.record(ArchiveRecord.bytes, piece);
    }
  }

  /** @returns the length of the archive in bytes */
  async end(): Promise<number> {
    await this.#records.end(this.#entries);
    return this.#records.bytes;
  }
}

/** The entries after `after`, in order, in slices that are about as long as SLICE_BYTES. */
async function* slicesOf(view: ChannelView, after: Seq): AsyncGenerator<Entry[]> {
  let wanted = FIRST_READ_ENTRIES;
  let slice: Entry[] = [];
  let sliceBytes = 0;
  for (let done = after; done < view.head; ) {
    const entries = await view.entriesAfter(done, Math.min(view.head, done + wanted));
    if (entries.length === 0) return;
    let bytes = 0;
    for (const entry of entries) {
      slice.push(entry);
      sliceBytes += entryBytes(entry);
      bytes += entryBytes(entry);
      if (sliceBytes < SLICE_BYTES) continue;
      yield slice;
      slice = [];
      sliceBytes = 0;
    }
    done += entries.length;
    wanted = Math.min(16 * wanted, MAX_READ_ENTRIES, Math.ceil((READ_BYTES * entries.length) / bytes));
  }
  if (slice.length > 0) yield slice;
}
