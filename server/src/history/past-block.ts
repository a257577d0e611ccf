// A block of a past state, noted before anything is done to that: what it held, unit by unit, with the id of each; and of what it stood
// in, what that was like.

import * as Y from 'yjs';

/** Any shared type, whatever it is used as. */
export type SharedType = Y.ContentType['type'];

/** What follows each other in one item. Under a key it is the one value that held. */
export interface PastRun {
  readonly id: Y.ID;
  readonly length: number;
  readonly content: Y.Item['content'];
  /** Of a type: what was in it. */
  readonly inner: PastType | null;
}

export interface PastType {
  readonly list: readonly PastRun[];
  readonly keys: ReadonlyMap<string, PastRun>;
}

export interface PastBlock {
  readonly item: Y.Item;
  readonly held: PastType;
  /** What it stood in, from the inside out, with nothing in it but the values under keys: attributes. */
  readonly holders: ReadonlyMap<Y.Item, PastType>;
}

/** How a block is named: by the id of what holds it. */
export const blockIdOf = ({ client, clock }: Y.ID): string => `${client}-${clock}`;

/** What holds a block, and is there; null where there is none of that name. */
export function blockNamed({ store }: Y.Doc, name: string): Y.Item | null {
  const [client = 0, clock = 0] = name.split('-').map(Number);
  if (clock >= Y.getState(store, client)) return null;
  const item: unknown = Y.getItem(store, Y.createID(client, clock));
  return item instanceof Y.Item && !item.deleted && item.content instanceof Y.ContentType ? item : null;
}

/** As they are, in the order in which they are given, without those that are within others of them. */
export function noteBlocks(items: readonly Y.Item[]): PastBlock[] {
  const all = new Set(items);
  return [...all].flatMap((item): PastBlock[] => {
    const holders = new Map<Y.Item, PastType>();
    for (let holder = holderOf(item); holder !== null; holder = holderOf(holder)) {
      if (all.has(holder)) return [];
      holders.set(holder, {
        list: [],
        keys: keysOf(typeOf(holder), ({ content }) => !(content instanceof Y.ContentType)),
      });
    }
    return [{ item, held: noteType(typeOf(item)), holders }];
  });
}

/** What it stands in; null in a root. */
export const holderOf = ({ parent }: Y.Item): Y.Item | null => (parent as SharedType)._item;

export const typeOf = ({ content }: Y.Item): SharedType => (content as Y.ContentType).type;

/** Some units of what an item holds, to be written anew. */
export function pieceOf(content: Y.Item['content'], from: number, length: number): Y.Item['content'] {
  let piece = content.copy();
  if (from > 0) piece = piece.splice(from);
  if (piece.getLength() > length) piece.splice(length);
  return piece;
}

/** By recursion: no gate lets in what is deep. */
function noteType(type: SharedType): PastType {
  const list: PastRun[] = [];
  for (let item = type._start; item !== null; item = item.right) {
    // Its own copy: what comes since may cut it, and halves of a character become others by that.
    if (!item.deleted) list.push(noteRun(item, item.id, item.length, item.content.copy()));
  }
  return { list, keys: keysOf(type, () => true) };
}

function keysOf(type: SharedType, isTaken: (item: Y.Item) => boolean): Map<string, PastRun> {
  const keys = new Map<string, PastRun>();
  for (const [key, item] of type._map) {
    if (item.deleted || !isTaken(item)) continue;
    // Of values that followed each other, and are one item by now, the last is the one that holds.
    const last = item.length - 1;
    const id = Y.createID(item.id.client, item.id.clock + last);
    keys.set(key, noteRun(item, id, 1, pieceOf(item.content, last, 1)));
  }
  return keys;
}

const noteRun = (item: Y.Item, id: Y.ID, length: number, content: Y.Item['content']): PastRun => ({
  id,
  length,
  content,
  inner: item.content instanceof Y.ContentType ? noteType(item.content.type) : null,
});
