// y-prosemirror answers every change from Yjs with a replacement of the whole document. That would throw away every mapped
// position (carets, selections, whatever comes later), so the replacement is narrowed to the part that differs.

import type { Node } from 'prosemirror-model';
import { type EditorState, Selection, type Transaction } from 'prosemirror-state';
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
  // Without an explicit selection the mapped one of `small` is the better guess: that of `whole` fell out of the document.
  if (whole.selectionSet) small.setSelection(Selection.fromJSON(small.doc, whole.selection.toJSON()));
  for (const key of copiedMeta) {
    const value = whole.getMeta(key);
    if (value !== undefined) small.setMeta(key, value);
  }
  return whole.scrolledIntoView ? small.scrollIntoView() : small;
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
