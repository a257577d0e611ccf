import { stateDigest } from '@weft/protocol';
import * as prng from 'lib0/prng';
import { expect, test } from 'vitest';
import * as Y from 'yjs';
import { change, contentOf, docOf, peer } from '../test/histories.js';
import { wholeState } from './whole-state.js';

const seeds = Array.from({ length: 40 }, (_, index) => 1 + index);
const digestOf = (doc: Y.Doc): Uint8Array => {
  const stateVector = Y.encodeStateVector(doc);
  return stateDigest(stateVector, Y.encodeStateAsUpdate(doc, stateVector).subarray(1));
};

/** @param meanwhile is done after each portion @returns the update, and how many portions it took */
function encoded(doc: Y.Doc, structs: number, meanwhile: () => void) {
  const portions = wholeState(doc, structs);
  for (let count = 1; ; count++) {
    const { done, value } = portions.next();
    if (done) return { update: value, count };
    meanwhile();
  }
}

function written(gen: prng.PRNG) {
  const peers = [7, 500, 90_000].map(peer);
  for (let step = prng.int32(gen, 10, 40); step > 0; step--) {
    const [from, to] = [prng.oneOf(gen, peers), prng.oneOf(gen, peers)];
    change(from.doc, gen);
    if (prng.bool(gen)) Y.applyUpdate(to.doc, Y.encodeStateAsUpdate(from.doc));
  }
  const [first, ...rest] = peers;
  for (const { doc } of rest) Y.applyUpdate(first!.doc, Y.encodeStateAsUpdate(doc));
  return { doc: first!.doc, others: rest.map(({ doc }) => doc) };
}

test.each(seeds)('seed %i: of a Y.Doc that rests it is the update of Yjs, byte for byte', (seed) => {
  const gen = prng.create(seed);
  const { doc } = written(gen);
  const { update, count } = encoded(doc, prng.int32(gen, 1, 9), () => {});
  expect(update).toEqual(Y.encodeStateAsUpdate(doc));
  expect(count).toBeGreaterThan(1);
});

test.each(seeds)('seed %i: of one that is written in meanwhile it is the state of the end', (seed) => {
  const gen = prng.create(seed);
  const { doc, others } = written(gen);
  const newcomer = peer(3).doc;
  const { update } = encoded(doc, prng.int32(gen, 1, 9), () => {
    if (prng.bool(gen)) change(doc, gen);
    const other = prng.oneOf(gen, [...others, newcomer]);
    Y.applyUpdate(other, Y.encodeStateAsUpdate(doc));
    change(other, gen);
    Y.applyUpdate(doc, Y.encodeStateAsUpdate(other));
  });
  const read = docOf(update);
  expect([read.store.pendingStructs, read.store.pendingDs]).toEqual([null, null]);
  // Yjs may cut a pair of surrogates in two without a word where nothing comes of a change after all.
  if (!JSON.stringify(contentOf(doc)).includes('\uFFFD')) expect(contentOf(read)).toEqual(contentOf(doc));
  expect(digestOf(read)).toEqual(digestOf(doc));
});

test('a blank Y.Doc takes one portion', () => {
  const doc = new Y.Doc();
  expect(encoded(doc, 1, () => {})).toEqual({ update: Y.encodeStateAsUpdate(doc), count: 1 });
});
