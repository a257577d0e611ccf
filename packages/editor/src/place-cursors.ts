// Cursors for places where the browser has none: between two blocks that hold no text, and where something that is dragged will go.

import { dropCursor } from 'prosemirror-dropcursor';
import { gapCursor } from 'prosemirror-gapcursor';
import type { Plugin } from 'prosemirror-state';

export const placeCursors = (): Plugin[] => [
  dropCursor({ class: 'weft-dropcursor', color: false, width: 2 }),
  gapCursor(),
];
