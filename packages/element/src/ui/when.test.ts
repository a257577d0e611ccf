import { expect, test } from 'vitest';
import { endInWords, whenInWords } from './when.js';

const now = new Date(2026, 10, 21, 14, 2);
const said = (...at: [number, number, number, number, number]) => whenInWords(new Date(...at).getTime(), now.getTime());

test('times are told as one would say them', () => {
  expect(said(2026, 10, 21, 14, 2)).toBe('just now');
  expect(said(2026, 10, 21, 14, 1)).toBe('1 minute ago');
  expect(said(2026, 10, 21, 13, 10)).toBe('52 minutes ago');
  expect(said(2026, 10, 21, 9, 0)).toBe('5 hours ago');
  expect(said(2026, 10, 20, 23, 0)).toBe('yesterday');
  expect(said(2026, 10, 17, 9, 0)).toBe('Tuesday');
  expect(said(2026, 2, 3, 9, 0)).toBe('3 March');
  expect(said(2024, 2, 3, 9, 0)).toBe('3 March 2024');
});

test('a clock that is ahead of ours is not in the future', () => {
  expect(said(2026, 10, 21, 15, 0)).toBe('just now');
});

test('an end is said as one would say it', () => {
  const end = (...at: [number, number, number, number, number]) => endInWords(new Date(...at).getTime(), now.getTime());
  expect(end(2026, 10, 21, 18, 5)).toBe('18:05 today');
  expect(end(2026, 10, 22, 14, 2)).toBe('14:02 tomorrow');
  expect(end(2026, 10, 28, 14, 2)).toBe('28 November');
  expect(end(2027, 2, 3, 14, 2)).toBe('3 March 2027');
});
