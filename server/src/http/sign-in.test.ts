import { expect, test } from 'vitest';
import { ownPath } from './sign-in.js';

test('signing in leads back to a page of this server, and nowhere else', () => {
  for (const path of ['/', '/d/notes', '/d/a/b?x=1', '/?a=b']) expect(ownPath(path)).toBe(path);
  const others = [
    undefined,
    ['/d/a', '/d/b'],
    '',
    'd/a',
    'https://evil.example/',
    '//evil.example/d/',
    '/\\evil.example',
    '/\t/evil.example',
    '/.//evil.example',
    '/d/..//evil.example',
    '/auth/sign-out',
    '/api/v1/me',
    `/d/${'x'.repeat(3000)}`,
  ];
  for (const other of others) expect(ownPath(other), String(other)).toBe('/');
});
