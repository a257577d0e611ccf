// The selection goes with the text when another Y.Doc of the same document is shown (S2): it is found by what it stood at.

import type { EditorState, Selection } from 'prosemirror-state';
import { mappable } from './kept-selection.js';
import { boundState } from './origin.js';

/** Where the selection of one state is in another. Of what it stood at and is not there, the next that follows counts. */
export function sameSelection(before: EditorState, after: EditorState): Selection {
  return before.selection
    .getBookmark()
    .map(mappable(samePlace(before, after)))
    .resolve(after.doc);
}

/** The same of a position. */
export function samePlace(before: EditorState, after: EditorState): (position: number) => number {
  const [old, now] = [boundState(before), boundState(after)];
  const end = before.doc.content.size;
  return (position) => {
    let found: number | null = null;
    for (let at = position; old && now && found === null && at <= end; at++) found = now.toAbsolute(old.toRelative(at));
    return Math.min(found ?? after.doc.content.size, after.doc.content.size);
  };
}
