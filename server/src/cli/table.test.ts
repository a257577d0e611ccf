import { expect, test } from 'vitest';
import { printable, sizeOf, table } from './table.js';

test('columns are as wide as they have to be, and numbers end below each other', () => {
  const columns = [{ title: 'NAME' }, { title: 'SIZE', isNumber: true }, { title: 'WHO' }];
  expect(
    table(columns, [
      ['notes', '5', 'Ann'],
      ['a', '12345', ''],
    ]),
  ).toBe('NAME    SIZE  WHO\nnotes      5  Ann\na      12345\n');
});

test('what a writer put into a title cannot speak to the terminal', () => {
  expect(printable('a\x1b[2Jb\u009b31m\nc\u202ed')).toBe('a [2Jb 31m cd');
});

test.each([
  [0, '0 B'],
  [999, '999 B'],
  [1000, '1.0 kB'],
  [123_456, '123 kB'],
  [999_700, '1.0 MB'],
  [2_500_000_000, '2.5 GB'],
  [1e16, '10000 TB'],
])('%i bytes are %s', (bytes, text) => {
  expect(sizeOf(bytes)).toBe(text);
});
