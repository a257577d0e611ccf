// What the gate says of the work of ordering, against the work Yjs does: it looks at one item of the list after the other,
// and adds each to two sets.

import { expect, test, vi } from 'vitest';
import * as Y from 'yjs';
import { writeAtRandom } from '../../../bench/src/random-peers.js';
import { checkUpdate } from './check-update.js';
import { defaultGateLimits, noLimits } from './gate-limits.js';
import { KnownState } from './known-state.js';
import { all, bytes, type Id, item, section, text, uint, updateOf, type Write } from './test/handmade-updates.js';

/** How many items Yjs looks at. */
function stepsOfYjs(updates: readonly Uint8Array[]): number {
  const add = vi.spyOn(Set.prototype, 'add');
  let steps = 0;
  const doc = new Y.Doc();
  for (const update of updates) {
    add.mockClear();
    doc.transact((transaction) => {
      Y.applyUpdate(doc, update);
      // What changed is noted in sets as well.
      for (const keys of transaction.changed.values()) steps -= keys.size / 2;
    });
    steps += add.mock.calls.length / 2;
  }
  add.mockRestore();
  return Math.max(0, steps);
}

interface Outcome {
  readonly known: KnownState;
  readonly taken: readonly Uint8Array[];
  readonly tangled: number;
}

function submit(updates: readonly Uint8Array[], known = new KnownState()): Outcome {
  const taken: Uint8Array[] = [];
  let tangled = 0;
  for (const update of updates) {
    const verdict = checkUpdate(update, known);
    // What is refused is a hole that all that follows is behind.
    if (verdict.kind === 'gap' && tangled > 0) continue;
    if (verdict.kind === 'tangled') tangled += 1;
    else if (verdict.kind === 'new') {
      known.add(verdict.change);
      taken.push(verdict.update);
    } else expect(verdict.kind).toBe('known');
  }
  return { known, taken, tangled };
}

const one = (client: number, clock: number, ...structs: readonly Write[]): Uint8Array =>
  updateOf({ sections: [section(client, clock, ...structs)] });
const string = (value: string, beside: { origin?: Id; right?: Id } = {}): Write => item(4, text(value), beside);
const embed = (beside: { origin?: Id; right?: Id } = {}): Write => item(5, text('1'), beside);
const range = (count: number): number[] => Array.from({ length: count }, (_, i) => i);
const letters = (count: number): Uint8Array => one(5, 0, string('a'.repeat(count)));

/** Each makes Yjs look at a number of items that grows with the square of what is sent. */
const attacks: Record<string, (count: number) => Uint8Array[]> = {
  'all begin where the text begins, and end at different letters': (count) => [
    letters(count + 1),
    ...range(count).map((i) => one(9, i, string('b', { right: [5, i + 1] }))),
  ],
  'the same, of a lower client': (count) => [
    letters(count + 1),
    ...range(count).map((i) => one(2, i, string('b', { right: [5, i + 1] }))),
  ],
  'each begins at a letter of its own, from the last on, and ends where the text ends': (count) => [
    letters(count + 1),
    ...range(count).map((i) => one(9, i, string('b', { origin: [5, count - 1 - i] }))),
  ],
  'each is in a gap within the gap of the one before': (count) => [
    one(5, 0, string('ab')),
    ...range(count).map((i) => one(5, 2 + 2 * i, string('ab', { origin: [5, 2 * i], right: [5, 2 * i + 1] }))),
    ...range(count).map((i) => one(9, i, string('x', { origin: [5, 2 * i], right: [5, 2 * i + 1] }))),
  ],
  'each skips a text that two have written in turn': (count) => [
    ...range(count).flatMap((i) => [
      one(1, i, string('a', i === 0 ? {} : { origin: [2, i - 1] })),
      one(2, i, string('b', { origin: [1, i] })),
    ]),
    ...range(count).map((i) => one(3, i, string('x', { origin: [1, i] }))),
  ],
  'many clients skip what is no text, and so is not joined': (count) => [
    one(1, 0, ...range(count).map((i) => embed(i === 0 ? {} : { origin: [1, i - 1] }))),
    ...range(count).map((i) => one(9 + i, 0, string('x'))),
  ],
  'two write one line above the other, without seeing each other': (count) => [
    one(1, 0, string('z')),
    ...[2, 3].flatMap((client) =>
      range(count).map((i) => one(client, i, string('b', { right: i === 0 ? [1, 0] : [client, i - 1] }))),
    ),
  ],
  'many give one key a value': (count) =>
    range(count).map((i) =>
      one(9 + i, 0, all(bytes(0x20 | 8), uint(1), text('meta'), text('title'), uint(1), bytes(126))),
    ),
};

test.each(Object.entries(attacks))('rivals: Yjs never does more than is foreseen when %s', (_, attack) => {
  const count = 200;
  const updates = attack(count);
  const { known, taken, tangled } = submit(updates);
  expect(tangled).toBe(0);
  const steps = stepsOfYjs(taken);
  // It is one of those that get slow: a fifth of the square.
  expect(steps).toBeGreaterThan((count * count) / 5);
  // Yjs notes a few things else in sets.
  expect(steps).toBeLessThanOrEqual(known.rivals.steps + 4 * updates.length);
});

test.each(Object.entries(attacks))('rivals: it is refused in time when %s', (_, attack) => {
  const count = 2500;
  const { known, taken, tangled } = submit(attack(count));
  expect(tangled).toBeGreaterThan(0);
  expect(known.rivals.steps).toBeLessThan(
    defaultGateLimits.maxSteps + defaultGateLimits.stepsPerItem * known.rivals.items + 1,
  );
  const started = performance.now();
  const doc = new Y.Doc();
  for (const update of taken) Y.applyUpdate(doc, update);
  Y.applyUpdate(new Y.Doc(), Y.encodeStateAsUpdate(doc));
  // Half a second each on a quiet machine; the 8,000 that could be sent take half a minute.
  expect(performance.now() - started).toBeLessThan(8000);
});

test('rivals: one update is judged as many are, and what was accepted once is not judged', () => {
  const [first, ...rest] = attacks['the same, of a lower client']!(2500);
  const atOnce = Y.mergeUpdates([first!, ...rest]);
  expect(checkUpdate(atOnce, new KnownState())).toMatchObject({ kind: 'tangled' });
  expect(checkUpdate(atOnce, new KnownState(), { limits: noLimits }).kind).toBe('new');
});

test('rivals: what nobody else has to be compared with is taken, however tangled the rest is', () => {
  const { known } = submit(attacks['the same, of a lower client']!(2500));
  const more = submit(
    range(1000).map((i) => one(77, i, string('x', { origin: i === 0 ? [5, 2500] : [77, i - 1] }))),
    known,
  );
  expect(more.tangled).toBe(0);
});

test('rivals: who sees what is there costs nothing, wherever it is written', () => {
  const { log } = writeAtRandom({ seed: 5, steps: 400, peers: 4, inStep: true });
  const { known, tangled } = submit(log);
  expect(tangled).toBe(0);
  expect(known.rivals.steps).toBe(0);
});

test('rivals: a hundred people who write five paragraphs each at the top while offline stay far below the limit', () => {
  const base = new Y.Doc();
  base.getXmlFragment('prosemirror').insert(0, [new Y.XmlElement('paragraph')]);
  const start = Y.encodeStateAsUpdate(base);
  const updates = range(100).map((person) => {
    const doc = new Y.Doc();
    doc.clientID = 1000 + ((person * 7919) % 100_003);
    Y.applyUpdate(doc, start);
    for (let i = 0; i < 5; i += 1) doc.getXmlFragment('prosemirror').insert(0, [new Y.XmlElement('paragraph')]);
    return Y.encodeStateAsUpdate(doc);
  });
  const { known, taken, tangled } = submit([start, ...updates]);
  expect(tangled).toBe(0);
  expect(known.rivals.steps).toBeLessThan(defaultGateLimits.maxSteps / 5);
  expect(known.rivals.steps).toBeGreaterThanOrEqual(stepsOfYjs(taken) - 4 * taken.length);
});

test('rivals: undoing and redoing in turn costs nothing', () => {
  const doc = new Y.Doc();
  const updates: Uint8Array[] = [];
  doc.on('update', (update: Uint8Array) => updates.push(update));
  const body = doc.getText('text');
  const undo = new Y.UndoManager(body, { captureTimeout: 0 });
  for (let i = 0; i < 50; i += 1) body.insert((i * 7) % (body.length + 1), `word ${i} `);
  for (let round = 0; round < 20; round += 1) {
    for (let i = 0; i < 30; i += 1) undo.undo();
    for (let i = 0; i < 30; i += 1) undo.redo();
  }
  const { known, tangled } = submit(updates);
  expect(tangled).toBe(0);
  expect(known.rivals.steps).toBeLessThan(defaultGateLimits.maxSteps / 20);
});
