// T1 and T2 against random histories of several people, among whom some go on writing while a restore is computed.
// `WEFT_SEEDS=3000` for more histories, `WEFT_SEED=32` for one.

import * as prng from 'lib0/prng';
import { expect, test } from 'vitest';
import * as Y from 'yjs';
import { writeAtRandom } from '../../../bench/src/random-peers.js';
import { undoAtRandom } from '../../../bench/src/random-undo.js';
import { checkUpdate } from '../gate/check-update.js';
import { KnownState } from '../gate/known-state.js';
import { noteOwners } from '../gate/owners.js';
import type { StateJob } from '../room/room-history.js';
import { buildCheckpoint } from './checkpoint-builder.js';
import { loadDocument } from './load-state.js';
import { decodeOrigins } from './restore-record.js';
import { computeRestore, encodeOrigins, type RestoreUpdate } from './restore-update.js';
import { shownContent } from './shown-content.js';
import { RestoringWorld } from './test/restoring-world.js';

const SEEDS_PER_TEST = 20;
const only = process.env.WEFT_SEED;
const seeds = only ? [Number(only)] : Array.from({ length: Number(process.env.WEFT_SEEDS ?? 100) }, (_, i) => 1 + i);

const load = (updates: readonly Uint8Array[]): Y.Doc => loadDocument({ checkpointState: null, updates });

const contentOf = (doc: Y.Doc): unknown => [
  doc.getText('text').toDelta(),
  doc.getXmlFragment('prosemirror').toString(),
  doc.getMap('meta').toJSON(),
  doc.getArray('list').toJSON(),
  doc.getMap('fields').toJSON(),
];

/** As the log has it: from a checkpoint somewhere before, or from the first entry on. */
function jobOf(updates: readonly Uint8Array[], random: prng.PRNG): StateJob {
  const covered = prng.int32(random, 0, updates.length);
  if (covered === 0) return { checkpointState: null, updates };
  const { state } = buildCheckpoint({ checkpointState: null, updates: updates.slice(0, covered) });
  return { checkpointState: state, updates: updates.slice(covered) };
}

interface Id {
  readonly client: number;
  readonly clock: number;
}
const idOf = ({ client, clock }: Id): string => `${client} ${clock}`;

/** Each unit of the root `text` that is shown, by its id. */
function shownUnits(doc: Y.Doc): Map<string, string> {
  const units = new Map<string, string>();
  for (let item = doc.getText('text')._start; item !== null; item = item.right) {
    if (item.deleted || !(item.content instanceof Y.ContentString)) continue;
    for (const [index, unit] of item.content.str.split('').entries()) {
      units.set(idOf({ client: item.id.client, clock: item.id.clock + index }), unit);
    }
  }
  return units;
}

/** Whose a unit of restored text was: its id before; any other keeps its own. */
function originalIds({ client, origins }: RestoreUpdate): (id: string) => string {
  const originals = new Map<string, string>();
  for (const range of decodeOrigins(origins)) {
    for (let n = 0; n < range.length; n++) {
      const original = { client: range.client, clock: range.from + n };
      originals.set(idOf({ client, clock: range.clock + n }), idOf(original));
    }
  }
  return (id) => originals.get(id) ?? id;
}

/** Has the gate take what it took before, and then the restore by somebody else: nothing of it may be left out. */
function passThroughGate(entries: readonly Uint8Array[], update: Uint8Array, what: string): void {
  const known = new KnownState();
  const owners = new Map<number, string>();
  const take = (taken: Uint8Array, author: string): void => {
    const verdict = checkUpdate(taken, known, { mayWriteAs: (client) => (owners.get(client) ?? author) === author });
    if (verdict.kind === 'known') return;
    expect(verdict, what).toMatchObject({ kind: 'new', withheld: false });
    if (verdict.kind !== 'new') return;
    known.add(verdict.change);
    noteOwners(owners, verdict.change, author);
  };
  for (const entry of entries) take(entry, 'somebody');
  take(update, 'admin');
}

function restoreAtRandom(seed: number, log: readonly Uint8Array[], contentsOf: (doc: Y.Doc) => unknown): void {
  const random = prng.create(seed);
  const head = prng.int32(random, 1, log.length);
  const to = prng.int32(random, 0, head);
  const what = `seed ${seed}: from ${head} to ${to} of ${log.length}`;
  const [past, present, meanwhile] = [log.slice(0, to), log.slice(0, head), log.slice(head)];
  const wanted = contentsOf(load(past));
  const restore = computeRestore({ past: jobOf(past, random), present: jobOf(present, random) });
  if (restore === null) {
    expect(contentsOf(load(present)), what).toEqual(wanted);
    return;
  }
  // Made from the collected present, it makes the past.
  const { update } = restore;
  expect(contentsOf(load([...present, update])), what).toEqual(wanted);
  passThroughGate(log, update, what);

  // What is written meanwhile stands beside it, in whatever order anybody hears of both.
  const after = load([...present, update, ...meanwhile]);
  const live = new Y.Doc();
  for (const entry of [...log, update]) Y.applyUpdate(live, entry);
  expect(live.store.pendingStructs, what).toBeNull();
  expect(contentsOf(load([...log, update])), what).toEqual(contentsOf(after));
  const [atPast, atHead, atEnd] = [past, present, log].map((entries) => shownUnits(load(entries)));
  const original = originalIds(restore);
  const isFromBefore = stateOf(present);
  const expected = new Map([...atPast!].filter(([id]) => !atHead!.has(id) || atEnd!.has(id)));
  for (const [id, unit] of atEnd!) if (!isFromBefore(id)) expected.set(id, unit);
  const found = [...shownUnits(after)].map(([id, unit]) => [original(id), unit]);
  expect(new Map(found as [string, string][]), what).toEqual(expected);
  expect(found, what).toHaveLength(expected.size);

  // Taking it back is a restore like any other.
  const undone = computeRestore({ past: jobOf(present, random), present: jobOf([...present, update], random) });
  expect(undone, what).not.toBeNull();
  expect(contentsOf(load([...present, update, undone!.update])), what).toEqual(contentsOf(load(present)));
}

/** Whether an id was written by then. */
function stateOf(updates: readonly Uint8Array[]): (id: string) => boolean {
  const clocks = Y.decodeStateVector(Y.encodeStateVector(load(updates)));
  return (id) => {
    const [client = 0, clock = 0] = id.split(' ').map(Number);
    return clock < (clocks.get(client) ?? 0);
  };
}

for (let first = 0; first < seeds.length; first += SEEDS_PER_TEST) {
  const batch = seeds.slice(first, first + SEEDS_PER_TEST);
  const named = `seeds ${batch[0]} to ${batch.at(-1)}`;
  test(`T1, T2: what was there comes back whatever was written, and is written meanwhile (${named})`, () => {
    for (const seed of batch) restoreAtRandom(seed, writeAtRandom({ seed, steps: 60 }).log, contentOf);
  });
  test(`T1: also where people took back and brought back what they wrote (${named})`, () => {
    const shown = (doc: Y.Doc): unknown => doc.getXmlFragment('prosemirror').toString();
    for (const seed of batch) restoreAtRandom(seed, honestLog(seed), shown);
  });
}

/** What the gate took of it. */
function honestLog(seed: number): readonly Uint8Array[] {
  const known = new KnownState();
  return undoAtRandom(seed, (update) => {
    const verdict = checkUpdate(update, known);
    if (verdict.kind !== 'new') return null;
    known.add(verdict.change);
    return verdict.update;
  });
}

test('a moment that shows the same needs nothing', () => {
  const { log } = writeAtRandom({ seed: 3, steps: 30 });
  const job = { checkpointState: null, updates: log };
  expect(computeRestore({ past: job, present: job })).toBeNull();
});

test('ranges of restored text are read as they were written', () => {
  const ranges = [
    { clock: 0, length: 3, client: 7, from: 100 },
    { clock: 3, length: 1, client: 2 ** 32 - 1, from: 0 },
    { clock: 9, length: 2, client: 7, from: 0 },
  ];
  expect(decodeOrigins(encodeOrigins(ranges))).toEqual(ranges);
});

test('what is shown does not depend on ids or on how it is cut, and on everything else', () => {
  const written = (pieces: readonly string[], rest: (doc: Y.Doc) => void = () => undefined): Uint8Array => {
    const doc = new Y.Doc();
    for (const piece of pieces) doc.getText('text').insert(doc.getText('text').length, piece);
    rest(doc);
    return shownContent(doc);
  };
  expect(written(['ab', 'c'])).toEqual(written(['a', 'bc'], (doc) => doc.getMap('meta')));
  for (const other of [
    written(['abd']),
    written(['abc'], (doc) => doc.getText('text').format(0, 1, { strong: {} })),
    written(['abc'], (doc) => doc.getMap('meta').set('title', 'x')),
    written(['abc'], (doc) => doc.getXmlFragment('prosemirror').insert(0, [new Y.XmlElement('p')])),
  ]) {
    expect(other).not.toEqual(written(['abc']));
  }
});

test('T1: also what Yjs would tidy up goes: marks around nothing, left by what was brought back alone (seed 2976)', () => {
  const world = new RestoringWorld(2976, { hasParts: true });
  // Each restore that is made on the way is seen to show what was there.
  expect(undoAtRandom(2976, world.submit, world.write)).not.toEqual([]);
});
