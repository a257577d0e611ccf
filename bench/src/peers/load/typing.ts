// What people type, made before any clock runs: letters at the end of a text by a real Y.Doc, one update and one struct each.

import { applyUpdate, Doc } from 'yjs';

/** Writers are numbered from here, so that who wrote a letter is told by a subtraction. As long on the wire as ids chosen at random. */
export const FIRST_CLIENT_ID = 600_000_000;

const LETTERS = 'the quick brown fox jumps over the lazy dog ';

/** @returns the update of clock 0, 1, 2, … */
export function prepareTyping(writer: number, count: number): Uint8Array[] {
  const doc = new Doc();
  doc.clientID = FIRST_CLIENT_ID + writer;
  const text = doc.getText('text');
  const updates: Uint8Array[] = [];
  doc.on('update', (update: Uint8Array) => updates.push(update));
  for (let i = 0; i < count; i++) text.insert(i, LETTERS[i % LETTERS.length]!);
  doc.destroy();
  return updates;
}

/** @throws Error when Yjs has to keep something aside, for something before it is missing */
export function textOf(updates: Iterable<Uint8Array>): string {
  const doc = new Doc();
  doc.transact(() => {
    for (const update of updates) applyUpdate(doc, update);
  });
  if (doc.store.pendingStructs !== null || doc.store.pendingDs !== null) throw new Error('Yjs keeps an update aside.');
  return doc.getText('text').toString();
}
