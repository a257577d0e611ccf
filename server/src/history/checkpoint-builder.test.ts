import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { contentHash } from '@weft/protocol';
import { expect, test } from 'vitest';
import * as Y from 'yjs';
import { writeAtRandom } from '../../../bench/src/random-peers.js';
import { checkUpdate } from '../gate/check-update.js';
import { KnownState } from '../gate/known-state.js';
import type { BuiltCheckpoint } from '../room/room-history.js';
import { buildCheckpoint } from './checkpoint-builder.js';

const contentOf = (doc: Y.Doc): unknown => [
  doc.getText('text').toDelta(),
  doc.getXmlFragment('prosemirror').toString(),
  doc.getMap('meta').toJSON(),
  doc.getArray('list').toJSON(),
];

function documentOf({ state }: Pick<BuiltCheckpoint, 'state'>): Y.Doc {
  const doc = new Y.Doc();
  Y.applyUpdate(doc, inflateRawSync(state));
  return doc;
}

/** What goes into the log when these peers write: the gate's remainders. */
function randomLog(seed: number): { log: readonly Uint8Array[]; peer: Y.Doc; known: KnownState } {
  const known = new KnownState();
  const { log, peers } = writeAtRandom({ seed, steps: 60 }, (update) => {
    const verdict = checkUpdate(update, known);
    if (verdict.kind !== 'new') return null;
    known.add(verdict.change);
    return verdict.update;
  });
  return { log, peer: peers[0]!.doc, known };
}

test.each([1, 2, 3, 4, 5, 6, 7, 8])(
  'I4: checkpoint and the entries after it are the live document (seed %i)',
  (seed) => {
    const { log, peer, known } = randomLog(seed);
    const thirds = [0, log.length / 3, (2 * log.length) / 3, log.length].map(Math.floor);
    let checkpoint: BuiltCheckpoint | null = null;
    for (let i = 1; i < thirds.length; i += 1) {
      checkpoint = buildCheckpoint({
        checkpointState: checkpoint?.state ?? null,
        updates: log.slice(thirds[i - 1]!, thirds[i]!),
      });
    }
    const doc = documentOf(checkpoint!);
    expect(contentOf(doc)).toEqual(contentOf(peer));
    expect(checkpoint!.stateVector).toEqual(Y.encodeStateVector(peer));
    const decoded = KnownState.decode(checkpoint!.stateVector, checkpoint!.deleteSet);
    expect(decoded.hasSameClocks(known)).toBe(true);
    expect(decoded.hasDeletesOf(known)).toBe(true);

    const atOnce = buildCheckpoint({ checkpointState: null, updates: log });
    expect(contentOf(documentOf(atOnce))).toEqual(contentOf(peer));
    expect(KnownState.decode(atOnce.stateVector, atOnce.deleteSet).isEqual(decoded)).toBe(true);
    expect(atOnce.description).toEqual(checkpoint!.description);
    // G3: what whoever is given it shows, and honest writers show.
    for (const hash of [checkpoint!.contentHash, atOnce.contentHash]) expect(hash).toEqual(contentHash(doc));
    expect(contentHash(peer)).toEqual(contentHash(doc));
  },
);

test('I4: nothing is tidied up that the log has: a checkpoint has no deletion of its own making', () => {
  const a = new Y.Doc();
  const b = new Y.Doc();
  const log: Uint8Array[] = [];
  for (const doc of [a, b])
    doc.on('update', (update: Uint8Array, origin: unknown) => void (origin ?? log.push(update)));
  const text = new Y.XmlText('both make this bold');
  a.getXmlFragment('prosemirror').insert(0, [text]);
  Y.applyUpdate(b, log[0]!, 'a');
  text.format(0, 9, { bold: true });
  (b.getXmlFragment('prosemirror').get(0) as Y.XmlText).format(0, 9, { bold: true });
  const known = new KnownState();
  for (const update of log) {
    const verdict = checkUpdate(update, known);
    if (verdict.kind === 'new') known.add(verdict.change);
  }
  // Yjs finds something redundant when it applies one after the other.
  const live = new Y.Doc();
  const tidied: Uint8Array[] = [];
  live.on('update', (update: Uint8Array, origin: unknown) => void (origin ?? tidied.push(update)));
  for (const update of log) Y.applyUpdate(live, update, 'log');
  expect(tidied).not.toEqual([]);

  const first = buildCheckpoint({ checkpointState: null, updates: log.slice(0, 2) });
  const second = buildCheckpoint({ checkpointState: first.state, updates: log.slice(2) });
  expect(KnownState.decode(second.stateVector, second.deleteSet).isEqual(known)).toBe(true);
});

test('J1: a tail that only deletes is in the checkpoint', () => {
  const doc = new Y.Doc();
  doc.getText('text').insert(0, 'to be deleted');
  const before = buildCheckpoint({ checkpointState: null, updates: [Y.encodeStateAsUpdate(doc)] });
  const tail: Uint8Array[] = [];
  doc.on('update', (update: Uint8Array) => tail.push(update));
  doc.getText('text').delete(0, 6);
  const after = buildCheckpoint({ checkpointState: before.state, updates: tail });
  expect(after.stateVector).toEqual(before.stateVector);
  expect(after.deleteSet).not.toEqual(before.deleteSet);
  expect(documentOf(after).getText('text').toString()).toBe('deleted');
});

test('a deletion that Yjs made by itself may be sent and logged after the checkpoint has it', () => {
  const [a, b, merged] = [new Y.Doc(), new Y.Doc(), new Y.Doc()];
  a.getMap('meta').set('title', 'a');
  b.getMap('meta').set('title', 'b');
  const log = [Y.encodeStateAsUpdate(a), Y.encodeStateAsUpdate(b)];
  for (const update of log) Y.applyUpdate(merged, update);
  const checkpoint = buildCheckpoint({ checkpointState: null, updates: log });
  const deletion = Y.encodeStateAsUpdate(merged, Y.encodeStateVector(merged));
  const again = buildCheckpoint({ checkpointState: checkpoint.state, updates: [deletion] });
  expect(again.deleteSet).toEqual(checkpoint.deleteSet);
});

test('an empty log gives an empty checkpoint', () => {
  const checkpoint = buildCheckpoint({ checkpointState: null, updates: [] });
  expect(checkpoint.stateVector).toEqual(Uint8Array.of(0));
  expect(checkpoint.deleteSet).toEqual(Uint8Array.of(0));
  expect(inflateRawSync(checkpoint.state)).toEqual(Buffer.of(0, 0));
  expect(checkpoint.description).toEqual({ title: '', excerpt: '', characters: 0 });
});

test('I7: entries that cannot be read, or build on what is missing, throw and say which', () => {
  const doc = new Y.Doc();
  const log: Uint8Array[] = [];
  doc.on('update', (update: Uint8Array) => log.push(update));
  for (const letter of 'abc') doc.getText('text').insert(0, letter);
  const build =
    (updates: Uint8Array[], checkpointState: Uint8Array | null = null) =>
    () =>
      buildCheckpoint({ checkpointState, updates });
  expect(build([log[0]!, log[2]!])).toThrow('lacks something');
  expect(build([log[0]!, Uint8Array.of(1, 2, 3)])).toThrow();
  expect(build(log, Uint8Array.of(1, 2, 3))).toThrow();
  expect(build([], deflateRawSync(Uint8Array.of(5)))).toThrow();
  // A length beyond what the gate takes, though Yjs would.
  expect(build([Uint8Array.of(1, 1, 1, 0, 0, 0xff, 0xff, 0xff, 0xff, 0x7f, 0)])).toThrow(
    'entry 1 after the checkpoint',
  );
});
