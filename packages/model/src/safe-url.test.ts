import { expect, test } from 'vitest';
import { safeImageSource, safeLinkHref } from './safe-url.js';

test('web pages, mail, telephones, relative addresses and fragments are followed', () => {
  for (const href of [
    'https://weft.example/a?b#c',
    'http://x',
    'HTTPS://X',
    'mailto:noor@x.example',
    'tel:+4612345',
    '/d/a',
    'a/b',
    '#top',
  ]) {
    expect(safeLinkHref(href)).toBe(href);
  }
  expect(safeLinkHref('  https://x ')).toBe('https://x');
});

test('an address that could run or read something is inert, however its scheme is dressed up', () => {
  const hostile = [
    'javascript:alert(1)',
    'JaVaScRiPt:alert(1)',
    ' javascript:alert(1)',
    'java\nscript:alert(1)',
    'java\tscript:alert(1)',
    '\u0001javascript:alert(1)',
    'java\u200bscript:alert(1)',
    'data:text/html,<script>alert(1)</script>',
    'vbscript:x',
    'file:///etc/passwd',
    'blob:https://x/1',
  ];
  for (const href of hostile) expect(safeLinkHref(href), href).toBeNull();
});

test('what is not an address is inert', () => {
  for (const value of ['', '   ', null, undefined, 7, { href: 'https://x' }]) expect(safeLinkHref(value)).toBeNull();
});

test('an image is fetched from the web or not at all', () => {
  expect(safeImageSource('https://x/a.png')).toBe('https://x/a.png');
  expect(safeImageSource('mailto:a@b')).toBeNull();
  expect(safeImageSource('data:image/svg+xml,<svg/>')).toBeNull();
});
