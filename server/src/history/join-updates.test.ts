import fc from 'fast-check';
import { expect, test } from 'vitest';
import * as Y from 'yjs';
import { writeAtRandom } from '../../../bench/src/random-peers.js';
import { joinUpdates } from './join-updates.js';

/** As Yjs writes what it merges: it leaves out a flag that says nothing. */
const asMerged = (update: Uint8Array): Buffer => Buffer.from(Y.mergeUpdates([update, Uint8Array.of(0, 0)]));

test('what is joined is what Yjs merges', () => {
  let joinedOnes = 0;
  fc.assert(
    fc.property(fc.nat(), fc.nat(60), fc.integer({ min: 2, max: 60 }), (seed, from, count) => {
      const { log } = writeAtRandom({ seed, steps: 60 });
      const updates = log.slice(from % log.length).slice(0, count);
      const joined = joinUpdates(updates);
      if (joined === null) return;
      joinedOnes += 1;
      expect(asMerged(joined).equals(Y.mergeUpdates(updates))).toBe(true);
    }),
    { numRuns: 30 },
  );
  // In the others somebody says again what is there.
  expect(joinedOnes).toBeGreaterThan(5);
});

function typed(...texts: readonly string[]): Uint8Array[] {
  const doc = new Y.Doc();
  const updates: Uint8Array[] = [];
  doc.on('update', (update: Uint8Array) => updates.push(update));
  for (const text of texts) doc.getText('text').insert(doc.getText('text').length, text);
  return updates;
}

test('what is said twice, or left out, is left to Yjs', () => {
  const [first, second, third] = typed('warp ', 'and ', 'weft') as [Uint8Array, Uint8Array, Uint8Array];
  expect(joinUpdates([first, second, first])).toBeNull();
  expect(joinUpdates([first, third])).toBeNull();
  expect(joinUpdates([first, Y.mergeUpdates([first, second])])).toBeNull();
  expect(joinUpdates([first, Y.mergeUpdates([second, third])])).not.toBeNull();
});

test('all kinds of content are walked over', () => {
  const doc = new Y.Doc();
  const updates: Uint8Array[] = [];
  doc.on('update', (update: Uint8Array) => updates.push(update));
  const text = doc.getText('text');
  text.insert(0, 'a 🧵 and a shuttle');
  text.format(0, 5, { bold: true });
  text.insertEmbed(3, { image: 'a' });
  const list = doc.getArray<unknown>('list');
  list.insert(0, [1, -2.5, 'three', null, { four: [5n] }, new Uint8Array([6])]);
  list.insert(0, [new Y.XmlElement('loom'), new Y.XmlHook('hook'), new Y.XmlText('text'), new Y.Map()]);
  doc.getMap('map').set('key', 'value');
  doc.getMap('map').set('key', 'other');
  list.delete(1, 2);
  expect(asMerged(joinUpdates(updates)!)).toEqual(Buffer.from(Y.mergeUpdates(updates)));
  const collected = new Y.Doc();
  Y.applyUpdate(collected, Y.mergeUpdates(updates));
  const state = Y.encodeStateAsUpdate(collected);
  text.insert(0, 'more');
  expect(asMerged(joinUpdates([state, updates.at(-1)!])!)).toEqual(
    Buffer.from(Y.mergeUpdates([state, updates.at(-1)!])),
  );
});

test('documents within documents are left to Yjs', () => {
  const doc = new Y.Doc();
  doc.getMap('map').set('inner', new Y.Doc());
  const update = Y.encodeStateAsUpdate(doc);
  expect(joinUpdates([update, ...typed('x')])).toBeNull();
});
