// What was taken away here, and where its letters went: a block that becomes a heading is deleted and made anew. What arrives in
// the old place later finds the new one by the letters it stands beside. What that needs is not collected.

import * as Y from 'yjs';
import {
  type Copies,
  copiesOf,
  goneIn,
  idsBefore,
  idsBehind,
  indexOf,
  isNew,
  keyOf,
  lettersOf,
  lettersWrittenIn,
  type Place,
  type Written,
} from './moved-letters.js';
import { type Deletions, itemsOf } from './received.js';

/** A type that was deleted, or fell. */
export interface Gone {
  /** Where its letters went; none of what is no text, or went nowhere. */
  readonly copies: Copies;
  /** Who else brings along what falls there, and from which clock on. */
  readonly rivals: Map<number, number>;
}

export class Moves {
  readonly #doc: Y.Doc;
  /** By what was deleted here, or fell with that. */
  readonly #gone = new WeakMap<object, Gone>();
  /** Where copies went since, be it that a block was divided; by the texts they were in. */
  readonly #movedOn = new WeakMap<object, Copies>();
  readonly #holdingCopies = new WeakSet<object>();
  readonly #holding = new WeakSet<Y.Item>();
  readonly #mayCollect: (item: Y.Item) => boolean;
  readonly #mayCollectToo: (item: Y.Item) => boolean;

  // What is written in a type that Yjs has collected cannot be read. A block is collected with all that is in it, by whomever
  // it was deleted; and an undo manager keeps only what it may bring back.
  constructor(doc: Y.Doc) {
    this.#doc = doc;
    this.#mayCollect = doc.gcFilter;
    this.#mayCollectToo = (item) => this.#mayCollect(item) && !this.#holding.has(item);
    doc.gcFilter = this.#mayCollectToo;
  }

  close(): void {
    if (this.#doc.gcFilter === this.#mayCollectToo) this.#doc.gcFilter = this.#mayCollect;
  }

  /** What is known of a type that was deleted here, or fell with that. */
  of(type: object): Gone | undefined {
    return this.#gone.get(type);
  }

  /** @returns whether a person's own transaction took any type away */
  note(transaction: Y.Transaction): boolean {
    const types = typesIn(transaction.deleteSet, this.#doc);
    const written = types.length > 0 ? lettersWrittenIn(transaction) : null;
    for (const type of types) {
      const copies = type instanceof Y.XmlText ? this.leave(type, goneIn(transaction), written!) : new Map();
      this.#hold(type);
      this.#gone.set(type, { copies, rivals: new Map() });
    }
    return types.length > 0;
  }

  /** Text that is gone from where it was. @returns where its letters went */
  leave(text: Y.XmlText, isGone: (id: Y.ID) => boolean, written: Written): Copies {
    this.#hold(text);
    const copies = copiesOf(lettersOf(text, isGone), written);
    for (const { id } of copies.values()) this.noteCopy(id);
    return copies;
  }

  /** The text it is in is looked at when something moves out of it. */
  noteCopy(id: Y.ID): void {
    this.#holdingCopies.add((Y.getItem(this.#doc.store, id) as Y.Item).parent as Y.XmlText);
  }

  noteCopiesMoved(transaction: Y.Transaction): void {
    const parents = itemsOf(transaction.deleteSet, this.#doc).map(({ item }) => item.parent as Y.XmlText);
    const texts = new Set(parents.filter((parent) => this.#holdingCopies.has(parent)));
    if (texts.size === 0) return;
    const written = lettersWrittenIn(transaction);
    // Erasing costs no look at the whole text.
    if (written.isEmpty) return;
    for (const text of texts) {
      const copies = this.leave(text, goneIn(transaction), written);
      this.#movedOn.set(text, new Map([...(this.#movedOn.get(text) ?? []), ...copies]));
    }
  }

  /** Whether what comes into this type falls because of what was done here: it, or what it came in, was deleted here. */
  noteFallen(type: Y.AbstractType<unknown>, transaction: Y.Transaction): boolean {
    if (this.#gone.has(type)) return true;
    const { _item: item } = type;
    if (!item?.deleted || !isNew(item.id, transaction)) return false;
    const parent = item.parent as Y.AbstractType<unknown>;
    if (!this.noteFallen(parent, transaction)) return false;
    this.#hold(type);
    this.#gone.set(type, { copies: new Map(), rivals: this.#gone.get(parent)!.rivals });
    return true;
  }

  /** Who moved something before it was moved here brings along what falls there, too. */
  noteRivals(deletions: readonly Deletions[], unsaved: Deletions['deleted']): void {
    for (const { authors, deleted } of deletions) {
      for (const { item } of itemsOf(deleted, this.#doc)) {
        if (!(item.content instanceof Y.ContentType) || !Y.isDeleted(unsaved, item.id)) continue;
        const rivals = this.#gone.get(item.content.type)?.rivals;
        for (const [author, clock] of orUnknown(authors)) rivals?.set(author, clock);
      }
    }
  }

  /** Where a copy is now, by the places it was moved to since. */
  follow(id: Y.ID): Place | null {
    const item = Y.getItem(this.#doc.store, id) as Y.Item | Y.GC;
    if (!(item instanceof Y.Item) || !(item.parent instanceof Y.XmlText)) return null;
    const text = item.parent;
    const next = item.deleted
      ? (this.#gone.get(text)?.copies.get(keyOf(id)) ?? this.#movedOn.get(text)?.get(keyOf(id)))
      : undefined;
    const place = next ? this.follow(next.id) : null;
    return place ?? (text._item!.deleted ? null : { text, item, offset: id.clock - item.id.clock });
  }

  /** Behind the copy of what stands before it, or else before that of what stands behind it. */
  placeOf(item: Y.Item, offset: number, copies: Copies): { text: Y.XmlText; index: number } | null {
    for (const side of [1, 0]) {
      for (const id of side === 1 ? idsBefore(item, offset) : idsBehind(item)) {
        const copied = copies.get(keyOf(id));
        const copy = copied && this.follow(copied.id);
        if (copy) return { text: copy.text, index: indexOf(copy) + (copy.item.deleted ? 0 : side) };
      }
    }
    return null;
  }

  #hold(type: { readonly _item: Y.Item | null }): void {
    for (let at = type._item; at && !this.#holding.has(at); at = (at.parent as Y.AbstractType<unknown>)._item)
      this.#holding.add(at);
  }
}

function typesIn(deleted: Deletions['deleted'], doc: Y.Doc): Y.AbstractType<unknown>[] {
  return itemsOf(deleted, doc).flatMap(({ item: { content } }) =>
    content instanceof Y.ContentType ? [content.type] : [],
  );
}

/** Who deletes a block and writes nothing writes what falls with it in a block of its own. */
const UNKNOWN: ReadonlyMap<number, number> = new Map([[-1, 0]]);

export const orUnknown = (authors: Deletions['authors']): ReadonlyMap<number, number> =>
  authors.size > 0 ? authors : UNKNOWN;

/** Whether one of those wrote it, as far as can be known. */
export function isBy(item: Y.Item, rivals: ReadonlyMap<number, number>): boolean {
  const clock = rivals.get(item.id.client);
  if (clock !== undefined) return item.id.clock >= clock;
  return (
    rivals.has(-1) &&
    (item.parent as Y.XmlText)._item?.id.client === item.id.client &&
    (item.parent as Y.XmlText)._item?.left === null
  );
}
