// Somebody who replaces a long text with another one, again and again: large updates, and a document that stays as large.

import { Doc } from 'yjs';

/** Letters of one page: each update holds one, and takes so many clocks. */
export const PAGE = 50_000;

/** @returns the update of clock 0, PAGE, 2 * PAGE, … */
export function preparePastes(clientId: number, count: number): Uint8Array[] {
  const doc = new Doc();
  doc.clientID = clientId;
  const text = doc.getText('text');
  const updates: Uint8Array[] = [];
  doc.on('update', (update: Uint8Array) => updates.push(update));
  for (let i = 0; i < count; i++) {
    doc.transact(() => {
      text.delete(0, text.length);
      text.insert(0, String.fromCharCode(97 + (i % 26)).repeat(PAGE));
    });
  }
  doc.destroy();
  return updates;
}
