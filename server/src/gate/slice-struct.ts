// The later part of a struct whose beginning is known, as Yjs itself cuts it: it follows the part before it. Applied whole,
// Yjs would cut it too, but throws when the known part has been collected meanwhile and the rest is forged.

import * as encoding from 'lib0/encoding';
import { ByteReader } from './byte-reader.js';
import { CONTENT_BITS, Content, HAS_ORIGIN, HAS_PARENT_KEY, HAS_RIGHT_ORIGIN, STRUCT_GC } from './struct-layout.js';

/** As lib0 decodes: a byte order mark is a character. */
const utf8 = new TextDecoder('utf-8', { ignoreBOM: true });

/**
 * Writes what remains of the struct at `start` of bytes that checkUpdate has read, without its first `offset` clocks.
 *
 * @param clock the struct's own, before cutting
 * @returns where the struct ends in `bytes`
 */
export function writeSlice(
  encoder: encoding.Encoder,
  bytes: Uint8Array,
  start: number,
  { client, clock, offset }: { readonly client: number; readonly clock: number; readonly offset: number },
): number {
  const reader = new ByteReader(bytes);
  reader.pos = start;
  const info = reader.byte();
  if (info === STRUCT_GC) {
    encoding.writeUint8(encoder, info);
    encoding.writeVarUint(encoder, reader.uint() - offset);
    return reader.pos;
  }
  encoding.writeUint8(encoder, info | HAS_ORIGIN);
  encoding.writeVarUint(encoder, client);
  encoding.writeVarUint(encoder, clock + offset - 1);
  if ((info & HAS_ORIGIN) !== 0) skipId(reader);
  if ((info & HAS_RIGHT_ORIGIN) !== 0) {
    encoding.writeVarUint(encoder, reader.uint());
    encoding.writeVarUint(encoder, reader.uint());
  }
  if ((info & (HAS_ORIGIN | HAS_RIGHT_ORIGIN)) === 0) {
    if (reader.uint() === 1) reader.string();
    else skipId(reader);
    if ((info & HAS_PARENT_KEY) !== 0) reader.string();
  }
  writeContent(encoder, reader, info & CONTENT_BITS, offset);
  return reader.pos;
}

function skipId(reader: ByteReader): void {
  reader.uint();
  reader.uint();
}

/** The other kinds of content have a length of 1, and are known or not. */
function writeContent(encoder: encoding.Encoder, reader: ByteReader, kind: number, offset: number): void {
  switch (kind) {
    case Content.Deleted:
      encoding.writeVarUint(encoder, reader.uint() - offset);
      return;
    case Content.Json:
      return writeElements(encoder, reader, offset, () => reader.string());
    case Content.String: {
      const length = reader.uint();
      const text = utf8.decode(reader.bytes.subarray(reader.pos, reader.pos + length));
      reader.skip(length);
      // Half a surrogate pair is written as U+FFFD, here as in Yjs.
      encoding.writeVarString(encoder, text.slice(offset));
      return;
    }
    case Content.Any:
      return writeElements(encoder, reader, offset, () => reader.any());
    default:
      throw new Error(`content ${kind} has one clock and cannot be cut at ${offset}`);
  }
}

function writeElements(encoder: encoding.Encoder, reader: ByteReader, offset: number, skipOne: () => void): void {
  const count = reader.uint();
  for (let i = 0; i < offset; i += 1) skipOne();
  const start = reader.pos;
  for (let i = offset; i < count; i += 1) skipOne();
  encoding.writeVarUint(encoder, count - offset);
  encoding.writeUint8Array(encoder, reader.bytes.subarray(start, reader.pos));
}
