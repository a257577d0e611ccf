import * as prng from 'lib0/prng';
import { expect, test } from 'vitest';
import { FrameReader } from './frame-reader.js';

/** As a server frames it. */
function frame(opcode: number, payload: Uint8Array): Uint8Array {
  const { length } = payload;
  const header =
    length < 126 ? [length] : length < 65_536 ? [126, length >> 8, length & 255] : [127, 0, 0, 0, 0, 0, 0, 0, 0];
  if (length >= 65_536) for (let i = 0; i < 4; i++) header[5 + i] = (length >>> (24 - 8 * i)) & 255;
  return Uint8Array.from([0x80 | opcode, ...header, ...payload]);
}

const lengths = [0, 1, 125, 126, 127, 65_535, 65_536, 3, 0, 70_000, 5];

test('reads every frame, however the stream is cut, though chunks share one buffer', () => {
  const random = prng.create(7);
  const payloads = lengths.map((length) => Buffer.from(prng.uint8Array(random, length)));
  const stream = Buffer.concat(payloads.map((payload) => frame(2, payload)));
  for (const largest of [1, 2, 3, 7, 100, 5000, 65_536, stream.length]) {
    const read: Buffer[] = [];
    const reader = new FrameReader((_opcode, bytes, from, to) => read.push(Buffer.from(bytes.slice(from, to))));
    const shared = new Uint8Array(largest);
    for (let at = 0; at < stream.length; ) {
      const count = Math.min(stream.length - at, largest < 3 ? largest : prng.int32(random, 1, largest));
      shared.set(stream.subarray(at, at + count));
      reader.push(shared, 0, count);
      shared.fill(255);
      at += count;
    }
    expect(read.map((payload) => payload.length)).toEqual(lengths);
    expect(
      read.every((payload, index) => payload.equals(payloads[index]!)),
      `chunks of at most ${largest} bytes`,
    ).toBe(true);
  }
});

test('joins fragments, with a ping between them, and refuses what is compressed', () => {
  const heard: (readonly [number, number[]])[] = [];
  const reader = new FrameReader((opcode, bytes, from, to) => heard.push([opcode, [...bytes.slice(from, to)]]));
  const push = (...bytes: number[]): void => reader.push(Uint8Array.from(bytes), 0, bytes.length);
  push(0x02, 2, 1, 2);
  push(0x89, 1, 9);
  push(0x00, 1, 3);
  push(0x80, 1, 4, 0x82, 1, 5);
  expect(heard).toEqual([
    [9, [9]],
    [2, [1, 2, 3, 4]],
    [2, [5]],
  ]);
  expect(() => push(0xc2, 1, 0)).toThrow('compressed');
});
