// Brings what was written into one replica, and is not saved, into the one that takes its place, under that one's clientID
// (S2). Only where it still applies: else nothing is done, and the text stays in the Y.Doc it was written into.

import { applies } from './bring-in.js';
import { overlapOf, reauthor, without } from './reauthor.js';
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
  const overlap = overlapOf(updates, new Set([clientID]), to.doc);
  if (overlap === 'unclear') return false;
  // What was taken before its answer was lost would be there twice.
  const missing = overlap === 'own' ? without(updates, clientID, to.doc) : updates;
  const again = reauthor(missing, new Map([[clientID, to.doc.clientID]]));
  if (again === null || !applies(again, to.doc)) return false;
  for (const update of again) to.takeOver(update);
  return true;
}
