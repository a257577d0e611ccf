// A picture that stands by itself is gone to as a whole, and its caption from there: what the arrows and Backspace do beside one.

import { keydownHandler } from 'prosemirror-keymap';
import type { ResolvedPos } from 'prosemirror-model';
import { type Command, NodeSelection, TextSelection } from 'prosemirror-state';
import { isFigure, selectedPicture } from './selected-picture.js';
import { isRightToLeft } from './text-direction.js';

type Side = 'up' | 'down' | 'left' | 'right';

/** Where the picture is that follows, or comes before, the block that a place is in; null when something else does. */
function figureBeside($at: ResolvedPos, isForward: boolean): number | null {
  for (let depth = $at.depth - 1; depth >= 0; depth--) {
    const index = $at.index(depth) + (isForward ? 1 : -1);
    const parent = $at.node(depth);
    if (index < 0 || index >= parent.childCount) continue;
    return isFigure(parent.child(index)) ? $at.posAtIndex(index, depth) : null;
  }
  return null;
}

const select =
  (position: number): Command =>
  (state, dispatch) => {
    dispatch?.(state.tr.setSelection(NodeSelection.create(state.doc, position)).scrollIntoView());
    return true;
  };

/** From the edge of a text to the picture beside it, from a caption up to its picture, and from a picture down to its caption. */
const toPicture =
  (side: Side): Command =>
  (state, dispatch, view) => {
    const { parent } = state.selection.$head;
    const onwards = parent.isTextblock && isRightToLeft(parent.textContent) ? 'left' : 'right';
    const isForward = side === 'down' || side === onwards;
    const picture = selectedPicture(state);
    if (picture?.isFigure && isForward && view?.editable) {
      dispatch?.(state.tr.setSelection(TextSelection.create(state.doc, picture.position + 1)).scrollIntoView());
      return true;
    }
    const { selection } = state;
    if (!(selection instanceof TextSelection) || !selection.empty || !view?.endOfTextblock(side)) return false;
    const { $head } = selection;
    if (isFigure($head.parent) && !isForward) return select($head.before())(state, dispatch);
    const position = figureBeside($head, isForward);
    if (position === null) return false;
    // From below one comes to the caption first, when there is one.
    const hasCaption = (state.doc.nodeAt(position)?.content.size ?? 0) > 0;
    return (isForward || !hasCaption) && select(position)(state, dispatch);
  };

/** Backspace after a picture, or at the start of its caption, goes to it; once more takes it away. */
const backspaceToPicture: Command = (state, dispatch) => {
  const { $head, empty } = state.selection;
  if (!empty || !$head.parent.isTextblock || $head.parentOffset > 0) return false;
  if (isFigure($head.parent)) return select($head.before())(state, dispatch);
  const index = $head.index(-1);
  const before = index > 0 ? $head.node(-1).child(index - 1) : null;
  return isFigure(before) && select($head.before() - before!.nodeSize)(state, dispatch);
};

const goThere = keydownHandler({
  ArrowUp: toPicture('up'),
  ArrowDown: toPicture('down'),
  ArrowLeft: toPicture('left'),
  ArrowRight: toPicture('right'),
  Backspace: backspaceToPicture,
});

/** Not while a list beside the text has the arrows. */
export const pictureKeys: typeof goThere = (view, event) =>
  !view.dom.hasAttribute('aria-activedescendant') && goThere(view, event);
