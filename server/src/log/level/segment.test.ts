import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Entry } from '../document-log.js';
import { packColumns, unpackColumns } from './segment.js';

const names = fc.oneof(fc.constantFrom('', 'ann', 'ben'), fc.string({ unit: 'grapheme' }));
const rows = fc.array(
  fc.record({
    laterMs: fc.nat({ max: 2 ** 40 }),
    author: names,
    outboxId: names,
    clientSeq: fc.oneof(fc.nat({ max: 9 }), fc.maxSafeNat()),
    update: fc.oneof(fc.uint8Array({ maxLength: 3 }), fc.uint8Array({ minLength: 60, maxLength: 70 })),
  }),
  { minLength: 1, maxLength: 40 },
);

test('entries come out of their columns as they went in', () => {
  fc.assert(
    fc.property(rows, fc.nat(), (all, before) => {
      let timeMs = 0;
      const entries: Entry[] = all.map(({ laterMs, ...rest }, index) => {
        timeMs += laterMs;
        return { seq: before + index + 1, timeMs, ...rest };
      });
      expect(unpackColumns(packColumns(entries), before + 1, entries.length)).toEqual(entries);
    }),
    { numRuns: 300 },
  );
});
