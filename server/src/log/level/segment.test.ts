import fc from 'fast-check';
import { expect, onTestFinished, test, vi } from 'vitest';
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

test('entries come out of their columns as they went in', async () => {
  await fc.assert(
    fc.asyncProperty(rows, fc.nat(), async (all, before) => {
      let timeMs = 0;
      const entries: Entry[] = all.map(({ laterMs, ...rest }, index) => {
        timeMs += laterMs;
        return { seq: before + index + 1, timeMs, ...rest };
      });
      expect(await unpackColumns(packColumns(entries), before + 1, entries.length)).toEqual(entries);
    }),
    { numRuns: 300 },
  );
});

test('a long segment is unpacked in stretches, between which others have their turn', async () => {
  const entries: Entry[] = Array.from({ length: 20_000 }, (_, index) => ({
    seq: index + 1,
    timeMs: index * 150,
    author: 'ann',
    outboxId: 'outbox',
    clientSeq: index,
    update: new Uint8Array(20 + (index % 12)),
  }));
  const columns = packColumns(entries);
  // A clock that says of every piece of work that it took 5 ms.
  let nowMs = 0;
  const clock = vi.spyOn(performance, 'now').mockImplementation(() => (nowMs += 5));
  onTestFinished(() => clock.mockRestore());
  let turns = 0;
  let isDone = false;
  const count = (): void => {
    turns += 1;
    if (!isDone) setImmediate(count);
  };
  setImmediate(count);
  expect(await unpackColumns(columns, 1, entries.length)).toEqual(entries);
  isDone = true;
  expect(turns).toBeGreaterThan(100);
});
