// Which letters an update brings: the ranges of (client, clock) of its structs, read out of the Yjs v1 encoding in place.
// What is merged is counted by its ranges, so that a server that merges is credited with every update it delivers.

import { ByteCursor } from '../byte-cursor.js';

export interface SpanSink {
  /** The clocks from `clock` on, `length` of them. */
  span(client: number, clock: number, length: number): void;
}

const ORIGIN = 0x80;
const RIGHT_ORIGIN = 0x40;
const PARENT_SUB = 0x20;

const cursor = new ByteCursor();

/** Reads bytes `from` up to `to`, one update. @throws Error when it is none */
export function readSpans(bytes: Uint8Array, from: number, to: number, sink: SpanSink): void {
  cursor.set(bytes, from, to);
  for (let clients = cursor.uint(); clients > 0; clients--) {
    const structs = cursor.uint();
    const client = cursor.uint();
    let clock = cursor.uint();
    let start = clock;
    for (let left = structs; left > 0; left--) {
      const info = cursor.byte();
      const kind = info & 31;
      if (kind === SKIP) {
        if (clock > start) sink.span(client, start, clock - start);
        clock += cursor.uint();
        start = clock;
        continue;
      }
      if (kind === GC) {
        clock += cursor.uint();
        continue;
      }
      skipPlace(info);
      clock += skipContent(kind);
    }
    if (clock > start) sink.span(client, start, clock - start);
  }
}

const GC = 0;
const SKIP = 10;

function skipId(): void {
  cursor.uint();
  cursor.uint();
}

function skipPlace(info: number): void {
  if (info & ORIGIN) skipId();
  if (info & RIGHT_ORIGIN) skipId();
  if (info & (ORIGIN | RIGHT_ORIGIN)) return;
  // The name of a root type, or the item that the parent is.
  if (cursor.uint() === 1) cursor.run();
  else skipId();
  if (info & PARENT_SUB) cursor.run();
}

/** @returns how many clocks it takes */
function skipContent(kind: number): number {
  switch (kind) {
    case 1: // deleted
      return cursor.uint();
    case 2: {
      // JSON
      const length = cursor.uint();
      for (let left = length; left > 0; left--) cursor.run();
      return length;
    }
    case 4:
      return utf16Length();
    case 3: // binary
    case 5: // embed
      cursor.run();
      return 1;
    case 6: // format: a key, a value
      cursor.run();
      cursor.run();
      return 1;
    case 7: {
      // type; those of XML elements and hooks have a name
      const type = cursor.uint();
      if (type === 3 || type === 5) cursor.run();
      return 1;
    }
    case 8: {
      const length = cursor.uint();
      for (let left = length; left > 0; left--) skipAny();
      return length;
    }
    case 9: // document: its id, its options
      cursor.run();
      skipAny();
      return 1;
    default:
      throw new Error(`an update holds content of the kind ${kind}`);
  }
}

function utf16Length(): number {
  const start = cursor.run();
  let length = 0;
  for (let at = start; at < cursor.at; at++) {
    const byte = cursor.bytes[at]!;
    // Every character has one first byte; those of four bytes are two units.
    if ((byte & 0xc0) !== 0x80) length += byte >= 0xf0 ? 2 : 1;
  }
  return length;
}

/** A value as lib0's `writeAny` writes it. */
function skipAny(): void {
  switch (cursor.byte()) {
    case 127: // undefined
    case 126: // null
    case 121: // false
    case 120: // true
      return;
    case 125: // integer; its sign is in the first byte
      cursor.uint();
      return;
    case 124: // float32
      return cursor.skip(4);
    case 123: // float64
    case 122: // bigint
      return cursor.skip(8);
    case 119: // string
    case 116: // bytes
      cursor.run();
      return;
    case 118: // object
      for (let left = cursor.uint(); left > 0; left--) {
        cursor.run();
        skipAny();
      }
      return;
    case 117: // array
      for (let left = cursor.uint(); left > 0; left--) skipAny();
      return;
    default:
      throw new Error('an update holds a value of no known kind');
  }
}
