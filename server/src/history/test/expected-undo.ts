// What a document must show once a restore was taken back, worked out from the log without undoing anything: all that ever was in it
// stands in one order, and of each thing its id tells who deleted it, and when. Of a thing that others put into what the restore brought
// back, what it stands in stays.

import * as Y from 'yjs';
import { loadDocument } from '../load-state.js';
import { decodeOrigins } from '../restore-record.js';
import type { RestoreUpdate } from '../restore-update.js';

type SharedType = Y.ContentType['type'];
type Ds = ReturnType<typeof Y.createDeleteSet>;

/** Whether one unit of something is there. */
type IsShown = (item: Y.Item, offset: number) => boolean;

/** Everything that is shown, with marks as they stand between the text. */
export const contentOf = (doc: Y.Doc, isShown: IsShown = (item) => !item.deleted): unknown => rootsOf(doc, isShown);

export function expectedAfterUndo(
  log: readonly Uint8Array[],
  { at, client }: { readonly at: number; readonly client: number },
  laterRestores: readonly RestoreUpdate[],
): unknown {
  const before = deletedIn(log.slice(0, at));
  const byRestore = deletesOf(log[at]!);
  const sayings = log.slice(at + 1).map(deletesOf);
  const copies = Y.createDeleteSet();
  for (const { origins } of laterRestores) {
    for (const range of decodeOrigins(origins)) {
      const ranges = copies.clients.get(range.client) ?? [];
      copies.clients.set(range.client, [...ranges, { clock: range.from, len: range.length }]);
    }
  }
  const copied = Y.mergeDeleteSets([copies]);

  const idAt = (item: Y.Item, offset: number): Y.ID => Y.createID(item.id.client, item.id.clock + offset);
  const isMeant = (item: Y.Item, id: Y.ID): boolean => {
    const holder = holderOf(item);
    if (Y.isDeleted(byRestore, id)) return false;
    return sayings.some((ds) => Y.isDeleted(ds, id) && (holder === null || !Y.isDeleted(ds, holder.id)));
  };
  const isShown: IsShown = (item, offset) => {
    const id = idAt(item, offset);
    if (item.content instanceof Y.ContentDeleted || isMeant(item, id)) return false;
    const holder = holderOf(item);
    if (holder !== null && !isShown(holder, 0)) return false;
    const isNewest = (withRestored: boolean): boolean => item.parentSub === null || !isReplaced(item, withRestored);
    if (item.id.client === client) return isTrait(item) ? isKept(holder) && isNewest(true) : isKept(item);
    if (Y.isDeleted(before, id) || (item.deleted && Y.isDeleted(copied, id))) return false;
    return isNewest(isKept(holder));
  };
  const isReplaced = (item: Y.Item, withRestored: boolean): boolean => {
    for (let next = item.right; next !== null; next = next.right) {
      if (withRestored || next.id.client !== client || isKept(next)) return true;
    }
    return false;
  };
  const keptOrNot = new Map<Y.Item, boolean>();
  const isKept = (holder: Y.Item | null): boolean => {
    if (holder === null || holder.id.client !== client || !(holder.content instanceof Y.ContentType)) return false;
    if (holder.deleted) return false;
    const known = keptOrNot.get(holder);
    if (known !== undefined) return known;
    const found = [...childrenOf(holder.content.type)].some(
      (child) => !isTrait(child) && !child.deleted && (child.id.client !== client || isKept(child)),
    );
    keptOrNot.set(holder, found);
    return found;
  };
  return rootsOf(loadDocument({ checkpointState: null, updates: log }, { gc: false }), isShown);
}

function deletedIn(updates: readonly Uint8Array[]): Ds {
  const doc = loadDocument({ checkpointState: null, updates }, { gc: false });
  return Y.createDeleteSetFromStructStore(doc.store);
}

const deletesOf = (update: Uint8Array): Ds => Y.mergeDeleteSets([Y.decodeUpdate(update).ds]);

function rootsOf(doc: Y.Doc, isShown: IsShown): unknown {
  const roots = [...doc.share].sort(([a], [b]) => (a < b ? -1 : 1));
  return roots.map(([name, type]) => [name, treeOf(type as SharedType, isShown)]).filter(([, tree]) => tree !== null);
}

/** Null of what shows nothing. */
export function treeOf(type: SharedType, isShown: IsShown): unknown {
  const list: unknown[] = [];
  for (let item = type._start; item !== null; item = item.right) {
    for (let offset = 0; offset < item.length; offset++) {
      if (isShown(item, offset)) list.push(unitOf(item, offset, isShown));
    }
  }
  const keys: unknown[] = [];
  for (const [key, newest] of [...type._map].sort(([a], [b]) => (a < b ? -1 : 1))) {
    for (let item: Y.Item | null = newest; item !== null; item = item.left) {
      const last = item.length - 1;
      if (isShown(item, last)) keys.push([key, unitOf(item, last, isShown)]);
    }
  }
  return list.length + keys.length === 0 ? null : { list, keys };
}

function unitOf({ content }: Y.Item, offset: number, isShown: IsShown): unknown {
  if (content instanceof Y.ContentString) return content.str[offset];
  if (content instanceof Y.ContentFormat) return ['mark', content.key, content.value];
  if (content instanceof Y.ContentType) {
    const { type } = content;
    return [type.constructor.name, (type as Partial<Y.XmlElement>).nodeName, treeOf(type, isShown)];
  }
  return content.getContent()[offset];
}

function* childrenOf(type: SharedType): Generator<Y.Item> {
  for (let item = type._start; item !== null; item = item.right) yield item;
  for (const newest of type._map.values()) {
    for (let item: Y.Item | null = newest; item !== null; item = item.left) yield item;
  }
}

const isTrait = ({ parent, parentSub, countable }: Y.Item): boolean =>
  parentSub === null ? !countable : (parent as SharedType)._item !== null && !(parent instanceof Y.Map);

const holderOf = ({ parent }: Y.Item): Y.Item | null => (parent as Y.AbstractType<unknown>)._item;
