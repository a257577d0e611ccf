import { MAX_UPDATE_BYTES } from '@weft/protocol';
import { expect, test } from 'vitest';
import * as Y from 'yjs';
import { newOutboxId, Outbox } from './outbox.js';

/** An outbox and somebody who writes into it. */
function writing(): { outbox: Outbox; type(text: string): void; doc: Y.Doc } {
  const outbox = new Outbox('box');
  const doc = new Y.Doc();
  let nowMs = 0;
  doc.on('update', (update: Uint8Array) => outbox.add(update, ++nowMs));
  const type = (text: string) => doc.getText('t').insert(doc.getText('t').length, text);
  return { outbox, type, doc };
}

/** The text that the updates make, or null when they leave something pending. */
function textOf(updates: Iterable<Uint8Array>): string | null {
  const doc = new Y.Doc();
  for (const update of updates) Y.applyUpdate(doc, update);
  return doc.store.pendingStructs === null ? doc.getText('t').toString() : null;
}

const seqs = (outbox: Outbox) => outbox.take(MAX_UPDATE_BYTES).map(({ clientSeq }) => clientSeq);

test('updates that wait together leave as one, under the last clientSeq', () => {
  const { outbox, type } = writing();
  expect([outbox.changes, outbox.sinceMs, outbox.hasUnsent]).toEqual([0, null, false]);
  for (const letter of 'abc') type(letter);
  expect([outbox.changes, outbox.sinceMs, outbox.hasUnsent, outbox.lastUnsaved]).toEqual([3, 1, true, 3]);
  const taken = outbox.take(MAX_UPDATE_BYTES);
  expect(taken.map(({ clientSeq, changes, sinceMs }) => ({ clientSeq, changes, sinceMs }))).toEqual([
    { clientSeq: 3, changes: 3, sinceMs: 1 },
  ]);
  expect(textOf(taken.map(({ update }) => update))).toBe('abc');
  expect([outbox.changes, outbox.hasUnsent]).toEqual([3, false]);
});

test('they are not merged beyond what the server takes at once', () => {
  const { outbox, type } = writing();
  for (const letter of 'abcdef') type(letter.repeat(100));
  const taken = outbox.take(300);
  expect(taken.map(({ clientSeq }) => clientSeq)).toEqual([2, 4, 6]);
  for (const { update } of taken) expect(update.length).toBeLessThanOrEqual(300);
});

test('S1: saved is cumulative, and says whether it was news', () => {
  const { outbox, type } = writing();
  for (const letter of 'abcd') {
    type(letter);
    outbox.take(MAX_UPDATE_BYTES);
  }
  expect(outbox.saved(3)).toBe(true);
  expect(outbox.saved(2)).toBe(false);
  expect([outbox.changes, outbox.lastUnsaved, outbox.hasUnsent]).toEqual([1, 4, false]);
  expect(outbox.saved(9)).toBe(true);
  expect([outbox.changes, outbox.lastUnsaved, outbox.sinceMs]).toEqual([0, 0, null]);
});

test('S1: what was sent once is sent again under its own number and with its own bytes', () => {
  const { outbox, type } = writing();
  type('a');
  const [first] = outbox.take(MAX_UPDATE_BYTES);
  type('b');
  const [second] = outbox.take(MAX_UPDATE_BYTES);
  type('c');
  type('d');
  outbox.rewind();
  const again = outbox.take(MAX_UPDATE_BYTES);
  expect(again[0]).toBe(first);
  expect(again[1]).toBe(second);
  expect(again[2]!.clientSeq).toBe(4);
  expect(textOf(again.map(({ update }) => update))).toBe('abcd');
});

test('at most 256 updates are on the wire; the rest waits its turn', () => {
  const { outbox, type } = writing();
  for (let i = 0; i < 256; i++) {
    type('x');
    expect(seqs(outbox)).toHaveLength(1);
  }
  type('y');
  type('z');
  expect(seqs(outbox)).toEqual([]);
  expect(outbox.hasUnsent).toBe(true);
  outbox.saved(1);
  expect(seqs(outbox)).toEqual([258]);
  expect(outbox.hasUnsent).toBe(false);
});

test('at most 1 MiB is on the wire, but one larger update goes alone', () => {
  const { outbox, type } = writing();
  const large = 'x'.repeat(700 * 1024);
  type(large);
  type(large);
  expect(seqs(outbox)).toEqual([1]);
  expect(seqs(outbox)).toEqual([]);
  outbox.saved(1);
  expect(seqs(outbox)).toEqual([2]);
  outbox.saved(2);
  type('x'.repeat(2 * 1024 * 1024));
  expect(seqs(outbox)).toEqual([3]);
});

test('a long time offline leaves in few updates that make the same text', () => {
  const { outbox, type, doc } = writing();
  for (let i = 0; i < 1000; i++) type(String(i % 10));
  const taken = outbox.take(MAX_UPDATE_BYTES);
  expect(taken.length).toBeLessThanOrEqual(16);
  expect(taken.at(-1)!.clientSeq).toBe(1000);
  expect(taken.reduce((sum, { changes }) => sum + changes, 0)).toBe(1000);
  expect(textOf(taken.map(({ update }) => update))).toBe(doc.getText('t').toString());
  outbox.saved(taken[0]!.clientSeq);
  expect(outbox.changes).toBe(1000 - taken[0]!.changes);
});

test('one update takes the place of all unsaved ones, under a number of its own', () => {
  const { outbox, type, doc } = writing();
  type('a');
  outbox.take(MAX_UPDATE_BYTES);
  type('b');
  type('c');
  outbox.replaceAll(Y.encodeStateAsUpdate(doc), 99);
  expect([outbox.changes, outbox.sinceMs, outbox.lastUnsaved]).toEqual([3, 1, 4]);
  const taken = outbox.take(MAX_UPDATE_BYTES);
  expect(taken.map(({ clientSeq }) => clientSeq)).toEqual([4]);
  expect(textOf(taken.map(({ update }) => update))).toBe('abc');
});

test('an update larger than the server takes is noticed only while it waits', () => {
  const { outbox, type } = writing();
  type('a');
  type('x'.repeat(200));
  expect(outbox.hasUnsentOver(1000)).toBe(false);
  expect(outbox.hasUnsentOver(100)).toBe(true);
  outbox.take(MAX_UPDATE_BYTES);
  expect(outbox.hasUnsentOver(100)).toBe(false);
});

test('an outbox id has 32 hex digits, by chance or by the generator that was given', () => {
  expect(newOutboxId(undefined)).toMatch(/^[0-9a-f]{32}$/);
  expect(newOutboxId(undefined)).not.toBe(newOutboxId(undefined));
  expect(newOutboxId(() => 0.5)).toBe('80'.repeat(16));
});
