// Bringing some blocks back alone, in random histories of several people in which more was brought back and taken back before: those
// blocks are what they were, in their place and credited to those who wrote them, and the rest is untouched.
// `WEFT_SEEDS=3000` for more histories, `WEFT_SEED=32` for one.

import * as prng from 'lib0/prng';
import { expect, test } from 'vitest';
import * as Y from 'yjs';
import { writeAtRandom } from '../../../bench/src/random-peers.js';
import { undoAtRandom } from '../../../bench/src/random-undo.js';
import { loadDocument } from './load-state.js';
import { blockIdOf, holderOf } from './past-block.js';
import { computePart } from './restore-part.js';
import { decodeOrigins } from './restore-record.js';
import { computeUndo } from './restore-undo.js';
import type { RestoreUpdate } from './restore-update.js';
import { contentOf, treeOf } from './test/expected-undo.js';
import { blocksIn, jobOf, load, RestoringWorld } from './test/restoring-world.js';

const SEEDS_PER_TEST = 20;
const only = process.env.WEFT_SEED;
const seeds = only ? [Number(only)] : Array.from({ length: Number(process.env.WEFT_SEEDS ?? 100) }, (_, i) => 1 + i);

const isThere = (item: Y.Item): boolean => !item.deleted;
const shownIn = ({ content }: Y.Item): unknown => treeOf((content as Y.ContentType).type, isThere);
const named = (doc: Y.Doc, id: string): Y.Item | undefined => blocksIn(doc).find((one) => blockIdOf(one.id) === id);

/** The ids that something has come back under, its own first: whoever brought it back, the newest is the last. */
function idsOf(id: string, restores: readonly RestoreUpdate[]): string[] {
  const ids = [id];
  for (const { client, origins } of restores) {
    for (const range of decodeOrigins(origins)) {
      for (const known of [...ids]) {
        const [owner, clock] = known.split('-').map(Number) as [number, number];
        if (range.client !== owner || clock < range.from || clock >= range.from + range.length) continue;
        ids.push(`${client}-${range.clock + clock - range.from}`);
      }
    }
  }
  return ids;
}

const placeOf = (item: Y.Item): string => {
  const holder = holderOf(item);
  return `${holder ? blockIdOf(holder.id) : ''} ${item.parentSub}`;
};

/** What is left of a document without some blocks and what takes their place under a key, and without what a client wrote. */
function restOf(
  updates: readonly Uint8Array[],
  blocks: ReadonlySet<string>,
  keys: ReadonlySet<string>,
  client: number,
): unknown {
  const isHidden = (item: Y.Item | null): boolean =>
    item !== null &&
    (item.id.client === client ||
      blocks.has(blockIdOf(item.id)) ||
      (item.parentSub !== null && keys.has(placeOf(item))) ||
      isHidden(holderOf(item)));
  return contentOf(load(updates), (item) => isThere(item) && !isHidden(item));
}

/** Every unit that was written says again, to the letter, what somebody wrote before. */
function expectCredited(before: readonly Uint8Array[], { update, client, origins }: RestoreUpdate, what: string): void {
  const all = loadDocument({ checkpointState: null, updates: [...before, update] }, { gc: false });
  const unitAt = (owner: number, clock: number): unknown => {
    const { id, content } = Y.getItem(all.store, Y.createID(owner, clock)) as Y.Item;
    if (content instanceof Y.ContentString) return content.str[clock - id.clock];
    return content instanceof Y.ContentType ? content.type.constructor.name : content.getRef();
  };
  let next = 0;
  for (const range of decodeOrigins(origins)) {
    expect(range.clock, what).toBe(next);
    next += range.length;
    for (let i = 0; i < range.length; i++) {
      expect(unitAt(client, range.clock + i), what).toEqual(unitAt(range.client, range.from + i));
    }
  }
  expect(next, what).toBe(Y.getState(all.store, client));
}

/** Between what stood around it, as far as that is there. */
function expectBetween(after: Y.Doc, block: Y.Item, back: Y.Item, what: string): void {
  if (block.parentSub !== null) return;
  for (const side of ['left', 'right'] as const) {
    const there = new Set<unknown>();
    for (let one = back[side]; one !== null; one = one[side]) there.add(one);
    for (let one = block[side]; one !== null; one = one[side]) {
      if (one.deleted) continue;
      const now: unknown = Y.getItem(after.store, side === 'left' ? one.lastId : one.id);
      if (now instanceof Y.Item && !now.deleted && now.parent === back.parent) expect(there.has(now), what).toBe(true);
    }
  }
}

function isWithin(block: Y.Item, others: readonly Y.Item[]): boolean {
  const holder = holderOf(block);
  return holder !== null && (others.includes(holder) || isWithin(holder, others));
}

/** Whether what a block stood in is gone, and something else stands where that was. */
function isReplacedAround(block: Y.Item, log: readonly Uint8Array[]): boolean {
  const { store } = loadDocument({ checkpointState: null, updates: log }, { gc: false });
  for (let holder = holderOf(block); holder !== null; holder = holderOf(holder)) {
    const now = Y.getItem(store, holder.id) as Y.Item;
    if (
      now.deleted &&
      now.parentSub !== null &&
      !(now.parent as Y.AbstractType<unknown>)._map.get(now.parentSub)!.deleted
    )
      return true;
  }
  return false;
}

function bringBackAtRandom(seed: number, world: RestoringWorld, log: readonly Uint8Array[]): void {
  const { random, restores } = world;
  const to = prng.int32(random, 1, log.length - 1);
  const past = load(log.slice(0, to));
  const blocks = blocksIn(past);
  if (blocks.length === 0) return;
  const wanted = Array.from({ length: prng.int32(random, 1, 3) }, () => prng.oneOf(random, blocks));
  const ids = wanted.map(({ id }) => blockIdOf(id));
  const what = `seed ${seed}: ${ids} of ${to} in ${log.length}`;
  const later = restores.filter(({ at }) => at >= to);
  const job = { past: jobOf(log.slice(0, to), random), blocks: ids };
  const computed = computePart({ ...job, present: jobOf(log, random), restores: later });
  if ('displaced' in computed) {
    const block = blocks.find(({ id }) => blockIdOf(id) === computed.displaced)!;
    expect(isReplacedAround(block, log), what).toBe(true);
    return;
  }
  if ('missing' in computed) throw new Error(`${what} is missing`);
  const written = computed.update;
  const updates = written ? [...log, written.update] : log;
  const after = load(updates);
  const all = written ? [...later, written] : later;
  const there = new Set<string>();
  const keys = new Set<string>();
  // What is within others of them is there with those.
  for (const block of wanted.filter((one) => !isWithin(one, wanted))) {
    const names = idsOf(blockIdOf(block.id), all);
    const standing = names.flatMap((name) => named(after, name) ?? []);
    if (standing.length === 0) {
      // Something else that shows the same has taken its place.
      const instead = blocksIn(after).filter(({ parentSub }) => parentSub !== null && parentSub === block.parentSub);
      expect(written, what).toBeNull();
      expect(instead.map(shownIn), what).toContainEqual(shownIn(block));
      continue;
    }
    for (const { id } of standing) there.add(blockIdOf(id));
    for (const one of standing) if (one.parentSub !== null) keys.add(placeOf(one));
    const back = standing.find((one) => written && one.id.client === written.client) ?? standing[0]!;
    expect(shownIn(back), what).toEqual(shownIn(block));
    if (!idsOf(blockIdOf(block.id), later).some((name) => named(load(log), name)))
      expectBetween(after, block, back, what);
  }
  const client = written?.client ?? -1;
  expect(restOf(updates, there, keys, client), what).toEqual(restOf(log, there, keys, client));
  if (!written) return;

  expect(world.takes(written.update), what).toBe(true);
  expectCredited(log, written, what);
  // It is not brought back twice.
  expect(computePart({ ...job, present: jobOf(updates, random), restores: all }), what).toEqual({ update: null });
  // Taken back, there is what was there.
  const undone = computeUndo({
    past: jobOf(log, random),
    since: [written.update],
    client: written.client,
    restores: [],
  });
  expect(contentOf(load([...updates, undone!.update])), what).toEqual(contentOf(load(log)));
}

for (let first = 0; first < seeds.length; first += SEEDS_PER_TEST) {
  const batch = seeds.slice(first, first + SEEDS_PER_TEST);
  const name = `seeds ${batch[0]} to ${batch.at(-1)}`;
  test(`T4: blocks come back alone, whatever was written (${name})`, () => {
    for (const seed of batch) {
      const world = new RestoringWorld(seed, { hasParts: true });
      bringBackAtRandom(seed, world, writeAtRandom({ seed, steps: 60, write: world.write }, world.submit).log);
    }
  });
  test(`T4: also where people took back and brought back what they wrote (${name})`, () => {
    for (const seed of batch) {
      const world = new RestoringWorld(seed, { hasParts: true });
      bringBackAtRandom(seed, world, undoAtRandom(seed, world.submit, world.write));
    }
  });
}

test('a block that was not there then is named', () => {
  const { log } = writeAtRandom({ seed: 3, steps: 30 });
  const job = { past: { checkpointState: null, updates: log }, present: { checkpointState: null, updates: log } };
  expect(computePart({ ...job, restores: [], blocks: ['7-7'] })).toEqual({ missing: '7-7' });
});
