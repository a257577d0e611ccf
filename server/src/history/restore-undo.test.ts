// Taking a restore back against random histories of several people, among whom some write what they write without having heard of
// it, and in which there are more restores, of whole moments and of some blocks. What must come of it is worked out from the log alone, id by id (expected-undo.ts).
// `WEFT_SEEDS=3000` for more histories, `WEFT_SEED=32` for one.

import { expect, test } from 'vitest';
import * as Y from 'yjs';
import { writeAtRandom } from '../../../bench/src/random-peers.js';
import { undoAtRandom } from '../../../bench/src/random-undo.js';
import { computeUndo } from './restore-undo.js';
import { contentOf, expectedAfterUndo } from './test/expected-undo.js';
import { load, RestoringWorld } from './test/restoring-world.js';

const SEEDS_PER_TEST = 20;
const only = process.env.WEFT_SEED;
const seeds = only ? [Number(only)] : Array.from({ length: Number(process.env.WEFT_SEEDS ?? 100) }, (_, i) => 1 + i);

function undoEach(seed: number, world: RestoringWorld, log: readonly Uint8Array[]): void {
  for (const restore of world.restores) {
    const what = `seed ${seed}: entry ${restore.at} of ${log.length}`;
    const later = world.restores.filter(({ at }) => at > restore.at);
    const undone = world.undo(log, restore);
    const expected = expectedAfterUndo(log, restore, later);
    if (undone === null) {
      expect(contentOf(load(log)), what).toEqual(expected);
      continue;
    }
    const after = load([...log, undone.update]);
    expect(contentOf(after), what).toEqual(expected);
    // People hold it live, not as the log has it.
    const live = new Y.Doc();
    for (const entry of [...log, undone.update]) Y.applyUpdate(live, entry);
    expect(live.store.pendingStructs, what).toBeNull();
    expect(live.getText('text').toString(), what).toBe(after.getText('text').toString());

    // A second time there is nothing to do, and taking that back is what was there.
    const again = { ...undone, at: log.length };
    const past = { checkpointState: null, updates: log.slice(0, restore.at) };
    const since = [...log.slice(restore.at), undone.update];
    const twice = computeUndo({ past, since, client: restore.client, restores: [...later, again] });
    expect(twice, what).toBeNull();
    const back = computeUndo({
      past: { checkpointState: null, updates: log },
      since: [undone.update],
      client: undone.client,
      restores: [],
    });
    expect(contentOf(load([...log, undone.update, ...(back ? [back.update] : [])])), what).toEqual(
      contentOf(load(log)),
    );
  }
}

for (let first = 0; first < seeds.length; first += SEEDS_PER_TEST) {
  const batch = seeds.slice(first, first + SEEDS_PER_TEST);
  const named = `seeds ${batch[0]} to ${batch.at(-1)}`;
  test(`T3: a restore is taken back, and what was written since stays (${named})`, () => {
    for (const seed of batch) {
      const world = new RestoringWorld(seed, { hasParts: seed % 2 === 0 });
      const { log } = writeAtRandom({ seed, steps: 60, write: world.write }, world.submit);
      undoEach(seed, world, log);
    }
  });
  test(`T3: also where people took back and brought back what they wrote (${named})`, () => {
    for (const seed of batch) {
      const world = new RestoringWorld(seed, { hasParts: seed % 2 === 0 });
      undoEach(seed, world, undoAtRandom(seed, world.submit, world.write));
    }
  });
}

test('T3: of values that followed each other under a key the last comes back, and not all as one (seed 376)', () => {
  const world = new RestoringWorld(376);
  undoEach(376, world, undoAtRandom(376, world.submit, world.write));
});
