// The model allows empty quotes, lists and list items, because merging can make them. A person's own edit should not:
// nobody could put the caret there. So an edit that empties one is completed with a paragraph, or with its removal.

import { schema } from '@weft/model';
import { type EditorState, Plugin, Selection, type Transaction } from 'prosemirror-state';
import { isFromYjs } from './origin.js';

const { paragraph, blockquote, list_item, bullet_list, ordered_list } = schema.nodes;

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
    if (node.type === bullet_list || node.type === ordered_list) {
      tr.replaceWith(at, at + node.nodeSize, paragraph.create());
    } else if (node.type === blockquote || node.type === list_item) {
      tr.insert(at + 1, paragraph.create());
    } else {
      return;
    }
    tr.setSelection(Selection.near(tr.doc.resolve(at + 1)));
  });
  return tr.docChanged ? tr : null;
}
