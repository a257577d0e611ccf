import { deflateRawSync } from 'node:zlib';
import { stateDigest } from '@weft/protocol';
import * as encoding from 'lib0/encoding';
import { expect, test, vi } from 'vitest';
import * as Y from 'yjs';
import { writeAtRandom } from '../../../bench/src/random-peers.js';
import { checkUpdate } from '../gate/check-update.js';
import { KnownState } from '../gate/known-state.js';
import { inlineHistory } from '../history/inline-history.js';
import type { Checkpoint } from '../log/document-log.js';
import { clocksOf, Knowledge, knownOfCheckpoint, take } from './knowledge.js';
import type { StateJob } from './room-history.js';

async function checkpointOf(updates: readonly Uint8Array[]): Promise<Checkpoint> {
  const built = await inlineHistory.buildCheckpoint({ checkpointState: null, updates });
  return { ...built, seq: updates.length, outboxes: new Map(), owners: new Map() };
}

/** What a room that was just opened knows; `read` counts how often the state was read. */
function opened(checkpoint: Checkpoint, tail: readonly Uint8Array[] = []) {
  const known = tail.length === 0 ? clocksOf(checkpoint) : knownOfCheckpoint(checkpoint);
  for (const update of tail) take(known, update);
  const stateJob = vi.fn((): StateJob => ({ checkpointState: checkpoint.state, updates: tail }));
  const onDisk = { checkpoint, head: checkpoint.seq + tail.length, stateJob };
  return { knowledge: new Knowledge(known.withoutPlaces(), onDisk), read: () => stateJob.mock.calls.length };
}

test.each([1, 2, 3, 4, 5, 6])(
  'says of each update what was said without a checkpoint, whenever the room opened (seed %i)',
  async (seed) => {
    const known = new KnownState();
    const accepted: Uint8Array[] = [];
    const asked: { readonly update: Uint8Array; readonly kind: string; readonly after: number }[] = [];
    writeAtRandom({ seed, steps: 30 }, (update) => {
      const verdict = checkUpdate(update, known);
      asked.push({ update, kind: verdict.kind, after: accepted.length });
      if (verdict.kind !== 'new') return null;
      known.add(verdict.change);
      accepted.push(verdict.update);
      return verdict.update;
    });
    const half = Math.ceil(accepted.length / 2);
    const checkpoint = await checkpointOf(accepted.slice(0, half));
    for (const { update, kind, after } of asked) {
      if (after < half) continue;
      const { knowledge } = opened(checkpoint, accepted.slice(half, after));
      const verdict = knowledge.check(update, {});
      // What Yjs deleted without a word is in the checkpoint.
      if (verdict.kind !== kind) expect([kind, verdict.kind]).toEqual(['new', 'known']);
    }
  },
);

test('J2: what readers answer is known without reading the state; the first who writes has it read, once', async () => {
  const doc = new Y.Doc();
  const text = doc.getText('t');
  text.insert(0, 'some words');
  text.delete(2, 3);
  const written = Y.encodeStateAsUpdate(doc);
  text.delete(0, 1);
  const deleted = Y.encodeStateAsUpdate(doc, Y.encodeStateVector(doc));
  const { knowledge, read } = opened(await checkpointOf([written]), [deleted]);
  for (const known of [written, deleted, Y.encodeStateAsUpdate(doc), Uint8Array.of(0, 0)]) {
    expect(knowledge.check(known, {}).kind).toBe('known');
  }
  expect(read()).toBe(0);
  for (const word of ['more', 'and more']) {
    const before = Y.encodeStateVector(doc);
    text.insert(0, word);
    const verdict = knowledge.check(Y.encodeStateAsUpdate(doc, before), {});
    expect(verdict.kind).toBe('new');
    if (verdict.kind === 'new') knowledge.add(verdict.change);
  }
  expect(read()).toBe(1);
  expect(knowledge.state.encodeStateVector()).toEqual(Y.encodeStateVector(doc));
});

test('J2: deletions that are all in the checkpoint are known, and others are not', async () => {
  const doc = new Y.Doc();
  const text = doc.getText('t');
  text.insert(0, 'some words');
  text.delete(2, 3);
  text.delete(5, 1);
  const written = Y.encodeStateAsUpdate(doc);
  const { knowledge, read } = opened(await checkpointOf([written]));
  const { clientID } = doc;
  const deleteOnly = (...ranges: readonly number[]): Uint8Array =>
    encoding.encode((encoder) => {
      for (const part of [0, 1, clientID, ranges.length / 2, ...ranges]) encoding.writeVarUint(encoder, part);
    });
  expect(knowledge.check(deleteOnly(3, 1), {}).kind).toBe('known');
  expect(knowledge.check(written, {}).kind).toBe('known');
  expect(read()).toBe(0);
  knowledge.forgetPlaces();
  expect(knowledge.check(deleteOnly(2, 3), {}).kind).toBe('known');
  expect(knowledge.check(deleteOnly(0, 1), {}).kind).toBe('new');
  expect(read()).toBe(1);
});

test('J2: what would take long to compare is not compared', async () => {
  const doc = new Y.Doc();
  doc.clientID = 1;
  doc.getText('t').insert(0, 'x'.repeat(400_002));
  const known = new KnownState();
  take(known, Y.encodeStateAsUpdate(doc));
  const knowledge = new Knowledge(known, { checkpoint: null, head: 1, stateJob: () => expect.unreachable() });
  const everySecond = (count: number) =>
    Array.from({ length: count }, (_, i) => ({ client: 1, from: 2 * i, to: 2 * i + 1 }));
  const stateVector = Y.encodeStateVector(doc);
  knowledge.add({ structs: [], deletes: everySecond(199_999) });
  const digest = knowledge.digest(stateVector);
  expect(digest).toEqual(stateDigest(stateVector, known.encodeDeleteSet()));
  knowledge.add({ structs: [], deletes: everySecond(200_000) });
  expect(knowledge.digest(stateVector)).toBeNull();
});

test('G2: a parent that is none is found out by a room that was just opened', async () => {
  const doc = new Y.Doc();
  doc.clientID = 1;
  doc.getText('t').insert(0, 'ab');
  const { knowledge } = opened(await checkpointOf([Y.encodeStateAsUpdate(doc)]));
  // One struct of client 2 at clock 0: a string whose parent is the letter (1, 0).
  const inLetter = Uint8Array.of(1, 1, 2, 0, 4, 0, 1, 0, 1, 120, 0);
  expect(knowledge.check(inLetter, {}).kind).toBe('malformed');
});

test('what is forgotten while nobody writes is read again', async () => {
  const doc = new Y.Doc();
  doc.getText('t').insert(0, 'a');
  const { knowledge, read } = opened(await checkpointOf([Y.encodeStateAsUpdate(doc)]));
  const missing = Uint8Array.of(1, 1, 9, 4, 0x84, 9, 3, 1, 120, 0);
  for (let times = 1; times <= 3; times++) {
    expect(knowledge.check(missing, {}).kind).toBe('gap');
    expect(knowledge.check(missing, {}).kind).toBe('gap');
    expect(read()).toBe(times);
    knowledge.forgetPlaces();
    expect(knowledge.state.encodeStateVector()).toEqual(Y.encodeStateVector(doc));
  }
});

test('J2: only the whole delete set, and nothing beside it, is what a client in step answers', async () => {
  const doc = new Y.Doc();
  doc.getText('t').insert(0, 'some words');
  doc.getText('t').delete(2, 3);
  const checkpoint = await checkpointOf([Y.encodeStateAsUpdate(doc)]);
  const inStep = Y.encodeStateAsUpdate(doc, Y.encodeStateVector(doc));
  expect(opened(checkpoint).knowledge.isWholeDeleteSet(inStep)).toBe(true);
  expect(opened(checkpoint).knowledge.isWholeDeleteSet(Y.encodeStateAsUpdate(doc))).toBe(false);
  expect(opened(checkpoint).knowledge.isWholeDeleteSet(Uint8Array.of(0, 0))).toBe(false);
  // With entries after it the checkpoint's is not the whole any more.
  doc.getText('t').delete(0, 1);
  const more = Y.encodeStateAsUpdate(doc, Y.encodeStateVector(doc));
  const { knowledge } = opened(checkpoint, [more]);
  expect(knowledge.isWholeDeleteSet(inStep)).toBe(false);
  expect(knowledge.isWholeDeleteSet(more)).toBe(true);
  doc.getText('t').delete(3, 1);
  const evenMore = Y.encodeStateAsUpdate(doc, Y.encodeStateVector(doc));
  const verdict = knowledge.check(evenMore, {});
  if (verdict.kind === 'new') knowledge.add(verdict.change);
  expect(knowledge.isWholeDeleteSet(more)).toBe(false);
  expect(knowledge.isWholeDeleteSet(evenMore)).toBe(true);
});

test('a checkpoint that cannot be read, or is another one, is found out when somebody writes', async () => {
  const doc = new Y.Doc();
  doc.getText('t').insert(0, 'a');
  const good = await checkpointOf([Y.encodeStateAsUpdate(doc)]);
  const other = new Y.Doc();
  other.getText('t').insert(0, 'bc');
  const news = Y.encodeStateAsUpdate(other);
  for (const state of [Uint8Array.of(7), deflateRawSync(Uint8Array.of(1, 2)), deflateRawSync(news)]) {
    const { knowledge } = opened({ ...good, state });
    expect(knowledge.check(Uint8Array.of(0, 0), {}).kind).toBe('known');
    await knowledge.readPlacesInTurns();
    expect(() => knowledge.check(news, {})).toThrow(/^its checkpoint/);
  }
});

test('a record of deletions that cannot be read is found out when somebody says something', async () => {
  const doc = new Y.Doc();
  doc.getText('t').insert(0, 'a');
  const good = await checkpointOf([Y.encodeStateAsUpdate(doc)]);
  const { knowledge } = opened({ ...good, deleteSet: Uint8Array.of(1) });
  expect(() => knowledge.check(Uint8Array.of(0, 0), {})).toThrow(
    expect.objectContaining({ code: 'STORE_UNREADABLE', message: expect.stringMatching(/^its checkpoint/) }),
  );
});

test.each([1, 2, 3])(
  'J2: has one digest for the same, whether it is in a checkpoint, after one, or being written (seed %i)',
  async (seed) => {
    const doc = new Y.Doc();
    const accepted: Uint8Array[] = [];
    const known = new KnownState();
    writeAtRandom({ seed, steps: 30 }, (update) => {
      const verdict = checkUpdate(update, known);
      if (verdict.kind !== 'new') return null;
      known.add(verdict.change);
      accepted.push(verdict.update);
      Y.applyUpdate(doc, verdict.update);
      return verdict.update;
    });
    // Yjs deletes some things without a word: once somebody has said so, all know the same.
    const stateVector = Y.encodeStateVector(doc);
    accepted.push(Y.encodeStateAsUpdate(doc, stateVector));
    const whole = await checkpointOf(accepted);
    const half = accepted.length >> 1;
    const later = opened(await checkpointOf(accepted.slice(0, half)), accepted.slice(half)).knowledge;
    const { knowledge } = opened(whole);
    const digest = stateDigest(stateVector, accepted.at(-1)!.subarray(1));
    expect([knowledge.digest(stateVector), later.digest(stateVector)]).toEqual([digest, digest]);
    doc.getText('t').insert(0, 'more');
    const verdict = later.check(Y.encodeStateAsUpdate(doc, stateVector), {});
    if (verdict.kind !== 'new') throw new Error(verdict.kind);
    later.add(verdict.change);
    const after = Y.encodeStateVector(doc);
    expect(later.digest(after)).toEqual(stateDigest(after, Y.encodeStateAsUpdate(doc, after).subarray(1)));
  },
);

test.each([1, 2, 3])('places that were read in turns are those that are read at once (seed %i)', async (seed) => {
  const known = new KnownState();
  const accepted: Uint8Array[] = [];
  writeAtRandom({ seed, steps: 60 }, (update) => {
    const verdict = checkUpdate(update, known);
    if (verdict.kind !== 'new') return null;
    known.add(verdict.change);
    accepted.push(verdict.update);
    return verdict.update;
  });
  const half = Math.ceil(accepted.length / 2);
  const checkpoint = await checkpointOf(accepted.slice(0, half));
  const [first, ...others] = accepted.slice(half);
  const { knowledge, read } = opened(checkpoint, [first!]);
  await knowledge.readPlacesInTurns();
  expect(read()).toBe(1);
  const reference = opened(checkpoint, [first!]).knowledge;
  for (const update of others) {
    const verdict = knowledge.check(update, {});
    expect(verdict).toEqual(reference.check(update, {}));
    if (verdict.kind !== 'new') continue;
    knowledge.add(verdict.change);
    reference.add(verdict.change);
  }
  expect(read()).toBe(1);
});

test('who writes while places are read in turns is judged at once, and what was read is let go', async () => {
  const doc = new Y.Doc();
  doc.getText('t').insert(0, 'some words');
  const written = Y.encodeStateAsUpdate(doc);
  const { knowledge } = opened(await checkpointOf([written]));
  const reading = knowledge.readPlacesInTurns();
  const updates: Uint8Array[] = [];
  doc.on('update', (update: Uint8Array) => updates.push(update));
  doc.getText('t').insert(4, ' more');
  const verdict = knowledge.check(updates[0]!, {});
  if (verdict.kind !== 'new') throw new Error(`it is ${verdict.kind}`);
  knowledge.add(verdict.change);
  await reading;
  expect(knowledge.check(updates[0]!, {}).kind).toBe('known');
});
