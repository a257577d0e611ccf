// Somewhere in the text where something is to happen later: what was selected then, or behind what the caret stood, wherever others and
// the writer have taken that. It happens there, and whoever went on elsewhere stays where they are.

import type { ResolvedPos } from 'prosemirror-model';
import { type EditorState, Selection, TextSelection } from 'prosemirror-state';
import type { EditorView } from 'prosemirror-view';
import { findSelection, keepSelection, mappable } from './kept-selection.js';
import { boundState } from './origin.js';

/** Does it with that place selected. @returns false when the text cannot be written in any more: then it is not done */
export type AtPlace = (act: () => void) => boolean;

/** Of the selection as it is now. */
export function keepPlace(view: EditorView): AtPlace {
  const find = finder(view.state);
  return (act) => {
    if (view.isDestroyed || !view.editable) return false;
    const { selection } = view.state;
    const place = find(view.state);
    if (selection.eq(place)) {
      act();
      return true;
    }
    view.dispatch(view.state.tr.setSelection(place));
    const size = view.state.doc.content.size;
    act();
    const { doc, tr } = view.state;
    const grown = doc.content.size - size;
    const moved = selection
      .getBookmark()
      .map(mappable((at) => (at > place.from ? Math.max(place.from, at + grown) : at)));
    view.dispatch(tr.setSelection(moved.resolve(doc)).scrollIntoView());
    return true;
  };
}

function finder(then: EditorState): (now: EditorState) => Selection {
  const { from, empty, $from } = then.selection;
  const kept = keepSelection(then);
  const content = then.selection.content();
  // Else a caret at the end of a line would go with what is typed there.
  const isBehind = empty && $from.parentOffset > 0 && then.selection instanceof TextSelection;
  const behind = isBehind ? boundState(then)?.toRelative(from - 1) : undefined;
  return (now) => {
    const found = kept && findSelection(kept, now);
    if (!found) return caretAt(now.selection.$head);
    // What was selected and is another by now is not to be replaced.
    if (!empty) return found.content().eq(content) ? found : caretAt(found.$to);
    const last = behind ? (boundState(now)?.toAbsolute(behind) ?? null) : null;
    return last === null || last + 1 >= found.from ? found : caretAt(now.doc.resolve(last + 1));
  };
}

const caretAt = ($at: ResolvedPos): Selection => Selection.findFrom($at, 1, true) ?? Selection.near($at);
