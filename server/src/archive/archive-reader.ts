// Reads an archive and believes nothing in it: every length has a limit, every stretch must follow its chain, and only the
// end says that it was whole. Whoever uses what is read waits for the end first. Holds one slice of entries at a time.

import { createHash, type Hash } from 'node:crypto';
import { promisify } from 'node:util';
import { inflateRaw } from 'node:zlib';
import { MAX_OUTBOX_ID_LENGTH, MAX_UPDATE_BYTES, parseDocumentName } from '@weft/protocol';
import * as decoding from 'lib0/decoding';
import { type Asset, assetKey, parseAssetId, readAsset } from '../assets/asset-record.js';
import { CHANNEL_KINDS, type ChannelId, type DocumentInfo, type Entry } from '../log/document-log.js';
import { CHAIN_START, HASH_BYTES, sameLink } from '../log/level/chain.js';
import { ChainWalk } from '../log/level/entries.js';
import { unpackColumns } from '../log/level/segment.js';
import { SyncError } from '../sync-error.js';
import type { ChannelStretch } from './archive-writer.js';
import { type ArchivedBase, BasePieces, MAX_PERSON_LENGTH } from './archived-base.js';
import {
  ARCHIVE_HASH_BYTES,
  ArchiveRecord,
  badArchive,
  MAX_RECORD_BYTES,
  type ReadRecord,
  readRecords,
} from './records.js';

const inflate = promisify(inflateRaw);

/** Every entry takes a byte in each of five columns: more entries than this in so many bytes are a lie. */
const MIN_COLUMN_BYTES = 5;
/** No writer puts more into one part. */
const MAX_PART_ENTRIES = 65_536;
/** The last moment there is a date for: what shows a later one fails, and takes everything else on its page with it. */
export const LAST_DATE_MS = 8.64e15;

/** What an archive holds, in the order it is read. `end` comes last, and only when all before it was whole. */
export type ArchiveItem =
  | { readonly type: 'document'; readonly document: DocumentInfo }
  | { readonly type: 'channel'; readonly id: ChannelId; readonly stretch: ChannelStretch }
  /** What stands for the entries before those that follow. */
  | { readonly type: 'base'; readonly base: ArchivedBase }
  | { readonly type: 'entries'; readonly entries: readonly Entry[] }
  /** A file of the document; `asset.bytes` bytes of it follow. */
  | { readonly type: 'file'; readonly asset: Asset }
  | { readonly type: 'bytes'; readonly bytes: Uint8Array }
  | { readonly type: 'end'; readonly entries: number };

/**
 * @param label what people call the archive, for messages
 * @throws SyncError `ARCHIVE_UNREADABLE` at the first thing that is not as it was written
 */
export async function* readArchive(source: AsyncIterable<Uint8Array>, label: string): AsyncGenerator<ArchiveItem> {
  const reader = new ArchiveReader(label);
  for await (const record of readRecords(source, label)) {
    const item = await reader.read(record);
    if (item !== null) yield item;
  }
  reader.checkEnded();
}

/** A channel whose entries are being read. */
interface OpenStretch {
  readonly id: ChannelId;
  readonly stretch: ChannelStretch;
  /** The link after `seq`, the last entry read. */
  readonly link: Uint8Array;
  seq: number;
  timeMs: number;
  /** Of a base that is being read; null before and after. */
  basePieces: BasePieces | null;
  hasBase: boolean;
}

/** A file whose bytes are being read. */
interface OpenFile {
  readonly asset: Asset;
  readonly hash: Hash;
  left: number;
}

class ArchiveReader {
  readonly #label: string;
  readonly #walk = new ChainWalk();
  readonly #channels = new Set<string>();
  #document: DocumentInfo | null = null;
  #open: OpenStretch | null = null;
  #file: OpenFile | null = null;
  #entries = 0;
  #hasEnded = false;

  constructor(label: string) {
    this.#label = label;
  }

  /** @returns null for a piece of something longer */
  async read(record: ReadRecord): Promise<ArchiveItem | null> {
    try {
      if (this.#hasEnded) throw new Error('something follows its end');
      return await this.#readKind(record);
    } catch (cause) {
      if (cause instanceof SyncError && cause.code === 'ARCHIVE_UNREADABLE') throw cause;
      throw badArchive(this.#label, `${this.#place(record)}: ${(cause as Error).message}`, cause);
    }
  }

  checkEnded(): void {
    if (!this.#hasEnded) throw badArchive(this.#label, 'its end is missing');
  }

  async #readKind(record: ReadRecord): Promise<ArchiveItem | null> {
    const decoder = decoding.createDecoder(record.content);
    switch (record.kind) {
      case ArchiveRecord.document:
        if (record.index > 0) throw new Error('a document begins in the middle of another');
        this.#document = readDocument(decoder);
        return { type: 'document', document: this.#document };
      case ArchiveRecord.channel:
        return this.#beginChannel(decoder);
      case ArchiveRecord.base:
        return this.#readBase(decoder);
      case ArchiveRecord.part: {
        const entries = await this.#readPart(decoder);
        this.#entries += entries.length;
        return { type: 'entries', entries };
      }
      case ArchiveRecord.file:
        return this.#beginFile(decoder);
      case ArchiveRecord.bytes:
        this.#takeBytes(record.content);
        return { type: 'bytes', bytes: record.content };
      case ArchiveRecord.end:
        this.#endChannel();
        this.#endFile();
        this.#checkEnd(decoder, record);
        this.#hasEnded = true;
        return { type: 'end', entries: this.#entries };
      default:
        throw new Error(`it is of a kind (${record.kind}) that this version does not know`);
    }
  }

  #beginChannel(decoder: decoding.Decoder): ArchiveItem {
    this.#endChannel();
    if (this.#file !== null) throw new Error('a channel follows the files');
    const id = readChannelId(decoder);
    const epoch = decoding.readVarUint(decoder);
    const after = decoding.readVarUint(decoder);
    const linkBefore = decoding.readUint8Array(decoder, HASH_BYTES).slice();
    const last = decoding.readVarUint(decoder);
    const link = decoding.readUint8Array(decoder, HASH_BYTES).slice();
    if (epoch < 1 || last < after) throw new Error('its numbers make no sense');
    if (this.#channels.has(id.kind)) throw new Error(`it holds the ${id.kind} twice`);
    if (this.#document) {
      if (id.document !== this.#document.name) throw new Error(`it holds a channel of another document`);
    }
    if (after === 0 && !sameLink(linkBefore, CHAIN_START))
      throw new Error('its chain does not begin where chains begin');
    this.#channels.add(id.kind);
    const stretch: ChannelStretch = { epoch, after, last, linkBefore, link };
    this.#open = {
      id,
      stretch,
      link: linkBefore.slice(),
      seq: after,
      timeMs: 0,
      basePieces: null,
      hasBase: false,
    };
    return { type: 'channel', id, stretch };
  }

  async #readBase(decoder: decoding.Decoder): Promise<ArchiveItem | null> {
    const open = this.#open;
    if (!open || open.hasBase || open.seq !== open.stretch.after)
      throw new Error('a base is not where its channel begins');
    open.basePieces ??= new BasePieces();
    open.basePieces.add(decoder);
    if (!open.basePieces.isWhole) return null;
    const { after, linkBefore } = open.stretch;
    const base = await open.basePieces.decode(after, linkBefore);
    if (base.timeMs > LAST_DATE_MS) throw new Error('it is of a time there is no date for');
    open.hasBase = true;
    open.basePieces = null;
    open.timeMs = base.timeMs;
    return { type: 'base', base };
  }

  /** A document begins with its first entry, or with what stands for those before. */
  #checkBegun({ id, stretch, hasBase, basePieces }: OpenStretch): void {
    const isWanted = this.#document !== null && stretch.after > 0;
    if (basePieces === null && (hasBase || !isWanted)) return;
    throw new Error(`the ${id.kind} does not begin with its first entry`);
  }

  async #readPart(decoder: decoding.Decoder): Promise<Entry[]> {
    const open = this.#open;
    if (!open) throw new Error('entries come before their channel');
    this.#checkBegun(open);
    const first = decoding.readVarUint(decoder);
    const count = decoding.readVarUint(decoder);
    const columnsLength = decoding.readVarUint(decoder);
    const link = decoding.readUint8Array(decoder, HASH_BYTES);
    const deflated = decoding.readTailAsUint8Array(decoder);
    if (first !== open.seq + 1) throw new Error(`entries begin at ${first} instead of ${open.seq + 1}`);
    if (count < 1 || count > open.stretch.last - open.seq) throw new Error('it holds more entries than its channel');
    if (count > MAX_PART_ENTRIES || columnsLength > MAX_RECORD_BYTES || columnsLength < count * MIN_COLUMN_BYTES) {
      throw new Error(`${count} entries cannot have ${columnsLength} bytes`);
    }
    const columns = await inflate(deflated, { maxOutputLength: columnsLength });
    if (columns.length !== columnsLength) throw new Error('it decompresses to another length than it says');
    const entries = await unpackColumns(columns, first, count);
    for (const entry of entries) this.#takeEntry(open, entry);
    if (!sameLink(open.link, link)) throw new Error('its entries do not match their chain');
    return entries;
  }

  #takeEntry(open: OpenStretch, entry: Entry): void {
    const { seq, timeMs, author, outboxId, clientSeq, update } = entry;
    const isSound =
      timeMs >= open.timeMs &&
      timeMs <= LAST_DATE_MS &&
      Number.isSafeInteger(clientSeq) &&
      clientSeq >= 0 &&
      author.length <= MAX_PERSON_LENGTH &&
      outboxId.length <= MAX_OUTBOX_ID_LENGTH &&
      update.length > 0 &&
      update.length <= MAX_UPDATE_BYTES;
    if (!isSound) throw new Error(`entry ${seq} is not one that a server would have taken`);
    this.#walk.add(open.link, entry);
    open.seq = seq;
    open.timeMs = timeMs;
  }

  #beginFile(decoder: decoding.Decoder): ArchiveItem {
    this.#endChannel();
    this.#endFile();
    const id = parseAssetId(decoding.readVarString(decoder));
    if (id === null || this.#document === null) throw new Error('it holds a file of nobody');
    const key = assetKey(this.#document.name, id);
    const { asset } = readAsset({ key, value: decoding.readVarUint8Array(decoder).slice() });
    this.#file = { asset, hash: createHash('sha256'), left: asset.bytes };
    return { type: 'file', asset };
  }

  #takeBytes(bytes: Uint8Array): void {
    const file = this.#file;
    if (file === null || bytes.length > file.left) throw new Error('it holds bytes of no file');
    file.hash.update(bytes);
    file.left -= bytes.length;
  }

  #endFile(): void {
    const file = this.#file;
    this.#file = null;
    if (file === null) return;
    const isWhole = file.left === 0 && file.hash.digest('hex') === file.asset.id;
    if (!isWhole) throw new Error(`the file "${file.asset.name}" is not what it was`);
  }

  #endChannel(): void {
    const open = this.#open;
    this.#open = null;
    if (!open) return;
    this.#checkBegun(open);
    const { last, link } = open.stretch;
    if (open.seq !== last) throw new Error(`the entries ${open.seq + 1}–${last} of the ${open.id.kind} are missing`);
    if (!sameLink(open.link, link)) throw new Error(`the ${open.id.kind} does not end on its chain`);
  }

  #checkEnd(decoder: decoding.Decoder, { index, hashBefore }: ReadRecord): void {
    const records = decoding.readVarUint(decoder);
    const entries = decoding.readVarUint(decoder);
    const hash = decoding.readUint8Array(decoder, ARCHIVE_HASH_BYTES);
    const isWhole = records === index && entries === this.#entries && Buffer.compare(hash, hashBefore!) === 0;
    if (!isWhole) throw new Error('it does not match what its end says of it');
  }

  #place({ index }: ReadRecord): string {
    const open = this.#open;
    const where = open && `${open.id.kind} of ${open.id.document}, after entry ${open.seq}`;
    return `in record ${index + 1}${where ? ` (${where})` : ''}`;
  }
}

function readDocument(decoder: decoding.Decoder): DocumentInfo {
  return {
    name: readName(decoder),
    title: decoding.readVarString(decoder),
    excerpt: decoding.readVarString(decoder),
    characters: decoding.readVarUint(decoder),
    createdAtMs: readTime(decoder),
    updatedAtMs: readTime(decoder),
  };
}

function readTime(decoder: decoding.Decoder): number {
  const timeMs = decoding.readVarUint(decoder);
  if (timeMs > LAST_DATE_MS) throw new Error('it is of a time there is no date for');
  return timeMs;
}

function readChannelId(decoder: decoding.Decoder): ChannelId {
  const document = readName(decoder);
  const kind = CHANNEL_KINDS[decoding.readVarUint(decoder)];
  if (kind === undefined) throw new Error('it holds a channel of a kind this version does not know');
  return { document, kind };
}

function readName(decoder: decoding.Decoder): ChannelId['document'] {
  const parsed = parseDocumentName(decoding.readVarString(decoder));
  if (!parsed.ok) throw new Error(parsed.reason);
  return parsed.name;
}
