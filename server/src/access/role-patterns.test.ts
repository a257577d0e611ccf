import { expect, test } from 'vitest';
import { highestRole, isAtLeast, matchesPattern, NO_ROLES, parsePattern, roleByToken } from './role-patterns.js';

const matches = (pattern: string, name: string): boolean =>
  matchesPattern(parsePattern(pattern) ?? ['not a pattern'], name.split('/'));

test.each([
  ['notes', 'notes', true],
  ['notes', 'notes2', false],
  ['notes/*', 'notes/a', true],
  ['notes/*', 'notes', false],
  ['notes/*', 'notes/a/b', false],
  ['team/**', 'team/a', true],
  ['team/**', 'team/a/b/c', true],
  ['team/**', 'team', false],
  ['**', 'anything', true],
  ['**', 'any/thing', true],
  ['**/minutes', 'a/b/minutes', true],
  ['**/minutes', 'minutes', false],
  ['a/**/b/*', 'a/x/y/b/z', true],
  ['a/**/b/*', 'a/b/z', false],
  ['a.c', 'abc', false],
  ['[ab]+', 'a', false],
  ['Notes', 'notes', false],
])('%s stands for %s: %j', (pattern, name, expected) => {
  expect(matches(pattern, name)).toBe(expected);
});

test.each(['', '/', 'a//b', '../a', 'a/', 'draft-*', '***', 'a/*b', 'a\u0000', 'x'.repeat(256)])(
  '%j is no pattern',
  (pattern) => {
    expect(parsePattern(pattern)).toBeNull();
  },
);

/** What the words say, with no care for time. */
function naive([first, ...rest]: readonly string[], name: readonly string[]): boolean {
  if (first === undefined) return name.length === 0;
  if (name.length === 0) return false;
  if (first === '**') return name.some((_, n) => naive(rest, name.slice(n + 1)));
  return (first === '*' || first === name[0]) && naive(rest, name.slice(1));
}

test('10,000 random patterns and names are judged as the words say', () => {
  let state = 7;
  const random = (below: number): number => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fff_ffff;
    return (state >> 8) % below;
  };
  const row = (of: readonly string[], most: number): string[] =>
    Array.from({ length: 1 + random(most) }, () => of[random(of.length)] ?? '');
  let hits = 0;
  for (let n = 0; n < 10_000; n++) {
    const pattern = row(['a', 'b', '*', '**'], 5);
    const name = row(['a', 'b', 'c'], 6);
    const expected = naive(pattern, name);
    if (expected) hits++;
    expect([pattern.join('/'), name.join('/'), matchesPattern(pattern, name)]).toEqual([
      pattern.join('/'),
      name.join('/'),
      expected,
    ]);
  }
  expect(hits).toBeGreaterThan(500);
});

test('the longest pattern of nothing but ** takes no longer than its length times that of the name', () => {
  const pattern = parsePattern(`${'**/'.repeat(84)}z`) ?? [];
  const name = Array.from({ length: 128 }, () => 'a');
  const start = performance.now();
  for (let n = 0; n < 100; n++) expect(matchesPattern(pattern, name)).toBe(false);
  expect(performance.now() - start).toBeLessThan(2_000);
});

test('of several patterns the highest role counts, and an admin is one everywhere', () => {
  const patterns = [
    { segments: ['**'], role: 'reader' },
    { segments: ['notes', '*'], role: 'editor' },
    { segments: ['notes', 'a'], role: 'commenter' },
  ] as const;
  expect(roleByToken({ isAdmin: false, patterns }, 'notes/a')).toBe('editor');
  expect(roleByToken({ isAdmin: false, patterns }, 'other')).toBe('reader');
  expect(roleByToken({ isAdmin: true, patterns: [] }, 'other')).toBe('admin');
  expect(roleByToken(NO_ROLES, 'other')).toBeNull();
});

test('roles have an order', () => {
  expect(highestRole([null, 'reader', 'owner', 'editor'])).toBe('owner');
  expect(highestRole([])).toBeNull();
  expect([isAtLeast('editor', 'commenter'), isAtLeast('reader', 'commenter'), isAtLeast(null, 'reader')]).toEqual([
    true,
    false,
    false,
  ]);
});
