import { expect, test } from 'vitest';
import { outlivedShells } from './kept-shells.js';

test('of the language it is in now two shells are kept, of another one the last, and of no other language any', () => {
  const names = [
    'weft-shell 0123456789abcdef',
    'weft-shell en one',
    'weft-shell de one',
    'weft-shell fr one',
    'weft-shell en two',
    'weft-shell de two',
    'another application',
    'weft-shell de three',
  ];
  expect(outlivedShells(names, 'de', ['en', 'de'])).toEqual([
    'weft-shell 0123456789abcdef',
    'weft-shell en one',
    'weft-shell de one',
    'weft-shell fr one',
  ]);
});
