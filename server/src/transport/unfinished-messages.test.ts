import { expect, test } from 'vitest';
import { dropUnfinished, type Sending } from './unfinished-messages.js';

const MIB = 1024 * 1024;

function connections(...all: readonly (readonly [bytes: number, sinceMs: number])[]) {
  const dropped: number[] = [];
  const sending = all.map(([unfinishedBytes, unfinishedSinceMs], index): Sending => {
    return { unfinishedBytes, unfinishedSinceMs, drop: () => dropped.push(index) };
  });
  return { sending, dropped };
}

test('those that wait longest are dropped until the others are within the limit', () => {
  const { sending, dropped } = connections([4 * MIB, 30], [4 * MIB, 10], [3 * MIB, 20], [4 * MIB, 40]);
  dropUnfinished(sending, 8 * MIB);
  expect(dropped).toEqual([1, 2]);
});

test('below the limit nobody is, nor who has sent next to nothing', () => {
  const { sending, dropped } = connections([4 * MIB, 30], [1000, 0], [4 * MIB, 10]);
  dropUnfinished(sending, 8 * MIB);
  expect(dropped).toEqual([]);
  dropUnfinished(sending, MIB);
  expect(dropped).toEqual([2, 0]);
});
