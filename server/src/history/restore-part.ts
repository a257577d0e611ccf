// What brings back some blocks of a past state and leaves the rest untouched. Each is made what it was, unit by unit: what is left of it
// stays, what came since goes, and what went is written anew where it was. A block that is gone comes back between those that stood
// around it, and so does what it stood in when that is gone as well, with nothing else in it.
// What a restore has brought back since stands for what it says again, so that nothing comes back twice.

import * as Y from 'yjs';
import { applyAsLogged, loadDocument, mergeInTree } from './load-state.js';
import type { BroughtBack } from './origins.js';
import {
  blockIdOf,
  blockNamed,
  holderOf,
  noteBlocks,
  type PastBlock,
  type PastRun,
  type PastType,
  pieceOf,
  type SharedType,
  typeOf,
} from './past-block.js';
import { type PastPiece, PastPlaces } from './past-places.js';
import { encodeOrigins, newClientOf, type OriginRange, type RestoreJob, type RestoreUpdate } from './restore-update.js';
import { shownContent, showsSame } from './shown-content.js';
import { StandIns } from './stand-ins.js';

export interface Part {
  /** As comparisons name them: client and clock of what holds each, as in `4021-17`. */
  readonly blocks: readonly string[];
  /** The restores that came after the past state. */
  readonly restores: readonly BroughtBack[];
}

export interface PartJob extends RestoreJob, Part {}

export type PartUpdate =
  | { readonly update: RestoreUpdate | null }
  /** A block that was not there then. */
  | { readonly missing: string }
  /** A block that has no place: what it stood in is gone, and something else stands under the key of that. */
  | { readonly displaced: string };

/** @returns an update of null when those blocks show what they did. @throws Error when others would not be shown that */
export function computePart({ past, present, blocks, restores }: PartJob): PartUpdate {
  const doc = loadDocument(past, { gc: false });
  const found: Y.Item[] = [];
  for (const name of blocks) {
    const item = blockNamed(doc, name);
    if (item === null) return { missing: name };
    found.push(item);
  }
  const noted = noteBlocks(found);
  const now = loadDocument(present);
  const since = Y.diffUpdate(Y.encodeStateAsUpdate(now), Y.encodeStateVector(doc));
  now.destroy();
  doc.transact((transaction) => applyAsLogged(transaction, since));

  const standIns = new StandIns(doc, restores);
  const displaced = noted.find((block) => isDisplaced(block, standIns));
  if (displaced) return { displaced: blockIdOf(displaced.item.id) };
  const before = shownContent(doc);
  doc.clientID = newClientOf(doc);
  const written: Uint8Array[] = [];
  doc.on('update', (update: Uint8Array) => written.push(update));
  const origins = doc.transact((transaction) => {
    const writer = new PartWriter(transaction, standIns);
    for (const block of noted) writer.bringBack(block);
    return writer.origins;
  });
  const update = mergeInTree(written);
  const wanted = shownContent(doc);
  if (update === null || showsSame(before, wanted)) return { update: null };
  const result = loadDocument({ ...present, updates: [...present.updates, update] });
  if (!showsSame(shownContent(result), wanted)) throw new Error('what comes back is not what it should be');
  result.destroy();
  const computed = { update, client: doc.clientID, origins: encodeOrigins(origins) };
  doc.destroy();
  return { update: computed };
}

/** Whether bringing it back would take away what is no part of it: something stands where what it stood in was. */
function isDisplaced({ item, holders }: PastBlock, standIns: StandIns): boolean {
  for (const one of [item, ...holders.keys()]) {
    if (!one.deleted || standIns.livingCopyOf(one.id) !== null) return false;
    const instead = one.parentSub === null ? undefined : (one.parent as SharedType)._map.get(one.parentSub);
    if (one !== item && instead?.deleted === false) return true;
  }
  return false;
}

/** Some of a list that stays, and where it stood in the past. */
interface Stay {
  readonly item: Y.Item;
  readonly place: number;
}

class PartWriter {
  /** Of all that was written, in the order of its clocks. */
  readonly origins: OriginRange[] = [];
  readonly #transaction: Y.Transaction;
  readonly #standIns: StandIns;
  readonly #made = new Map<Y.Item, Y.Item>();

  constructor(transaction: Y.Transaction, standIns: StandIns) {
    this.#transaction = transaction;
    this.#standIns = standIns;
  }

  bringBack({ item, held, holders }: PastBlock): void {
    this.#make(typeOf(this.#standIn(item) ?? this.#place(item, holders)), held);
  }

  /** What there is of something that may be gone. */
  #standIn(item: Y.Item): Y.Item | null {
    if (!item.deleted) return item;
    return this.#made.get(item) ?? this.#standIns.livingCopyOf(item.id)?.item ?? null;
  }

  /** Makes something that is gone where it was, with nothing in it. */
  #place(item: Y.Item, holders: PastBlock['holders']): Y.Item {
    const { id, content, parentSub } = item;
    const parent = this.#parentFor(item, holders);
    const left =
      parentSub !== null
        ? (parent._map.get(parentSub) ?? null)
        : parent === item.parent
          ? item
          : this.#neighbourOf(item, parent);
    const made = this.#write({ parent, key: parentSub, left }, content.copy(), id);
    this.#made.set(item, made);
    return made;
  }

  #parentFor(item: Y.Item, holders: PastBlock['holders']): SharedType {
    const holder = holderOf(item);
    if (holder === null) return item.parent as SharedType;
    const standing = this.#standIn(holder);
    if (standing !== null) return typeOf(standing);
    const made = typeOf(this.#place(holder, holders));
    this.#make(made, holders.get(holder)!);
    return made;
  }

  /** What is there of what stood before something; null for nothing. */
  #neighbourOf(item: Y.Item, parent: SharedType): Y.Item | null {
    for (let before = item.left; before !== null; before = before.left) {
      const made = this.#made.get(before);
      if (made?.parent === parent) return made;
      const copy = this.#standIns.livingCopyOf(before.lastId);
      if (copy?.item.parent !== parent) continue;
      return Y.getItemCleanEnd(this.#transaction, this.#transaction.doc.store, copy.id);
    }
    return null;
  }

  /** Lets a type hold what was held, and nothing else. */
  #make(type: SharedType, { list, keys }: PastType): void {
    this.#makeKeys(type, keys);
    const stays: Stay[] = [];
    const gone: Y.Item[] = [];
    const places = new PastPlaces(list, this.#standIns);
    for (let item = type._start; item !== null; item = item.right) {
      if (item.deleted) continue;
      const last = stays.at(-1);
      const { place, length } = places.of(item, last ? last.place + last.item.length : 0);
      if (length < item.length) this.#cut(item, length);
      if (place === null) gone.push(item);
      else stays.push({ item, place });
    }
    for (const item of gone) item.delete(this.#transaction);
    let left: Y.Item | null = null;
    let next = 0;
    for (const { item, place } of stays) {
      this.#writeList(type, left, places.between(next, place));
      const { inner } = places.runAt(place);
      if (inner) this.#make(typeOf(item), inner);
      left = item;
      next = place + item.length;
    }
    this.#writeList(type, left, places.between(next, places.length));
  }

  #makeKeys(type: SharedType, keys: PastType['keys']): void {
    for (const [key, item] of type._map) {
      if (!item.deleted && !keys.has(key)) item.delete(this.#transaction);
    }
    for (const [key, run] of keys) {
      const left = type._map.get(key) ?? null;
      if (left && this.#isLeft(left, run)) {
        if (run.inner) this.#make(typeOf(left), run.inner);
        continue;
      }
      const made = this.#write({ parent: type, key, left }, run.content.copy(), run.id);
      if (run.inner) this.#make(typeOf(made), run.inner);
    }
  }

  /** Whether what stands under a key is what was there, or is not to be told from it. */
  #isLeft({ lastId, content, deleted, length }: Y.Item, { id, inner, content: past }: PastRun): boolean {
    if (deleted) return false;
    for (const said of this.#standIns.saidBy(lastId)) if (Y.compareIDs(said, id)) return true;
    return inner === null && isSameValue(pieceOf(content, length - 1, 1), past);
  }

  #writeList(parent: SharedType, after: Y.Item | null, pieces: Iterable<PastPiece>): void {
    let left = after;
    for (const { run, from, length } of pieces) {
      const id = Y.createID(run.id.client, run.id.clock + from);
      left = this.#write({ parent, key: null, left }, pieceOf(run.content, from, length), id);
      if (run.inner) this.#make(typeOf(left), run.inner);
    }
  }

  #write(
    { parent, key, left }: { readonly parent: SharedType; readonly key: string | null; readonly left: Y.Item | null },
    content: Y.Item['content'],
    from: Y.ID,
  ): Y.Item {
    const { doc } = this.#transaction;
    const id = Y.createID(doc.clientID, Y.getState(doc.store, doc.clientID));
    const right = left === null && key === null ? parent._start : (left?.right ?? null);
    const item = new Y.Item(id, left, left?.lastId ?? null, right, right?.id ?? null, parent, key, content);
    item.integrate(this.#transaction, 0);
    this.origins.push({ clock: id.clock, length: item.length, client: from.client, from: from.clock });
    return item;
  }

  #cut({ id: { client, clock } }: Y.Item, length: number): void {
    Y.getItemCleanStart(this.#transaction, Y.createID(client, clock + length));
  }
}

const isSameValue = (a: Y.Item['content'], b: Y.Item['content']): boolean =>
  a.getRef() === b.getRef() && showsSame(bytesOf(a), bytesOf(b));

function bytesOf(content: Y.Item['content']): Uint8Array {
  const encoder = new Y.UpdateEncoderV1();
  content.write(encoder, 0);
  return encoder.toUint8Array();
}
