// What takes a restore back and leaves what was written since: its entry alone is undone, in the document as the log has it with
// all that came later already there. Text that the restore took away comes back between what was written since, also what somebody
// was still typing into it; of what it had brought back nothing stays but the blocks in which somebody has written.

import * as Y from 'yjs';
import type { StateJob } from '../room/room-history.js';
import { applyAsLogged, loadDocument, mergeInTree } from './load-state.js';
import type { BroughtBack } from './origins.js';
import { holderOf } from './past-block.js';
import { decodeOrigins } from './restore-record.js';
import { newClientOf, originsIn, type RestoreUpdate } from './restore-update.js';
import { shownContent, showsSame } from './shown-content.js';

export interface UndoneRestore {
  /** The Yjs client id of all that is new in its entry. */
  readonly client: number;
  /** The restores that came after it. */
  readonly restores: readonly BroughtBack[];
}

export interface UndoJob extends UndoneRestore {
  /** The state right before the restore. */
  readonly past: StateJob;
  /** The entry of the restore, and all that came after it. */
  readonly since: readonly Uint8Array[];
}

const RESTORE = Symbol('the restore');

/**
 * @returns null when nothing is left to be undone
 * @throws Error when no update does that
 */
export function computeUndo({ past, since, client, restores }: UndoJob): RestoreUpdate | null {
  const doc = loadDocument(past, { gc: false });
  const undo = new Y.UndoManager(doc, { trackedOrigins: new Set<unknown>([RESTORE]) });
  const [entry, ...later] = since;
  doc.transact((transaction) => applyAsLogged(transaction, entry!), RESTORE);
  const [undone] = undo.undoStack;
  if (undone === undefined) return null;
  const taken = Y.mergeDeleteSets([undone.deletions, applyLater(doc, later, client)]);
  undone.deletions = without(doc, taken, broughtBackBy(restores));
  undone.insertions = untouchedOf(doc, client);

  const present = shownContent(doc);
  doc.clientID = newClientOf(doc);
  const written: Uint8Array[] = [];
  doc.on('update', (update: Uint8Array) => written.push(update));
  undo.undo();
  const update = mergeInTree(written);
  const wanted = shownContent(doc);
  if (update === null || showsSame(present, wanted)) return null;
  const result = loadDocument({ ...past, updates: [...past.updates, ...since, update] });
  if (!showsSame(shownContent(result), wanted)) throw new Error('what taking back makes is not what it should be');
  result.destroy();
  const computed = { update, client: doc.clientID, origins: originsIn(doc) };
  doc.destroy();
  return computed;
}

type DeleteSet = ReturnType<typeof Y.createDeleteSet>;

/** @returns what went by that with nobody meaning it: it was written into what had been taken away */
function applyLater(doc: Y.Doc, later: readonly Uint8Array[], client: number): DeleteSet {
  const unseen = Y.createDeleteSet();
  const update = mergeInTree(later);
  if (update === null) return unseen;
  doc.transact((transaction) => {
    applyAsLogged(transaction, update);
    const told = later.map(deletesOf);
    // Cut first: what is cut later would be known by half.
    for (const ds of told) Y.iterateDeletedStructs(transaction, ds, () => undefined);
    const meant = new Set<Y.Item>();
    for (const ds of told) {
      Y.iterateDeletedStructs(transaction, ds, (struct) => {
        if (!(struct instanceof Y.Item)) return;
        const holder = holderOf(struct);
        // Who says the same of what holds it has only heard of both, as the gate has it (gate/holders.ts).
        if (holder === null || !Y.isDeleted(ds, holder.id)) meant.add(struct);
      });
    }
    Y.iterateDeletedStructs(transaction, transaction.deleteSet, (struct) => {
      if (struct instanceof Y.Item && !meant.has(struct) && !isReplaced(struct, client)) addTo(unseen, struct);
    });
  });
  return unseen;
}

/** Whether something else than what a client wrote has taken its place under a key. */
function isReplaced({ parentSub, right }: Y.Item, client: number): boolean {
  if (parentSub === null) return false;
  let next = right;
  while (next?.id.client === client) next = next.right;
  return next !== null;
}

/** In order, as Yjs takes for granted when it looks for one: the gate writes holders behind the rest. */
const deletesOf = (update: Uint8Array): DeleteSet => Y.mergeDeleteSets([Y.decodeUpdate(update).ds]);

/** What restores have brought back, as it was first there. */
function broughtBackBy(restores: readonly BroughtBack[]): DeleteSet {
  const sets = restores.flatMap(({ origins }) =>
    decodeOrigins(origins).map(({ client, from, length }) => {
      const set = Y.createDeleteSet();
      set.clients.set(client, [{ clock: from, len: length }]);
      return set;
    }),
  );
  return Y.mergeDeleteSets(sets);
}

/** What is in one set and not in another. */
function without(doc: Y.Doc, all: DeleteSet, others: DeleteSet): DeleteSet {
  const left = Y.createDeleteSet();
  doc.transact((transaction) => {
    const other = new Set<unknown>();
    Y.iterateDeletedStructs(transaction, all, () => undefined);
    Y.iterateDeletedStructs(transaction, others, (struct) => other.add(struct));
    Y.iterateDeletedStructs(transaction, all, (struct) => {
      if (struct instanceof Y.Item && !other.has(struct)) addTo(left, struct);
    });
  });
  return left;
}

/** What is of a client, but for the types in which others have written, and how those are. */
function untouchedOf(doc: Y.Doc, client: number): DeleteSet {
  const touched = new Set<Y.Item>();
  for (const [other, structs] of doc.store.clients) {
    if (other === client) continue;
    for (const struct of structs) {
      if (!(struct instanceof Y.Item) || struct.deleted || isTrait(struct)) continue;
      for (let holder = holderOf(struct); holder?.id.client === client; holder = holderOf(holder)) touched.add(holder);
    }
  }
  const untouched = Y.createDeleteSet();
  for (const struct of doc.store.clients.get(client) ?? []) {
    if (!(struct instanceof Y.Item) || touched.has(struct)) continue;
    if (!isTrait(struct) || !touched.has(holderOf(struct)!)) addTo(untouched, struct);
  }
  return untouched;
}

/** Of values that followed each other under a key, and are one item by now, the last is the one that held. */
function addTo(set: DeleteSet, { id: { client, clock: first }, length, parentSub }: Y.Item): void {
  const len = parentSub === null ? length : 1;
  const clock = first + length - len;
  const ranges = set.clients.get(client);
  if (ranges) ranges.push({ clock, len });
  else set.clients.set(client, [{ clock, len }]);
}

/** Whether it says how something is, and is nothing by itself: an attribute, or a mark. */
function isTrait({ parent, parentSub, countable }: Y.Item): boolean {
  if (parentSub === null) return !countable;
  // Of what kind a root is nobody has said.
  return !(parent instanceof Y.Map) && (parent as Y.AbstractType<unknown>)._item !== null;
}
