// The life of a room, proven over interleavings: every read, write, job, tick of the clock and step of a visitor waits for
// its turn, and a scheduler picks who is next. What must never happen is checked after each step (server/test/life-cycle).

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { plans } from '../../test/life-cycle/plan.js';
import { type Passages, RoomWorld } from '../../test/life-cycle/room-world.js';

/** Always the same ones, so that chance decides nothing; more, and others, by WEFT_INTERLEAVINGS=20000 WEFT_SEED=7. */
const count = Number(process.env.WEFT_INTERLEAVINGS ?? 600);
const seed = Number(process.env.WEFT_SEED ?? 1);

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
    { numRuns: count, seed },
  );
  const total = (passage: keyof Passages): number => seen.reduce((sum, passages) => sum + passages[passage], 0);
  const names = Object.keys(seen[0]!) as (keyof Passages)[];
  process.stdout.write(
    `room life-cycle: ${traces.size} interleavings; ${names.map((name) => `${name} ${total(name)}`).join(', ')}\n`,
  );
  // A test that no longer comes near the places it is about would prove nothing.
  for (const name of names) expect(total(name), name).toBeGreaterThan(0);
}, 300_000);
