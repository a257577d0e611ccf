// The life of a room, proven over interleavings: every read, write, job, tick of the clock and step of a visitor waits for
// its turn, and a scheduler picks who is next. What must never happen is checked after each step (server/test/life-cycle).

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Passages, type Plan, type Replacement, RoomWorld, type Visit } from '../../test/life-cycle/room-world.js';

/** More of them on demand: WEFT_INTERLEAVINGS=20000 npx vitest run room-lifecycle */
const count = Number(process.env.WEFT_INTERLEAVINGS ?? 500);

const visits: fc.Arbitrary<Visit> = fc.record({
  document: fc.constantFrom('a', 'a', 'b'),
  delay: fc.nat({ max: 40 }),
  prefers: fc.constantFrom(null, null, 'settling', 'closing'),
  returns: fc.boolean(),
  words: fc.nat({ max: 3 }),
  leaves: fc.constantFrom('early', 'hasty', 'saved'),
  how: fc.constantFrom('close', 'break'),
});

const replacements: fc.Arbitrary<Replacement> = fc.record({
  document: fc.constantFrom('a', 'b'),
  delay: fc.nat({ max: 40 }),
});

const plans: fc.Arbitrary<Plan> = fc.record({
  visits: fc.array(visits, { minLength: 2, maxLength: 6 }),
  replacements: fc.oneof(fc.constant([]), fc.array(replacements, { maxLength: 2 })),
  // Half a second, in which rooms are visited, or as long as an empty room is kept.
  ticksMs: fc.array(fc.constantFrom(500, 5500, 5500), { minLength: 10, maxLength: 24 }),
  stopAfterTicks: fc.option(fc.nat({ max: 20 }), { freq: 3 }),
  loadFaults: fc.array(fc.constantFrom(null, null, null, 'open', 'entries'), { maxLength: 3 }),
  jobFaults: fc.array(fc.constantFrom(false, false, false, true), { maxLength: 2 }),
  journalMaxBytes: fc.constantFrom(600, 1_000_000),
});

test('one loader, nothing before Opened, no unload before the last write or while somebody joins', async () => {
  const seen: Passages[] = [];
  const traces = new Set<string>();
  await fc.assert(
    fc.asyncProperty(fc.scheduler(), plans, async (scheduler, plan) => {
      const world = new RoomWorld(scheduler, plan);
      await world.run();
      traces.add(
        scheduler
          .report()
          .map(({ taskId }) => taskId)
          .join(),
      );
      seen.push(world.passages);
    }),
    { numRuns: count },
  );
  const total = (passage: keyof Passages): number => seen.reduce((sum, passages) => sum + passages[passage], 0);
  const names = Object.keys(seen[0]!) as (keyof Passages)[];
  process.stdout.write(
    `room life-cycle: ${traces.size} interleavings; ${names.map((name) => `${name} ${total(name)}`).join(', ')}\n`,
  );
  // A test that no longer comes near the places it is about would prove nothing.
  for (const name of names) expect(total(name), name).toBeGreaterThan(0);
}, 300_000);
