import { expect, test } from 'vitest';
import { crc32c } from './crc32c.js';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

test('gives the checksums of RFC 3720', () => {
  expect(crc32c(bytes('123456789'))).toBe(0xe3069283);
  expect(crc32c(new Uint8Array(32))).toBe(0x8a9136aa);
  expect(crc32c(new Uint8Array(32).fill(0xff))).toBe(0x62a8ab43);
  expect(crc32c(Uint8Array.from({ length: 32 }, (_, index) => index))).toBe(0x46dd794e);
});

test('goes on from the bytes before, wherever they are cut', () => {
  const all = Uint8Array.from({ length: 41 }, (_, index) => (index * 37) & 0xff);
  for (let cut = 0; cut <= all.length; cut++) {
    expect(crc32c(all.subarray(cut), crc32c(all.subarray(0, cut)))).toBe(crc32c(all));
  }
});
