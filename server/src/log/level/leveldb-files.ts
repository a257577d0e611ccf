// Checks the files of LevelDB by themselves, byte by byte. LevelDB as we can open it does not compare the checksums of its
// tables, and a flipped byte there can hide a record as if it had been deleted, which no record can tell of itself.
// Layouts: leveldb doc/table_format.md and doc/log_format.md.

import { crc32c } from '../crc32c.js';
import { decompressSnappy } from './snappy.js';

const FOOTER_BYTES = 48;
const MAGIC = 0xdb4775248b80fb57n;
const TRAILER_BYTES = 5;
const LOG_BLOCK_BYTES = 32 * 1024;
const LOG_HEADER_BYTES = 7;
const COMPRESSION = { none: 0, snappy: 1 } as const;
const FRAGMENT = { full: 1, first: 2, middle: 3, last: 4 } as const;

/** LevelDB masks its checksums, since it also stores checksums of bytes that hold checksums. */
const masked = (crc: number): number => (((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0;

/** @returns what is wrong with a table, an `.ldb` file, each with the byte it begins at; nothing when it is sound */
export function faultsOfTable(file: Buffer): string[] {
  if (file.length < FOOTER_BYTES) return [`it has only ${file.length} bytes`];
  const footer = file.subarray(file.length - FOOTER_BYTES);
  if (footer.readBigUInt64LE(FOOTER_BYTES - 8) !== MAGIC) return ['its last bytes are not those of a table'];
  try {
    const faults: string[] = [];
    const [metaIndex, afterMetaIndex] = readHandle(footer, 0);
    const [index, afterIndex] = readHandle(footer, afterMetaIndex);
    if (footer.subarray(afterIndex, FOOTER_BYTES - 8).some((byte) => byte !== 0)) faults.push('its footer is damaged');
    const handles = [...handlesIn(readBlock(file, index)), ...handlesIn(readBlock(file, metaIndex)), metaIndex, index];
    // Blocks follow each other: one that the index no longer names, or names twice, leaves a hole or an overlap.
    let end = 0;
    for (const handle of handles) {
      if (handle.offset !== end) faults.push(`a block begins at byte ${handle.offset} instead of ${end}`);
      end = handle.offset + handle.size + TRAILER_BYTES;
      if (!isSoundBlock(file, handle)) faults.push(`the block at byte ${handle.offset} does not match its checksum`);
    }
    if (end !== file.length - FOOTER_BYTES)
      faults.push(`its blocks end at byte ${end}, and its footer begins elsewhere`);
    return faults;
  } catch (error) {
    return [(error as Error).message];
  }
}

interface Handle {
  readonly offset: number;
  readonly size: number;
}

function readHandle(bytes: Buffer, at: number): [Handle, number] {
  const [offset, afterOffset] = readVarint(bytes, at);
  const [size, end] = readVarint(bytes, afterOffset);
  return [{ offset, size }, end];
}

function readVarint(bytes: Buffer, at: number): [value: number, end: number] {
  let value = 0;
  let factor = 1;
  for (let index = at; index < bytes.length && index < at + 8; index++) {
    const byte = bytes[index]!;
    value += (byte & 0x7f) * factor;
    factor *= 128;
    if (byte < 0x80) return [value, index + 1];
  }
  throw new Error('a number in it cannot be read');
}

const fits = (file: Buffer, { offset, size }: Handle): boolean =>
  offset + size + TRAILER_BYTES <= file.length - FOOTER_BYTES;

function isSoundBlock(file: Buffer, handle: Handle): boolean {
  if (!fits(file, handle)) return false;
  const crcAt = handle.offset + handle.size + 1;
  return file.readUInt32LE(crcAt) === masked(crc32c(file.subarray(handle.offset, crcAt)));
}

function readBlock(file: Buffer, handle: Handle): Buffer {
  if (!isSoundBlock(file, handle)) throw new Error(`its index, at byte ${handle.offset}, does not match its checksum`);
  const block = file.subarray(handle.offset, handle.offset + handle.size);
  const compression = file[handle.offset + handle.size];
  if (compression === COMPRESSION.none) return block;
  if (compression === COMPRESSION.snappy) return decompressSnappy(block);
  throw new Error(`a block in it is compressed in the unknown way ${compression}`);
}

/** The values of an index block are handles; its end lists where keys are stored whole. */
function handlesIn(block: Buffer): Handle[] {
  const restarts = block.readUInt32LE(block.length - 4);
  const entriesEnd = block.length - 4 - 4 * restarts;
  const handles: Handle[] = [];
  for (let at = 0; at < entriesEnd; ) {
    const [, afterShared] = readVarint(block, at);
    const [unsharedBytes, afterUnshared] = readVarint(block, afterShared);
    const [valueBytes, afterValueBytes] = readVarint(block, afterUnshared);
    const valueAt = afterValueBytes + unsharedBytes;
    handles.push(readHandle(block, valueAt)[0]);
    at = valueAt + valueBytes;
  }
  return handles;
}

export interface LogFaults {
  readonly faults: readonly string[];
  /** Where a record begins that the file ends within: what a process leaves that ends while it writes. Null when none. */
  readonly tornAt: number | null;
}

/** @param file a write-ahead log or a MANIFEST: fragments of records, in blocks of 32 KiB */
export function faultsOfLog(file: Buffer): LogFaults {
  const faults: string[] = [];
  let recordAt: number | null = null;
  for (let blockAt = 0; blockAt < file.length; blockAt += LOG_BLOCK_BYTES) {
    const blockEnd = blockAt + LOG_BLOCK_BYTES;
    let at = blockAt;
    while (at < Math.min(blockEnd, file.length)) {
      if (blockEnd - at < LOG_HEADER_BYTES) {
        if (file.subarray(at, blockEnd).some((byte) => byte !== 0))
          faults.push(`the end of the block at ${at} is not empty`);
        break;
      }
      if (file.length - at < LOG_HEADER_BYTES) return { faults, tornAt: recordAt ?? at };
      const length = file.readUInt16LE(at + 4);
      const type = file[at + 6]!;
      const end = at + LOG_HEADER_BYTES + length;
      if (end > blockEnd) {
        faults.push(`the record at byte ${at} is longer than its block`);
        recordAt = null;
        break;
      }
      if (end > file.length) return { faults, tornAt: recordAt ?? at };
      if (file.readUInt32LE(at) !== masked(crc32c(file.subarray(at + 6, end)))) {
        faults.push(`the record at byte ${at} does not match its checksum`);
        recordAt = null;
        break;
      }
      const isBeginning = type === FRAGMENT.full || type === FRAGMENT.first;
      if (isBeginning ? recordAt !== null : recordAt === null && faults.length === 0) {
        faults.push(`a record breaks off or begins in the middle at byte ${at}`);
      }
      if (type === FRAGMENT.first) recordAt = at;
      else if (type !== FRAGMENT.middle) recordAt = null;
      at = end;
    }
  }
  return { faults, tornAt: recordAt };
}
