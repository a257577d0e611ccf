// Where in a text one is: at the caret while it is in the window, else at the top of what one sees.

import type { Editor } from '@weft/editor';
import { headBottom } from '../ui/float.js';

type EditorView = Editor['view'];

export interface Place {
  /** Of the outline: the section one is in; -1 before the first. */
  readonly entry: number;
  /** Words; 0 while nothing is selected. */
  readonly selected: number;
}

export const nowhere: Place = { entry: -1, selected: 0 };

/** Headings that are gone to stop this far below what covers the top of the window. */
const BELOW_HEAD_PX = 48;

/** Its number among the blocks at the top of the document. */
export function blockAtHand(view: EditorView): number {
  const { doc, selection } = view.state;
  const top = headBottom(view.dom);
  const caret = selection.$head.depth === 0 ? null : view.nodeDOM(selection.$head.before(1));
  if (caret instanceof Element) {
    const box = caret.getBoundingClientRect();
    if (box.bottom > top && box.top < innerHeight) return selection.$head.index(0);
  }
  const blocks = view.dom.children;
  let [from, to] = [0, blocks.length - 1];
  while (from < to) {
    const middle = (from + to) >> 1;
    if (blocks[middle]!.getBoundingClientRect().bottom > top + BELOW_HEAD_PX) to = middle;
    else from = middle + 1;
  }
  const block = blocks[from];
  return block ? doc.resolve(view.posAtDOM(block, 0)).index(0) : 0;
}
