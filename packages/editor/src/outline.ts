// The headings of a document, in order: what an outline beside the text shows.

import type { Node } from 'prosemirror-model';

export interface OutlineEntry {
  readonly level: number;
  readonly text: string;
  /** Where the heading begins in the document. */
  readonly position: number;
}

/** Headings at the top level only: inside quotes and lists they do not divide the text. */
export function outlineOf(doc: Node): OutlineEntry[] {
  const entries: OutlineEntry[] = [];
  doc.forEach((node, position) => {
    if (node.type.name !== 'heading' || node.content.size === 0) return;
    entries.push({ level: node.attrs.level, text: node.textContent.trim(), position });
  });
  return entries.filter(({ text }) => text !== '');
}
