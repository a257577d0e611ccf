// Brings what a Y.Doc holds and a document lacks into that document, under new ids (S2): how a draft is put back, or becomes a
// document of its own. It goes where it was written, between the same neighbours, as if it had been typed at that moment; what
// was deleted in it is deleted. All of it, or nothing: where a part would be out of sight, or the document has nothing of what it
// builds on, it does not fit.

import * as Y from 'yjs';
import { overlapOf, reauthor } from './reauthor.js';

/**
 * @param newClientId makes clientIDs that nothing was written under, for each author one
 * @returns updates that bring it in, none when there is nothing new in it; null where it does not fit
 */
export function broughtIn(draft: Y.Doc, doc: Y.Doc, newClientId: () => number): Uint8Array[] | null {
  const whole = [Y.encodeStateAsUpdate(draft)];
  const authors = [...Y.decodeStateVector(Y.encodeStateVector(draft)).keys()];
  const overlap = overlapOf(whole, new Set(authors), doc);
  // The same text from elsewhere, as after an import, would stand there twice; or ids stand for something else there.
  if (overlap === 'foreign' || (overlap === 'none' && doc.store.clients.size > 0)) return null;
  const lacking = Y.encodeStateAsUpdate(draft, Y.encodeStateVector(doc));
  const names = new Map(
    authors
      .filter((author) => Y.getState(draft.store, author) > Y.getState(doc.store, author))
      .map((author) => [author, newClientId()]),
  );
  const again = reauthor([lacking], names);
  const copy = again && copyWith(doc, again);
  if (!copy || hasPending(copy)) return null;
  const inSight = [...names].every(
    ([from, to]) => shownOf(draft, from, Y.getState(doc.store, from)) === shownOf(copy, to, 0),
  );
  if (!inSight) return null;
  return isSame(doc, copy) ? [] : again;
}

/** Whether nothing that the updates build on is missing. Tried on a copy, for Yjs cannot un-apply. */
export function applies(updates: readonly Uint8Array[], doc: Y.Doc): boolean {
  return !hasPending(copyWith(doc, updates));
}

function copyWith(doc: Y.Doc, updates: readonly Uint8Array[]): Y.Doc {
  const copy = new Y.Doc();
  // As in a document that is shown: what it receives is not tidied up.
  copy.on('afterTransaction', (transaction: Y.Transaction) => {
    transaction._needFormattingCleanup = false;
  });
  for (const update of [Y.encodeStateAsUpdate(doc), ...updates]) Y.applyUpdate(copy, update);
  return copy;
}

const hasPending = ({ store }: Y.Doc): boolean => store.pendingStructs !== null || store.pendingDs !== null;

/** How much of what an author wrote from a clock on is to be seen. An attribute that was set again by others is not missed. */
function shownOf(doc: Y.Doc, client: number, fromClock: number): number {
  let shown = 0;
  for (const struct of doc.store.clients.get(client) ?? []) {
    const isText = struct instanceof Y.Item && !struct.deleted && struct.countable && struct.parentSub === null;
    if (isText) shown += Math.max(0, struct.id.clock + struct.length - Math.max(fromClock, struct.id.clock));
  }
  return shown;
}

/** The same structs, and the same of them deleted. */
const isSame = (one: Y.Doc, other: Y.Doc): boolean => Y.equalSnapshots(Y.snapshot(one), Y.snapshot(other));
