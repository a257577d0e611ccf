import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { defaultLimits, limitSettings, readLimits } from './limits.js';

test('what nobody sets is as the table says, and what is set is taken', () => {
  expect(readLimits({})).toEqual(defaultLimits);
  expect(readLimits({ connections: 5, joinsPerSecond: 0.5 })).toEqual({
    ...defaultLimits,
    connections: 5,
    joinsPerSecond: 0.5,
  });
});

test('every value when nobody says lies within its bounds', () => {
  for (const { fallback, least, most } of Object.values(limitSettings)) {
    expect(fallback).toBeGreaterThanOrEqual(least);
    expect(fallback).toBeLessThanOrEqual(most);
  }
});

test.each([
  [{ conections: 5 }, 'There is no limit "limits.conections".'],
  [{ __proto__x: 5 }, 'There is no limit'],
  [{ toString: 5 }, 'There is no limit "limits.toString".'],
  [{ connections: 0 }, '"limits.connections" has to be a number from 1 to 1000000, not 0.'],
  [{ connections: '5' }, '"limits.connections" has to be a number from 1 to 1000000, not "5".'],
  [{ connections: Number.NaN }, '"limits.connections" has to be a number'],
])('%j is refused with a sentence', (given, sentence) => {
  expect(() => readLimits(given)).toThrow(sentence);
});

test('docs/configuration.md lists every limit with its value and its sentence', () => {
  const page = readFileSync(new URL('../../docs/configuration.md', import.meta.url), 'utf8').replaceAll(/ +/g, ' ');
  for (const [name, { fallback, summary }] of Object.entries(limitSettings)) {
    expect(page).toContain(`| \`${name}\` | ${fallback} | ${summary} |`);
  }
});
