// The shared format has marks on text alone: on a picture, a mention or a line break they would be seen until the next
// reload, and by nobody else. So they are taken away at once.

import type { EditorState, Transaction } from 'prosemirror-state';
import { isFromYjs } from './origin.js';

/** What a plugin appends to a person's own change. */
export function withoutMarksOnNodes(
  transactions: readonly Transaction[],
  before: EditorState,
  after: EditorState,
): Transaction | null {
  if (!transactions.some((tr) => tr.docChanged && !isFromYjs(tr))) return null;
  const start = before.doc.content.findDiffStart(after.doc.content);
  if (start === null) return null;
  const end = Math.max(start, before.doc.content.findDiffEnd(after.doc.content)!.b);
  const { tr } = after;
  after.doc.nodesBetween(start, Math.min(end + 1, after.doc.content.size), (node, position) => {
    if (node.isInline && !node.isText) for (const mark of node.marks) tr.removeNodeMark(position, mark);
  });
  return tr.docChanged ? tr : null;
}
