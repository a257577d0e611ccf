// The blocks as they are shown, each with the Yjs type that stands behind it: what lets a change on one side find its
// place on the other without looking at the rest of the document.

import type { Node, ResolvedPos } from 'prosemirror-model';
import * as Y from 'yjs';
import { takeOver } from './marks-and-attributes.js';

/** What stands where blocks stand. Text and hooks do so only in documents that somebody else's program has written. */
export type BlockType = Y.XmlFragment | Y.XmlElement | Y.XmlText | Y.XmlHook;

export interface Mirror {
  readonly y: BlockType;
  /** As it is in the document that is shown: the very object. */
  node: Node;
  /** One for each child of the node; none of textblocks, leaves and placeholders, and of a document without content. */
  readonly kids: readonly Mirror[];
}

/** What is shown, from the root down. */
export class MirrorTree {
  root: Mirror;
  #byType = new WeakMap<object, Mirror>();

  constructor(root: Mirror) {
    this.root = root;
    this.add(root);
  }

  of(y: unknown): Mirror | undefined {
    return this.#byType.get(y as object);
  }

  /** What is new under this one, and in it. */
  add(mirror: Mirror): void {
    const before = this.#byType.get(mirror.y);
    if (before === mirror) return;
    const [olds, kids] = [before?.kids ?? [], mirror.kids];
    // A placeholder describes what is in it only as a whole.
    if (kids.length === 0) this.#forget(olds);
    this.#byType.set(mirror.y, mirror);
    // Most of a document is as it was, and looking there for each block would be most of the work.
    let [start, end, oldEnd] = [0, kids.length, olds.length];
    while (start < end && kids[start] === olds[start]) start++;
    while (end > start && oldEnd > start && kids[end - 1] === olds[oldEnd - 1]) {
      end--;
      oldEnd--;
    }
    for (let index = start; index < end; index++) this.add(kids[index]!);
  }

  #forget(kids: readonly Mirror[]): void {
    for (const kid of kids) {
      this.#byType.delete(kid.y);
      this.#forget(kid.kids);
    }
  }

  /** The textblock a position is in; null when it is in none. */
  textblockAt($position: ResolvedPos): Mirror | null {
    let mirror: Mirror | undefined = this.root;
    for (let depth = 0; depth < $position.depth; depth++) mirror = mirror?.kids[$position.index(depth)];
    return mirror?.node.isTextblock ? mirror : null;
  }

  parentOf(mirror: Mirror): Mirror | undefined {
    return this.of(mirror.y._item?.parent);
  }

  /** Where the content of a block begins. */
  contentStart(mirror: Mirror): number {
    return mirror === this.root ? 0 : this.start(mirror) + 1;
  }

  start(mirror: Mirror): number {
    const parent = this.parentOf(mirror)!;
    return this.contentStart(parent) + sizeOf(parent.kids, parent.kids.indexOf(mirror));
  }
}

/** Of the first so many. */
export function sizeOf(kids: readonly Mirror[], count: number): number {
  let size = 0;
  for (let index = 0; index < count; index++) size += kids[index]!.node.nodeSize;
  return size;
}

/** Has the mirror and all that is under it stand for the nodes that came of it. */
export function adopt(mirror: Mirror, node: Node): void {
  if (mirror.node === node) return;
  takeOver(node, mirror.node);
  if (node.isTextblock) {
    node.forEach((child, _offset, index) => {
      const read = mirror.node.maybeChild(index);
      if (child !== read && child.type === read?.type) takeOver(child, read);
    });
  }
  mirror.node = node;
  mirror.kids.forEach((kid, index) => {
    adopt(kid, node.child(index));
  });
}

const isBlockType = (value: unknown): value is BlockType =>
  value instanceof Y.XmlFragment || value instanceof Y.XmlText || value instanceof Y.XmlHook;

/** Null for what cannot stand in a document: anything may be in Yjs. That is not shown, and left alone. */
export const typeOf = ({ content }: Y.Item): BlockType | null =>
  content instanceof Y.ContentType && isBlockType(content.type) ? content.type : null;

export const childrenOf = (y: Y.XmlFragment): BlockType[] => y.toArray().filter(isBlockType);
