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
      for (let clock = 0; clock < 80; clock += 1) expect(ranges.has(clock)).toBe(model.has(clock));

      const missing: number[] = [];
      ranges.forEachMissing(asked.from, asked.to, (from, to) => {
        expect(to).toBeGreaterThan(from);
        for (let clock = from; clock < to; clock += 1) missing.push(clock);
      });
      const all = Array.from({ length: asked.to - asked.from }, (_, i) => asked.from + i);
      expect(missing).toEqual(all.filter((clock) => !model.has(clock)));
    }),
    { numRuns: 2000 },
  );
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
