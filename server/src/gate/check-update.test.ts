// The gate against Yjs itself: what a Y.Doc would do with the same bytes is the truth.

import * as prng from 'lib0/prng';
import { expect, test } from 'vitest';
import * as Y from 'yjs';
import { writeAtRandom } from '../../../bench/src/random-peers.js';
import { checkUpdate, type Verdict } from './check-update.js';
import { noLimits } from './gate-limits.js';
import { type Change, KnownState } from './known-state.js';
import { all, bytes, gc, item, itemIn, section, text, uint, updateOf, type Write } from './test/handmade-updates.js';

const seeds = Array.from({ length: 30 }, (_, i) => i + 1);

/** The document of these updates, loaded without Yjs tidying up formatting on the way. */
function load(updates: readonly Uint8Array[]): Y.Doc {
  const doc = new Y.Doc();
  doc.transact(() => {
    for (const update of updates) Y.applyUpdate(doc, update);
  });
  return doc;
}

function knownStateOf(doc: Y.Doc): KnownState {
  const known = new KnownState();
  const verdict = checkUpdate(Y.encodeStateAsUpdate(doc), known);
  if (verdict.kind === 'new') known.add(verdict.change);
  else expect(verdict.kind).toBe('known');
  expect(known.encodeStateVector()).toEqual(Y.encodeStateVector(doc));
  return known;
}

const contentOf = (doc: Y.Doc): unknown => [
  doc.getText('text').toDelta(),
  doc.getXmlFragment('prosemirror').toString(),
  doc.getMap('meta').toJSON(),
  doc.getArray('list').toJSON(),
  doc.getMap('fields').toJSON(),
];

const isPending = (doc: Y.Doc): boolean => doc.store.pendingStructs !== null || doc.store.pendingDs !== null;

test.each(seeds)(
  'G1, J2: everything honest writers send is taken, and what is left of it does the same (seed %i)',
  (seed) => {
    const known = new KnownState();
    const asSent: Uint8Array[] = [];
    const { peers, log } = writeAtRandom({ seed, steps: 80 }, (update) => {
      const before = update.slice();
      const verdict = checkUpdate(update, known);
      expect(update).toEqual(before);
      asSent.push(update);
      if (verdict.kind === 'known') return null;
      if (verdict.kind !== 'new') throw new Error(`an honest update is ${JSON.stringify(verdict)}`);
      known.add(verdict.change);
      expect(checkUpdate(update, known)).toEqual({ kind: 'known' });
      expect(checkUpdate(verdict.update, known)).toEqual({ kind: 'known' });
      return verdict.update;
    });
    const doc = load(log);
    const whole = load(asSent);
    expect(contentOf(doc)).toEqual(contentOf(whole));
    expect(isPending(doc) || isPending(whole)).toBe(false);
    expect(known.encodeStateVector()).toEqual(Y.encodeStateVector(doc));
    expect(knownStateOf(doc).isEqual(knownStateOf(whole))).toBe(true);
    expect(knownStateOf(doc).hasDeletesOf(known)).toBe(true);
    for (const peer of peers) expect(contentOf(peer.doc)).toEqual(contentOf(doc));
  },
);

test.each(seeds)(
  'J2: state vector and delete set are those of the Y.Doc when nothing is concurrent (seed %i)',
  (seed) => {
    const known = new KnownState();
    const { log } = writeAtRandom({ seed, steps: 60, inStep: true }, (update) => {
      const verdict = checkUpdate(update, known);
      if (verdict.kind === 'new') known.add(verdict.change);
      return verdict.kind === 'new' ? verdict.update : null;
    });
    const expected = knownStateOf(load(log));
    expect(known.isEqual(expected)).toBe(true);
    expect(known.encodeDeleteSet()).toEqual(expected.encodeDeleteSet());
  },
);

test.each(seeds)(
  'G1, G4: of an update that comes too early just that is taken which Yjs would not leave pending (seed %i)',
  (seed) => {
    const { log, random } = writeAtRandom({ seed, steps: 30 });
    const known = new KnownState();
    const taken: Uint8Array[] = [];
    const waiting = [...log];
    const tally = { gap: 0, part: 0, known: 0, new: 0 };
    while (waiting.length > 0 && tally.gap < 300) {
      // Mostly in order, often too early, now and then again, sometimes merged with one that comes later.
      const index = Math.min(waiting.length - 1, prng.bool(random) ? 0 : prng.int32(random, 0, 6));
      const other = waiting[prng.int32(random, 0, waiting.length - 1)]!;
      const update = prng.int32(random, 0, 4) === 0 ? Y.mergeUpdates([waiting[index]!, other]) : waiting[index]!;

      const verdict = checkUpdate(update, known);
      if (verdict.kind === 'malformed' || verdict.kind === 'tangled') throw new Error(verdict.reason);
      const isCut = verdict.kind === 'gap' || (verdict.kind === 'new' && verdict.withheld);
      tally[isCut && verdict.kind === 'new' ? 'part' : verdict.kind] += 1;
      const whole = load([...taken, update]);
      expect(isPending(whole)).toBe(isCut);
      if (verdict.kind === 'new') {
        known.add(verdict.change);
        taken.push(verdict.update);
      }
      const doc = load(taken);
      expect(isPending(doc)).toBe(false);
      expect(contentOf(doc)).toEqual(contentOf(whole));
      expect(Y.encodeStateVector(doc)).toEqual(Y.encodeStateVector(whole));
      expect(known.encodeStateVector()).toEqual(Y.encodeStateVector(doc));
      if (!isCut && update === waiting[index] && prng.int32(random, 0, 3) > 0) waiting.splice(index, 1);
    }
    expect(tally.new).toBeGreaterThan(0);
  },
);

test("G4: what nobody knows of clients that are not the author's is left out, with all that builds on it", () => {
  const known = new KnownState();
  known.add({ structs: [{ client: 7, from: 0, to: 2 }], deletes: [] });
  const letter = item(4, text('a'));
  const beside = (client: number, clock: number): Write => item(4, text('b'), { origin: [client, clock] });
  const update = updateOf({
    sections: [
      section(9, 0, letter, letter, beside(7, 2), letter),
      section(8, 0, beside(9, 1), beside(7, 1)),
      section(7, 1, beside(7, 0), letter),
      section(6, 0, beside(9, 2)),
    ],
    deletes: [
      [7, 0, 3],
      [8, 0, 1],
      [6, 0, 1],
    ],
  });
  const asked: number[] = [];
  const mayWriteAs = (client: number): boolean => {
    asked.push(client);
    return client !== 7;
  };
  expect(checkUpdate(update, known, { mayWriteAs })).toMatchObject({
    kind: 'new',
    withheld: true,
    update: updateOf({
      sections: [section(9, 0, letter, letter), section(8, 0, beside(9, 1), beside(7, 1))],
      deletes: [
        [7, 0, 2],
        [8, 0, 1],
      ],
    }),
    change: {
      structs: [
        { client: 9, from: 0, to: 2 },
        { client: 8, from: 0, to: 2 },
      ],
    },
  });
  expect(asked).toEqual([9, 8, 7, 6]);
  expect(checkUpdate(update, known)).toMatchObject({ kind: 'new', withheld: false });
  // What is known of them passes, and nobody is asked.
  const repeated = updateOf({ sections: [section(7, 0, letter, letter), section(5, 0, beside(7, 1))] });
  asked.length = 0;
  expect(checkUpdate(repeated, known, { mayWriteAs })).toMatchObject({ kind: 'new', withheld: false });
  expect(asked).toEqual([5]);
  expect(checkUpdate(update, known, { mayWriteAs: () => false })).toMatchObject({
    update: updateOf({ deletes: [[7, 0, 2]] }),
    withheld: true,
  });
  const alone = updateOf({ sections: [section(9, 0, letter)] });
  expect(checkUpdate(alone, known, { mayWriteAs: () => false })).toEqual({ kind: 'gap' });
});

test('I7: of what was accepted once nothing may be missing: a part of it is a gap', () => {
  const doc = new Y.Doc();
  const log: Uint8Array[] = [];
  doc.on('update', (update: Uint8Array) => log.push(update));
  for (const word of ['one ', 'two ']) doc.getText('text').insert(0, word);
  const twoThings = Y.mergeUpdates([updateOf({ sections: [gc(9, 0, 1)] }), log[1]!]);
  expect(checkUpdate(twoThings, new KnownState())).toMatchObject({ kind: 'new', withheld: true });
  expect(checkUpdate(twoThings, new KnownState(), { limits: noLimits })).toEqual({ kind: 'gap' });
});

test('J2: a thousand reconnections of a stock client with nothing new are known', () => {
  const known = new KnownState();
  const { log } = writeAtRandom({ seed: 7, steps: 60 });
  const doc = load(log);
  const first = checkUpdate(Y.encodeStateAsUpdate(doc), known);
  if (first.kind === 'new') known.add(first.change);
  const withAllDeletes = Y.encodeStateAsUpdate(doc, Y.encodeStateVector(doc));
  expect(withAllDeletes.length).toBeGreaterThan(2);
  for (let i = 0; i < 1000; i += 1) expect(checkUpdate(withAllDeletes, known).kind).toBe('known');
});

test('J2: an update with nothing known in it is returned as the very same array', () => {
  const known = new KnownState();
  const doc = new Y.Doc();
  let count = 0;
  doc.on('update', (update: Uint8Array) => {
    const verdict = checkUpdate(update, known);
    if (verdict.kind !== 'new') throw new Error(verdict.kind);
    expect(verdict.update).toBe(update);
    known.add(verdict.change);
    count += 1;
  });
  const text = doc.getText('text');
  text.insert(0, 'hello 🙂 ä');
  text.insert(3, 'x');
  text.delete(1, 4);
  text.format(0, 3, { strong: {} });
  doc.getMap('meta').set('title', 'a');
  doc.getMap('meta').set('title', 'b');
  expect(count).toBe(6);
});

test('J2: known deletions are left out, and cut off at the ends of a range; its middle stays as it is', () => {
  const doc = new Y.Doc();
  doc.clientID = 5;
  doc.getText('text').insert(0, '0123456789');
  const known = knownStateOf(doc);
  const knownDeletes = [
    [0, 2],
    [4, 5],
    [8, 9],
  ].map(([from, to]) => ({ client: 5, from: from!, to: to! }));
  known.add({ structs: [], deletes: knownDeletes });
  const sent = (...deletes: number[][]): Verdict =>
    checkUpdate(updateOf({ deletes: deletes.map((d) => [5, ...d]) }), known);
  const left = (...deletes: number[][]): object => ({
    kind: 'new',
    update: updateOf({ deletes: deletes.map(([from, to]) => [5, from!, to! - from!]) }),
    change: { structs: [], deletes: deletes.map(([from, to]) => ({ client: 5, from, to })) },
    withheld: false,
  });
  expect(sent([1, 8])).toMatchObject(left([2, 8]));
  expect(sent([0, 2], [3, 1], [8, 1])).toMatchObject(left([3, 4]));
  expect(sent([3, 2], [8, 2])).toMatchObject(left([3, 4], [9, 10]));
  expect(sent([0, 1], [4, 1], [8, 1])).toEqual({ kind: 'known' });
  const whole = updateOf({ deletes: [[5, 3, 4]] });
  expect(checkUpdate(whole, known)).toMatchObject({ update: whole });
});

/** As Yjs reads it: clients, and flat (clock, length)s. */
const deletesIn = (update: Uint8Array): [number, number[]][] =>
  [...Y.mergeDeleteSets([Y.decodeUpdate(update).ds]).clients].map(([client, ranges]) => [
    client,
    ranges.flatMap(({ clock, len }) => [clock, len]),
  ]);

function updatesOf(doc: Y.Doc, change: () => void): Uint8Array {
  const updates: Uint8Array[] = [];
  const collect = (update: Uint8Array): void => void updates.push(update);
  doc.on('update', collect);
  change();
  doc.off('update', collect);
  return Y.mergeUpdates(updates);
}

test('J2: of what holds something that is newly deleted, deletions stay though they are known', () => {
  const [ann, ben] = [new Y.Doc(), new Y.Doc()];
  ann.clientID = 5;
  ben.clientID = 7;
  const block = (words: string): Y.XmlElement => {
    const made = new Y.XmlElement('paragraph');
    made.insert(0, [new Y.XmlText(words)]);
    return made;
  };
  const fragment = ann.getXmlFragment('prosemirror');
  // 5: blocks 0 and 3, in them the texts 1 and 4, with a letter 2 and 5.
  fragment.insert(0, [block('a'), block('b')]);
  Y.applyUpdate(ben, Y.encodeStateAsUpdate(ann));
  const known = knownStateOf(ann);
  const add = (update: Uint8Array): void => {
    const verdict = checkUpdate(update, known);
    if (verdict.kind !== 'new') throw new Error(verdict.kind);
    known.add(verdict.change);
  };
  const away = updatesOf(ann, () => fragment.delete(0, 2));
  add(away);
  const text = (ben.getXmlFragment('prosemirror').get(1) as Y.XmlElement).get(0) as Y.XmlText;
  add(updatesOf(ben, () => text.insert(1, 'cd')));
  const erased = updatesOf(ben, () => text.delete(0, 2));
  // Somebody who erases has not heard that the block is gone: b was, and is known to be.
  const kept = checkUpdate(erased, known);
  expect(kept.kind === 'new' && deletesIn(kept.update)).toEqual([[7, [0, 1]]]);
  Y.applyUpdate(ben, away);
  const all = Y.encodeStateAsUpdate(ben, Y.encodeStateVector(ben));
  const verdict = checkUpdate(all, known);
  if (verdict.kind !== 'new') throw new Error(verdict.kind);
  expect(deletesIn(verdict.update)).toEqual([
    [7, [0, 2]],
    [5, [4, 1]],
  ]);
  expect(verdict.change.deletes).toEqual([{ client: 7, from: 0, to: 2 }]);
  // Of what is collected it is not known what held it: then all stays.
  const bare = checkUpdate(all, known.withoutPlaces());
  expect(bare.kind === 'new' && deletesIn(bare.update)).toEqual(deletesIn(all));
  known.add(verdict.change);
  expect(checkUpdate(all, known)).toEqual({ kind: 'known' });
});

test('J2: what holds something newly deleted is found among many types, and told once', () => {
  const [ann, ben] = [new Y.Doc(), new Y.Doc()];
  ann.clientID = 5;
  ben.clientID = 7;
  // 5: blocks 0 to 39, and their texts 40 to 79.
  const blocks = ann.getXmlFragment('prosemirror');
  const made = Array.from({ length: 40 }, () => new Y.XmlElement('paragraph'));
  blocks.insert(0, made);
  for (const block of made) block.insert(0, [new Y.XmlText()]);
  Y.applyUpdate(ben, Y.encodeStateAsUpdate(ann));
  const known = knownStateOf(ann);
  const taken = (update: Uint8Array): Uint8Array => {
    const verdict = checkUpdate(update, known);
    if (verdict.kind !== 'new') throw new Error(verdict.kind);
    known.add(verdict.change);
    return verdict.update;
  };
  taken(updatesOf(ann, () => blocks.delete(0, 40)));
  for (const at of [30, 3]) {
    const text = (ben.getXmlFragment('prosemirror').get(at) as Y.XmlElement).get(0) as Y.XmlText;
    taken(updatesOf(ben, () => text.insert(0, 'a')));
  }
  // All of what is deleted, and some of it once more.
  const deletes = [
    [7, 0, 2],
    [5, 0, 80],
    [5, 43, 1],
  ];
  expect(Y.decodeUpdate(taken(updateOf({ deletes }))).ds.clients).toEqual(
    new Map([
      [7, [{ clock: 0, len: 2 }]],
      [
        5,
        [
          { clock: 43, len: 1 },
          { clock: 70, len: 1 },
        ],
      ],
    ]),
  );
});

test('J2: a struct that is known in part is cut as Yjs cuts it', () => {
  const bodies: [content: number, body: Write][] = [
    [4, text('\ufeffa🙂ä🙂')],
    [1, uint(7)],
    [8, all(uint(4), bytes(126, 125, 3, 117, 1, 127, 120))],
    [2, all(uint(3), text('{"a":1}'), text('undefined'), text('2'))],
  ];
  const ids: Parameters<typeof item>[2][] = [
    {},
    { origin: [9, 1] },
    { right: [9, 1] },
    { origin: [9, 0], right: [9, 1] },
  ];
  const structs = bodies.flatMap(([content, body]) => ids.map((id) => item(content, body, id)));
  const keyed = all(bytes(0x20 | 8), uint(1), text('meta'), text('key'), uint(2), bytes(126, 127));
  const child = itemIn([9, 1], 4, text('abc'));
  for (const struct of [...structs, keyed, child, all(bytes(0), uint(9))]) {
    const update = updateOf({ sections: [section(3, 5, struct, all(bytes(0), uint(2)))] });
    const { to } = Y.parseUpdateMeta(update);
    for (let clock = 6; clock < to.get(3)! - 2; clock += 1) {
      const known = new KnownState();
      known.add({
        structs: [
          { client: 3, from: 0, to: clock },
          { client: 9, from: 0, to: 2 },
        ],
        deletes: [],
      });
      const verdict = checkUpdate(update, known);
      if (verdict.kind !== 'new') throw new Error(verdict.kind);

      expect(verdict.update).toEqual(Y.diffUpdate(update, known.encodeStateVector()));
    }
  }
});

test('J3: the state vector can leave out what is not yet on disk', () => {
  const doc = new Y.Doc();
  const known = new KnownState();
  const changes: Change[] = [];
  const vectors: Uint8Array[] = [Y.encodeStateVector(doc)];
  doc.on('update', (update: Uint8Array) => {
    const verdict = checkUpdate(update, known);
    if (verdict.kind !== 'new') throw new Error(verdict.kind);
    known.add(verdict.change);
    changes.push(verdict.change);
    vectors.push(Y.encodeStateVector(doc));
  });
  for (let i = 0; i < 4; i += 1) doc.getText('text').insert(i, 'x');
  for (let written = 0; written <= 4; written += 1) {
    expect(known.encodeStateVector(changes.slice(written))).toEqual(vectors[written]);
  }
});

test('sections in another order than Yjs writes them are put in order, for mergeUpdates loses structs otherwise', () => {
  const sections = [gc(1, 0, 1), gc(2, 0, 1), gc(3, 0, 1)];
  const verdict = checkUpdate(updateOf({ sections }), new KnownState());
  expect(verdict).toMatchObject({ kind: 'new', update: updateOf({ sections: sections.reverse() }) });
});
