// What the server and the provider say in English, and by a code, the app says in its own language: every code there is has words.

import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { catalogues } from './catalogue.js';

const read = (path: string): string => readFileSync(new URL(`../../../${path}`, import.meta.url), 'utf8');
const english = 'As the server says it.';
const { answers, why, pictures } = catalogues.de;

/** For programs: no page of ours does what they refuse, and their words would have to be in each. */
const forPrograms =
  /^(ADMINS_ONLY|BAD_HOST|BAD_REQUEST|FILE_DAMAGED|LENGTH_REQUIRED|METRICS_CLOSED|NOT_CONFIRMED|NOT_JSON|NOT_SHARED|NO_FILE|NO_SUCH_RANGE|NO_VISIT|OTHER_SITE|TOO_MANY_HEADERS|UNKNOWN_HOST)$/;

test('every code of the HTTP API has a German sentence', () => {
  const codes = [...read('docs/api.md').matchAll(/^\| \d{3} +\| `([A-Z_]+)`/gm)].map(([, code = '']) => code);
  expect(codes.length).toBeGreaterThan(35);
  const unsaid = codes.filter(
    (code) =>
      answers.answered(code, english).includes(english) &&
      pictures.fileRefused(code, english).includes(english) &&
      !forPrograms.test(code),
  );
  expect(unsaid).toEqual([]);
});

test('so has every refusal of the protocol, and every reason why the provider sets a text aside', () => {
  const codes = [
    ...[...read('packages/protocol/src/refusal.ts').matchAll(/^ {2}'?([a-z-]+)'?:/gm)],
    ...[...read('packages/provider/src/replacement.ts').matchAll(/^ {2}code: '([a-z-]+)'/gm)],
  ].map(([, code = '']) => code);
  expect(codes.length).toBe(11);
  expect(codes.filter((code) => why.said(code, english) === english)).toEqual([]);
});

test('so has every code that closes something for good', () => {
  const codes = [...read('packages/protocol/src/close-codes.ts').matchAll(/^ {2}(\w+): (44\d\d),/gm)];
  expect(codes.length).toBe(6);
  const sentences = codes.map(([, , code]) => why.said(Number(code), english));
  expect(sentences).not.toContain(english);
  // What one of them says is not true of another.
  expect(new Set(sentences).size).toBe(codes.length);
  // A text that is set aside has it as its code.
  expect(codes.map(([, , code = '']) => why.said(code, english))).toEqual(sentences);
});

test('what has a code that nobody knows yet is said in English rather than not at all', () => {
  expect(answers.answered('LATER', english)).toContain(english);
  expect(why.said('later', english)).toBe(english);
  expect(why.said('4499', english)).toBe(english);
  expect(why.said(4499, english)).toBe(english);
});

test('a code that is the name of something every object has is one that nobody knows', () => {
  expect(answers.answered('constructor', english)).toContain(english);
  expect(why.said('constructor', english)).toBe(english);
});

test('what a code means in one place alone is not said in all the others', () => {
  // Whether a restore was carried out may not be known.
  expect(answers.answered('RESTORE_REFUSED', english)).not.toContain('Nichts wurde geändert');
  expect(answers.answered('RESTORE_UNKNOWN', english)).toContain('Doppelt geschieht nichts');
  // A restore can be too large, too, and there are several servers as a rule.
  expect(answers.answered('TOO_LARGE', english)).not.toContain('zeigen');
  expect(answers.answered('SEVERAL_SERVERS', english)).toContain('einer früheren Version');
  expect(answers.answered('TOO_MANY_NAMES', english)).not.toContain('später');
});
