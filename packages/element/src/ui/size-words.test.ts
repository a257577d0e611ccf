import { expect, test } from 'vitest';
import { limitInWords, sizeInWords } from './size-words.js';

test('sizes are told by thousands, and limits are never told as more than they are', () => {
  expect([0, 999, 1000, 999_499, 999_500, 20_460_000].map(sizeInWords)).toEqual([
    '0 bytes',
    '999 bytes',
    '1 kB',
    '999 kB',
    '1.0 MB',
    '20.5 MB',
  ]);
  expect([4, 20, 64].map((mebibytes) => limitInWords(mebibytes * 2 ** 20))).toEqual(['4 MB', '20 MB', '67 MB']);
});
