// The headings of a document, in order: what an outline beside the text shows.

import type { Node } from 'prosemirror-model';

/** Says nothing of where the heading is: that changes with every letter before it. */
export interface OutlineEntry {
  readonly level: number;
  readonly text: string;
}

/** Headings at the top level only: inside quotes and lists they do not divide the text. */
export function outlineOf(doc: Node): OutlineEntry[] {
  return headingsOf(doc).map(({ node }) => ({ level: node.attrs.level, text: node.textContent.trim() }));
}

/** Where the heading of an entry begins in the document; null when there are no longer as many. */
export function positionOfEntry(doc: Node, index: number): number | null {
  return headingsOf(doc)[index]?.position ?? null;
}

export const isInOutline = (node: Node): boolean => node.type.name === 'heading' && node.textContent.trim() !== '';

function headingsOf(doc: Node): { readonly node: Node; readonly position: number }[] {
  const headings: { node: Node; position: number }[] = [];
  doc.forEach((node, position) => {
    if (isInOutline(node)) headings.push({ node, position });
  });
  return headings;
}
