import { expect, test } from 'vitest';
import { keptCopy } from './kept-bytes.js';

test('a copy stays as it was, whatever becomes of the bytes it was made of and of other copies', () => {
  const lengths = Array.from({ length: 1000 }, (_, index) => (index * 7) % 1200);
  const source = new Uint8Array(1200);
  const copies = lengths.map((length, index) => keptCopy(source.fill(index % 251).subarray(0, length)));
  source.fill(255);
  for (const [index, copy] of copies.entries()) {
    expect(copy.length).toBe(lengths[index]);
    expect(copy.every((byte) => byte === index % 251)).toBe(true);
  }
});

test('small copies share memory, large ones have their own', () => {
  const small = [keptCopy(new Uint8Array(10)), keptCopy(new Uint8Array(10)), keptCopy(new Uint8Array(10))];
  expect(new Set(small.map(({ buffer }) => buffer)).size).toBeLessThan(3);
  expect(keptCopy(new Uint8Array(4000)).buffer.byteLength).toBe(4000);
});
