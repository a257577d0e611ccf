import fc from 'fast-check';
import { expect, test } from 'vitest';
import { FirstRanges } from './first-ranges.js';

const LENGTH = 40;
const range = fc.record({
  from: fc.nat({ max: LENGTH }),
  length: fc.nat({ max: 12 }),
  value: fc.nat({ max: 3 }),
});

test('of ranges that overlap the first holds, whatever their order and wherever one asks', () => {
  fc.assert(
    fc.property(fc.array(range, { maxLength: 20 }), (given) => {
      const ranges = new FirstRanges();
      const expected = new Array<number>(LENGTH * 2).fill(-1);
      for (const { from, length, value } of given) {
        ranges.add(from, from + length, value);
        for (let clock = from; clock < from + length; clock++) if (expected[clock] === -1) expected[clock] = value;
      }
      const found = expected.map((_, from) => ranges.pieceAt(from, expected.length));
      expect(found.map(({ value }) => value)).toEqual(expected);
      // A piece ends where its value does, and nowhere before.
      const ends = expected.map((value, from) => {
        const end = expected.findIndex((other, clock) => clock > from && other !== value);
        return end < 0 ? expected.length : end;
      });
      expect(found.map(({ to }) => to)).toEqual(ends);
    }),
    { numRuns: 500 },
  );
});
