import { expect, test } from 'vitest';
import * as Y from 'yjs';
import { newOutboxId, Outbox } from './outbox.js';

/** An outbox and somebody who writes into it; `turn` ends a turn after each change. */
function writing(): { outbox: Outbox; type(text: string): void; turn(text: string): void; doc: Y.Doc } {
  const outbox = new Outbox('box');
  const doc = new Y.Doc();
  let nowMs = 0;
  doc.on('update', (update: Uint8Array) => outbox.stage(update, ++nowMs));
  const type = (text: string) => doc.getText('t').insert(doc.getText('t').length, text);
  const turn = (text: string) => {
    type(text);
    outbox.seal();
  };
  return { outbox, type, turn, doc };
}

/** The text that the updates make, or null when they leave something pending. */
function textOf(updates: Iterable<Uint8Array>): string | null {
  const doc = new Y.Doc();
  for (const update of updates) Y.applyUpdate(doc, update);
  return doc.store.pendingStructs === null ? doc.getText('t').toString() : null;
}

const seqs = (outbox: Outbox) => outbox.take().map(({ clientSeq }) => clientSeq);

test('the updates of one turn become one entry under the next clientSeq', () => {
  const { outbox, type } = writing();
  type('a');
  type('b');
  outbox.seal();
  type('c');
  outbox.seal();
  outbox.seal();
  expect(outbox.changes).toBe(3);
  expect(outbox.lastUnsaved).toBe(2);
  const taken = outbox.take();
  expect(taken.map(({ clientSeq, changes, sinceMs }) => ({ clientSeq, changes, sinceMs }))).toEqual([
    { clientSeq: 2, changes: 3, sinceMs: 1 },
  ]);
  expect(textOf(taken.map(({ update }) => update))).toBe('abc');
});

test('what is staged counts as unsaved before the turn ends', () => {
  const { outbox, type } = writing();
  expect([outbox.changes, outbox.sinceMs, outbox.hasUnsent]).toEqual([0, null, false]);
  type('a');
  expect([outbox.changes, outbox.sinceMs, outbox.hasUnsent]).toEqual([1, 1, true]);
});

test('S1: saved is cumulative, and says whether it was news', () => {
  const { outbox, turn } = writing();
  for (const letter of 'abcd') {
    turn(letter);
    outbox.take();
  }
  expect(outbox.saved(3)).toBe(true);
  expect(outbox.saved(2)).toBe(false);
  expect([outbox.changes, outbox.lastUnsaved, outbox.hasUnsent]).toEqual([1, 4, false]);
  expect(outbox.saved(9)).toBe(true);
  expect([outbox.changes, outbox.lastUnsaved, outbox.sinceMs]).toEqual([0, 0, null]);
});

test('S1: what was sent once is sent again under its own number and with its own bytes', () => {
  const { outbox, turn } = writing();
  turn('a');
  const [first] = outbox.take();
  turn('b');
  const [second] = outbox.take();
  turn('c');
  turn('d');
  outbox.rewind();
  const again = outbox.take();
  expect(again[0]).toBe(first);
  expect(again[1]).toBe(second);
  expect(again[2]!.clientSeq).toBe(4);
  expect(textOf(again.map(({ update }) => update))).toBe('abcd');
});

test('at most 256 updates are on the wire; the rest waits its turn', () => {
  const { outbox, turn } = writing();
  for (let i = 0; i < 256; i++) {
    turn('x');
    expect(seqs(outbox)).toHaveLength(1);
  }
  turn('y');
  turn('z');
  expect(seqs(outbox)).toEqual([]);
  expect(outbox.hasUnsent).toBe(true);
  outbox.saved(1);
  expect(seqs(outbox)).toEqual([258]);
  expect(outbox.hasUnsent).toBe(false);
});

test('at most 1 MiB is on the wire, but one larger update goes alone', () => {
  const { outbox, turn } = writing();
  const large = 'x'.repeat(700 * 1024);
  turn(large);
  turn(large);
  expect(seqs(outbox)).toEqual([1]);
  expect(seqs(outbox)).toEqual([]);
  outbox.saved(1);
  expect(seqs(outbox)).toEqual([2]);
  outbox.saved(2);
  turn('x'.repeat(2 * 1024 * 1024));
  expect(seqs(outbox)).toEqual([3]);
});

test('a long time offline leaves in few updates that make the same text', () => {
  const { outbox, turn, doc } = writing();
  for (let i = 0; i < 1000; i++) turn(String(i % 10));
  const taken = outbox.take();
  expect(taken.length).toBeLessThanOrEqual(16);
  expect(taken.at(-1)!.clientSeq).toBe(1000);
  expect(taken.reduce((sum, { changes }) => sum + changes, 0)).toBe(1000);
  expect(textOf(taken.map(({ update }) => update))).toBe(doc.getText('t').toString());
  outbox.saved(taken[0]!.clientSeq);
  expect(outbox.changes).toBe(1000 - taken[0]!.changes);
});

test('one update takes the place of all unsaved ones, under a number of its own', () => {
  const { outbox, turn, type, doc } = writing();
  turn('a');
  outbox.take();
  turn('b');
  type('c');
  outbox.replaceAll(Y.encodeStateAsUpdate(doc), 99);
  expect([outbox.changes, outbox.sinceMs, outbox.lastUnsaved]).toEqual([3, 1, 3]);
  const taken = outbox.take();
  expect(taken.map(({ clientSeq }) => clientSeq)).toEqual([3]);
  expect(textOf(taken.map(({ update }) => update))).toBe('abc');
});

test('an update larger than the server takes is noticed only while it waits', () => {
  const { outbox, turn } = writing();
  turn('a');
  turn('x'.repeat(200));
  expect(outbox.hasUnsentOver(1000)).toBe(false);
  expect(outbox.hasUnsentOver(100)).toBe(true);
  outbox.take();
  expect(outbox.hasUnsentOver(100)).toBe(false);
});

test('an outbox id has 32 hex digits, by chance or by the generator that was given', () => {
  expect(newOutboxId(undefined)).toMatch(/^[0-9a-f]{32}$/);
  expect(newOutboxId(undefined)).not.toBe(newOutboxId(undefined));
  expect(newOutboxId(() => 0.5)).toBe('80'.repeat(16));
});
