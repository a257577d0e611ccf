import { expect, test } from 'vitest';
import { emojiMeantBy, isNameOf } from './emoji.js';

const signs = (query: string): string[] => emojiMeantBy(query).map(({ sign }) => sign);

test('an emoji is found by what it is called, by names from elsewhere, and by what it shows', () => {
  expect(signs('tada')).toEqual(['🎉']);
  expect(signs('party_pop')).toEqual(['🎉']);
  expect(signs('+1')[0]).toBe('👍');
  expect(signs('thumbsup')[0]).toBe('👍');
  expect(signs('smile')[0]).toBe('😀');
  expect(signs('Whale')).toContain('🐳');
  expect(signs('upset')).toContain('😫');
  expect(signs('germany')).toEqual(['🇩🇪']);
  expect(signs('flag_germ')).toEqual(['🇩🇪']);
  expect(signs('nothing_is_called_so')).toEqual([]);
});

test('what begins with what was typed comes before what only has it, and there are few at a time', () => {
  expect(signs('heart')).toHaveLength(8);
  expect(emojiMeantBy('heart')[0]?.name).toMatch(/^heart|^red heart/);
  expect(signs('')).toContain('👍');
});

test('a name in full is one of the names it has', () => {
  const [tada] = emojiMeantBy('tada');
  expect(isNameOf(tada!, 'tada')).toBe(true);
  expect(isNameOf(tada!, 'party_popper')).toBe(true);
  expect(isNameOf(tada!, 'tad')).toBe(false);
  const [flag] = emojiMeantBy('united_states');
  expect(isNameOf(flag!, 'united_states')).toBe(true);
});
