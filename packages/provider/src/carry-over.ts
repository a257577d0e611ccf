// Brings what was written into one replica, and is not saved, into the one that takes its place, under that one's clientID
// (S2). Only where it still applies: else nothing is done, and the text stays in the Y.Doc it was written into.

import * as Y from 'yjs';
import { overlapOf, reauthor } from './reauthor.js';
import type { Replica } from './replica.js';

/**
 * @param to in step with the server, and not shown yet
 * @returns whether everything unsaved of `from` is in `to` and in its outbox now
 */
export function carryOver(from: Replica, to: Replica): boolean {
  // A replica that never was in step has nothing of any epoch.
  if (from.epoch !== 0 && from.epoch !== to.epoch) return false;
  const { updates } = from.outbox;
  const { clientID } = from.doc;
  // Some of it may have been taken before the answer was lost: written again, it would be there twice.
  if (overlapOf(updates, clientID, to.doc) === 'own') return false;
  const again = reauthor(updates, clientID, to.doc.clientID);
  if (again === null || !applies(again, to.doc)) return false;
  for (const update of again) to.takeOver(update);
  return true;
}

/** Whether nothing that the updates build on is missing. Tried on a copy, for Yjs cannot un-apply. */
function applies(updates: readonly Uint8Array[], doc: Y.Doc): boolean {
  const copy = new Y.Doc();
  for (const update of [Y.encodeStateAsUpdate(doc), ...updates]) Y.applyUpdate(copy, update);
  const { pendingStructs, pendingDs } = copy.store;
  copy.destroy();
  return pendingStructs === null && pendingDs === null;
}
