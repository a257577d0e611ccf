import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type DocumentName, documentPath, parseDocumentName, parseDocumentPath } from './document-name.js';

const ok = (text: string) => parseDocumentName(text).ok;

test.each([
  ['a'],
  ['Notes/2024/January 3rd'],
  ['ä/Ω/漢字/👩‍👩‍👧'],
  ['100% \\ of "it"?#&'],
  ['...'],
  ['.hidden/..almost'],
  [' leading and trailing '],
  ['x'.repeat(255)],
  [`${'é'.repeat(127)}x`],
])('%j is a name, and the same one after its way through a URL', (text) => {
  expect(parseDocumentName(text)).toEqual({ ok: true, name: text });
  expect(parseDocumentPath(documentPath(text as DocumentName))).toEqual({ ok: true, name: text });
});

test.each([
  ['', 'cannot be empty'],
  ['a//b', 'empty part'],
  ['/a', 'empty part'],
  ['a/', 'empty part'],
  ['/', 'empty part'],
  ['.', '"." or ".."'],
  ['..', '"." or ".."'],
  ['a/../b', '"." or ".."'],
  ['./a', '"." or ".."'],
  ['a\0b', 'control characters'],
  ['a\nb', 'control characters'],
  ['\u007f', 'control characters'],
  ['\u0085', 'control characters'],
  ['\ud800', 'valid Unicode'],
  ['a\udc00b', 'valid Unicode'],
  ['\udc00\ud800', 'valid Unicode'],
  ['x'.repeat(256), 'at most 255 bytes'],
  ['é'.repeat(128), 'at most 255 bytes'],
])('%j is no name', (text, why) => {
  expect(parseDocumentName(text)).toMatchObject({ ok: false, reason: expect.stringContaining(why) });
});

test('a name that is not in NFC is refused with the spelling that would be', () => {
  expect(parseDocumentName('e\u0301')).toMatchObject({ ok: false, suggestion: '\u00e9' });
  expect(parseDocumentName('\u212b')).toMatchObject({ ok: false, suggestion: '\u00c5' });
  expect(ok('\u00e9')).toBe(true);
});

test.each([
  ['a%2Fb', 'a/b'],
  ['a%20b', 'a b'],
  ['100%25', '100%'],
  ['%2525', '%25'],
])('the path %j is decoded once, to %j', (path, name) => {
  expect(parseDocumentPath(path)).toEqual({ ok: true, name });
});

test.each([['%2e%2e'], ['a/%2E%2E/b'], ['a%2F%2Fb'], ['%00'], ['%'], ['%zz'], ['%ff'], ['%ed%a0%80'], ['']])(
  'the path %j is refused',
  (path) => {
    expect(parseDocumentPath(path).ok).toBe(false);
  },
);

test('every name survives its way through a URL', () => {
  const anyText = fc.string({ unit: 'binary', maxLength: 80 }).map((text) => text.normalize('NFC'));
  const segment = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 20 }).map((text) => text.normalize('NFC'));
  const segments = fc.array(segment, { minLength: 1, maxLength: 5 }).map((list) => list.join('/'));
  let names = 0;
  fc.assert(
    fc.property(fc.oneof(anyText, segments), (text) => {
      const parsed = parseDocumentName(text);
      if (!parsed.ok) return;
      names += 1;
      expect(parseDocumentPath(documentPath(parsed.name))).toEqual(parsed);
      // A URL leaves it as it is, too.
      const { pathname } = new URL(`http://host/${documentPath(parsed.name)}`);
      expect(parseDocumentPath(pathname.slice(1))).toEqual(parsed);
    }),
    { numRuns: 400 },
  );
  expect(names).toBeGreaterThan(100);
});

test('nothing whatsoever makes it throw', () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.nat(0xffff).map((code) => String.fromCharCode(code)) }), (text) => {
      parseDocumentName(text);
      parseDocumentPath(text);
    }),
  );
});
