import { expect, test } from 'vitest';
import * as Y from 'yjs';
import { writeAtRandom } from '../../../bench/src/random-peers.js';
import { MalformedError } from './byte-reader.js';
import { checkUpdate } from './check-update.js';
import { KnownState } from './known-state.js';

function knownAfter(seed: number): KnownState {
  const known = new KnownState();
  for (const update of writeAtRandom({ seed, steps: 50 }).log) {
    const verdict = checkUpdate(update, known);
    if (verdict.kind === 'new') known.add(verdict.change);
  }
  return known;
}

function isDeleted(known: KnownState, client: number, clock: number): boolean {
  const { from, to } = known.undeleted(client, clock, clock + 1);
  return from >= to;
}

test('J2: state vector and delete set are read back as they were written', () => {
  for (let seed = 1; seed <= 20; seed += 1) {
    const known = knownAfter(seed);
    const read = KnownState.decode(known.encodeStateVector(), known.encodeDeleteSet());
    expect(read.isEqual(known)).toBe(true);
    expect(read.encodeDeleteSet()).toEqual(known.encodeDeleteSet());
  }
});

test('the delete set is in the form in which Yjs ends an update', () => {
  const known = knownAfter(3);
  const doc = new Y.Doc();
  // No structs, and the delete set: what Yjs reads as deletions it cannot apply yet.
  Y.applyUpdate(doc, Uint8Array.from([0, ...known.encodeDeleteSet()]));
  expect(doc.store.pendingDs).not.toBeNull();
  const { ds } = Y.decodeUpdate(Uint8Array.from([0, ...known.encodeDeleteSet()]));
  for (const [client, ranges] of ds.clients) {
    for (const { clock, len } of ranges) {
      const end = clock + len;
      for (let i = clock; i < end; i += 1) expect(isDeleted(known, client, i)).toBe(true);
      expect(isDeleted(known, client, end)).toBe(false);
    }
  }
});

test('a copy is equal and goes its own way', () => {
  const known = knownAfter(5);
  const copy = known.copy();
  expect(copy.isEqual(known)).toBe(true);
  const [client] = Y.decodeStateVector(known.encodeStateVector()).keys();
  const clock = known.clockOf(client!);
  copy.add({ structs: [{ client: client!, from: clock, to: clock + 2 }], deletes: [] });
  expect(copy.isEqual(known)).toBe(false);
  expect([known.clockOf(client!), copy.clockOf(client!)]).toEqual([clock, clock + 2]);
  copy.add({ structs: [], deletes: [{ client: client!, from: clock, to: clock + 1 }] });
  expect([isDeleted(known, client!, clock), isDeleted(copy, client!, clock)]).toEqual([false, true]);
  expect([known.hasDeletesOf(copy), copy.hasDeletesOf(known)]).toEqual([false, true]);
});

test('a change that begins after a hole is a mistake of ours and throws', () => {
  const known = new KnownState();
  expect(() => known.add({ structs: [{ client: 1, from: 1, to: 2 }], deletes: [] })).toThrow('client 1: known up to 0');
});

test('bytes that are no state vector or delete set are refused', () => {
  const none = Uint8Array.of(0);
  expect(KnownState.decode(none, none).isEqual(new KnownState())).toBe(true);
  for (const bytes of [[], [1], [1, 1], [0, 0], [1, 1, 0xff, 0xff, 0xff, 0xff, 0x7f], [200, 1, 1]]) {
    expect(() => KnownState.decode(Uint8Array.from(bytes), none)).toThrow(MalformedError);
  }
  for (const bytes of [[], [1], [1, 1, 1], [1, 1, 1, 0], [1, 1, 1, 1, 0xff, 0xff, 0xff, 0xff, 0x7f]]) {
    expect(() => KnownState.decode(none, Uint8Array.from(bytes))).toThrow(MalformedError);
  }
});
