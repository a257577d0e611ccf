// Where in Yjs the content of a textblock is. It is counted in units: a character of text, or a node that stands in it.

import * as Y from 'yjs';
import { type BlockType, childrenOf, typeOf } from './mirror.js';

/** A place to write: in a text, or after a child of the block (null: before the first). */
export type Place = { readonly text: Y.XmlText; readonly index: number } | { readonly after: BlockType | null };

/** Units that follow each other in one text, or the one unit that a child of the block is. */
export type Span =
  | { readonly text: Y.XmlText; readonly index: number; readonly length: number }
  | { readonly child: BlockType };

/** Finds units by their number in the block as it is shown. */
export interface Layout {
  place(offset: number): Place;
  spans(from: number, to: number): Span[];
  /** Is told that the units up to `to` were taken away, and how many stand there now. */
  wrote?(from: number, to: number, count: number): void;
}

export const unitsOf = (child: BlockType | null): number =>
  child instanceof Y.XmlText ? child.length : child === null ? 0 : 1;

/** The block as it is in Yjs now. */
export function layoutOf(y: Y.XmlElement): Layout {
  return {
    place(offset) {
      let before = 0;
      let after: BlockType | null = null;
      for (const child of childrenOf(y)) {
        const units = unitsOf(child);
        // Of two texts that meet here it is the first; after a node, the text that follows it.
        if (child instanceof Y.XmlText && offset <= before + units) return { text: child, index: offset - before };
        if (offset <= before) break;
        before += units;
        after = child;
      }
      return { after };
    },
    spans(from, to) {
      const spans: Span[] = [];
      let before = 0;
      for (const child of childrenOf(y)) {
        const end = before + unitsOf(child);
        const [start, stop] = [Math.max(from, before), Math.min(to, end)];
        if (start < stop) {
          spans.push(
            child instanceof Y.XmlText ? { text: child, index: start - before, length: stop - start } : { child },
          );
        }
        before = end;
      }
      return spans;
    },
  };
}

/** How many units of its block are before this place in a text. */
export function offsetIn(text: Y.XmlText, index: number): number {
  let before = 0;
  for (let item = text._item!.left; item !== null; item = item.left) {
    if (!item.deleted) before += unitsOf(typeOf(item));
  }
  return before + index;
}

/** What became of units: as many stay, come, or are gone. */
export type Change = { readonly kind: 'kept' | 'added' | 'gone'; readonly length: number };

/** What one transaction did to the units of a block; while its observers are called. */
export function changesIn(y: Y.XmlElement, transaction: Y.Transaction): Change[] {
  const changes: Change[] = [];
  const add = (kind: Change['kind'], length: number): void => {
    const last = changes.at(-1);
    if (last?.kind === kind) changes[changes.length - 1] = { kind, length: last.length + length };
    else changes.push({ kind, length });
  };
  const visit = (item: Y.Item, isText: boolean): void => {
    const isNew = item.id.clock >= (transaction.beforeState.get(item.id.client) ?? 0);
    const wasThere = !isNew && (!item.deleted || Y.isDeleted(transaction.deleteSet, item.id));
    if (!item.countable || (!wasThere && item.deleted)) return;
    const type = typeOf(item);
    if (!isText && type === null) return;
    if (!isText && type instanceof Y.XmlText) {
      for (let inner = type._start; inner !== null; inner = inner.right) visit(inner, true);
    } else {
      add(item.deleted ? 'gone' : wasThere ? 'kept' : 'added', item.length);
    }
  };
  for (let item = y._start; item !== null; item = item.right) visit(item, false);
  return changes;
}
