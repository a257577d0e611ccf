// Taking a restore back against random histories of several people, among whom some write what they write without having heard of
// it, and in which there are more restores. What must come of it is worked out from the log alone, id by id (expected-undo.ts).
// `WEFT_SEEDS=3000` for more histories, `WEFT_SEED=32` for one.

import * as prng from 'lib0/prng';
import { expect, test } from 'vitest';
import * as Y from 'yjs';
import { writeAtRandom } from '../../../bench/src/random-peers.js';
import { undoAtRandom } from '../../../bench/src/random-undo.js';
import { checkUpdate } from '../gate/check-update.js';
import { KnownState } from '../gate/known-state.js';
import type { StateJob } from '../room/room-history.js';
import { buildCheckpoint } from './checkpoint-builder.js';
import { loadDocument } from './load-state.js';
import { computeUndo } from './restore-undo.js';
import { computeRestore, type RestoreUpdate } from './restore-update.js';
import { contentOf, expectedAfterUndo } from './test/expected-undo.js';

const SEEDS_PER_TEST = 20;
const only = process.env.WEFT_SEED;
const seeds = only ? [Number(only)] : Array.from({ length: Number(process.env.WEFT_SEEDS ?? 100) }, (_, i) => 1 + i);

const load = (updates: readonly Uint8Array[]): Y.Doc => loadDocument({ checkpointState: null, updates });

/** As the log has it: from a checkpoint somewhere before, or from the first entry on. */
function jobOf(updates: readonly Uint8Array[], random: prng.PRNG): StateJob {
  const covered = prng.int32(random, 0, updates.length);
  if (covered === 0) return { checkpointState: null, updates };
  const { state } = buildCheckpoint({ checkpointState: null, updates: updates.slice(0, covered) });
  return { checkpointState: state, updates: updates.slice(covered) };
}

/** A restore, and where in the log its entry is. */
interface Done extends RestoreUpdate {
  readonly at: number;
}

/** People write, and somebody restores at random. What goes into the log is what the gate takes. */
class World {
  readonly random: prng.PRNG;
  readonly restores: Done[] = [];
  readonly #known = new KnownState();

  constructor(seed: number) {
    this.random = prng.create(seed + 0.5);
  }

  readonly submit = (update: Uint8Array): Uint8Array | null => {
    const verdict = checkUpdate(update, this.#known);
    if (verdict.kind !== 'new') return null;
    this.#known.add(verdict.change);
    return verdict.update;
  };

  readonly write = (log: readonly Uint8Array[]): Uint8Array | null => {
    if (log.length < 4 || this.restores.length > 3 || prng.int32(this.random, 0, 9) > 0) return null;
    const done = prng.int32(this.random, 0, 3) === 0 ? this.undo(log) : this.#restore(log);
    if (done === null) return null;
    this.restores.push({ ...done, at: log.length });
    expect(this.submit(done.update)).toBe(done.update);
    return done.update;
  };

  #restore(log: readonly Uint8Array[]): RestoreUpdate | null {
    const to = prng.int32(this.random, 0, log.length);
    return computeRestore({ past: jobOf(log.slice(0, to), this.random), present: jobOf(log, this.random) });
  }

  undo(log: readonly Uint8Array[], which = this.#oneOfAll()): RestoreUpdate | null {
    if (which === undefined) return null;
    const { at, client } = which;
    const restores = this.restores.filter((other) => other.at > at);
    return computeUndo({ past: jobOf(log.slice(0, at), this.random), since: log.slice(at), client, restores });
  }

  #oneOfAll(): Done | undefined {
    return this.restores.length === 0 ? undefined : prng.oneOf(this.random, this.restores);
  }
}

function undoEach(seed: number, world: World, log: readonly Uint8Array[]): void {
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
      const world = new World(seed);
      const { log } = writeAtRandom({ seed, steps: 60, write: world.write }, world.submit);
      undoEach(seed, world, log);
    }
  });
  test(`T3: also where people took back and brought back what they wrote (${named})`, () => {
    for (const seed of batch) {
      const world = new World(seed);
      undoEach(seed, world, undoAtRandom(seed, world.submit, world.write));
    }
  });
}

test('T3: of values that followed each other under a key the last comes back, and not all as one (seed 376)', () => {
  const world = new World(376);
  undoEach(376, world, undoAtRandom(376, world.submit, world.write));
});
