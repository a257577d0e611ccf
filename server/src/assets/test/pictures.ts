// The smallest files that say what they are and how large: whole PNGs, and headers of the others.

import { crc32, deflateSync } from 'node:zlib';

const u16 = (value: number): Buffer => Buffer.from([value >> 8, value & 0xff]);
const u32 = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
};
const latin = (text: string): Buffer => Buffer.from(text, 'latin1');

/** A PNG that any program shows, unless it is said to be larger than it is. @param more follows the end of the picture */
export function png(width: number, height: number, more: Uint8Array = new Uint8Array()): Buffer {
  const isBomb = width * height > 1_000_000;
  const pixels = Buffer.alloc(isBomb ? 1 : height * (1 + width), 0x55);
  for (let at = 0; at < pixels.length; at += 1 + width) pixels[at] = 0;
  const chunk = (type: string, content: Uint8Array): Buffer => {
    const body = Buffer.concat([latin(type), content]);
    return Buffer.concat([u32(content.length), body, u32(crc32(body))]);
  };
  return Buffer.concat([
    latin('\x89PNG\r\n\x1a\n'),
    chunk('IHDR', Buffer.concat([u32(width), u32(height), Buffer.from([8, 0, 0, 0, 0])])),
    chunk('IDAT', deflateSync(pixels)),
    chunk('IEND', new Uint8Array()),
    more,
  ]);
}

export const gif = (width: number, height: number): Buffer => {
  const size = Buffer.alloc(4);
  size.writeUInt16LE(width, 0);
  size.writeUInt16LE(height, 2);
  return Buffer.concat([latin('GIF89a'), size, Buffer.from([0, 0, 0, 0x3b])]);
};

/** @param before bytes of a segment of the application's own, as cameras write them */
export function jpeg(width: number, height: number, before = 60_000): Buffer {
  const frame = Buffer.concat([
    u16(0xffc2),
    u16(11),
    Buffer.from([8]),
    u16(height),
    u16(width),
    Buffer.from([1, 1, 0x11, 0]),
  ]);
  const own = Buffer.concat([u16(0xffe1), u16(before + 2), Buffer.alloc(before, 0xff)]);
  const table = Buffer.concat([u16(0xffc4), u16(4), Buffer.from([0, 0])]);
  return Buffer.concat([u16(0xffd8), own, Buffer.from([0xff]), table, frame, u16(0xffda), u16(2), u16(0xffd9)]);
}

export function webp(kind: 'VP8 ' | 'VP8L' | 'VP8X', width: number, height: number): Buffer {
  const body = Buffer.alloc(20);
  if (kind === 'VP8 ') {
    body.set([0x9d, 0x01, 0x2a], 3);
    body.writeUInt16LE(width, 6);
    body.writeUInt16LE(height, 8);
  } else if (kind === 'VP8L') {
    body[0] = 0x2f;
    body.writeUInt32LE((width - 1) | ((height - 1) << 14), 1);
  } else {
    body.writeUIntLE(width - 1, 4, 3);
    body.writeUIntLE(height - 1, 7, 3);
  }
  const size = Buffer.alloc(4);
  size.writeUInt32LE(body.length);
  return Buffer.concat([latin('RIFF'), size, latin('WEBP'), latin(kind), size, body]);
}

export const box = (type: string, ...content: readonly Uint8Array[]): Buffer => {
  const body = Buffer.concat(content);
  return Buffer.concat([u32(body.length + 8), latin(type), body]);
};

const ispe = (width: number, height: number): Buffer => box('ispe', u32(0), u32(width), u32(height));

/** With a thumbnail before the picture, and what belongs to it before that. */
export const avif = (width: number, height: number): Buffer =>
  Buffer.concat([
    box('ftyp', latin('mif1'), u32(0), latin('miaf'), latin('avif')),
    box(
      'meta',
      u32(0),
      box('hdlr', Buffer.alloc(24)),
      box('iprp', box('ipco', ispe(1, 1), box('pixi'), ispe(width, height))),
    ),
    box('mdat', Buffer.alloc(40)),
  ]);
