// Cursors for places where the browser has none: between two blocks that hold no text, before the first and behind the last, and where
// something that is dragged will go.

import { dropCursor } from 'prosemirror-dropcursor';
import { GapCursor, gapCursor } from 'prosemirror-gapcursor';
import { keymap } from 'prosemirror-keymap';
import type { Command, Plugin } from 'prosemirror-state';

/** To where a document begins or ends with a block that holds no text: the browser would stop at the text nearest to it. */
export const toEdge =
  (edge: 'start' | 'end'): Command =>
  ({ doc, tr }, dispatch) => {
    const block = edge === 'start' ? doc.firstChild : doc.lastChild;
    if (!block?.isAtom) return false;
    const place = doc.resolve(edge === 'start' ? 0 : doc.content.size);
    dispatch?.(tr.setSelection(new GapCursor(place)).scrollIntoView());
    return true;
  };

export const placeCursors = (): Plugin[] => [
  dropCursor({ class: 'weft-dropcursor', color: false, width: 2 }),
  gapCursor(),
  keymap({
    'Mod-Home': toEdge('start'),
    'Mod-End': toEdge('end'),
    // As a Mac has it.
    'Cmd-ArrowUp': toEdge('start'),
    'Cmd-ArrowDown': toEdge('end'),
  }),
];
