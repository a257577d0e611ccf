// Letters in Yjs: those of a text, those that a transaction wrote, and which of these are copies of letters that it took away.

import * as Y from 'yjs';
import { itemsOf } from './received.js';

export interface Copy {
  readonly id: Y.ID;
  /** When it was brought along; null where it was moved. */
  readonly broughtAtMs: number | null;
}

/** By the ids of letters that are gone, see `keyOf`. */
export type Copies = Map<string, Copy>;

/** A letter of a text. */
export interface Place {
  readonly text: Y.XmlText;
  readonly item: Y.Item;
  readonly offset: number;
}

interface Letters {
  readonly words: string;
  readonly ids: readonly Y.ID[];
}

export const keyOf = ({ client, clock }: Y.ID): string => `${client}:${clock}`;

export const idsOf = (client: number, from: number, to: number): Y.ID[] =>
  Array.from({ length: to - from }, (_, i) => Y.createID(client, from + i));

/** The nearest one first. */
export function* idsBefore(item: Y.Item, offset: number): Generator<Y.ID> {
  let end = item.id.clock + offset;
  for (let at: Y.Item | null = item; at; at = at.left, end = at ? at.id.clock + at.length : 0) {
    for (let clock = end - 1; clock >= at.id.clock; clock--) yield Y.createID(at.id.client, clock);
  }
}

export function* idsBehind(item: Y.Item): Generator<Y.ID> {
  for (let at = item.right; at; at = at.right) yield* idsOf(at.id.client, at.id.clock, at.id.clock + at.length);
}

export const isText = ({ content }: Y.Item): boolean => content instanceof Y.ContentString;

export const isNew = ({ client, clock }: Y.ID, { beforeState }: Y.Transaction): boolean =>
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

export function lettersOf(text: Y.XmlText, isMeant: (id: Y.ID, item: Y.Item) => boolean): Letters {
  const ids: Y.ID[] = [];
  let words = '';
  for (let item = text._start; item; item = item.right) {
    if (!(item.content instanceof Y.ContentString)) continue;
    const { str } = item.content;
    idsOf(item.id.client, item.id.clock, item.id.clock + item.length).forEach((id, at) => {
      if (!isMeant(id, item)) return;
      words += str[at];
      ids.push(id);
    });
  }
  return { words, ids };
}

/** What a transaction wrote, by the texts it is in. */
export class Written {
  readonly #texts: readonly Letters[];
  /** Those that nothing was found in yet. */
  readonly #byWords = new Map<string, Letters[]>();

  constructor(texts: readonly Letters[]) {
    this.#texts = texts;
    for (const text of texts) {
      const same = this.#byWords.get(text.words);
      if (same) same.push(text);
      else this.#byWords.set(text.words, [text]);
    }
  }

  get isEmpty(): boolean {
    return this.#texts.length === 0;
  }

  /** Of the same words the next ones: a whole document that becomes a list is one step, and paragraphs may be alike. */
  takeHolding(words: string): Letters | undefined {
    return this.#byWords.get(words)?.shift() ?? this.#texts.find((text) => text.words.includes(words));
  }

  within(words: string): { text: Letters; at: number }[] {
    return this.#texts.flatMap((text) => {
      const at = text.words === '' ? -1 : words.indexOf(text.words);
      return at >= 0 ? [{ text, at }] : [];
    });
  }
}

export function lettersWrittenIn(transaction: Y.Transaction): Written {
  const texts = new Set(newItemsOf(transaction).flatMap((item) => (isText(item) ? [item.parent as Y.XmlText] : [])));
  return new Written(
    [...texts].map((text) => lettersOf(text, (id, { deleted }) => !deleted && isNew(id, transaction))),
  );
}

/** Whether a letter was there before a transaction, which took it away. */
export const goneIn =
  (transaction: Y.Transaction) =>
  (id: Y.ID): boolean =>
    Y.isDeleted(transaction.deleteSet, id) && !isNew(id, transaction);

/** What a transaction wrote, but for what it took away elsewhere: that was moved. */
export function addedIn(transaction: Y.Transaction): Piece[] {
  const items = newItemsOf(transaction).filter(isText);
  if (items.length === 0) return [];
  const written = lettersWrittenIn(transaction);
  const taken = itemsOf(transaction.deleteSet, transaction.doc).filter(({ item }) => isText(item));
  const texts = new Set(taken.map(({ item }) => item.parent as Y.XmlText));
  const copies = [...texts].flatMap((text) => [...copiesOf(lettersOf(text, goneIn(transaction)), written).values()]);
  const moved = new Set(copies.map(({ id }) => keyOf(id)));
  return items.flatMap((item) => piecesOf(item, (id) => !moved.has(keyOf(id))));
}

/** Text that is moved is there in the text it moved to, or what is left of it is. */
export function copiesOf(gone: Letters, written: Written): Copies {
  const copies: Copies = new Map();
  if (gone.words === '') return copies;
  const note = (from: number, to: Letters, at: number, length: number): void => {
    for (let i = 0; i < length; i++) copies.set(keyOf(gone.ids[from + i]!), { id: to.ids[at + i]!, broughtAtMs: null });
  };
  const whole = written.takeHolding(gone.words);
  if (whole) note(0, whole, whole.words.indexOf(gone.words), gone.words.length);
  else for (const { text, at } of written.within(gone.words)) note(at, text, 0, text.words.length);
  return copies;
}

/** A part of an item, by its offsets. */
export interface Piece {
  readonly item: Y.Item;
  readonly from: number;
  to: number;
}

export const wordsOf = ({ item, from, to }: Piece): string => (item.content as Y.ContentString).str.slice(from, to);

/** The parts of an item in which every letter is meant. */
export function piecesOf(item: Y.Item, isMeant: (id: Y.ID) => boolean): Piece[] {
  const pieces: Piece[] = [];
  idsOf(item.id.client, item.id.clock, item.id.clock + item.length).forEach((id, at) => {
    if (!isMeant(id)) return;
    const last = pieces.at(-1);
    if (last?.to === at) last.to = at + 1;
    else pieces.push({ item, from: at, to: at + 1 });
  });
  return pieces;
}

/** Where words end that stand in a text in their order, though others may stand between; null where they do not. */
export function endOf(words: string, text: string, from: number): number | null {
  let at = from;
  for (const letter of words.split('')) {
    at = text.indexOf(letter, at) + 1;
    if (at === 0) return null;
  }
  return at;
}

export function lengthBefore(item: Y.Item): number {
  let length = 0;
  for (let at = item.left; at; at = at.left) if (!at.deleted && at.countable) length += at.length;
  return length;
}

/** The index of a letter, or where it was. */
export const indexOf = ({ item, offset }: Place): number => lengthBefore(item) + (item.deleted ? 0 : offset);
