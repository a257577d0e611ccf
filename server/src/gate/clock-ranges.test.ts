import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ClockRanges } from './clock-ranges.js';

const range = fc
  .tuple(fc.nat(60), fc.integer({ min: 1, max: 12 }))
  .map(([from, length]) => ({ from, to: from + length }));

function clocksOf(ranges: ClockRanges): number[] {
  const clocks: number[] = [];
  ranges.forEach((from, to) => {
    for (let clock = from; clock < to; clock += 1) clocks.push(clock);
  });
  return clocks;
}

test('ranges hold exactly the clocks that were added, merged and in order', () => {
  fc.assert(
    fc.property(fc.array(range, { maxLength: 20 }), range, (added, asked) => {
      const ranges = new ClockRanges();
      const model = new Set<number>();
      for (const { from, to } of added) {
        ranges.add(from, to);
        for (let clock = from; clock < to; clock += 1) model.add(clock);
      }
      expect(clocksOf(ranges)).toEqual([...model].sort((a, b) => a - b));
      let last = -1;
      ranges.forEach((from, to) => {
        // Ranges that touch would be one.
        expect(from).toBeGreaterThan(last);
        expect(to).toBeGreaterThan(from);
        last = to;
      });

      const all = Array.from({ length: asked.to - asked.from }, (_, i) => asked.from + i);
      const missing = all.filter((clock) => !model.has(clock));
      const left = { from: ranges.firstMissing(asked.from), to: ranges.endOfMissing(asked.to) };
      if (missing.length === 0) expect(left.from).toBeGreaterThanOrEqual(left.to);
      else expect(left).toEqual({ from: missing[0], to: missing.at(-1)! + 1 });
    }),
    { numRuns: 2000 },
  );
});

test('adding many at once is adding each', () => {
  const many = fc.array(range, { maxLength: 60 });
  fc.assert(
    fc.property(many, many, (before, added) => {
      const [atOnce, oneByOne] = [new ClockRanges(), new ClockRanges()];
      for (const ranges of [atOnce, oneByOne]) for (const { from, to } of before) ranges.add(from * 7, to * 7 - 5);
      atOnce.addAll(added.flatMap(({ from, to }) => [from * 5, to * 5 - 3]));
      for (const { from, to } of added) oneByOne.add(from * 5, to * 5 - 3);
      expect(clocksOf(atOnce)).toEqual(clocksOf(oneByOne));
      expect(atOnce.isEqual(oneByOne)).toBe(true);
    }),
  );
});

test('hundreds of thousands of ranges, last one first or between others, are added in no time', () => {
  const every = (step: number, offset: number): number[] =>
    Array.from({ length: 300_000 }, (_, i) => [i * step + offset, i * step + offset + 1])
      .reverse()
      .flat();
  const ranges = new ClockRanges();
  const started = performance.now();
  ranges.addAll(every(4, 0));
  ranges.addAll(every(4, 2));
  expect(ranges.count).toBe(600_000);
  expect(performance.now() - started).toBeLessThan(3000);
});

test('a copy is equal and goes its own way', () => {
  const ranges = new ClockRanges();
  ranges.add(3, 5);
  const copy = ranges.copy();
  expect(copy.isEqual(ranges)).toBe(true);
  copy.add(5, 6);
  expect(copy.isEqual(ranges)).toBe(false);
  expect(clocksOf(ranges)).toEqual([3, 4]);
});
