// Places in the text, as ProseMirror counts them and as Yjs keeps them: relative to what stands there, in the form that
// y-prosemirror uses. Both ways look at the blocks around the place, not at the whole document.

import * as Y from 'yjs';
import { layoutOf, offsetIn, unitsOf } from './inline-layout.js';
import { type BlockType, type Mirror, type MirrorTree, sizeOf, typeOf } from './mirror.js';

/** As it travels. */
export const relativeToJson = (relative: Y.RelativePosition): unknown => Y.relativePositionToJSON(relative);
export const relativeFromJson = (json: object): Y.RelativePosition => Y.createRelativePositionFromJSON(json);

export function toRelative(tree: MirrorTree, position: number, layout = layoutOf): Y.RelativePosition {
  const $position = tree.root.node.resolve(Math.min(position, tree.root.node.content.size));
  let mirror = tree.root;
  for (let depth = 0; depth < $position.depth; depth++) {
    const kid = mirror.kids[$position.index(depth)];
    if (!kid) return endOf(tree.root.y);
    mirror = kid;
  }
  if (!mirror.node.isTextblock) {
    const kid = mirror.kids[$position.index()];
    return kid ? before(mirror.y, kid.y) : endOf(mirror.y);
  }
  const place = layout(mirror.y as Y.XmlElement).place($position.parentOffset);
  if ('text' in place) return Y.createRelativePositionFromTypeIndex(place.text, place.index, 0);
  const next = nextOf(mirror.y as Y.XmlElement, place.after);
  return next ? before(mirror.y, next) : endOf(mirror.y);
}

/** Null when it is nowhere in what is shown, or nobody can say where yet. */
export function toAbsolute(tree: MirrorTree, relative: Y.RelativePosition): number | null {
  const found = Y.createAbsolutePositionFromRelativePosition(relative, tree.root.y.doc!);
  if (!found) return null;
  const { type, index } = found as { type: Y.AbstractType<unknown>; index: number };
  const mirror = tree.of(type);
  if (mirror && isAlive(type)) return within(tree, mirror, index);
  return inParent(tree, type, index);
}

const isAlive = (type: Y.AbstractType<unknown>): boolean => type._item === null || !type._item.deleted;

function within(tree: MirrorTree, mirror: Mirror, index: number): number {
  const start = tree.contentStart(mirror);
  if (mirror.node.isLeaf) return start - 1;
  if (!mirror.node.isTextblock) return start + sizeOf(mirror.kids, Math.min(index, mirror.kids.length));
  let offset = 0;
  for (let item = (mirror.y as Y.XmlElement)._start, left = index; item !== null && left > 0; item = item.right) {
    if (item.deleted || !item.countable) continue;
    offset += unitsOf(typeOf(item));
    left -= item.length;
  }
  return start + Math.min(offset, mirror.node.content.size);
}

/** The place of a type that is no block of its own: text, what is within a placeholder, what is gone. */
function inParent(tree: MirrorTree, type: Y.AbstractType<unknown>, index: number): number | null {
  const item = type._item;
  const parent = item?.parent as Y.AbstractType<unknown> | undefined;
  if (!item || !parent) return null;
  const mirror = tree.of(parent);
  if (!mirror || !isAlive(parent)) return inParent(tree, parent, 0);
  const start = tree.contentStart(mirror);
  if (mirror.node.isLeaf) return start - 1;
  if (mirror.node.isTextblock) {
    const isText = !item.deleted && type instanceof Y.XmlText;
    const offset = offsetIn(type as Y.XmlText, isText ? index : 0);
    return start + Math.min(offset, mirror.node.content.size);
  }
  // Gone: where it was, after what is still there of those before it.
  for (let left = item.left; left !== null; left = left.left) {
    const kid = left.deleted ? undefined : tree.of(typeOf(left));
    const at = kid ? mirror.kids.indexOf(kid) : -1;
    if (at >= 0) return start + sizeOf(mirror.kids, at + 1);
  }
  return start;
}

function nextOf(y: Y.XmlElement, after: BlockType | null): BlockType | null {
  let item = after === null ? y._start : after._item!.right;
  while (item && (item.deleted || typeOf(item) === null)) item = item.right;
  return item && typeOf(item);
}

const idOf = (y: BlockType): Y.ID | null => y._item?.id ?? null;
const nameOf = (y: BlockType): string | null => (y._item ? null : Y.findRootTypeKey(y));

const before = (parent: BlockType, child: BlockType): Y.RelativePosition =>
  new Y.RelativePosition(idOf(parent), nameOf(parent), idOf(child));
const endOf = (y: BlockType): Y.RelativePosition => new Y.RelativePosition(idOf(y), nameOf(y), null);
