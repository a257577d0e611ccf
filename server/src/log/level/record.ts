// The envelope around every stored value but `format` (FORMAT.md §records): version, checksum over key and content, kind,
// length, a number and a hash. What the number and the hash mean depends on the kind; a changed byte is noticed in all.

import { SyncError } from '../../sync-error.js';
import { crc32c } from '../crc32c.js';
import { HASH_BYTES, linkInPlace } from './chain.js';
import { printableKey } from './keys.js';

/** What this version writes and reads. */
const RECORD_VERSION = 1;

export const RecordKind = {
  journal: 1,
  anchor: 2,
  meta: 3,
  segment: 4,
  checkpoint: 5,
  document: 6,
  secret: 7,
  erased: 8,
  record: 9,
  base: 10,
} as const;
export type RecordKind = (typeof RecordKind)[keyof typeof RecordKind];

const CRC_AT = 1;
const KIND_AT = 5;
const LENGTH_AT = 6;
const NUMBER_AT = 10;
const HASH_AT = 18;
/** Bytes before the content. The hash comes last, so that previous hash and content lie in one piece. */
export const HEADER_BYTES = HASH_AT + HASH_BYTES;

export interface StoredRecord {
  readonly number: number;
  readonly hash: Uint8Array;
  /** A view into the stored value. */
  readonly content: Uint8Array;
}

/** Fills in the header of `record`, whose content starts at HEADER_BYTES; its hash is `hash`. */
function seal(record: Uint8Array, key: Uint8Array, kind: RecordKind, number: number, hash: Uint8Array): void {
  record.set(hash, HASH_AT);
  sealAround(record, key, kind, number);
}

/** The same for a record of the journal: its hash is the next link after `previousHash`, which it returns. */
export function sealLink(record: Uint8Array, key: Uint8Array, number: number, previousHash: Uint8Array): Uint8Array {
  record.set(previousHash, HASH_AT);
  linkInPlace(record.subarray(HASH_AT));
  sealAround(record, key, RecordKind.journal, number);
  return record.slice(HASH_AT, HEADER_BYTES);
}

/** A sealed copy of `content`. */
export function sealed(
  key: Uint8Array,
  kind: RecordKind,
  number: number,
  hash: Uint8Array,
  content: Uint8Array,
): Uint8Array {
  const record = new Uint8Array(HEADER_BYTES + content.length);
  record.set(content, HEADER_BYTES);
  seal(record, key, kind, number, hash);
  return record;
}

function sealAround(record: Uint8Array, key: Uint8Array, kind: RecordKind, number: number): void {
  const view = new DataView(record.buffer, record.byteOffset, record.byteLength);
  record[0] = RECORD_VERSION;
  record[KIND_AT] = kind;
  view.setUint32(LENGTH_AT, record.length - HEADER_BYTES, true);
  view.setBigUint64(NUMBER_AT, BigInt(number), true);
  view.setUint32(CRC_AT, checksum(key, record), true);
}

const checksum = (key: Uint8Array, record: Uint8Array): number => crc32c(record.subarray(KIND_AT), crc32c(key));

/**
 * Checks and opens a stored value.
 * @throws SyncError `STORE_UNREADABLE` naming the record, when it is not what was written under this key
 */
export function unseal(key: Uint8Array, value: Uint8Array, kind: RecordKind): StoredRecord {
  if (value.length < HEADER_BYTES) throw badRecord(key, `it has ${value.length} bytes, fewer than its header`);
  if (value[0] !== RECORD_VERSION) {
    throw badRecord(key, `it has version ${value[0]}, this version of Weft reads version ${RECORD_VERSION}`);
  }
  const view = new DataView(value.buffer, value.byteOffset, value.byteLength);
  const length = view.getUint32(LENGTH_AT, true);
  if (length !== value.length - HEADER_BYTES) {
    throw badRecord(key, `it should hold ${length} bytes and holds ${value.length - HEADER_BYTES}`);
  }
  if (view.getUint32(CRC_AT, true) !== checksum(key, value)) throw badRecord(key, 'its checksum is wrong');
  if (value[KIND_AT] !== kind) throw badRecord(key, `it has kind ${value[KIND_AT]} instead of ${kind}`);
  return {
    number: Number(view.getBigUint64(NUMBER_AT, true)),
    hash: value.subarray(HASH_AT, HEADER_BYTES),
    content: value.subarray(HEADER_BYTES),
  };
}

/** Runs a reader of a record's content; what it throws becomes a sentence about the record. */
export function readContent<T>(key: Uint8Array, read: () => T): T {
  try {
    return read();
  } catch (cause) {
    throw contentUnreadable(key, cause);
  }
}

export const contentUnreadable = (key: Uint8Array, cause: unknown): SyncError =>
  badRecord(key, 'its content cannot be read', cause);

export function badRecord(key: Uint8Array, reason: string, cause?: unknown): SyncError {
  return new SyncError('STORE_UNREADABLE', `The record ${printableKey(key)} is damaged: ${reason}.`, { cause });
}
