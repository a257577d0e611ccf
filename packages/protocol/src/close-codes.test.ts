import { expect, test } from 'vitest';
import { CloseCode, mayComeBack } from './close-codes.js';

test('44xx stops a client, everything else lets it come back', () => {
  for (const code of [4400, 4406, 4450, 4499]) expect(mayComeBack(code)).toBe(false);
  for (const code of [1000, 1001, 1006, 1009, 1012, 3000, 4000, 4399, 4500, 4999]) expect(mayComeBack(code)).toBe(true);
});

test('each of our codes is in one of the two ranges, and none is there twice', () => {
  const codes = Object.values(CloseCode);
  for (const code of codes) expect([44, 45]).toContain(Math.floor(code / 100));
  expect(new Set(codes).size).toBe(codes.length);
});

test('what would happen again stops, what may pass does not', () => {
  const stopping = Object.entries(CloseCode).filter(([, code]) => !mayComeBack(code));
  expect(stopping.map(([name]) => name)).toEqual([
    'BadFrame',
    'Unauthorized',
    'NoAccess',
    'VersionUnsupported',
    'BadName',
    'TooMuch',
  ]);
});
