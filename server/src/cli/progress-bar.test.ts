import { expect, test } from 'vitest';
import { ProgressBar } from './progress-bar.js';

/** What is said on stderr about something that goes on for `untilMs`, one step each 50 ms. */
function said({ isLive, untilMs, total = 100 }: { isLive: boolean; untilMs: number; total?: number }): string {
  const said: string[] = [];
  let nowMs = 0;
  const terminal = { isLive, columns: 60, remark: (text: string) => void said.push(text) };
  const bar = new ProgressBar(terminal, () => nowMs);
  for (; nowMs < untilMs; nowMs += 50) bar.show({ doing: 'Counting', done: (100 * nowMs) / untilMs, total });
  bar.clear();
  return said.join('');
}

test('nothing is said about what takes less than a second', () => {
  expect(said({ isLive: true, untilMs: 1000 })).toBe('');
  expect(said({ isLive: false, untilMs: 1000 })).toBe('');
});

test('a terminal has one line, drawn again and taken away in the end', () => {
  const drawn = said({ isLive: true, untilMs: 2000 }).split('\r\x1b[K');
  expect(drawn).toHaveLength(1 + 10 + 1);
  expect(drawn[1]).toBe('████████████░░░░░░░░░░░░ Counting: 50 %');
  expect(drawn.at(-1)).toBe('');
  expect(drawn.every((line) => line.length < 60 && !line.includes('\n'))).toBe(true);
});

test('elsewhere there is a line every ten seconds at most', () => {
  expect(said({ isLive: false, untilMs: 30_000 })).toBe('Counting: 3 %\nCounting: 36 %\nCounting: 70 %\n');
});

test('where the end is not known no share of it is claimed', () => {
  expect(said({ isLive: false, untilMs: 2000, total: 0 })).toBe('Counting …\n');
});
