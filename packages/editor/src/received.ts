// What the one who applies others' updates may tell of them. Yjs says nothing of a deletion of what is deleted here already,
// nor what of our own comes after what came. Where nobody tells, nothing of it is known. And not all that an update deletes was
// taken away by its author: who comes back may tell all they know to be deleted.

import * as Y from 'yjs';

/** Under this key of a transaction's `meta`. */
export const RECEIVED = 'weft-received';

/** As the provider of Weft leaves it there. */
export interface Received {
  /** Others' updates, as they were applied in the transaction, each made by one person. */
  readonly updates: readonly Uint8Array[];
  /** What was written here and comes after them in the order that all see; nothing that only tells what is there. */
  readonly unsaved: readonly Uint8Array[];
}

type DeleteSet = ReturnType<typeof Y.createDeleteSet>;

/** What somebody deleted, be it deleted here already or not. */
export interface Deletions {
  /** Who wrote something with it, and the clock behind that. */
  readonly authors: ReadonlyMap<number, number>;
  readonly deleted: DeleteSet;
}

export function receivedIn({ meta }: Y.Transaction): { deletions: Deletions[]; unsaved: DeleteSet } {
  const { updates = [], unsaved = [] } = (meta.get(RECEIVED) ?? {}) as Partial<Received>;
  const deletions = updates.map((update): Deletions => {
    const { structs, ds } = Y.decodeUpdate(update);
    const authors = new Map(structs.map(({ id, length }) => [id.client, id.clock + length]));
    return { authors, deleted: Y.mergeDeleteSets([ds]) };
  });
  return { deletions, unsaved: Y.mergeDeleteSets(unsaved.map((update) => Y.decodeUpdate(update).ds)) };
}

/** Whether a type, or what it is in, is among what somebody deleted. */
export function isWithin(type: { readonly _item: Y.Item | null }, deleted: DeleteSet): boolean {
  for (let at = type._item; at; at = (at.parent as Y.AbstractType<unknown>)._item)
    if (Y.isDeleted(deleted, at.id)) return true;
  return false;
}

/**
 * Whether somebody took a letter away from its text. An update that deletes the text as well does not say so: its author moved
 * the text with all that was in it, or has heard that it was moved and tells what fell there, which nobody took away.
 */
export function isErased(id: Y.ID, text: Y.XmlText, deletions: readonly Deletions[]): boolean {
  return deletions.some(({ deleted }) => Y.isDeleted(deleted, id) && !isWithin(text, deleted));
}

/** Those of them that are in the document, with the clocks that are meant. */
export function itemsOf(deleted: DeleteSet, { store }: Y.Doc): { item: Y.Item; from: number; to: number }[] {
  const found: { item: Y.Item; from: number; to: number }[] = [];
  for (const [client, ranges] of deleted.clients) {
    const structs = store.clients.get(client) ?? [];
    const state = Y.getState(store, client);
    for (const { clock, len } of ranges) {
      if (clock >= state) continue;
      for (let i = Y.findIndexSS(structs, clock); i < structs.length && structs[i]!.id.clock < clock + len; i++) {
        const item = structs[i]!;
        if (!(item instanceof Y.Item)) continue;
        const from = Math.max(clock, item.id.clock);
        found.push({ item, from, to: Math.min(clock + len, item.id.clock + item.length) });
      }
    }
  }
  return found;
}
