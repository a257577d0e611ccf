// The frame of every archive: a line that says what it is, then records, each with its length and checksum, the last of
// them with a hash of all before it. So an archive that was cut, changed or put together from two is noticed (L1).
// The bytes are described in FORMAT.md.

import { createHash } from 'node:crypto';
import { crc32c } from '../log/crc32c.js';
import { ByteWriter } from '../log/level/byte-writer.js';
import { SyncError } from '../sync-error.js';

/** What this version writes and reads. Raised when an older Weft would misread what a newer one wrote. */
const ARCHIVE_VERSION = 1;
const FIRST_LINE = `weft archive ${ARCHIVE_VERSION}\n`;
/** No first line of any version is longer. */
const MAX_FIRST_LINE_BYTES = 32;

export const ArchiveRecord = {
  document: 1,
  channel: 2,
  part: 3,
  end: 4,
  record: 5,
  file: 6,
  bytes: 7,
  base: 8,
} as const;
export type ArchiveRecord = (typeof ArchiveRecord)[keyof typeof ArchiveRecord];

const LENGTH_AT = 1;
const CRC_AT = 5;
const HEADER_BYTES = 9;
/** Content of one record, and columns of one part: a slice of entries, the last of which may have the largest update. */
export const MAX_RECORD_BYTES = 8 * 1024 * 1024;
export const ARCHIVE_HASH_BYTES = 32;

/** Takes bytes in order; resolves once more may come. The bytes are its own until then. */
export interface ByteSink {
  write(bytes: Uint8Array): Promise<void>;
}

export class RecordWriter {
  readonly #sink: ByteSink;
  readonly #hash = createHash('sha256');
  #records = 0;
  #bytes = 0;

  constructor(sink: ByteSink) {
    this.#sink = sink;
  }

  get bytes(): number {
    return this.#bytes;
  }

  async begin(): Promise<void> {
    await this.#write(new TextEncoder().encode(FIRST_LINE));
  }

  async record(kind: ArchiveRecord, content: Uint8Array): Promise<void> {
    const header = new Uint8Array(HEADER_BYTES);
    const view = new DataView(header.buffer);
    header[0] = kind;
    view.setUint32(LENGTH_AT, content.length, true);
    view.setUint32(CRC_AT, crc32c(content, crc32c(header.subarray(0, CRC_AT))), true);
    this.#records += 1;
    await this.#write(header);
    await this.#write(content);
  }

  /** The last record: how many there are before it, how many entries are in them, and SHA-256 of it all. */
  async end(entries: number): Promise<void> {
    const writer = new ByteWriter();
    writer.uint(this.#records);
    writer.uint(entries);
    writer.raw(this.#hash.copy().digest());
    await this.record(ArchiveRecord.end, writer.toBytes());
  }

  async #write(bytes: Uint8Array): Promise<void> {
    this.#hash.update(bytes);
    this.#bytes += bytes.length;
    await this.#sink.write(bytes);
  }
}

export interface ReadRecord {
  readonly kind: ArchiveRecord;
  readonly content: Uint8Array;
  /** Records before this one. */
  readonly index: number;
  /** SHA-256 of all before this record; computed for the end alone. */
  readonly hashBefore: Uint8Array | null;
}

/**
 * The records of an archive, each with its checksum checked. Holds one record at a time; the source is ended with it.
 * @param label what people call the archive
 * @throws SyncError `ARCHIVE_UNREADABLE`
 */
export async function* readRecords(source: AsyncIterable<Uint8Array>, label: string): AsyncGenerator<ReadRecord> {
  const input = new ByteInput(source);
  try {
    yield* recordsIn(input, label);
  } finally {
    await input.end();
  }
}

async function* recordsIn(input: ByteInput, label: string): AsyncGenerator<ReadRecord> {
  const hash = createHash('sha256');
  hash.update(await readFirstLine(input, label));
  for (let index = 0; ; index++) {
    const header = await input.take(HEADER_BYTES);
    if (header.length === 0) return;
    const at = `its record ${index + 1}`;
    if (header.length < HEADER_BYTES) throw badArchive(label, `${at} is cut short`);
    const view = new DataView(header.buffer, header.byteOffset, header.length);
    const length = view.getUint32(LENGTH_AT, true);
    // The length is not to be trusted before the checksum was compared, and that needs the bytes.
    if (length > MAX_RECORD_BYTES) throw badArchive(label, `${at} claims ${length} bytes, more than any has`);
    const content = await input.take(length);
    if (content.length < length) throw badArchive(label, `${at} is cut short`);
    if (view.getUint32(CRC_AT, true) !== crc32c(content, crc32c(header.subarray(0, CRC_AT)))) {
      throw badArchive(label, `the checksum of ${at} is wrong`);
    }
    const kind = header[0] as ArchiveRecord;
    const hashBefore = kind === ArchiveRecord.end ? hash.copy().digest() : null;
    hash.update(header);
    hash.update(content);
    yield { kind, content, index, hashBefore };
  }
}

async function readFirstLine(input: ByteInput, label: string): Promise<Uint8Array> {
  const line = await input.takeLine(MAX_FIRST_LINE_BYTES);
  const text = new TextDecoder().decode(line);
  const version = /^weft archive ([1-9]\d*)\n$/.exec(text)?.[1];
  if (version === undefined) {
    throw new SyncError(
      'ARCHIVE_UNREADABLE',
      `${label} is not a document that Weft has exported. Choose another file.`,
    );
  }
  if (Number(version) > ARCHIVE_VERSION) {
    throw new SyncError(
      'ARCHIVE_UNREADABLE',
      `${label} was written by a newer version of Weft (archive ${version}; this version reads ${ARCHIVE_VERSION}). ` +
        'Use that version, or a later one.',
    );
  }
  return line;
}

/** Bytes that come in pieces, taken in the lengths one asks for. */
class ByteInput {
  readonly #source: AsyncIterator<Uint8Array>;
  #pieces: Uint8Array[] = [];
  #length = 0;

  constructor(source: AsyncIterable<Uint8Array>) {
    this.#source = source[Symbol.asyncIterator]();
  }

  /** @returns `count` bytes, or fewer when there are no more */
  async take(count: number): Promise<Uint8Array> {
    while (this.#length < count && (await this.#more()));
    const all = this.#pieces.length === 1 ? this.#pieces[0]! : Buffer.concat(this.#pieces);
    this.#pieces = all.length > count ? [all.subarray(count)] : [];
    this.#length = Math.max(0, all.length - count);
    return all.subarray(0, count);
  }

  /** @returns the bytes up to and with the first line feed, or `maxBytes` of them without one */
  async takeLine(maxBytes: number): Promise<Uint8Array> {
    while (this.#length < maxBytes && (await this.#more()));
    const start = Buffer.concat(this.#pieces).subarray(0, maxBytes);
    const end = start.indexOf(0x0a);
    return this.take(end < 0 ? start.length : end + 1);
  }

  /** Lets go of the source, whoever wanted the rest. */
  async end(): Promise<void> {
    await this.#source.return?.();
  }

  async #more(): Promise<boolean> {
    const next = await this.#source.next();
    if (next.done) return false;
    this.#pieces.push(next.value);
    this.#length += next.value.length;
    return true;
  }
}

export function badArchive(label: string, reason: string, cause?: unknown): SyncError {
  return new SyncError(
    'ARCHIVE_UNREADABLE',
    `${label} is damaged: ${reason}. Nothing of it was used; take another copy of it.`,
    { cause },
  );
}
