// Who moves text brings along what others wrote in it meanwhile. In Yjs a block that becomes a heading, an item or part of
// another one is deleted and made anew, and what arrives for the old one later is deleted with it, by nobody's wish. Whoever
// moved it still knows where its text went, sees what falls, and writes it there. What others take away in the old place
// meanwhile is taken away where it went; of two who moved the same, the first in the log brings it along; and if nobody does,
// because who moved it is gone, whoever wrote it does.

import * as Y from 'yjs';
import { AwaitedLetters } from './awaited-letters.js';
import { isPartOfMore } from './more-than-text.js';
import {
  addedIn,
  endOf,
  idsOf,
  indexOf,
  isText,
  keyOf,
  lengthBefore,
  newItemsOf,
  type Piece,
  piecesOf,
  wordsOf,
} from './moved-letters.js';
import { type Gone, isBy, Moves } from './moves.js';
import { type Deletions, isErased, isWithin, itemsOf, receivedIn } from './received.js';

/** What is brought along is not this person's own change: undo does not take it back. */
export const BROUGHT_ALONG = 'weft-brought-along';
/** Where text goes that has nowhere to go. */
const BLOCK = 'paragraph';
/** For so long somebody may not have heard of a move. What they erase in the old place later than that stays where it went. */
const UNHEARD_MS = 60_000;

/** What was brought along, in the order it was written in. */
interface Brought {
  readonly gone: Gone;
  readonly letters: readonly { readonly letter: string; readonly key: string }[];
  readonly atMs: number;
}

/**
 * Watches until the returned function is called.
 *
 * @param mayWrite  whether this person may now: what falls is left to others if not
 */
export function bringAlong(fragment: Y.XmlFragment, mayWrite: () => boolean): () => void {
  const bringing = new BringingAlong(fragment, mayWrite);
  return () => bringing.close();
}

class BringingAlong {
  readonly #doc: Y.Doc;
  readonly #fragment: Y.XmlFragment;
  readonly #mayWrite: () => boolean;
  readonly #moves: Moves;
  readonly #awaited: AwaitedLetters;
  /** When something was moved or brought along last. */
  #movedAtMs = Number.NEGATIVE_INFINITY;
  #lately: Brought[] = [];

  constructor(fragment: Y.XmlFragment, mayWrite: () => boolean) {
    this.#doc = fragment.doc!;
    this.#fragment = fragment;
    this.#mayWrite = mayWrite;
    this.#moves = new Moves(this.#doc);
    this.#awaited = new AwaitedLetters(this.#doc, this.#moves, (due) => {
      if (!mayWrite()) return;
      this.#doc.transact(({ deleteSet }) => {
        for (const { id, letters, gone } of due) {
          this.#bring(id, letters, gone);
          deleteAgain(deleteSet, id, letters.length);
        }
      }, BROUGHT_ALONG);
    });
    this.#doc.on('afterTransaction', this.#watch);
  }

  close(): void {
    this.#doc.off('afterTransaction', this.#watch);
    this.#awaited.close();
    this.#moves.close();
  }

  readonly #watch = (transaction: Y.Transaction): void => {
    if (transaction.local) {
      if (transaction.origin === BROUGHT_ALONG) return;
      if (this.#moves.note(transaction)) this.#movedAtMs = Date.now();
      this.#moves.noteCopiesMoved(transaction);
      return;
    }
    this.#awaited.note(transaction);
    if (this.#movedAtMs === Number.NEGATIVE_INFINITY) return;
    this.#moves.noteCopiesMoved(transaction);
    this.#answer(transaction);
  };

  /** What others did in the place that something was moved from is done where it went. */
  #answer(transaction: Y.Transaction): void {
    const fallen = this.#fallenIn(transaction);
    this.#lately = this.#lately.filter(({ atMs }) => Date.now() - atMs < UNHEARD_MS);
    if (!this.#mayWrite() || (fallen.length === 0 && Date.now() - this.#movedAtMs > UNHEARD_MS)) return;
    const { deletions, unsaved } = receivedIn(transaction);
    this.#moves.noteRivals(deletions, unsaved);
    const toBring = fallen.flatMap((item) =>
      piecesOf(item, (id) => !isErased(id, item.parent as Y.XmlText, deletions)),
    );
    const toTake = this.#takenAway(deletions);
    if (toBring.length === 0 && toTake.length === 0 && !this.#lately.some(({ gone }) => gone.rivals.size > 0)) return;
    this.#doc.transact((bringing) => {
      for (const piece of toBring) {
        const { item, from } = piece;
        this.#bring(
          Y.createID(item.id.client, item.id.clock + from),
          wordsOf(piece),
          this.#moves.of(item.parent as object)!,
        );
      }
      this.#takeAway(toTake, bringing);
      this.#takeAway(this.#broughtTwice(addedIn(transaction)), bringing);
    }, BROUGHT_ALONG);
  }

  /** Text that came into what was taken away here. */
  #fallenIn(transaction: Y.Transaction): Y.Item[] {
    const arrived = newItemsOf(transaction);
    for (const { content } of arrived)
      if (content instanceof Y.ContentType) this.#moves.noteFallen(content.type, transaction);
    return arrived.filter(
      (item) =>
        item.deleted &&
        isText(item) &&
        this.#moves.of(item.parent as object) !== undefined &&
        !isPartOfMore(item, transaction),
    );
  }

  #bring(id: Y.ID, words: string, from: Gone): void {
    const { clientID, store } = this.#doc;
    const item = Y.getItem(store, id) as Y.Item;
    const place = this.#moves.placeOf(item, id.clock - item.id.clock, from.copies);
    if (place) place.text.insert(place.index, words);
    else {
      const block = new Y.XmlElement(BLOCK);
      block.insert(0, [new Y.XmlText(words)]);
      this.#fragment.insert(indexBeside(item, this.#fragment), [block]);
    }
    const first = Y.getState(store, clientID) - words.length;
    this.#moves.noteCopy(Y.createID(clientID, first));
    this.#movedAtMs = Date.now();
    const keys = idsOf(id.client, id.clock, id.clock + words.length).map(keyOf);
    // What is written behind this later, by somebody who does not know yet, follows it.
    keys.forEach((key, i) => {
      from.copies.set(key, { id: Y.createID(clientID, first + i), broughtAtMs: this.#movedAtMs });
    });
    if (this.#moves.of(item.parent as object) !== from) return;
    const letters = keys.map((key, i) => ({ key, letter: words[i]! }));
    this.#lately.push({ gone: from, letters, atMs: this.#movedAtMs });
  }

  /** The copies of what others took away in its old place, see `isErased`. */
  #takenAway(deletions: readonly Deletions[]): Y.ID[] {
    return deletions.flatMap(({ deleted }) =>
      itemsOf(deleted, this.#doc).flatMap(({ item, from, to }): Y.ID[] => {
        const text = item.parent as Y.XmlText;
        const copies = this.#moves.of(text)?.copies;
        if (!copies || copies.size === 0 || isWithin(text, deleted)) return [];
        return idsOf(item.id.client, from, to).flatMap((id): Y.ID[] => {
          const copy = copies.get(keyOf(id));
          const isMeant = copy && (copy.broughtAtMs === null || Date.now() - copy.broughtAtMs < UNHEARD_MS);
          return isMeant ? [copy.id] : [];
        });
      }),
    );
  }

  /** The copies of what a rival has brought along as well. */
  #broughtTwice(added: readonly Piece[]): Y.ID[] {
    return added.flatMap((piece): Y.ID[] => {
      const { item } = piece;
      const str = wordsOf(piece);
      const ids: Y.ID[] = [];
      let read = 0;
      this.#lately = this.#lately.filter(({ gone, letters }) => {
        if (!isBy(item, gone.rivals)) return true;
        const copies = letters.flatMap(({ letter, key }) => {
          const { id } = gone.copies.get(key)!;
          // One that fell or was moved since may be what the rival brings along now: it must stay.
          return (Y.getItem(this.#doc.store, id) as Y.Item).deleted ? [] : [{ letter, id }];
        });
        const words = copies.map(({ letter }) => letter).join('');
        const end = endOf(words, str, read);
        if (end === null || (!gone.rivals.has(item.id.client) && words !== str)) return true;
        gone.rivals.set(item.id.client, item.id.clock);
        read = end;
        ids.push(...copies.map(({ id }) => id));
        return false;
      });
      return ids;
    });
  }

  #takeAway(ids: readonly Y.ID[], { deleteSet }: Y.Transaction): void {
    this.#awaited.forget(new Set(ids.map(keyOf)));
    for (const id of ids) {
      const copy = this.#moves.follow(id);
      if (copy === null) deleteAgain(deleteSet, id, 1);
      else if (!copy.item.deleted) copy.text.delete(indexOf(copy), 1);
    }
  }
}

/** What fell is gone already. But whoever else brought it along, or is about to, is told so that it is taken care of. */
function deleteAgain({ clients }: Deletions['deleted'], { client, clock }: Y.ID, length: number): void {
  const ranges = clients.get(client);
  if (ranges) ranges.push({ clock, len: length });
  else clients.set(client, [{ clock, len: length }]);
}

/** Behind the block of the document that the item is or was in. */
export function indexBeside(item: Y.Item, fragment: Y.XmlFragment): number {
  let at = item;
  while (at.parent !== fragment) at = (at.parent as Y.AbstractType<unknown>)._item!;
  return lengthBefore(at) + (at.deleted ? 0 : 1);
}
