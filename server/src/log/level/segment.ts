// A segment: a row of entries that left the journal, compressed. What entries have alike is put side by side first,
// which makes it compress to a fifth of the entries as they are written one by one (FORMAT.md §segments).

import { promisify } from 'node:util';
import { deflateRaw, inflateRaw } from 'node:zlib';
import * as decoding from 'lib0/decoding';
import * as encoding from 'lib0/encoding';
import type { Entry, Seq } from '../document-log.js';

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

/** The inverse of packColumns. The entries' bytes are their own. */
export function unpackColumns(columns: Uint8Array, firstSeq: Seq, count: number): Entry[] {
  const decoder = decoding.createDecoder(columns);
  const times: number[] = [];
  let timeMs = 0;
  for (let index = 0; index < count; index++) {
    timeMs += decoding.readVarUint(decoder);
    times.push(timeMs);
  }
  const authors = readNames(decoder, count);
  const outboxIds = readNames(decoder, count);
  const newest = new Map<string, number>();
  const clientSeqs = outboxIds.map((outboxId) => {
    const clientSeq = (newest.get(outboxId) ?? 0) + decoding.readVarInt(decoder);
    newest.set(outboxId, clientSeq);
    return clientSeq;
  });
  const lengths: number[] = [];
  for (let index = 0; index < count; index++) lengths.push(decoding.readVarUint(decoder));
  // Before any memory is asked for: columns may come from a file that somebody made up.
  const updateBytes = lengths.reduce((sum, length) => sum + length, 0);
  if (updateBytes > columns.length - decoder.pos) throw new Error('its updates are longer than it is');
  const updates = lengths.map((length) => new Uint8Array(length));
  for (const [length, indexes] of byLength(lengths)) {
    const column = indexes.map((index) => updates[index]!);
    if (length <= MAX_INTERLEAVED_BYTES) {
      separate(decoding.readUint8Array(decoder, length * column.length), column, length);
    } else {
      for (const update of column) update.set(decoding.readUint8Array(decoder, length));
    }
  }
  return updates.map((update, index) => ({
    seq: firstSeq + index,
    timeMs: times[index]!,
    author: authors[index]!,
    outboxId: outboxIds[index]!,
    clientSeq: clientSeqs[index]!,
    update,
  }));
}

/** A table of the names in order of appearance, then each entry's place in it. */
function writeNames(encoder: encoding.Encoder, names: readonly string[]): void {
  const table = [...new Set(names)];
  const places = new Map(table.map((name, place) => [name, place]));
  encoding.writeVarUint(encoder, table.length);
  for (const name of table) encoding.writeVarString(encoder, name);
  for (const name of names) encoding.writeVarUint(encoder, places.get(name)!);
}

function readNames(decoder: decoding.Decoder, count: number): string[] {
  const table = Array.from({ length: decoding.readVarUint(decoder) }, () => decoding.readVarString(decoder));
  return Array.from({ length: count }, () => {
    const name = table[decoding.readVarUint(decoder)];
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

function separate(bytes: Uint8Array, rows: readonly Uint8Array[], length: number): void {
  let at = 0;
  for (let column = 0; column < length; column++) {
    for (const row of rows) row[column] = bytes[at++]!;
  }
}
