// What documents hold, to be compared.

import { Fragment, type Mark, type Node } from 'prosemirror-model';
import type * as Y from 'yjs';
import { bind, FRAGMENT_NAME } from '../../src/binding.js';

/** But for the order of equal marks, and for marks on what is no text: y-prosemirror's format has no place for them. */
export const sameContent = (a: Node, b: Node): boolean => plainly(a).eq(plainly(b));

function plainly(node: Node): Node {
  if (node.isText) return node.mark(node.marks.toSorted((a, b) => orderOf(a).localeCompare(orderOf(b))));
  if (node.isLeaf) return node.mark([]);
  return node.copy(Fragment.fromArray(node.children.map(plainly)));
}
const orderOf = (mark: Mark): string => JSON.stringify(mark.toJSON());

/** What somebody who opens it now is shown. */
export function contentOf(doc: Y.Doc): Node {
  const { content, destroy } = bind(doc, () => {});
  destroy();
  return content;
}

export const yjsContentOf = (doc: Y.Doc): string => doc.getXmlFragment(FRAGMENT_NAME).toString();
