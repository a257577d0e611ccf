// A segment: a row of entries that left the journal, compressed. What entries have alike is put side by side first,
// which makes it compress to a fifth of the entries as they are written one by one (FORMAT.md §segments).

import { promisify } from 'node:util';
import { deflateRaw, inflateRaw } from 'node:zlib';
import * as decoding from 'lib0/decoding';
import * as encoding from 'lib0/encoding';
import type { Entry, Seq } from '../document-log.js';
import { inStretches } from './stretches.js';

export type Deflate = (columns: Uint8Array) => Promise<Uint8Array>;
export type Inflate = (deflated: Uint8Array) => Promise<Uint8Array>;

/** Raw DEFLATE and back. */
export interface Compression {
  readonly deflate: Deflate;
  readonly inflate: Inflate;
}

/** On the threads that Node keeps for it. */
export const zlibCompression: Compression = {
  deflate: promisify<Uint8Array, Uint8Array>(deflateRaw),
  inflate: promisify<Uint8Array, Uint8Array>(inflateRaw),
};

/** Entries are cut into segments of about this much before compression. */
export const SEGMENT_BYTES = 1024 * 1024;

/** Updates up to this length are stored byte by byte beside others of their length. Part of the format. */
const MAX_INTERLEAVED_BYTES = 64;

/** Of entries that are unpacked: some tenths of a millisecond. */
const AT_ONCE = 500;

/** The entries in columns, before compression. */
export function packColumns(entries: readonly Entry[]): Uint8Array {
  const encoder = encoding.createEncoder();
  let timeMs = 0;
  for (const entry of entries) {
    encoding.writeVarUint(encoder, entry.timeMs - timeMs);
    timeMs = entry.timeMs;
  }
  writeNames(
    encoder,
    entries.map((entry) => entry.author),
  );
  writeNames(
    encoder,
    entries.map((entry) => entry.outboxId),
  );
  const clientSeqs = new Map<string, number>();
  for (const { outboxId, clientSeq } of entries) {
    encoding.writeVarInt(encoder, clientSeq - (clientSeqs.get(outboxId) ?? 0));
    clientSeqs.set(outboxId, clientSeq);
  }
  for (const { update } of entries) encoding.writeVarUint(encoder, update.length);
  for (const [length, updates] of byLength(entries.map((entry) => entry.update.length))) {
    const column = updates.map((index) => entries[index]!.update);
    const interleaved = length <= MAX_INTERLEAVED_BYTES;
    if (interleaved) encoding.writeUint8Array(encoder, interleave(column, length));
    else for (const update of column) encoding.writeUint8Array(encoder, update);
  }
  return encoding.toUint8Array(encoder);
}

/** The inverse of packColumns. The entries' bytes are their own. Other work has its turn in between. */
export const unpackColumns = (columns: Uint8Array, firstSeq: Seq, count: number): Promise<Entry[]> =>
  inStretches(unpack(columns, firstSeq, count));

function* unpack(columns: Uint8Array, firstSeq: Seq, count: number): Generator<void, Entry[], void> {
  const decoder = decoding.createDecoder(columns);
  let timeMs = 0;
  const times = yield* list(count, () => {
    timeMs += decoding.readVarUint(decoder);
    return timeMs;
  });
  const authors = yield* readNames(decoder, count);
  const outboxIds = yield* readNames(decoder, count);
  const newest = new Map<string, number>();
  const clientSeqs = yield* list(count, (index) => {
    const outboxId = outboxIds[index]!;
    const clientSeq = (newest.get(outboxId) ?? 0) + decoding.readVarInt(decoder);
    newest.set(outboxId, clientSeq);
    return clientSeq;
  });
  let updateBytes = 0;
  const lengths = yield* list(count, () => {
    const length = decoding.readVarUint(decoder);
    updateBytes += length;
    return length;
  });
  // Before any memory is asked for: columns may come from a file that somebody made up.
  if (updateBytes > columns.length - decoder.pos) throw new Error('its updates are longer than it is');
  const updates = yield* list(count, (index) => new Uint8Array(lengths[index]!));
  for (const [length, indexes] of byLength(lengths)) {
    const column = indexes.map((index) => updates[index]!);
    if (length <= MAX_INTERLEAVED_BYTES) {
      yield* separate(decoding.readUint8Array(decoder, length * column.length), column, length);
    } else {
      for (const update of column) update.set(decoding.readUint8Array(decoder, length));
      yield;
    }
  }
  return yield* list(count, (index) => ({
    seq: firstSeq + index,
    timeMs: times[index]!,
    author: authors[index]!,
    outboxId: outboxIds[index]!,
    clientSeq: clientSeqs[index]!,
    update: updates[index]!,
  }));
}

/** As `Array.from` makes one, with a yield after some. */
function* list<T>(count: number, make: (index: number) => T): Generator<void, T[], void> {
  const made: T[] = [];
  for (let index = 0; index < count; index++) {
    made.push(make(index));
    if (index % AT_ONCE === AT_ONCE - 1) yield;
  }
  return made;
}

/** A table of the names in order of appearance, then each entry's place in it. */
function writeNames(encoder: encoding.Encoder, names: readonly string[]): void {
  const table = [...new Set(names)];
  const places = new Map(table.map((name, place) => [name, place]));
  encoding.writeVarUint(encoder, table.length);
  for (const name of table) encoding.writeVarString(encoder, name);
  for (const name of names) encoding.writeVarUint(encoder, places.get(name)!);
}

function* readNames(decoder: decoding.Decoder, count: number): Generator<void, string[], void> {
  const names = yield* list(decoding.readVarUint(decoder), () => decoding.readVarString(decoder));
  return yield* list(count, () => {
    const name = names[decoding.readVarUint(decoder)];
    if (name === undefined) throw new Error('an entry names somebody outside the table');
    return name;
  });
}

/** The places of each length, lengths in order of first appearance. */
function byLength(lengths: readonly number[]): Map<number, number[]> {
  const places = new Map<number, number[]>();
  lengths.forEach((length, index) => {
    const known = places.get(length);
    if (known) known.push(index);
    else places.set(length, [index]);
  });
  return places;
}

/** All first bytes, then all second bytes, and so on. */
function interleave(rows: readonly Uint8Array[], length: number): Uint8Array {
  const bytes = new Uint8Array(rows.length * length);
  let at = 0;
  for (let column = 0; column < length; column++) {
    for (const row of rows) bytes[at++] = row[column]!;
  }
  return bytes;
}

function* separate(bytes: Uint8Array, rows: readonly Uint8Array[], length: number): Generator<void, void, void> {
  let at = 0;
  for (let column = 0; column < length; column++) {
    for (const row of rows) row[column] = bytes[at++]!;
    if (rows.length >= AT_ONCE) yield;
  }
  yield;
}
