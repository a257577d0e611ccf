// Whether what is pasted or dropped could have been copied from a document: a slice says itself what it is part of
// (data-pm-slice), and a page that was copied may say anything there.

import type { Node, NodeType, Slice } from 'prosemirror-model';

/** What is whole holds what it may; of what was cut open each child is one that might stand there. */
export const isCoherent = ({ content, openStart, openEnd }: Slice): boolean =>
  areCoherent(content.content, openStart, openEnd);

function areCoherent(nodes: readonly Node[], openStart: number, openEnd: number): boolean {
  const last = nodes.length - 1;
  return nodes.every((node, index) => isSound(node, index === 0 ? openStart : 0, index === last ? openEnd : 0));
}

function isSound(node: Node, openStart: number, openEnd: number): boolean {
  if (openStart <= 0 && openEnd <= 0) return isWhole(node);
  const isHeld = node.children.every(({ type, marks }) => mayHold(node.type, type) && node.type.allowsMarks(marks));
  return isHeld && areCoherent(node.children, openStart - 1, openEnd - 1);
}

function isWhole(node: Node): boolean {
  try {
    node.check();
    return true;
  } catch {
    return false;
  }
}

function mayHold(parent: NodeType, child: NodeType): boolean {
  // A set hands out what is added while one goes through it.
  const places = new Set([parent.contentMatch]);
  for (const place of places) {
    for (let index = 0; index < place.edgeCount; index++) {
      const { type, next } = place.edge(index);
      if (type === child) return true;
      places.add(next);
    }
  }
  return false;
}
