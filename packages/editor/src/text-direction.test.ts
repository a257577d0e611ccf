import { expect, test } from 'vitest';
import { isRightToLeft } from './text-direction.js';

test('a text goes the way of its first letter', () => {
  expect(['שלום', 'مرحبا Weft', '12. עברית', '“ترجمة”', '𐤀𐤁'].map(isRightToLeft)).toEqual([
    true,
    true,
    true,
    true,
    true,
  ]);
  expect(['', '123 …', 'Weft שלום', '漢字', 'é'].map(isRightToLeft)).toEqual([false, false, false, false, false]);
});
