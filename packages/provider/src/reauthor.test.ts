import * as prng from 'lib0/prng';
import { describe, expect, test } from 'vitest';
import * as Y from 'yjs';
import { change, contentOf, docOf, peer } from '../test/histories.js';
import { overlapOf, reauthor, without } from './reauthor.js';

const OLD = 500;

const pendingOf = ({ store }: Y.Doc) => [store.pendingStructs, store.pendingDs];

/** Everything that names a client in the structs of `doc`. */
function clientsIn(updates: readonly Uint8Array[]): Set<number> {
  const clients = new Set<number>();
  for (const update of updates) {
    const { structs, ds } = Y.decodeUpdate(update);
    for (const client of ds.clients.keys()) clients.add(client);
    for (const struct of structs) {
      clients.add(struct.id.client);
      if (!(struct instanceof Y.Item)) continue;
      for (const id of [struct.origin, struct.rightOrigin, struct.parent])
        if (id instanceof Y.ID) clients.add(id.client);
    }
  }
  return clients;
}

/**
 * Two people write and hear of each other now and then; of one of them the newest changes are not acknowledged.
 * `acknowledged` and `others` are what a server has.
 */
function history(seed: number): { acknowledged: Uint8Array[]; others: Uint8Array[]; unacknowledged: Uint8Array[] } {
  const gen = prng.create(seed);
  const ann = peer(OLD);
  const bo = peer(prng.bool(gen) ? 7 : 90_000);
  const tell = (from: typeof ann, to: typeof ann) => Y.applyUpdate(to.doc, Y.encodeStateAsUpdate(from.doc));
  for (let step = prng.int32(gen, 0, 25); step > 0; step--) {
    change(prng.oneOf(gen, [ann, bo]).doc, gen);
    if (prng.int32(gen, 0, 3) === 0) tell(ann, bo);
    if (prng.int32(gen, 0, 3) === 0) tell(bo, ann);
  }
  const count = ann.updates.length;
  for (let step = prng.int32(gen, 1, 20); step > 0; step--) {
    change(prng.oneOf(gen, [ann, ann, bo]).doc, gen);
    if (prng.int32(gen, 0, 5) === 0) tell(bo, ann);
  }
  return { acknowledged: ann.updates.slice(0, count), others: bo.updates, unacknowledged: ann.updates.slice(count) };
}

function clockAfter(updates: readonly Uint8Array[], client: number): number {
  return Y.getState(docOf(...updates).store, client);
}

describe('S2: text written again under another clientID', () => {
  test.each(Array.from({ length: 300 }, (_, i) => 1 + i))('seed %i: is what it would have been', (seed) => {
    const { acknowledged, others, unacknowledged } = history(seed);
    const server = [...acknowledged, ...others];
    const meant = docOf(...server, ...unacknowledged);
    // In the same place among the ids, so that Yjs decides every conflict in the same way.
    const again = reauthor(unacknowledged, new Map([[OLD, OLD + 1]]))!;
    const made = docOf(...server, ...again);
    expect(contentOf(made)).toEqual(contentOf(meant));
    expect(pendingOf(made)).toEqual([null, null]);
    // Nothing new stands under the old id, and all of it under the new one.
    expect(Y.getState(made.store, OLD)).toBe(clockAfter(server, OLD));
    expect(Y.getState(made.store, OLD + 1)).toBe(Y.getState(meant.store, OLD) - clockAfter(server, OLD));
    if (acknowledged.length === 0) expect(clientsIn(again)).not.toContain(OLD);
  });

  test.each(Array.from({ length: 100 }, (_, i) => 2001 + i))(
    'seed %i: merged into fewer updates, or asked for as one against the state of the server, is the same',
    (seed) => {
      const { acknowledged, others, unacknowledged } = history(seed);
      const server = [...acknowledged, ...others];
      const plain = contentOf(docOf(...server, ...reauthor(unacknowledged, new Map([[OLD, OLD + 1]]))!));
      const merged = [Y.mergeUpdates(unacknowledged)];
      expect(contentOf(docOf(...server, ...reauthor(merged, new Map([[OLD, OLD + 1]]))!))).toEqual(plain);
      const whole = docOf(...server, ...unacknowledged);
      const asked = [Y.encodeStateAsUpdate(whole, Y.encodeStateVector(docOf(...server)))];
      expect(contentOf(docOf(...server, ...reauthor(asked, new Map([[OLD, OLD + 1]]))!))).toEqual(plain);
    },
  );

  test.each(Array.from({ length: 100 }, (_, i) => 3001 + i))(
    'seed %i: under any id, beside what somebody else wrote under the old one, it is all there and nothing is pending',
    (seed) => {
      const gen = prng.create(seed);
      const bo = peer(7);
      for (let step = prng.int32(gen, 0, 15); step > 0; step--) change(bo.doc, gen);
      const ann = peer(OLD);
      for (const update of bo.updates) Y.applyUpdate(ann.doc, update);
      for (let step = prng.int32(gen, 1, 15); step > 0; step--) change(ann.doc, gen);
      const squatter = peer(OLD);
      squatter.doc.getText('t').insert(0, '§'.repeat(prng.int32(gen, 1, 400)));

      const again = reauthor(ann.updates, new Map([[OLD, prng.uint32(gen, 1, 0xffffffff)]]))!;
      const made = docOf(...bo.updates, ...squatter.updates, ...again);
      expect(pendingOf(made)).toEqual([null, null]);
      expect(clientsIn(again)).not.toContain(OLD);
      expect(Y.getState(made.store, OLD)).toBe(clockAfter(squatter.updates, OLD));
      const meant = docOf(...bo.updates, ...ann.updates);
      expect(contentOf(made).slice(1)).toEqual(contentOf(meant).slice(1));
      expect(made.getText('t').toString().replaceAll('§', '')).toBe(meant.getText('t').toString());
    },
  );

  test('a deletion that covers acknowledged text, new text and text of others is taken apart', () => {
    const ann = peer(OLD);
    ann.doc.getText('t').insert(0, 'old ');
    const bo = peer(7);
    Y.applyUpdate(bo.doc, ann.updates[0]!);
    bo.doc.getText('t').insert(4, 'bo ');
    Y.applyUpdate(ann.doc, bo.updates[0]!);
    ann.doc.getText('t').insert(7, 'new');
    ann.doc.getText('t').delete(2, 7);
    const again = reauthor(ann.updates.slice(1), new Map([[OLD, 9]]))!;
    const ranges = [...Y.decodeUpdate(again[1]!).ds.clients].map(([client, deletes]) => [client, ...deletes]);
    expect(ranges.sort(([a], [b]) => Number(a) - Number(b))).toMatchObject([
      [7, { clock: 0, len: 3 }],
      [9, { clock: 0, len: 2 }],
      [OLD, { clock: 2, len: 2 }],
    ]);
    expect(
      docOf(ann.updates[0]!, ...bo.updates, ...again)
        .getText('t')
        .toString(),
    ).toBe('olw');
  });

  test.each(Array.from({ length: 100 }, (_, i) => 4001 + i))(
    'seed %i: is there once, also where the beginning of it was taken and nobody heard of that',
    (seed) => {
      const { acknowledged, others, unacknowledged } = history(seed);
      const taken = unacknowledged.slice(0, seed % (unacknowledged.length + 1));
      const server = [...acknowledged, ...others, ...taken];
      const meant = docOf(...server, ...unacknowledged);
      const missing = without(unacknowledged, OLD, docOf(...server));
      const made = docOf(...server, ...reauthor(missing, new Map([[OLD, OLD + 1]]))!);
      expect(contentOf(made)).toEqual(contentOf(meant));
      expect(pendingOf(made)).toEqual([null, null]);
    },
  );

  test('with a hole in it, it cannot be written again', () => {
    const ann = peer(OLD);
    for (const word of ['a', 'b', 'c']) ann.doc.getText('t').insert(0, word);
    const [a, , c] = ann.updates;
    expect(reauthor([Y.mergeUpdates([a!, c!])], new Map([[OLD, 9]]))).toBeNull();
  });
});

describe('what stands under the ids of unacknowledged text', () => {
  const ann = peer(OLD);
  ann.doc.getText('t').insert(0, 'hello');
  ann.doc.getMap('m').set('k', { a: 1 });

  test('is nothing, as a rule', () => {
    expect(overlapOf(ann.updates, new Set([OLD]), new Y.Doc())).toBe('none');
  });

  test('is the same text, which was taken without a word reaching the client', () => {
    expect(overlapOf(ann.updates, new Set([OLD]), docOf(ann.updates[0]!))).toBe('own');
    expect(overlapOf(ann.updates, new Set([OLD]), docOf(...ann.updates))).toBe('own');
    // Others wrote into the middle of it since.
    const bo = peer(7);
    for (const update of ann.updates) Y.applyUpdate(bo.doc, update);
    bo.doc.getText('t').insert(2, 'xx');
    expect(overlapOf(ann.updates, new Set([OLD]), docOf(...ann.updates, ...bo.updates))).toBe('own');
  });

  test('is something that was deleted: whose, cannot be told any more', () => {
    const bo = peer(7);
    Y.applyUpdate(bo.doc, ann.updates[0]!);
    bo.doc.getText('t').delete(0, 5);
    expect(overlapOf(ann.updates.slice(0, 1), new Set([OLD]), docOf(ann.updates[0]!, ...bo.updates))).toBe('unclear');
  });

  test('is what somebody else wrote', () => {
    for (const write of [
      (doc: Y.Doc) => doc.getText('t').insert(0, 'other'),
      (doc: Y.Doc) => doc.getText('t').insert(0, 'hellos'),
      (doc: Y.Doc) => doc.getArray('l').insert(0, [1, 2]),
    ]) {
      const other = peer(OLD);
      write(other.doc);
      expect(overlapOf(ann.updates, new Set([OLD]), other.doc)).toBe('foreign');
    }
  });
});
