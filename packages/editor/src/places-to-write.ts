// The model allows empty quotes, lists, cells and so on, because merging can make them. A person's own edit should not:
// nobody could put the caret there. So an edit that empties one is completed with a paragraph, or with its removal.

import { schema } from '@weft/model';
import type { NodeType } from 'prosemirror-model';
import { type EditorState, Plugin, Selection, type Transaction } from 'prosemirror-state';
import { isFromYjs } from './origin.js';

const { nodes } = schema;
const { paragraph } = nodes;
/** What holds no blocks itself, and is nothing when it is empty. */
const lists: readonly NodeType[] = [nodes.bullet_list, nodes.ordered_list, nodes.task_list, nodes.table];

export function placesToWrite(): Plugin {
  return new Plugin({
    appendTransaction: (transactions, before, after) => {
      if (!transactions.some((tr) => tr.docChanged) || transactions.some(isFromYjs)) return null;
      return completed(before, after);
    },
  });
}

function completed(before: EditorState, after: EditorState): Transaction | null {
  const start = before.doc.content.findDiffStart(after.doc.content);
  if (start === null) return null;
  const end = before.doc.content.findDiffEnd(after.doc.content)!;
  const from = Math.max(0, Math.min(start, end.b) - 1);
  const to = Math.min(after.doc.content.size, Math.max(start, end.b) + 1);
  const tr = after.tr;
  after.doc.nodesBetween(from, to, (node, position) => {
    if (node.childCount > 0 || node.isTextblock || node.isLeaf) return;
    const at = tr.mapping.map(position);
    if (lists.includes(node.type)) tr.replaceWith(at, at + node.nodeSize, paragraph.create());
    else if (node.type.contentMatch.matchType(paragraph)) tr.insert(at + 1, paragraph.create());
    else return;
    tr.setSelection(Selection.near(tr.doc.resolve(at + 1)));
  });
  return tr.docChanged ? tr : null;
}
