import { expect, test } from 'vitest';
import { readAssetAddress, withSize } from './asset-address.js';

const origin = 'https://weft.example.org';
const id = '0123456789abcdef'.repeat(4);
const path = `/api/v1/documents/team/plan%20b/assets/${id}`;

test('an address of a file says its document and its size, from wherever it is written', () => {
  const read = { document: 'team/plan b', path, url: origin + path, size: null };
  expect(readAssetAddress(path, origin)).toEqual(read);
  expect(readAssetAddress(origin + path, origin)).toEqual(read);
  expect(readAssetAddress(withSize(path, 640, 480), origin)).toEqual({ ...read, size: { width: 640, height: 480 } });
  expect(withSize(path, null, null)).toBe(path);
});

test.each([
  `https://elsewhere.example${path}`,
  `//elsewhere.example${path}`,
  '/favicon.svg',
  `${path}0`,
  `/api/v1/documents/../assets/${id}`,
  'data:image/png;base64,AAAA',
  'http://[',
  '',
])('%j is none', (src) => {
  expect(readAssetAddress(src, origin)).toBeNull();
});

test('a size that is none is not taken', () => {
  for (const hash of ['#0x4', '#123456x1', '#4', '#4x4x4', '#x'])
    expect(readAssetAddress(path + hash, origin)?.size).toBeNull();
});
