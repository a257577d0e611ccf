import { expect, test } from 'vitest';
import { Tail } from './tail.js';

const bytes = (length: number): Uint8Array => new Uint8Array(length);

function tailOf(base: number, lengths: readonly number[]): Tail {
  const tail = new Tail(base);
  for (const length of lengths) tail.push(tail.head + 1, bytes(length));
  return tail;
}

test('entries are handed out from any seq the tail still covers', () => {
  const tail = tailOf(10, [1, 2, 3]);
  expect(tail.head).toBe(13);
  expect(tail.after(11)!.map((update) => update.length)).toEqual([2, 3]);
  expect(tail.after(13)).toEqual([]);
  expect(tail.after(9)).toBe(null);
});

test('a piece is of so many bytes, or one update of more', () => {
  const tail = tailOf(10, [5, 5, 100, 5]);
  const lengths = (seq: number): number[] | null => tail.pieceAfter(seq, 10)?.map(({ length }) => length) ?? null;
  expect([9, 10, 11, 12, 13, 14].map(lengths)).toEqual([null, [5, 5], [5], [100], [5], []]);
});

test('I3: a hole is an error of ours', () => {
  expect(() => tailOf(0, [1]).push(3, bytes(1))).toThrow('the tail ends at 1, then got 3');
});

test('trimming keeps the newest bytes before the checkpoint and everything after it', () => {
  const tail = tailOf(0, [10, 10, 10, 10, 10]);
  tail.trim(4, 20);
  expect(tail.base).toBe(2);
  expect(tail.head).toBe(5);
  expect(tail.after(2)).toHaveLength(3);
  expect(tail.bytes).toBe(30);
  expect(tail.freshBytes).toBe(10);
  tail.trim(4, 20);
  expect(tail.base).toBe(2);
  expect(tail.freshBytes).toBe(10);
  tail.trim(5, 0);
  expect(tail.after(5)).toEqual([]);
  expect(tail.base).toBe(5);
  expect(tail.freshBytes).toBe(0);
});
