// Who moves text brings along what others wrote in it meanwhile. In Yjs a block that becomes a heading, an item or part of
// another one is deleted and made anew, and what arrives for the old one later is deleted with it, by nobody's wish. Whoever
// moved it still knows where its text went, sees what falls, and writes it there; nobody else does.

import * as Y from 'yjs';
import { isPartOfMore } from './more-than-text.js';

/** What is brought along is not this person's own change: undo does not take it back. */
export const BROUGHT_ALONG = 'weft-brought-along';
/** Where text goes that has nowhere to go. */
const BLOCK = 'paragraph';

/** The ids of a text that is gone, and of the same characters where they went. */
type Copies = Map<string, Y.ID>;

/** Characters in their order, with their ids. */
interface Letters {
  readonly words: string;
  readonly ids: readonly Y.ID[];
}

/**
 * Watches until the returned function is called.
 *
 * @param mayWrite  whether this person may now: what falls is left to others if not
 */
export function bringAlong(fragment: Y.XmlFragment, mayWrite: () => boolean): () => void {
  const doc = fragment.doc!;
  /** By the types that were deleted here, or fell; those that are no text, or went nowhere, have no copies. */
  const deletedHere = new WeakMap<object, Copies>();
  const holding = new WeakSet<Y.Item>();

  // What is written in a type that Yjs has collected cannot be read. A block is collected with all that is in it, by whomever
  // it was deleted; and an undo manager keeps only what it may bring back.
  const mayCollect = doc.gcFilter;
  const mayCollectToo = (item: Y.Item): boolean => mayCollect(item) && !holding.has(item);
  doc.gcFilter = mayCollectToo;

  const noteDeleted = (type: Y.AbstractType<unknown>): void => {
    deletedHere.set(type, new Map());
    for (let at = type._item; at && !holding.has(at); at = (at.parent as Y.AbstractType<unknown>)._item)
      holding.add(at);
  };

  const noteMoves = (transaction: Y.Transaction): void => {
    const texts: Y.XmlText[] = [];
    Y.iterateDeletedStructs(transaction, transaction.deleteSet, (struct) => {
      if (!(struct instanceof Y.Item) || !(struct.content instanceof Y.ContentType)) return;
      const { type } = struct.content;
      noteDeleted(type);
      if (type instanceof Y.XmlText) texts.push(type);
    });
    if (texts.length === 0) return;
    const written = lettersWrittenIn(transaction);
    for (const text of texts) {
      const gone = lettersOf(text, ({ id }) => Y.isDeleted(transaction.deleteSet, id) && !isNew(id, transaction));
      noteCopies(deletedHere.get(text)!, gone, written);
    }
  };

  /** Where a copy is now, by the places it was moved to since. */
  const follow = (id: Y.ID): { text: Y.XmlText; item: Y.Item; offset: number } | null => {
    const item = Y.getItem(doc.store, id) as Y.Item | Y.GC;
    if (!(item instanceof Y.Item) || !(item.parent instanceof Y.XmlText)) return null;
    if (!item.parent._item!.deleted) return { text: item.parent, item, offset: id.clock - item.id.clock };
    const next = deletedHere.get(item.parent)?.get(keyOf(id));
    return next ? follow(next) : null;
  };

  /** Behind the copy of what stands before it, or else before that of what stands behind it. */
  const placeOf = (item: Y.Item, copies: Copies): { text: Y.XmlText; index: number } | null => {
    for (const [side, next] of [
      [1, (at: Y.Item) => at.left],
      [0, (at: Y.Item) => at.right],
    ] as const) {
      for (let at = next(item); at; at = next(at)) {
        const copied = copies.get(keyOf(side === 1 ? at.lastId : at.id));
        const copy = copied && follow(copied);
        if (copy) {
          const within = copy.item.deleted ? 0 : copy.offset + side;
          return { text: copy.text, index: lengthBefore(copy.item) + within };
        }
      }
    }
    return null;
  };

  const bring = (item: Y.Item): void => {
    const { str } = item.content as Y.ContentString;
    const copies = deletedHere.get(item.parent as Y.XmlText);
    const place = copies ? placeOf(item, copies) : null;
    const clock = () => Y.getState(doc.store, doc.clientID);
    let first = clock();
    if (place) place.text.insert(place.index, str);
    else {
      const block = new Y.XmlElement(BLOCK);
      const text = new Y.XmlText(str);
      block.insert(0, [text]);
      fragment.insert(indexBeside(item, fragment), [block]);
      first = clock() - str.length;
    }
    // What is written behind this later, by somebody who does not know yet, follows it.
    for (let i = 0; i < str.length; i++) {
      copies?.set(`${item.id.client}:${item.id.clock + i}`, Y.createID(doc.clientID, first + i));
    }
  };

  const watch = (transaction: Y.Transaction): void => {
    if (transaction.local) {
      if (transaction.origin !== BROUGHT_ALONG) noteMoves(transaction);
      return;
    }
    const fallen = newItemsOf(transaction).filter((item) => item.deleted && isWithin(item, deletedHere));
    for (const { content } of fallen) if (content instanceof Y.ContentType) noteDeleted(content.type);
    const letters = fallen.filter(
      (item) => item.content instanceof Y.ContentString && !isPartOfMore(item, transaction),
    );
    if (letters.length > 0 && mayWrite()) doc.transact(() => letters.forEach(bring), BROUGHT_ALONG);
  };
  doc.on('afterTransaction', watch);
  return () => {
    doc.off('afterTransaction', watch);
    if (doc.gcFilter === mayCollectToo) doc.gcFilter = mayCollect;
  };
}

const keyOf = ({ client, clock }: Y.ID): string => `${client}:${clock}`;

const isNew = ({ client, clock }: Y.ID, { beforeState }: Y.Transaction): boolean =>
  clock >= (beforeState.get(client) ?? 0);

/** What came with the transaction, each writer's in the order they were written in. */
export function newItemsOf({ beforeState, afterState, doc }: Y.Transaction): Y.Item[] {
  const items: Y.Item[] = [];
  for (const [client, end] of afterState) {
    const from = beforeState.get(client) ?? 0;
    if (end <= from) continue;
    const structs = doc.store.clients.get(client)!;
    for (let i = Y.findIndexSS(structs, from); i < structs.length; i++) {
      const struct = structs[i]!;
      if (struct instanceof Y.Item && struct.id.clock >= from) items.push(struct);
    }
  }
  return items;
}

function lettersOf(text: Y.XmlText, isMeant: (item: Y.Item) => boolean): Letters {
  const ids: Y.ID[] = [];
  let words = '';
  for (let item = text._start; item; item = item.right) {
    if (!(item.content instanceof Y.ContentString) || !isMeant(item)) continue;
    words += item.content.str;
    for (let i = 0; i < item.length; i++) ids.push(Y.createID(item.id.client, item.id.clock + i));
  }
  return { words, ids };
}

/** What the transaction wrote, by the texts it is in. */
function lettersWrittenIn(transaction: Y.Transaction): Letters[] {
  const texts = new Set(
    newItemsOf(transaction).flatMap(({ content, parent }) =>
      content instanceof Y.ContentString ? [parent as Y.XmlText] : [],
    ),
  );
  return [...texts].map((text) => lettersOf(text, (item) => !item.deleted && isNew(item.id, transaction)));
}

/** Text that is moved is there in the text it moved to, or what is left of it is. */
function noteCopies(copies: Copies, gone: Letters, written: readonly Letters[]): void {
  if (gone.words === '') return;
  const note = (from: number, to: Letters, at: number, length: number): void => {
    for (let i = 0; i < length; i++) copies.set(keyOf(gone.ids[from + i]!), to.ids[at + i]!);
  };
  const whole = written.find(({ words }) => words.includes(gone.words));
  if (whole) return note(0, whole, whole.words.indexOf(gone.words), gone.words.length);
  for (const part of written) {
    const at = part.words === '' ? -1 : gone.words.indexOf(part.words);
    if (at >= 0) note(at, part, 0, part.words.length);
  }
}

export function isWithin(item: Y.Item, types: { has(type: object): boolean }): boolean {
  for (let at: Y.Item | null = item; at; at = (at.parent as Y.AbstractType<unknown>)._item) {
    if (types.has(at.parent as object)) return true;
  }
  return false;
}

function lengthBefore(item: Y.Item): number {
  let length = 0;
  for (let at = item.left; at; at = at.left) if (!at.deleted && at.countable) length += at.length;
  return length;
}

/** Behind the block of the document that the item is or was in. */
export function indexBeside(item: Y.Item, fragment: Y.XmlFragment): number {
  let at = item;
  while (at.parent !== fragment) at = (at.parent as Y.AbstractType<unknown>)._item!;
  return lengthBefore(at) + (at.deleted ? 0 : 1);
}
