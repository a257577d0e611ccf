// y-prosemirror answers every change from Yjs with a replacement of the whole document. That would throw away every mapped
// position (carets, selections, whatever comes later), so the replacement is narrowed to the part that differs.

import type { Node } from 'prosemirror-model';
import { type EditorState, Selection, TextSelection, type Transaction } from 'prosemirror-state';
import { ReplaceStep } from 'prosemirror-transform';

/**
 * The transaction that leads to the same document and selection as `whole` with the smallest single replacement; `whole`
 * itself when one replacement cannot do it.
 *
 * @param copiedMeta  keys whose values move over; ProseMirror does not list a transaction's keys
 */
export function smallestStep(
  state: EditorState,
  whole: Transaction,
  copiedMeta: readonly Parameters<Transaction['getMeta']>[0][],
): Transaction {
  const small = state.tr;
  if (!replaceDifference(small, state.doc, whole.doc)) return whole;
  const { selection } = state;
  if (selection instanceof TextSelection && insertsAt(selection.to, small)) {
    // Two people may write in the same place: a caret that went along with the other's text would tear both their words.
    small.setSelection(TextSelection.create(small.doc, selection.anchor, selection.head));
  }
  // Without an explicit selection the mapped one of `small` is the better guess: that of `whole` fell out of the document.
  else if (whole.selectionSet) small.setSelection(Selection.fromJSON(small.doc, whole.selection.toJSON()));
  for (const key of copiedMeta) {
    const value = whole.getMeta(key);
    if (value !== undefined) small.setMeta(key, value);
  }
  return whole.scrolledIntoView ? small.scrollIntoView() : small;
}

/** Whether the transaction does nothing but insert something at this position. */
function insertsAt(position: number, { steps: [step] }: Transaction): boolean {
  return step instanceof ReplaceStep && step.from === position && step.to === position;
}

/** False when one replacement cannot do it; `tr` is not to be used then. */
function replaceDifference(tr: Transaction, from: Node, to: Node): boolean {
  const start = from.content.findDiffStart(to.content);
  if (start === null) return true;
  const end = from.content.findDiffEnd(to.content)!;
  // In "aa" -> "aaa" the ends found from both sides pass each other; both move right until they do not.
  const overlap = Math.max(0, start - Math.min(end.a, end.b));
  const slice = to.slice(start, end.b + overlap);
  return tr.maybeStep(new ReplaceStep(start, end.a + overlap, slice)).failed === null && tr.doc.eq(to);
}
