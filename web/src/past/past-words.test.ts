import { expect, test } from 'vitest';
import { chosenMomentInWords, dayHeading, momentInWords } from './past-words.js';

const now = new Date(2026, 10, 22, 23, 59).getTime();
const at = (...time: [number, number, number, number, number, number?]): number => new Date(...time).getTime();

test('moments are told by day and clock', () => {
  const said = [
    at(2026, 10, 22, 23, 59),
    at(2026, 10, 22, 0, 0),
    at(2026, 10, 21, 23, 59),
    at(2026, 10, 18, 9, 5),
    at(2025, 10, 18, 9, 5),
  ].map((ms) => momentInWords(ms, now));
  expect(said).toEqual([
    'today, 23:59',
    'today, 00:00',
    'yesterday, 23:59',
    'Wednesday, 09:05',
    '18 November 2025, 09:05',
  ]);
});

test('a moment of tomorrow, of a server whose clock is ahead, is told by its day', () => {
  expect(momentInWords(at(2026, 10, 23, 0, 1), now)).toBe('23 November, 00:01');
  expect(dayHeading(at(2026, 10, 23, 0, 1), now)).toBe('23 November');
});

test('a moment that was chosen to the second is told so', () => {
  expect(chosenMomentInWords(at(2026, 10, 22, 14, 2), now)).toBe('today, 14:02');
  expect(chosenMomentInWords(at(2026, 10, 21, 14, 2, 31), now)).toBe('yesterday, 14:02:31');
});
