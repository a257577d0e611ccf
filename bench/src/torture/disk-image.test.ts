import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as prng from 'lib0/prng';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { DiskHistory } from './disk-image.js';
import type { DiskEvent } from './disk-trace.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'weft-image-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const at = (startMs: number, endMs = startMs) => ({ startMs, endMs });

/** 200 images of one moment; asked for names, it says what all came about in them, null for a file that was missing. */
function imagesAt(atMs: number, events: readonly DiskEvent[], first: Record<string, string> = {}) {
  const before = mkdtempSync(join(folder, 'before-'));
  for (const [path, text] of Object.entries(first)) writeFileSync(join(before, path), text);
  writeFileSync(join(folder, 'log'), 'abcdefgh');
  const sizes = new Map(Object.entries(first).map(([path, text]) => [path, text.length]));
  const history = new DiskHistory({ before, after: folder, find: () => null }, sizes, events);
  const random = prng.create(1);
  const found: Record<string, string | null>[] = [];
  for (let i = 0; i < 200; i++) {
    const image = join(folder, `image-${i}`);
    rmSync(image, { recursive: true, force: true });
    expect(history.writeImage(atMs, random, image)).toBe(true);
    const read = (path: string) => (existsSync(path) ? readFileSync(path, 'latin1') : null);
    found.push(Object.fromEntries(['log', 'a', 'b'].map((path) => [path, read(join(image, path))])));
  }
  return (...paths: string[]) =>
    [...new Set(found.map((image) => paths.map((path) => `${image[path]}`).join(' ')))].sort();
}

const log: DiskEvent[] = [
  { kind: 'create', path: 'log', ...at(1) },
  { kind: 'write', path: 'log', bytes: 3, offset: null, ...at(2) },
  { kind: 'sync', path: 'log', ...at(3, 5) },
  { kind: 'write', path: 'log', bytes: 2, offset: 3, ...at(6) },
];

test('a file that was never synced may be gone, empty, or have any of its bytes', () => {
  expect(imagesAt(4, log)('log')).toEqual(
    expect.arrayContaining(['', '\0', '\0\0', '\0\0\0', 'a', 'ab', 'abc', 'null']),
  );
});

test('what a completed sync covered is there, and what came after it may be', () => {
  expect(imagesAt(5, log)('log')).toEqual(['abc']);
  expect(imagesAt(9, log)('log')).toEqual(['abc', 'abc\0', 'abc\0\0', 'abcd', 'abcde']);
});

test('what a failed sync was to cover may be forgotten, also when a later sync succeeds', () => {
  const failed: DiskEvent[] = [
    { kind: 'failed-sync', path: 'log', ...at(7) },
    { kind: 'sync', path: 'log', ...at(8) },
  ];
  expect(imagesAt(9, [...log, ...failed])('log')).toEqual(['abc\0\0', 'abc\0e', 'abcde']);
});

test('a new place of a name may be undone until something is synced after it', () => {
  const rename: DiskEvent = { kind: 'rename', path: 'a', to: 'b', ...at(7) };
  const maybe = imagesAt(8, [...log, rename], { a: 'new', b: 'old' });
  expect(maybe('a', 'b')).toEqual(['new old', 'null new']);
  const sure = imagesAt(9, [...log, rename, { kind: 'sync', path: 'log', ...at(8) }], { a: 'new', b: 'old' });
  expect(sure('a', 'b')).toEqual(['null new']);
});

test('a removal may be undone in the same way, and never before a later one', () => {
  const removals: DiskEvent[] = [
    { kind: 'unlink', path: 'a', ...at(7) },
    { kind: 'unlink', path: 'b', ...at(8) },
  ];
  const images = imagesAt(9, [...log, ...removals], { a: 'x', b: 'y' });
  expect(images('a', 'b')).toEqual(['x y', 'null null', 'null y'].sort());
});

test('a server that writes over what it had written is not understood', () => {
  const over: DiskEvent = { kind: 'write', path: 'log', bytes: 1, offset: 0, ...at(7) };
  expect(() => imagesAt(9, [...log, over])).toThrow('written over at 0');
});
