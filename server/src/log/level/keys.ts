// The one grammar of keys (FORMAT.md §keys). A document's name holds no control character, so U+0000 ends it: no key of
// one document lies among the keys of another. Numbers are eight bytes, big-endian: byte order is their order.

import { hash } from 'node:crypto';
import type { DocumentName } from '@weft/protocol';
import { type ChannelId, MAX_RECORD_KEY_BYTES, PART_TABLES, type Seq, type Table } from '../document-log.js';
import type { KeyRange } from '../key-value-store.js';

const encoder = new TextEncoder();
const decoder = new TextDecoder();
const NUMBER_BYTES = 8;

export const formatKey: Uint8Array = encoder.encode('format');
export const anchorKey: Uint8Array = encoder.encode('anchor');
export const secretKey: Uint8Array = encoder.encode('secret');
/** There while a copy holds something that may not have been read back. */
export const uncomparedKey: Uint8Array = encoder.encode('uncompared');

/** Every key there can be: all begin with a lower-case letter. */
export const everythingRange: KeyRange = { gte: encoder.encode('a'), lt: encoder.encode('{') };

const journalPrefix = encoder.encode('journal/');
const documentPrefix = encoder.encode('document/');
const erasedPrefix = encoder.encode('erased/');

export const journalKey = (recordNumber: number): Uint8Array => numbered(journalPrefix, recordNumber);
/** Journal records with numbers from `from` up to and including `to`. */
export const journalRange = (from: number, to: number = Number.MAX_SAFE_INTEGER - 1): KeyRange => ({
  gte: journalKey(from),
  lt: journalKey(to + 1),
});
/** Every key of every channel. */
export const channelsRangeOfAll: KeyRange = prefixRange(encoder.encode('channel/'));
export const allJournalRange: KeyRange = prefixRange(journalPrefix);
export const numberInJournalKey = (key: Uint8Array): number => numberAt(key, journalPrefix.length);

export const documentKey = (name: DocumentName): Uint8Array => encoder.encode(`document/${name}`);
export const documentRange: KeyRange = prefixRange(documentPrefix);
/** The one key of a document's record. */
export const documentRangeOf = (name: DocumentName): KeyRange => onlyKey(documentKey(name));
export const nameInDocumentKey = (key: Uint8Array): DocumentName =>
  decoder.decode(key.subarray(documentPrefix.length)) as DocumentName;

/** Every key of what is left of erased documents. */
export const erasedRange: KeyRange = prefixRange(erasedPrefix);
/** What is left of an erased document: a key that tells nobody its name who does not know it. */
export const erasedKey = (name: DocumentName): Uint8Array => {
  const digest = hash('sha256', name, 'buffer');
  const key = new Uint8Array(erasedPrefix.length + digest.length);
  key.set(erasedPrefix);
  key.set(digest, erasedPrefix.length);
  return key;
};

/** Whether a table can have a record of this key. */
export function isRecordKey(table: Table, key: string): boolean {
  const bytes = Buffer.byteLength(key);
  const zeros = key.split('\0').length - 1;
  return bytes > 0 && bytes <= MAX_RECORD_KEY_BYTES && zeros === (isOfPart(table) ? 1 : 0);
}
/** Tables whose keys are the name of a document, U+0000, and what of it they are about. */
const isOfPart = (table: Table): boolean => (PART_TABLES as readonly Table[]).includes(table);
/** The record of a table. @throws Error when it is no key of that table */
export function recordKey(table: Table, key: string): Uint8Array {
  if (!isRecordKey(table, key)) {
    throw new Error(`"${key.replaceAll('\0', ' ')}" cannot be a key of the table ${table}`);
  }
  return encoder.encode(`record/${table}/${key}`);
}
/** Records of a table whose keys begin with `prefix`. A key never holds the byte 255. */
export function recordRange(table: Table, prefix = ''): KeyRange {
  const start = encoder.encode(`record/${table}/${prefix}`);
  const lt = new Uint8Array(start.length + 1);
  lt.set(start);
  lt[start.length] = 0xff;
  return { gte: start, lt };
}
/** The one key of a record. */
export const recordRangeOf = (table: Table, key: string): KeyRange => onlyKey(recordKey(table, key));
/** Every record of every table. */
export const recordsRange: KeyRange = prefixRange(encoder.encode('record/'));
/** The one key of the record that says who may do what with a document. */
export const accessRangeOf = (name: DocumentName): KeyRange => onlyKey(recordKey('access', name));
/** What the tables say of parts of a document: who asked for it, which files belong to it, its versions and restores. */
export const partRangesOf = (name: DocumentName): readonly KeyRange[] =>
  PART_TABLES.map((table) => recordRange(table, `${name}\0`));
/** Those of them that point into its content. */
export const pastRangesOf = (name: DocumentName): readonly KeyRange[] =>
  (['version', 'restore'] as const).map((table) => recordRange(table, `${name}\0`));
export const keyOfRecord = (table: Table, key: Uint8Array): string =>
  decoder.decode(key.subarray(`record/${table}/`.length));

/** Every key of both channels of a document. */
export const channelsRange = (name: DocumentName): KeyRange => prefixRange(encoder.encode(`channel/${name}\0`));
/** Every key of one channel. */
export const channelRange = (id: ChannelId): KeyRange => prefixRange(channelKey(id, ''));
/** What stands for the entries that were trimmed; the first of the channel's keys. */
export const baseKey = (id: ChannelId): Uint8Array => channelKey(id, 'base');
export const metaKey = (id: ChannelId): Uint8Array => channelKey(id, 'meta');
export const checkpointKey = (id: ChannelId, seq: Seq): Uint8Array => numbered(channelKey(id, 'checkpoint/'), seq);
/** Checkpoints at `to` or before. */
export const checkpointRange = (id: ChannelId, to: Seq = Number.MAX_SAFE_INTEGER - 1): KeyRange => ({
  gte: checkpointKey(id, 0),
  lt: checkpointKey(id, to + 1),
});

export const segmentKey = (id: ChannelId, first: Seq, last: Seq): Uint8Array =>
  numbered(channelKey(id, 'segment/'), first, last);
/** Segments whose first entry is `fromFirst` or later and before `beforeFirst`. */
export const segmentRange = (id: ChannelId, fromFirst: Seq, beforeFirst: Seq = Number.MAX_SAFE_INTEGER): KeyRange => ({
  gte: numbered(channelKey(id, 'segment/'), fromFirst),
  lt: numbered(channelKey(id, 'segment/'), beforeFirst),
});

const channelKey = (id: ChannelId, rest: string): Uint8Array =>
  encoder.encode(`channel/${id.document}\0${id.kind}/${rest}`);

function numbered(prefix: Uint8Array, ...numbers: readonly number[]): Uint8Array {
  const key = new Uint8Array(prefix.length + numbers.length * NUMBER_BYTES);
  key.set(prefix);
  const view = new DataView(key.buffer);
  numbers.forEach((value, index) => {
    view.setBigUint64(prefix.length + index * NUMBER_BYTES, BigInt(value));
  });
  return key;
}

const numberAt = (key: Uint8Array, at: number): number =>
  Number(new DataView(key.buffer, key.byteOffset).getBigUint64(at));

/** The next key there can be. */
export function keyAfter(key: Uint8Array): Uint8Array {
  const next = new Uint8Array(key.length + 1);
  next.set(key);
  return next;
}

const onlyKey = (key: Uint8Array): KeyRange => ({ gte: key, lt: keyAfter(key) });

function prefixRange(prefix: Uint8Array): KeyRange {
  const lt = prefix.slice();
  // Every prefix ends in `/` or U+0000, so the next one is a byte higher and nothing carries.
  lt[lt.length - 1]! += 1;
  return { gte: prefix, lt };
}

/** A key as people can read it, for messages. */
export function printableKey(key: Uint8Array): string {
  const text = decoder.decode(key);
  if (text.startsWith('erased/')) return `erased/${Buffer.from(key.subarray(erasedPrefix.length)).toString('hex')}`;
  const beforeNumbers = /^(?:journal|channel\/[^\0]*\0\w+\/(?:checkpoint|segment))\//.exec(text)?.[0];
  if (beforeNumbers === undefined) return text.replaceAll('\0', ' ');
  const numbers: number[] = [];
  for (let at = encoder.encode(beforeNumbers).length; at + NUMBER_BYTES <= key.length; at += NUMBER_BYTES) {
    numbers.push(numberAt(key, at));
  }
  return beforeNumbers.replaceAll('\0', ' ') + numbers.join('-');
}
