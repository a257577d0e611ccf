// The gate and undo. Whoever undoes is honest, and what Yjs writes then is stranger than what most attackers think of.
// `WEFT_SEEDS=10000` for more histories, `WEFT_SEED=32` for one.

import { expect, test } from 'vitest';
import * as Y from 'yjs';
import { undoAtRandom } from '../../../bench/src/random-undo.js';
import { checkUpdate } from './check-update.js';
import { KnownState } from './known-state.js';
import { item, section, text, updateOf } from './test/handmade-updates.js';

const SEEDS_PER_TEST = 25;
/** In their histories are structs with one neighbour on both sides. */
const SELFISH_SEEDS = [64, 182];
const only = process.env.WEFT_SEED;
const seeds = only ? [Number(only)] : Array.from({ length: Number(process.env.WEFT_SEEDS ?? 200) }, (_, i) => 1 + i);

/** Loaded by somebody who does not write while reading: Yjs tidies formats otherwise. */
function load(updates: readonly Uint8Array[]): Y.Doc {
  const doc = new Y.Doc();
  doc.transact(() => {
    for (const update of updates) Y.applyUpdate(doc, update);
  });
  return doc;
}
const shown = (doc: Y.Doc): string => doc.getXmlFragment('prosemirror').toString();

/** Structs that name one item as their neighbour on both sides. */
const selfish = (update: Uint8Array): number =>
  Y.decodeUpdate(update).structs.filter(
    (struct) => struct instanceof Y.Item && struct.origin !== null && Y.compareIDs(struct.origin, struct.rightOrigin),
  ).length;

/** @returns how many structs had one neighbour on both sides */
function runHistory(seed: number): number {
  let strange = 0;
  const known = new KnownState();
  const log = undoAtRandom(seed, (update) => {
    strange += selfish(update);
    const verdict = checkUpdate(update, known);
    if (verdict.kind === 'known') return null;
    if (verdict.kind !== 'new' || verdict.withheld)
      throw new Error(`seed ${seed}: an honest update is ${JSON.stringify(verdict)}`);
    known.add(verdict.change);
    return verdict.update;
  });
  const doc = load(log);
  expect(doc.store.pendingStructs ?? doc.store.pendingDs, `seed ${seed}`).toBeNull();
  expect(known.encodeStateVector(), `seed ${seed}`).toEqual(Y.encodeStateVector(doc));
  // Whatever way it is kept, it opens as the same text.
  const text = shown(doc);
  expect(shown(load([Y.mergeUpdates([...log])])), `seed ${seed}, merged`).toBe(text);
  expect(shown(load([Y.encodeStateAsUpdate(doc)])), `seed ${seed}, as a state`).toBe(text);
  return strange;
}

for (let first = 0; first < seeds.length; first += SEEDS_PER_TEST) {
  const batch = seeds.slice(first, first + SEEDS_PER_TEST);
  test(`nothing that stock Yjs writes for undo and redo is refused (seeds ${batch[0]} to ${batch.at(-1)})`, () => {
    for (const seed of batch) runHistory(seed);
  });
}

test('undo writes structs with one neighbour on both sides', () => {
  expect(SELFISH_SEEDS.map(runHistory)).not.toContain(0);
});

test('G3: one neighbour on both sides is taken, and the same for everybody who loads it', () => {
  const CONTENT_STRING = 4;
  const base = updateOf({ sections: [section(1, 0, item(CONTENT_STRING, text('abc')))] });
  const beside = (client: number, letter: string) =>
    updateOf({ sections: [section(client, 0, item(CONTENT_STRING, text(letter), { origin: [1, 0], right: [1, 0] }))] });
  const between = updateOf({
    sections: [section(5, 0, item(CONTENT_STRING, text('-'), { origin: [1, 0], right: [1, 1] }))],
  });
  const updates = [beside(3, 'x'), beside(7, 'y'), between];
  const known = new KnownState();
  for (const update of [base, ...updates]) {
    const verdict = checkUpdate(update, known);
    expect(verdict).toMatchObject({ kind: 'new', withheld: false });
    if (verdict.kind === 'new') known.add(verdict.change);
  }
  const texts = orders(updates).map((order) =>
    load([base, ...order])
      .getText('text')
      .toString(),
  );
  expect(new Set(texts).size, texts.join(' ')).toBe(1);
});

const orders = <T>(list: readonly T[]): T[][] =>
  list.length < 2
    ? [[...list]]
    : list.flatMap((first, i) => orders(list.filter((_, j) => j !== i)).map((rest) => [first, ...rest]));
