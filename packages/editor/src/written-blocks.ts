// Which blocks a change that arrives is in, and who wrote there: read from what is new in it, so that it costs as much as that. Who
// only deleted, Yjs does not say.

import type { EditorView } from 'prosemirror-view';
import * as Y from 'yjs';
import { type BlockType, type Mirror, type MirrorTree, sizeOf } from './mirror.js';
import { boundState } from './origin.js';
import { itemsOf, RECEIVED } from './received.js';

/** A block that has none in it, as it is known to Yjs. */
export type WrittenBlock = BlockType;

/** With the client that wrote there, the last of several; null where something was only deleted. */
export type WrittenBlocks = ReadonlyMap<WrittenBlock, number | null>;

export interface Written {
  readonly blocks: WrittenBlocks;
  readonly writers: ReadonlySet<number>;
  /** Somebody wrote it and the server told it as it came; else it is a state, or text of another tab. */
  readonly isNews: boolean;
}

/** Tells of what arrives in the document that a view shows now, after it is shown. @returns the end of it */
export function watchWritten(view: EditorView, tell: (written: Written) => void): () => void {
  const { doc } = boundState(view.state)!;
  const look = (transaction: Y.Transaction): void => {
    if (transaction.local) return;
    const bound = boundState(view.state);
    if (bound?.doc === doc) tell(writtenIn(transaction, bound.tree));
  };
  doc.on('afterTransaction', look);
  return () => doc.off('afterTransaction', look);
}

/** What shows a block; null where nothing does any more. */
export function elementOf(view: EditorView, block: WrittenBlock): HTMLElement | null {
  const tree = boundState(view.state)?.tree;
  const position = tree ? startOf(tree.of(block), tree) : null;
  const dom = position === null ? null : view.nodeDOM(position);
  return dom instanceof HTMLElement ? dom : null;
}

function writtenIn({ doc, meta, beforeState, afterState, deleteSet }: Y.Transaction, tree: MirrorTree): Written {
  const blocks = new Map<WrittenBlock, number | null>();
  const writers = new Set<number>();
  for (const { item } of itemsOf(deleteSet, doc)) {
    const block = blockOf(item, tree);
    if (block) blocks.set(block, null);
  }
  for (const [client, clock] of afterState) {
    const before = beforeState.get(client) ?? 0;
    if (clock === before) continue;
    writers.add(client);
    const structs = doc.store.clients.get(client)!;
    for (let i = Y.findIndexSS(structs, before); i < structs.length; i++) {
      const struct = structs[i]!;
      const block = struct instanceof Y.Item && !struct.deleted ? blockOf(struct, tree) : null;
      if (block) blocks.set(block, client);
    }
  }
  return { blocks, writers, isNews: meta.has(RECEIVED) };
}

/** Null for what holds blocks, for of these each is told by itself, and for one that is gone. */
function blockOf(item: Y.Item, tree: MirrorTree): WrittenBlock | null {
  let type: Y.AbstractType<unknown> | null =
    item.content instanceof Y.ContentType ? item.content.type : (item.parent as Y.AbstractType<unknown>);
  for (; type; type = (type._item?.parent ?? null) as Y.AbstractType<unknown> | null) {
    const mirror = tree.of(type);
    if (mirror) return mirror.kids.length === 0 && mirror.y._item?.deleted === false ? mirror.y : null;
  }
  return null;
}

/** Null when it is in the document no more. */
function startOf(mirror: Mirror | undefined, tree: MirrorTree): number | null {
  const parent = mirror && tree.parentOf(mirror);
  const index = parent ? parent.kids.indexOf(mirror) : -1;
  if (!parent || index < 0) return null;
  const start = parent === tree.root ? -1 : startOf(parent, tree);
  return start === null ? null : start + 1 + sizeOf(parent.kids, index);
}
