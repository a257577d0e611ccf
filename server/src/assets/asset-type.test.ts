import * as prng from 'lib0/prng';
import { expect, test } from 'vitest';
import { type AssetType, isPicture, PICTURE_TYPES, TYPE_BYTES, typeOf } from './asset-type.js';
import { pictureSizeOf, type ReadAt } from './picture-size.js';
import { avif, box, gif, jpeg, png, webp } from './test/pictures.js';

/** Reads as a file would, and counts. */
function reader(bytes: Uint8Array) {
  const counted = { reads: 0, longest: 0 };
  const read: ReadAt = async (at, length) => {
    counted.reads += 1;
    counted.longest = Math.max(counted.longest, length);
    return Buffer.from(bytes.subarray(Math.min(at, bytes.length), Math.min(at + length, bytes.length)));
  };
  return { read, counted };
}

const sizeOf = async (bytes: Uint8Array) => {
  const type = typeOf(bytes.subarray(0, TYPE_BYTES));
  return isPicture(type) ? pictureSizeOf(type, reader(bytes).read) : null;
};

test.each<[AssetType, Buffer]>([
  ['image/png', png(7, 5)],
  ['image/jpeg', jpeg(7, 5)],
  ['image/gif', gif(7, 5)],
  ['image/webp', webp('VP8 ', 7, 5)],
  ['image/webp', webp('VP8L', 7, 5)],
  ['image/webp', webp('VP8X', 7, 5)],
  ['image/avif', avif(7, 5)],
])('%s is known by its bytes, and so is its size (%#)', async (type, bytes) => {
  expect(typeOf(bytes)).toBe(type);
  expect(await sizeOf(bytes)).toEqual({ width: 7, height: 5 });
});

test.each<[string, string]>([
  ['<svg xmlns="http://www.w3.org/2000/svg"><script>1</script></svg>', 'application/octet-stream'],
  ['<!doctype html><title>x</title>', 'application/octet-stream'],
  ['GIF88a', 'application/octet-stream'],
  ['RIFF\x04\0\0\0WAVE', 'application/octet-stream'],
  ['\x00\x00\x00\x14ftypheic\0\0\0\0heix', 'application/octet-stream'],
  // A version that reads like a brand is none.
  ['\x00\x00\x00\x10ftypheicavif', 'application/octet-stream'],
  ['%PDF-1.7', 'application/pdf'],
  ['', 'application/octet-stream'],
])('%j is %s', (text, type) => {
  expect(typeOf(Buffer.from(text, 'latin1'))).toBe(type);
});

test('what is larger than sense is said as it is, and is for the caller to refuse', async () => {
  expect(await sizeOf(png(2 ** 31 - 1, 2 ** 31 - 1))).toEqual({ width: 2 ** 31 - 1, height: 2 ** 31 - 1 });
  expect(await sizeOf(webp('VP8X', 2 ** 24, 2 ** 24))).toEqual({ width: 2 ** 24, height: 2 ** 24 });
});

test('a picture without a size has none', async () => {
  for (const bytes of [png(0, 5), gif(5, 0), jpeg(5, 0), png(4, 4).subarray(0, 20), jpeg(4, 4).subarray(0, 60_000)]) {
    expect(await sizeOf(bytes)).toBeNull();
  }
  const nothing = box('ftyp', Buffer.from('avif'), Buffer.alloc(4));
  expect(await sizeOf(nothing)).toBeNull();
  // A box that ends before it begins, and one that goes on beyond what it is in.
  for (const length of [7, 0x7fffffff]) {
    const broken = Buffer.concat([
      nothing,
      box('meta', Buffer.alloc(4), Buffer.from([0, 0, 0, length & 0xff]), box('iprp')),
    ]);
    broken.writeUInt32BE(length, nothing.length + 12);
    expect(await sizeOf(broken)).toBeNull();
  }
});

test('whatever follows the first bytes, it takes a bounded number of small reads, and nothing is thrown', async () => {
  const random = prng.create(7);
  const starts = [png(3, 3), jpeg(3, 3, 10), gif(3, 3), webp('VP8 ', 3, 3), avif(3, 3)];
  // Boxes and segments of no length worth speaking of, for ever.
  const rows = [
    Buffer.concat([avif(3, 3).subarray(0, 24), ...Array.from({ length: 20_000 }, () => box('free'))]),
    Buffer.concat([Buffer.from([0xff, 0xd8]), Buffer.alloc(500_000, Buffer.from([0xff, 0xe0, 0, 2]))]),
  ];
  for (let round = 0; round < 500; round++) {
    const bytes = Buffer.from(starts[round % starts.length]!);
    for (let i = 0; i < 4; i++) bytes[prng.uint32(random, 4, bytes.length - 1)] = prng.uint32(random, 0, 255);
    rows.push(bytes.subarray(0, prng.uint32(random, 1, bytes.length)));
  }
  for (const bytes of rows) {
    for (const type of PICTURE_TYPES) {
      const { read, counted } = reader(bytes);
      const size = await pictureSizeOf(type, read);
      expect(size === null || (size.width > 0 && size.height > 0)).toBe(true);
      expect(counted.reads).toBeLessThan(2100);
      expect(counted.longest).toBeLessThanOrEqual(64);
    }
  }
});
