import type { Writable } from 'node:stream';
import { CloseCode, MAX_FRAME_BYTES } from '@weft/protocol';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import * as ws from 'ws';
import { FrameReader } from './frame-reader.js';

/** The reader of frames in `ws`, which its types leave out. */
const { Receiver } = ws as unknown as {
  Receiver: new (options: { isServer: boolean; maxPayload: number; maxFragments: number }) => Writable;
};

/** Told so by either of them; the code that a broken frame is answered with. */
type Told = [what: string, bytes: string] | ['broken', code: number];

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

function readByOurs(chunks: readonly Uint8Array[]): Told[] {
  const told: Told[] = [];
  const reader = new FrameReader({
    message: (data, isBinary) => told.push([isBinary ? 'binary' : 'text', hex(data)]),
    pinged: (data) => told.push(['ping', hex(data)]),
    ponged: () => told.push(['pong', '']),
    closed: (code, reason) => told.push([`close ${code}`, hex(reason)]),
    broken: (code) => told.push(['broken', code]),
  });
  for (const chunk of chunks) reader.push(chunk);
  return told;
}

function readByWs(chunks: readonly Uint8Array[]): Told[] {
  const told: Told[] = [];
  const receiver = new Receiver({ isServer: true, maxPayload: MAX_FRAME_BYTES, maxFragments: 16 * 1024 });
  receiver
    .on('message', (data: Buffer, isBinary: boolean) => told.push([isBinary ? 'binary' : 'text', hex(data)]))
    .on('ping', (data: Buffer) => told.push(['ping', hex(data)]))
    .on('pong', () => told.push(['pong', '']))
    .on('conclude', (code: number, reason: Buffer) => told.push([`close ${code}`, hex(reason)]));
  for (const chunk of chunks) {
    // Past the stream, which would tell of an error a turn later.
    receiver._write(Buffer.from(chunk), 'binary', (error) => error && told.push(['broken', codeOf(error)]));
  }
  return told;
}

/** Where `ws` says that something is too large, we have a code of our own. */
function codeOf(error: Error): number {
  const symbol = Object.getOwnPropertySymbols(error).find(({ description }) => description === 'status-code');
  const code = (error as unknown as Record<symbol, number>)[symbol!]!;
  return code === 1009 || code === 1008 ? CloseCode.TooMuch : code;
}

interface Frame {
  readonly opcode: number;
  readonly isLast: boolean;
  readonly reserved: number;
  readonly isMasked: boolean;
  readonly mask: Uint8Array;
  readonly payload: Uint8Array;
  /** Which of the ways to write its length is used at least, short or not. */
  readonly lengthBytes: 0 | 2 | 8;
}

function encode({ opcode, isLast, reserved, isMasked, mask, payload, lengthBytes }: Frame): Uint8Array {
  const { length } = payload;
  const used = length > 65_535 ? 8 : Math.max(lengthBytes, length > 125 ? 2 : 0);
  const head = Buffer.alloc(2 + used);
  head[0] = (isLast ? 0x80 : 0) | (reserved << 4) | opcode;
  head[1] = (isMasked ? 0x80 : 0) | (used === 0 ? length : used === 2 ? 126 : 127);
  if (used === 2) head.writeUInt16BE(length, 2);
  if (used === 8) head.writeBigUInt64BE(BigInt(length), 2);
  const masked = isMasked ? payload.map((byte, i) => byte ^ mask[i & 3]!) : payload;
  return Buffer.concat([head, isMasked ? mask : new Uint8Array(), masked]);
}

const rarely = (arbitrary: fc.Arbitrary<boolean>) => fc.oneof({ weight: 40, arbitrary: fc.constant(false) }, arbitrary);
const payloads = fc.oneof(
  { weight: 6, arbitrary: fc.uint8Array({ maxLength: 130 }) },
  {
    weight: 2,
    arbitrary: fc.string({ unit: 'grapheme', maxLength: 40 }).map((text) => new TextEncoder().encode(text)),
  },
  { weight: 1, arbitrary: fc.integer({ min: 120, max: 70_000 }).map((n) => new Uint8Array(n).fill(n)) },
  {
    weight: 1,
    arbitrary: fc
      .tuple(fc.integer({ min: 990, max: 5010 }), fc.string({ maxLength: 20 }))
      .map(([code, reason]) => Buffer.concat([Buffer.from([code >> 8, code & 0xff]), Buffer.from(reason)])),
  },
);
const frames: fc.Arbitrary<Frame> = fc.record({
  opcode: fc.oneof(
    { weight: 30, arbitrary: fc.constantFrom(0, 2, 2, 9, 10) },
    { weight: 3, arbitrary: fc.constantFrom(1, 8) },
    { weight: 1, arbitrary: fc.integer({ min: 0, max: 15 }) },
  ),
  isLast: fc.oneof({ weight: 3, arbitrary: fc.constant(true) }, fc.boolean()),
  reserved: rarely(fc.constant(true)).chain((is) => (is ? fc.integer({ min: 0, max: 7 }) : fc.constant(0))),
  isMasked: rarely(fc.constant(true)).map((is) => !is),
  mask: fc.uint8Array({ minLength: 4, maxLength: 4 }),
  payload: payloads,
  lengthBytes: fc.oneof({ weight: 8, arbitrary: fc.constant(0 as const) }, fc.constantFrom(2 as const, 8 as const)),
});

/** The same bytes in pieces. @param cuts of the rest that is left, in thousandths */
function cut(bytes: Uint8Array, cuts: readonly number[]): Uint8Array[] {
  const chunks: Uint8Array[] = [];
  let at = 0;
  for (const part of cuts) {
    const end = at + Math.ceil(((bytes.length - at) * part) / 1000);
    if (end > at) chunks.push(bytes.subarray(at, end));
    at = end;
  }
  if (at < bytes.length) chunks.push(bytes.subarray(at));
  return chunks;
}

test('whatever frames come, in whatever pieces, they are read as ws reads them', () => {
  const streams = fc.array(frames, { minLength: 1, maxLength: 12 });
  const cuts = fc.array(fc.oneof(fc.integer({ min: 1, max: 20 }), fc.integer({ min: 1, max: 1000 })), {
    maxLength: 30,
  });
  fc.assert(
    fc.property(streams, cuts, (stream, parts) => {
      const bytes = Buffer.concat(stream.map(encode));
      const expected = readByWs([bytes]);
      expect(readByOurs([bytes])).toEqual(expected);
      expect(readByOurs(cut(bytes, parts))).toEqual(expected);
    }),
    { numRuns: 1500 },
  );
});

test('bytes one by one are read like all at once', () => {
  const few = fc.array(
    frames.filter(({ payload }) => payload.length < 300),
    { minLength: 1, maxLength: 8 },
  );
  fc.assert(
    fc.property(few, (stream) => {
      const bytes = Buffer.concat(stream.map(encode));
      expect(readByOurs([...bytes].map((byte) => Uint8Array.of(byte)))).toEqual(readByWs([bytes]));
    }),
    { numRuns: 300 },
  );
});

const whole: Frame = {
  opcode: 2,
  isLast: true,
  reserved: 0,
  isMasked: true,
  mask: Uint8Array.of(1, 2, 3, 4),
  payload: new Uint8Array(),
  lengthBytes: 0,
};

test('the longest message is read, in one frame and in many, and one byte more is too much', () => {
  const longest = new Uint8Array(MAX_FRAME_BYTES).map((_, i) => i);
  const told: number[] = [];
  const reader = new FrameReader({
    message: (data) => told.push(Buffer.compare(data, longest)),
    pinged: () => {},
    ponged: () => {},
    closed: () => {},
    broken: (code) => told.push(code),
  });
  const bytes = encode({ ...whole, payload: longest });
  for (let at = 0; at < bytes.length; at += 65_536) reader.push(bytes.subarray(at, at + 65_536));
  const half = MAX_FRAME_BYTES / 2;
  const first = encode({ ...whole, isLast: false, payload: longest.subarray(0, half) });
  reader.push(first);
  expect(reader.unfinishedBytes).toBeGreaterThanOrEqual(half);
  expect(reader.unfinishedBytes).toBeLessThanOrEqual(2 * half);
  reader.push(encode({ ...whole, opcode: 0, payload: longest.subarray(half) }));
  expect(reader.unfinishedBytes).toBe(0);
  reader.push(first);
  reader.push(encode({ ...whole, opcode: 0, payload: longest.subarray(half - 1) }));
  expect(told).toEqual([0, 0, CloseCode.TooMuch]);
});
