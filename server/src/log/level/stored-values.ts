// The values beside the journal's records: its anchor; a channel's meta, segments and checkpoints; a document's record, and
// what is left of an erased one; the secret. Each has a writer that seals it and a reader that checks it (FORMAT.md §records).

import type { DocumentName } from '@weft/protocol';
import * as decoding from 'lib0/decoding';
import * as encoding from 'lib0/encoding';
import type { ChannelBase, ChannelId, Checkpoint, DocumentInfo, Entry, Seq, Table } from '../document-log.js';
import type { Operation } from '../key-value-store.js';
import { CHAIN_START } from './chain.js';
import {
  anchorKey,
  baseKey,
  checkpointKey,
  documentKey,
  erasedKey,
  metaKey,
  nameInDocumentKey,
  recordKey,
  secretKey,
  segmentKey,
} from './keys.js';
import { badRecord, contentUnreadable, RecordKind, readContent, sealed, unseal } from './record.js';
import { type Inflate, unpackColumns } from './segment.js';

/** What is known of a channel whose older entries left the journal. */
export interface Meta {
  readonly epoch: number;
  /** Newest entry in a segment, the channel's link after it, and its time. */
  readonly lastSeq: Seq;
  readonly hash: Uint8Array;
  readonly lastTimeMs: number;
}

/** Entries as they are put away: `columns` compressed. */
export interface PackedSegment {
  readonly firstSeq: Seq;
  readonly lastSeq: Seq;
  /** The channel's link after `lastSeq`. */
  readonly hash: Uint8Array;
  readonly deflated: Uint8Array;
}

/** The end of what left the journal: the next record there has the number after this one and follows this link. */
export interface Anchor {
  readonly number: number;
  readonly hash: Uint8Array;
}

type Put = Extract<Operation, { type: 'put' }>;

export function putAnchor(anchor: Anchor): Put {
  const value = sealed(anchorKey, RecordKind.anchor, anchor.number, anchor.hash, new Uint8Array());
  return { type: 'put', key: anchorKey, value };
}

export function readAnchor(value: Uint8Array | undefined): Anchor {
  if (value === undefined) return { number: 0, hash: CHAIN_START };
  const { number, hash } = unseal(anchorKey, value, RecordKind.anchor);
  return { number, hash: hash.slice() };
}

export function putSecret(secret: Uint8Array): Put {
  return { type: 'put', key: secretKey, value: sealed(secretKey, RecordKind.secret, 0, CHAIN_START, secret) };
}

export function readSecret(value: Uint8Array | undefined): Uint8Array {
  if (value === undefined) throw badRecord(secretKey, 'it is gone');
  return unseal(secretKey, value, RecordKind.secret).content.slice();
}

export function putMeta(id: ChannelId, meta: Meta): Put {
  const encoder = encoding.createEncoder();
  encoding.writeVarUint(encoder, meta.epoch);
  encoding.writeVarUint(encoder, meta.lastTimeMs);
  const key = metaKey(id);
  const content = encoding.toUint8Array(encoder);
  return { type: 'put', key, value: sealed(key, RecordKind.meta, meta.lastSeq, meta.hash, content) };
}

/** A channel that nothing has left the journal of. Its epoch is 1, unless a document of its name was erased. */
export const newMeta = (epoch: number): Meta => ({ epoch, lastSeq: 0, hash: CHAIN_START, lastTimeMs: 0 });

export function readMeta(id: ChannelId, value: Uint8Array): Meta {
  const key = metaKey(id);
  const { number, hash, content } = unseal(key, value, RecordKind.meta);
  return readContent(key, () => {
    const decoder = decoding.createDecoder(content);
    const epoch = decoding.readVarUint(decoder);
    const lastTimeMs = decoding.readVarUint(decoder);
    return { epoch, lastSeq: number, hash: hash.slice(), lastTimeMs };
  });
}

/** @param epoch the one a document of this name begins with, should it come again */
export function putErased(name: DocumentName, epoch: number): Put {
  const key = erasedKey(name);
  return { type: 'put', key, value: sealed(key, RecordKind.erased, epoch, CHAIN_START, new Uint8Array()) };
}

export const readErased = (key: Uint8Array, value: Uint8Array): { readonly epoch: number } => ({
  epoch: unseal(key, value, RecordKind.erased).number,
});

export function putSegment(id: ChannelId, { firstSeq, lastSeq, hash, deflated }: PackedSegment): Put {
  const encoder = encoding.createEncoder();
  encoding.writeVarUint(encoder, firstSeq);
  encoding.writeUint8Array(encoder, deflated);
  const key = segmentKey(id, firstSeq, lastSeq);
  const content = encoding.toUint8Array(encoder);
  return { type: 'put', key, value: sealed(key, RecordKind.segment, lastSeq, hash, content) };
}

/** @param key as it was found: it holds the range, which the content repeats */
export function readSegment(key: Uint8Array, value: Uint8Array): PackedSegment {
  const { number, hash, content } = unseal(key, value, RecordKind.segment);
  return readContent(key, () => {
    const decoder = decoding.createDecoder(content);
    const firstSeq = decoding.readVarUint(decoder);
    const deflated = decoding.readTailAsUint8Array(decoder);
    return { firstSeq, lastSeq: number, hash: hash.slice(), deflated };
  });
}

export async function entriesOfSegment(key: Uint8Array, segment: PackedSegment, inflate: Inflate): Promise<Entry[]> {
  const { firstSeq, lastSeq, deflated } = segment;
  let columns: Uint8Array;
  try {
    columns = await inflate(deflated);
  } catch (cause) {
    throw badRecord(key, 'it cannot be decompressed', cause);
  }
  try {
    return await unpackColumns(columns, firstSeq, lastSeq - firstSeq + 1);
  } catch (cause) {
    throw contentUnreadable(key, cause);
  }
}

/** A checkpoint, and the bytes of all updates up to it, by which it is decided what stays (history-checkpoints.ts). */
export interface StoredCheckpoint {
  readonly checkpoint: Checkpoint;
  readonly updateBytes: number;
}

export function putCheckpoint(id: ChannelId, stored: StoredCheckpoint, hash: Uint8Array): Put {
  const encoder = encoding.createEncoder();
  writeCheckpoint(encoder, stored);
  const { seq } = stored.checkpoint;
  const key = checkpointKey(id, seq);
  return { type: 'put', key, value: sealed(key, RecordKind.checkpoint, seq, hash, encoding.toUint8Array(encoder)) };
}

function writeCheckpoint(encoder: encoding.Encoder, { checkpoint, updateBytes }: StoredCheckpoint): void {
  encoding.writeVarUint8Array(encoder, checkpoint.state);
  encoding.writeVarUint8Array(encoder, checkpoint.stateVector);
  encoding.writeVarUint8Array(encoder, checkpoint.deleteSet);
  encoding.writeVarUint8Array(encoder, checkpoint.contentHash);
  writePeople(encoder, checkpoint);
  encoding.writeVarUint(encoder, updateBytes);
}

export function readCheckpoint(key: Uint8Array, value: Uint8Array): StoredCheckpoint {
  const { number, content } = unseal(key, value, RecordKind.checkpoint);
  return readContent(key, () => checkpointIn(decoding.createDecoder(content), number));
}

function checkpointIn(decoder: decoding.Decoder, seq: Seq): StoredCheckpoint {
  const state = decoding.readVarUint8Array(decoder);
  const stateVector = decoding.readVarUint8Array(decoder);
  const deleteSet = decoding.readVarUint8Array(decoder);
  const contentHash = decoding.readVarUint8Array(decoder);
  const { outboxes, owners } = readPeople(decoder);
  const updateBytes = decoding.readVarUint(decoder);
  const checkpoint = { seq, state, stateVector, deleteSet, contentHash, outboxes, owners };
  return { checkpoint, updateBytes };
}

/** A base, as it is stored. */
export interface StoredBase extends StoredCheckpoint, Pick<ChannelBase, 'link' | 'timeMs'> {}

export function putBase(id: ChannelId, base: StoredBase): Put {
  const encoder = encoding.createEncoder();
  encoding.writeVarUint(encoder, base.timeMs);
  writeCheckpoint(encoder, base);
  const key = baseKey(id);
  const content = encoding.toUint8Array(encoder);
  return { type: 'put', key, value: sealed(key, RecordKind.base, base.checkpoint.seq, base.link, content) };
}

export function readBase(key: Uint8Array, value: Uint8Array): StoredBase {
  const { number, hash, content } = unseal(key, value, RecordKind.base);
  return readContent(key, () => {
    const decoder = decoding.createDecoder(content);
    const timeMs = decoding.readVarUint(decoder);
    return { ...checkpointIn(decoder, number), link: hash.slice(), timeMs };
  });
}

type People = Pick<Checkpoint, 'outboxes' | 'owners'>;

/** What a checkpoint says of those who wrote. */
export function writePeople(encoder: encoding.Encoder, { outboxes, owners }: People): void {
  encoding.writeVarUint(encoder, outboxes.size);
  for (const [outboxId, clientSeq] of outboxes) {
    encoding.writeVarString(encoder, outboxId);
    encoding.writeVarUint(encoder, clientSeq);
  }
  writeOwners(encoder, owners);
}

export function readPeople(decoder: decoding.Decoder): People {
  const outboxes = new Map<string, number>();
  for (let left = decoding.readVarUint(decoder); left > 0; left--) {
    outboxes.set(decoding.readVarString(decoder), decoding.readVarUint(decoder));
  }
  return { outboxes, owners: readOwners(decoder) };
}

/** Ids rise, and each is written as its distance from the one before; persons are places in a table. */
function writeOwners(encoder: encoding.Encoder, owners: ReadonlyMap<number, string>): void {
  const sorted = [...owners].sort(([a], [b]) => a - b);
  const places = new Map<string, number>();
  for (const [, person] of sorted) if (!places.has(person)) places.set(person, places.size);
  encoding.writeVarUint(encoder, places.size);
  for (const person of places.keys()) encoding.writeVarString(encoder, person);
  encoding.writeVarUint(encoder, sorted.length);
  let last = 0;
  for (const [client, person] of sorted) {
    encoding.writeVarUint(encoder, client - last);
    encoding.writeVarUint(encoder, places.get(person)!);
    last = client;
  }
}

function readOwners(decoder: decoding.Decoder): ReadonlyMap<number, string> {
  const persons: string[] = [];
  for (let left = decoding.readVarUint(decoder); left > 0; left--) persons.push(decoding.readVarString(decoder));
  const owners = new Map<number, string>();
  let client = 0;
  for (let left = decoding.readVarUint(decoder); left > 0; left--) {
    client += decoding.readVarUint(decoder);
    const person = persons[decoding.readVarUint(decoder)];
    if (person === undefined) throw new Error('a client belongs to a person that is not in the table');
    owners.set(client, person);
  }
  return owners;
}

export function putDocument(info: DocumentInfo): Put {
  const encoder = encoding.createEncoder();
  encoding.writeVarString(encoder, info.title);
  encoding.writeVarString(encoder, info.excerpt);
  encoding.writeVarUint(encoder, info.characters);
  encoding.writeVarUint(encoder, info.createdAtMs);
  encoding.writeVarUint(encoder, info.updatedAtMs);
  const key = documentKey(info.name);
  const content = encoding.toUint8Array(encoder);
  return { type: 'put', key, value: sealed(key, RecordKind.document, 0, CHAIN_START, content) };
}

export function readDocument(key: Uint8Array, value: Uint8Array): DocumentInfo {
  const { content } = unseal(key, value, RecordKind.document);
  return readContent(key, () => {
    const decoder = decoding.createDecoder(content);
    return {
      name: nameInDocumentKey(key),
      title: decoding.readVarString(decoder),
      excerpt: decoding.readVarString(decoder),
      characters: decoding.readVarUint(decoder),
      createdAtMs: decoding.readVarUint(decoder),
      updatedAtMs: decoding.readVarUint(decoder),
    };
  });
}

export function putRecord(table: Table, name: string, content: Uint8Array): Put {
  const key = recordKey(table, name);
  return { type: 'put', key, value: sealed(key, RecordKind.record, 0, CHAIN_START, content) };
}

export const readRecord = (key: Uint8Array, value: Uint8Array): Uint8Array =>
  unseal(key, value, RecordKind.record).content.slice();
