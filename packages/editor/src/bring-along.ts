// Who moves text brings along what others wrote in it meanwhile. In Yjs a block that becomes a heading, an item or part of
// another one is deleted and made anew, and what arrives for the old one later is deleted with it, by nobody's wish. Whoever
// moved it still knows where its text went, sees what falls, and writes it there. What others take away in the old place
// meanwhile is taken away where it went; of two who moved the same, the first in the log brings it along; and if nobody does,
// because who moved it is gone, whoever wrote it does.

import * as Y from 'yjs';
import { isPartOfMore } from './more-than-text.js';
import {
  type Copies,
  copiesOf,
  endOf,
  idsBefore,
  idsBehind,
  idsOf,
  indexOf,
  isNew,
  isText,
  keyOf,
  lengthBefore,
  lettersOf,
  lettersWrittenIn,
  newItemsOf,
  type Place,
  piecesOf,
  type Written,
} from './moved-letters.js';
import { type Deletions, isErased, isWithin, itemsOf, receivedIn } from './received.js';

/** What is brought along is not this person's own change: undo does not take it back. */
export const BROUGHT_ALONG = 'weft-brought-along';
/** Where text goes that has nowhere to go. */
const BLOCK = 'paragraph';
/** For so long somebody may not have heard of a move. What they erase in the old place later than that stays where it went. */
const UNHEARD_MS = 60_000;
/** Who wrote what fell waits for so long until somebody brings it along. */
export const WAIT_MS = 10_000;

/** A type that was deleted, or fell. */
interface Gone {
  /** Where its letters went; none of what is no text, or went nowhere. */
  readonly copies: Copies;
  /** Who else brings along what falls there, and from which clock on. */
  readonly rivals: Map<number, number>;
}

/** What was brought along, in the order it was written in. */
interface Brought {
  readonly gone: Gone;
  readonly letters: readonly { readonly letter: string; readonly key: string }[];
  readonly atMs: number;
}

/** What was written here and fell. */
interface Waiting {
  readonly id: Y.ID;
  readonly letter: string;
  readonly text: Y.XmlText;
  readonly gone: Gone;
  readonly sinceMs: number;
}

/**
 * Watches until the returned function is called.
 *
 * @param mayWrite  whether this person may now: what falls is left to others if not
 */
export function bringAlong(fragment: Y.XmlFragment, mayWrite: () => boolean): () => void {
  const doc = fragment.doc!;
  /** By what was deleted here, or fell with that. */
  const gone = new WeakMap<object, Gone>();
  /** Where copies went since, be it that a block was divided; by the texts they were in. */
  const movedOn = new WeakMap<object, Copies>();
  const holdingCopies = new WeakSet<object>();
  const holding = new WeakSet<Y.Item>();
  /** When something was moved or brought along last. */
  let movedAtMs = Number.NEGATIVE_INFINITY;
  let lately: Brought[] = [];
  let waiting: Waiting[] = [];
  let timer: ReturnType<typeof setTimeout> | undefined;

  // What is written in a type that Yjs has collected cannot be read. A block is collected with all that is in it, by whomever
  // it was deleted; and an undo manager keeps only what it may bring back.
  const mayCollect = doc.gcFilter;
  const mayCollectToo = (item: Y.Item): boolean => mayCollect(item) && !holding.has(item);
  doc.gcFilter = mayCollectToo;

  const hold = (type: { readonly _item: Y.Item | null }): void => {
    for (let at = type._item; at && !holding.has(at); at = (at.parent as Y.AbstractType<unknown>)._item)
      holding.add(at);
  };

  /** Notes where letters went that were in a text before. */
  const copiesFrom = (text: Y.XmlText, isGone: (id: Y.ID) => boolean, written: Written): Copies => {
    const copies = copiesOf(lettersOf(text, isGone), written);
    for (const { id } of copies.values()) holdingCopies.add((Y.getItem(doc.store, id) as Y.Item).parent as Y.XmlText);
    return copies;
  };

  const noteMoves = (transaction: Y.Transaction): void => {
    const types = typesIn(transaction.deleteSet, doc);
    if (types.length === 0) return;
    movedAtMs = Date.now();
    const isGone = (id: Y.ID): boolean => Y.isDeleted(transaction.deleteSet, id) && !isNew(id, transaction);
    const written = lettersWrittenIn(transaction);
    for (const type of types) {
      hold(type);
      const copies = type instanceof Y.XmlText ? copiesFrom(type, isGone, written) : new Map();
      gone.set(type, { copies, rivals: new Map() });
    }
  };

  const noteCopiesMoved = (transaction: Y.Transaction): void => {
    const parents = itemsOf(transaction.deleteSet, doc).map(({ item }) => item.parent as Y.XmlText);
    const texts = new Set(parents.filter((parent) => holdingCopies.has(parent)));
    if (texts.size === 0) return;
    const written = lettersWrittenIn(transaction);
    // Erasing costs no look at the whole text.
    if (written.isEmpty) return;
    const isGone = (id: Y.ID): boolean => Y.isDeleted(transaction.deleteSet, id) && !isNew(id, transaction);
    for (const text of texts) {
      hold(text);
      movedOn.set(text, new Map([...(movedOn.get(text) ?? []), ...copiesFrom(text, isGone, written)]));
    }
  };

  /** Where a copy is now, by the places it was moved to since. */
  const follow = (id: Y.ID): Place | null => {
    const item = Y.getItem(doc.store, id) as Y.Item | Y.GC;
    if (!(item instanceof Y.Item) || !(item.parent instanceof Y.XmlText)) return null;
    const text = item.parent;
    const next = item.deleted
      ? (gone.get(text)?.copies.get(keyOf(id)) ?? movedOn.get(text)?.get(keyOf(id)))
      : undefined;
    const place = next ? follow(next.id) : null;
    return place ?? (text._item!.deleted ? null : { text, item, offset: id.clock - item.id.clock });
  };

  /** Behind the copy of what stands before it, or else before that of what stands behind it. */
  const placeOf = (item: Y.Item, offset: number, copies: Copies): { text: Y.XmlText; index: number } | null => {
    for (const side of [1, 0]) {
      for (const id of side === 1 ? idsBefore(item, offset) : idsBehind(item)) {
        const copied = copies.get(keyOf(id));
        const copy = copied && follow(copied.id);
        if (copy) return { text: copy.text, index: indexOf(copy) + (copy.item.deleted ? 0 : side) };
      }
    }
    return null;
  };

  const bring = (id: Y.ID, words: string, from: Gone): void => {
    const item = Y.getItem(doc.store, id) as Y.Item;
    const place = placeOf(item, id.clock - item.id.clock, from.copies);
    const clock = () => Y.getState(doc.store, doc.clientID);
    let first = clock();
    if (place) place.text.insert(place.index, words);
    else {
      const block = new Y.XmlElement(BLOCK);
      const text = new Y.XmlText(words);
      block.insert(0, [text]);
      fragment.insert(indexBeside(item, fragment), [block]);
      first = clock() - words.length;
    }
    holdingCopies.add((Y.getItem(doc.store, Y.createID(doc.clientID, first)) as Y.Item).parent as Y.XmlText);
    movedAtMs = Date.now();
    const keys = idsOf(id.client, id.clock, id.clock + words.length).map(keyOf);
    // What is written behind this later, by somebody who does not know yet, follows it.
    keys.forEach((key, i) => {
      from.copies.set(key, { id: Y.createID(doc.clientID, first + i), broughtAtMs: movedAtMs });
    });
    if (gone.get(item.parent as object) !== from) return;
    lately.push({ gone: from, letters: keys.map((key, i) => ({ key, letter: words[i]! })), atMs: movedAtMs });
  };

  /** The copies of what others took away in its old place, see `isErased`. */
  const takenAway = (deletions: readonly Deletions[]): Y.ID[] =>
    deletions.flatMap(({ deleted }) =>
      itemsOf(deleted, doc).flatMap(({ item, from, to }): Y.ID[] => {
        const text = item.parent as Y.XmlText;
        const copies = gone.get(text)?.copies;
        if (!copies || copies.size === 0 || isWithin(text, deleted)) return [];
        return idsOf(item.id.client, from, to).flatMap((id): Y.ID[] => {
          const copy = copies.get(keyOf(id));
          const isMeant = copy && (copy.broughtAtMs === null || Date.now() - copy.broughtAtMs < UNHEARD_MS);
          return isMeant ? [copy.id] : [];
        });
      }),
    );

  /** Who moved something before it was moved here brings along what falls there, too. */
  const noteRivals = (deletions: readonly Deletions[], unsaved: Deletions['deleted']): void => {
    for (const { authors, deleted } of deletions) {
      for (const { item } of itemsOf(deleted, doc)) {
        if (!(item.content instanceof Y.ContentType) || !Y.isDeleted(unsaved, item.id)) continue;
        const rivals = gone.get(item.content.type)?.rivals;
        for (const [author, clock] of authors.size > 0 ? authors : UNKNOWN) rivals?.set(author, clock);
      }
    }
  };

  /** The copies of what a rival has brought along as well. */
  const broughtTwice = (written: readonly Y.Item[]): Y.ID[] =>
    written.flatMap((item): Y.ID[] => {
      const { str } = item.content as Y.ContentString;
      const ids: Y.ID[] = [];
      let read = 0;
      lately = lately.filter((brought) => {
        if (!isBy(item, brought.gone.rivals)) return true;
        const copies = brought.letters.flatMap(({ letter, key }) => {
          const { id } = brought.gone.copies.get(key)!;
          // One that fell or was moved since may be what the rival brings along now: it must stay.
          return (Y.getItem(doc.store, id) as Y.Item).deleted ? [] : [{ letter, id }];
        });
        const words = copies.map(({ letter }) => letter).join('');
        const end = endOf(words, str, read);
        if (end === null || (!brought.gone.rivals.has(item.id.client) && words !== str)) return true;
        brought.gone.rivals.set(item.id.client, item.id.clock);
        read = end;
        ids.push(...copies.map(({ id }) => id));
        return false;
      });
      return ids;
    });

  const takeAway = (ids: readonly Y.ID[], { deleteSet }: Y.Transaction): void => {
    const taken = new Set(ids.map(keyOf));
    waiting = waiting.filter(({ id }) => !taken.has(keyOf(id)));
    for (const id of ids) {
      const copy = follow(id);
      if (copy === null) deleteAgain(deleteSet, id, 1);
      else if (!copy.item.deleted) copy.text.delete(indexOf(copy), 1);
    }
  };

  /** What was written here and falls with what somebody else moves who has not heard of it. */
  const noteFallen = (transaction: Y.Transaction): void => {
    const own = transaction.deleteSet.clients.get(doc.clientID);
    const { deletions } = own ? receivedIn(transaction) : { deletions: [] };
    if (!own || deletions.length === 0) return;
    /** Who deletes a text first moves what they delete there. Whoever does later may only tell what fell. */
    const moverOf = (text: Y.XmlText): Deletions | undefined =>
      deletions.find(({ deleted }) => isWithin(text, deleted));
    const sources = new Map<Y.XmlText, Gone>();
    let written: Written | null = null;
    const sourceOf = (text: Y.XmlText, mover: Deletions | undefined, isMeant: (id: Y.ID) => boolean): Gone => {
      let source = sources.get(text);
      if (!source) {
        hold(text);
        written ??= lettersWrittenIn(transaction);
        const rivals = mover && (mover.authors.size > 0 ? mover.authors : UNKNOWN);
        source = { copies: copiesFrom(text, isMeant, written), rivals: new Map(rivals) };
        sources.set(text, source);
      }
      return source;
    };
    for (const { item, from, to } of itemsOf({ clients: new Map([[doc.clientID, own]]) }, doc)) {
      if (!isText(item)) continue;
      const { str } = item.content as Y.ContentString;
      const text = item.parent as Y.XmlText;
      const mover = moverOf(text);
      const isMeant = (id: Y.ID): boolean =>
        (mover !== undefined && Y.isDeleted(mover.deleted, id)) || isErased(id, text, deletions);
      for (const id of idsOf(item.id.client, from, to)) {
        if (isMeant(id)) continue;
        const letter = str[id.clock - item.id.clock]!;
        waiting.push({ id, letter, text, gone: sourceOf(text, mover, isMeant), sinceMs: Date.now() });
      }
    }
    waitOn();
  };

  const waitOn = (): void => {
    if (waiting.length > 0) timer ??= setTimeout(bringOwn, WAIT_MS);
  };

  /** Nobody has: whoever moved it is gone, or far away. */
  const bringOwn = (): void => {
    timer = undefined;
    const due = waiting.filter(({ sinceMs }) => Date.now() - sinceMs >= WAIT_MS);
    waiting = waiting.filter((letter) => !due.includes(letter));
    waitOn();
    if (due.length === 0 || !mayWrite()) return;
    doc.transact(({ deleteSet }) => {
      for (const { id, letters, gone: from } of runsOf(due)) {
        bring(id, letters, from);
        deleteAgain(deleteSet, id, letters.length);
      }
    }, BROUGHT_ALONG);
  };

  /** What others brought along, took away or moved is no longer waited for. */
  const noteBrought = (transaction: Y.Transaction): void => {
    const { deletions } = receivedIn(transaction);
    waiting = waiting.filter(({ id, text }) => !isErased(id, text, deletions));
    for (const item of newItemsOf(transaction).filter(isText)) {
      for (const letter of (item.content as Y.ContentString).str.split('')) {
        const at = waiting.findIndex(({ gone: { rivals }, ...waits }) => waits.letter === letter && isBy(item, rivals));
        if (at < 0) continue;
        waiting[at]!.gone.rivals.set(item.id.client, item.id.clock);
        waiting.splice(at, 1);
      }
    }
  };

  const watch = (transaction: Y.Transaction): void => {
    if (transaction.local) {
      if (transaction.origin === BROUGHT_ALONG) return;
      noteMoves(transaction);
      noteCopiesMoved(transaction);
      return;
    }
    noteFallen(transaction);
    if (waiting.length > 0) noteBrought(transaction);
    if (movedAtMs === Number.NEGATIVE_INFINITY) return;
    noteCopiesMoved(transaction);
    const arrived = newItemsOf(transaction);
    /** Whether what comes into this type falls because of what was done here: it, or what it came in, was deleted here. */
    const fellHere = (type: Y.AbstractType<unknown>): boolean => {
      if (gone.has(type)) return true;
      const { _item: item } = type;
      if (!item?.deleted || !isNew(item.id, transaction)) return false;
      if (!fellHere(item.parent as Y.AbstractType<unknown>)) return false;
      hold(type);
      gone.set(type, { copies: new Map(), rivals: gone.get(item.parent as object)!.rivals });
      return true;
    };
    for (const { content } of arrived) if (content instanceof Y.ContentType) fellHere(content.type);
    const letters = arrived.filter(
      (item) => item.deleted && isText(item) && gone.has(item.parent as object) && !isPartOfMore(item, transaction),
    );
    lately = lately.filter(({ atMs }) => Date.now() - atMs < UNHEARD_MS);
    if (!mayWrite() || (letters.length === 0 && Date.now() - movedAtMs > UNHEARD_MS)) return;
    const { deletions, unsaved } = receivedIn(transaction);
    noteRivals(deletions, unsaved);
    const toBring = letters.flatMap((item) =>
      piecesOf(item, (id) => !isErased(id, item.parent as Y.XmlText, deletions)),
    );
    const toTake = takenAway(deletions);
    if (toBring.length > 0 || toTake.length > 0 || lately.some(({ gone: { rivals } }) => rivals.size > 0)) {
      doc.transact((bringing) => {
        for (const { item, from, to } of toBring) {
          const words = (item.content as Y.ContentString).str.slice(from, to);
          bring(Y.createID(item.id.client, item.id.clock + from), words, gone.get(item.parent as object)!);
        }
        takeAway(toTake, bringing);
        takeAway(broughtTwice(arrived.filter(isText)), bringing);
      }, BROUGHT_ALONG);
    }
  };
  doc.on('afterTransaction', watch);
  return () => {
    clearTimeout(timer);
    doc.off('afterTransaction', watch);
    if (doc.gcFilter === mayCollectToo) doc.gcFilter = mayCollect;
  };
}

/** What fell is gone already. But whoever else brought it along, or is about to, is told so that it is taken care of. */
function deleteAgain({ clients }: Deletions['deleted'], { client, clock }: Y.ID, length: number): void {
  const ranges = clients.get(client);
  if (ranges) ranges.push({ clock, len: length });
  else clients.set(client, [{ clock, len: length }]);
}

/** A character may be two letters here, which must not be torn. */
function runsOf(waiting: readonly Waiting[]): { id: Y.ID; letters: string; gone: Gone }[] {
  const runs: { id: Y.ID; letters: string; gone: Gone }[] = [];
  for (const { id, letter, gone } of waiting) {
    const last = runs.at(-1);
    if (last && last.gone === gone && last.id.clock + last.letters.length === id.clock) last.letters += letter;
    else runs.push({ id, letters: letter, gone });
  }
  return runs;
}

function typesIn(deleted: Deletions['deleted'], doc: Y.Doc): Y.AbstractType<unknown>[] {
  return itemsOf(deleted, doc).flatMap(({ item: { content } }) =>
    content instanceof Y.ContentType ? [content.type] : [],
  );
}

/** Who deletes a block and writes nothing writes what falls with it in a block of its own. */
const UNKNOWN: ReadonlyMap<number, number> = new Map([[-1, 0]]);

function isBy(item: Y.Item, rivals: ReadonlyMap<number, number>): boolean {
  const clock = rivals.get(item.id.client);
  if (clock !== undefined) return item.id.clock >= clock;
  return (
    rivals.has(-1) &&
    (item.parent as Y.XmlText)._item?.id.client === item.id.client &&
    (item.parent as Y.XmlText)._item?.left === null
  );
}

/** Behind the block of the document that the item is or was in. */
export function indexBeside(item: Y.Item, fragment: Y.XmlFragment): number {
  let at = item;
  while (at.parent !== fragment) at = (at.parent as Y.AbstractType<unknown>)._item!;
  return lengthBefore(at) + (at.deleted ? 0 : 1);
}
