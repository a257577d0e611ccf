// How large a picture is, as its own header says, without decoding any of it. Files come from anybody: whatever they say, a
// few reads of a few bytes are made, and what makes no sense has no size.

import type { PictureType } from './asset-type.js';

export interface PictureSize {
  readonly width: number;
  readonly height: number;
}

/** So many bytes of the file from there on; fewer at its end. */
export type ReadAt = (at: number, length: number) => Promise<Buffer>;

/** Parts of a file that are looked at: an honest one has some dozens before its size. */
const MAX_PARTS = 1000;

/** @returns null when it is not as a picture of that type has to be */
export async function pictureSizeOf(type: PictureType, read: ReadAt): Promise<PictureSize | null> {
  const size = await readers[type](read);
  return size !== null && size.width > 0 && size.height > 0 ? size : null;
}

const readers: Readonly<Record<PictureType, (read: ReadAt) => Promise<PictureSize | null>>> = {
  'image/png': async (read) => {
    const start = await read(0, 24);
    if (start.length < 24 || start.readUInt32BE(8) !== 13 || start.toString('latin1', 12, 16) !== 'IHDR') return null;
    return { width: start.readUInt32BE(16), height: start.readUInt32BE(20) };
  },
  'image/gif': async (read) => {
    const start = await read(0, 10);
    return start.length < 10 ? null : { width: start.readUInt16LE(6), height: start.readUInt16LE(8) };
  },
  'image/jpeg': sizeOfJpeg,
  'image/webp': sizeOfWebp,
  'image/avif': sizeOfAvif,
};

/** ITU T.81 B: segments with a marker and a length, of which the frame header (SOF) has the size. */
async function sizeOfJpeg(read: ReadAt): Promise<PictureSize | null> {
  let at = 2;
  for (let parts = 0; parts < MAX_PARTS; parts++) {
    const head = await read(at, 9);
    if (head.length < 4 || head[0] !== 0xff) return null;
    const marker = head[1]!;
    // Filling before a marker, and markers without a segment.
    if (marker === 0xff) at += 1;
    else if (marker === 0x01 || (marker >= 0xd0 && marker <= 0xd8)) at += 2;
    else if (isFrameHeader(marker)) {
      return head.length < 9 ? null : { height: head.readUInt16BE(5), width: head.readUInt16BE(7) };
    } else {
      const length = head.readUInt16BE(2);
      // The data of the picture, or its end, and no size before.
      if (marker === 0xda || marker === 0xd9 || length < 2) return null;
      at += 2 + length;
    }
  }
  return null;
}

/** SOF0–15; between them lie DHT, JPG and DAC. */
const isFrameHeader = (marker: number): boolean =>
  marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);

/** RFC 9649: one of three kinds of first chunk. */
async function sizeOfWebp(read: ReadAt): Promise<PictureSize | null> {
  const start = await read(0, 30);
  if (start.length < 30) return null;
  switch (start.toString('latin1', 12, 16)) {
    case 'VP8 ':
      if (start.readUIntBE(23, 3) !== 0x9d012a) return null;
      return { width: start.readUInt16LE(26) & 0x3fff, height: start.readUInt16LE(28) & 0x3fff };
    case 'VP8L': {
      const bits = start.readUInt32LE(21);
      return start[20] === 0x2f ? { width: (bits & 0x3fff) + 1, height: ((bits >>> 14) & 0x3fff) + 1 } : null;
    }
    case 'VP8X':
      return { width: start.readUIntLE(24, 3) + 1, height: start.readUIntLE(27, 3) + 1 };
    default:
      return null;
  }
}

interface Box {
  readonly type: string;
  readonly from: number;
  readonly to: number;
}

/** ISO 14496-12: boxes in boxes. The largest size that is said counts: a thumbnail and a mask have one, too. */
async function sizeOfAvif(read: ReadAt): Promise<PictureSize | null> {
  const budget = { parts: MAX_PARTS };
  let place: Box | null = { type: '', from: 0, to: Number.MAX_SAFE_INTEGER };
  for (const type of ['meta', 'iprp', 'ipco']) {
    place = await findBox(read, place, type, budget);
    if (place === null) return null;
    // A version and flags before what is in it.
    if (type === 'meta') place = { ...place, from: place.from + 4 };
  }
  let largest: PictureSize | null = null;
  for await (const { type, from } of boxesIn(read, place, budget)) {
    if (type !== 'ispe') continue;
    const body = await read(from, 12);
    if (body.length < 12) return null;
    const size = { width: body.readUInt32BE(4), height: body.readUInt32BE(8) };
    if (largest === null || size.width * size.height > largest.width * largest.height) largest = size;
  }
  return largest;
}

async function findBox(read: ReadAt, place: Box, type: string, budget: { parts: number }): Promise<Box | null> {
  for await (const box of boxesIn(read, place, budget)) if (box.type === type) return box;
  return null;
}

async function* boxesIn(read: ReadAt, { from, to }: Box, budget: { parts: number }): AsyncGenerator<Box> {
  for (let at = from; at + 8 <= to && budget.parts > 0; budget.parts--) {
    const head = await read(at, 16);
    if (head.length < 8) return;
    const said = head.readUInt32BE(0);
    const isLong = said === 1;
    if (isLong && head.length < 16) return;
    // 0: up to the end of what it is in.
    const length = isLong ? Number(head.readBigUInt64BE(8)) : said === 0 ? to - at : said;
    const end = at + length;
    if (length < (isLong ? 16 : 8) || end > to) return;
    yield { type: head.toString('latin1', 4, 8), from: at + (isLong ? 16 : 8), to: end };
    at = end;
  }
}
