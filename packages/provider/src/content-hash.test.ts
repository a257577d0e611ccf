import { contentHash } from '@weft/protocol';
import * as prng from 'lib0/prng';
import { describe, expect, test } from 'vitest';
import * as Y from 'yjs';
import { change, contentOf, docOf, forgedItem, inSomeOrder, peer } from '../test/histories.js';

const hashOf = (doc: Y.Doc): string => Buffer.from(contentHash(doc)).toString('hex');

/** Three people write at once; all that they wrote. */
function history(seed: number) {
  const gen = prng.create(seed);
  const peers = [7, 500, 90_000].map(peer);
  for (let step = prng.int32(gen, 1, 40); step > 0; step--) {
    const [from, to] = [prng.oneOf(gen, peers), prng.oneOf(gen, peers)];
    change(from.doc, gen);
    if (prng.bool(gen)) Y.applyUpdate(to.doc, Y.encodeStateAsUpdate(from.doc));
  }
  return { gen, peers, updates: peers.flatMap(({ updates }) => updates) };
}

function shuffled<T>(gen: prng.PRNG, list: readonly T[]): T[] {
  return list
    .map((value) => ({ value, key: prng.real53(gen) }))
    .sort((a, b) => a.key - b.key)
    .map(({ value }) => value);
}

/** As a server loads it, and as it stands there with everything that was deleted. */
function loadAtOnce(update: Uint8Array, gc: boolean): Y.Doc {
  const doc = new Y.Doc({ gc });
  Y.applyUpdate(doc, update);
  return doc;
}

describe('G3: the hash of what a document shows', () => {
  test.each(Array.from({ length: 150 }, (_, i) => 1 + i))(
    'seed %i: is the same however the document came about, was collected and cut into items',
    (seed) => {
      const { gen, peers, updates } = history(seed);
      const merged = Y.mergeUpdates(updates);
      const doc = loadAtOnce(merged, true);
      const hash = hashOf(doc);
      expect(hashOf(loadAtOnce(merged, false))).toBe(hash);
      expect(hashOf(loadAtOnce(Y.encodeStateAsUpdate(doc), true))).toBe(hash);
      const oneByOne = docWithoutTidying(shuffled(gen, updates));
      expect(hashOf(oneByOne)).toBe(hash);
      // Those who wrote it. Yjs may cut a pair of surrogates without a word where nothing comes of a change after all.
      for (const each of peers) {
        for (const update of updates) Y.transact(each.doc, (it) => applyUntidied(it, update), 'test', false);
        if (!JSON.stringify(contentOf(each.doc)).includes('\uFFFD')) expect(hashOf(each.doc)).toBe(hash);
      }
    },
  );

  test.each(Array.from({ length: 100 }, (_, i) => 1001 + i))('seed %i: stands for one content only', (seed) => {
    const gen = prng.create(seed);
    const { doc } = peer(1);
    const contents = new Map<string, string>();
    for (let step = 0; step < 20; step++) {
      change(doc, gen);
      const content = JSON.stringify(contentOf(doc));
      expect(contents.get(hashOf(doc)) ?? content).toBe(content);
      contents.set(hashOf(doc), content);
    }
  });

  test('tells apart what looks the same under other ids, and what is nested otherwise', () => {
    const make = (write: (doc: Y.Doc) => void, clientID = 1): string => {
      const { doc } = peer(clientID);
      write(doc);
      return hashOf(doc);
    };
    const element = (name: string, ...children: (Y.XmlElement | Y.XmlText)[]) => {
      const made = new Y.XmlElement(name);
      made.insert(0, children);
      return made;
    };
    const hashes = [
      make(() => {}),
      make((doc) => doc.getText('t').insert(0, 'ab')),
      make((doc) => doc.getText('t').insert(0, 'ab'), 2),
      make((doc) => doc.getText('u').insert(0, 'ab')),
      make((doc) => {
        doc.getText('t').insert(0, 'b');
        doc.getText('t').insert(0, 'a');
      }),
      make((doc) => doc.getText('t').insert(0, 'ab', { b: true })),
      make((doc) => doc.getArray('t').insert(0, ['ab'])),
      make((doc) => doc.getArray('t').insert(0, ['a', 'b'])),
      make((doc) => doc.getMap('t').set('ab', 1)),
      make((doc) => doc.getMap('t').set('ab', { c: 1 })),
      make((doc) => doc.getXmlFragment('t').insert(0, [element('p'), element('p')])),
      make((doc) => doc.getXmlFragment('t').insert(0, [element('p', element('p'))])),
      make((doc) => doc.getXmlFragment('t').insert(0, [element('p', element('q'))])),
      make((doc) => doc.getXmlFragment('t').insert(0, [element('p', new Y.XmlText())])),
    ];
    expect(new Set(hashes).size).toBe(hashes.length);
  });

  test('does not change by a root that is only asked for, nor by what was written and deleted', () => {
    const { doc } = peer(1);
    const empty = hashOf(doc);
    doc.getText('t');
    doc.getMap('m').set('k', 1);
    doc.getMap('m').delete('k');
    doc.getText('t').insert(0, 'gone');
    doc.getText('t').delete(0, 4);
    expect(hashOf(doc)).toBe(empty);
  });

  test('nests as deep as a document does', () => {
    const { doc } = peer(1);
    let inner = doc.getArray<unknown>('a');
    for (let depth = 0; depth < 1500; depth++) {
      const next = new Y.Array<unknown>();
      inner.insert(0, [next]);
      inner = next;
    }
    expect(hashOf(doc)).not.toBe(hashOf(new Y.Doc()));
  });

  /** The one forgery that the gate cannot know: an item that names its right neighbour as its left one, and the other way round. */
  test('differs where a forged item made peers diverge, and only there', () => {
    let diverged = 0;
    for (let seed = 1; seed <= 300; seed++) {
      const gen = prng.create(seed);
      const forged = forgedItem(gen);
      const orders = Array.from({ length: 4 }, () => docOf(...inSomeOrder(gen, forged)));
      const texts = new Set(orders.map((doc) => doc.getText('t').toString()));
      for (const { store } of orders) expect([store.pendingStructs, store.pendingDs]).toEqual([null, null]);
      expect(new Set(orders.map(hashOf)).size).toBe(texts.size);
      if (texts.size > 1) diverged += 1;
    }
    expect(diverged).toBeGreaterThan(10);
  });
});

/** Without the deletions that Yjs makes by itself when it receives formatting. */
function docWithoutTidying(updates: readonly Uint8Array[]): Y.Doc {
  const doc = new Y.Doc();
  const applyAll = (transaction: Y.Transaction) => {
    for (const update of updates) applyUntidied(transaction, update);
  };
  Y.transact(doc, applyAll, 'test', false);
  return doc;
}

function applyUntidied({ doc }: Y.Transaction, update: Uint8Array): void {
  doc.once('afterTransaction', (transaction: Y.Transaction) => {
    transaction._needFormattingCleanup = false;
  });
  Y.applyUpdate(doc, update);
}
