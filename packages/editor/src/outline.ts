// The headings of a document, in order: what an outline beside the text shows.

import type { Node } from 'prosemirror-model';
import { Selection } from 'prosemirror-state';
import type { EditorView } from 'prosemirror-view';

/** Says nothing of where the heading is: that changes with every letter before it. */
export interface OutlineEntry {
  readonly level: number;
  readonly text: string;
}

/** Headings at the top level only: inside quotes and lists they do not divide the text. */
export function outlineOf(doc: Node): OutlineEntry[] {
  return headingsOf(doc).map(({ node }) => ({ level: node.attrs.level, text: node.textContent.trim() }));
}

/** Puts the caret into the heading of an entry. @returns what it is drawn as; null when there are no longer as many */
export function goToEntry(view: EditorView, index: number): globalThis.Node | null {
  const { doc, tr } = view.state;
  const heading = headingsOf(doc)[index];
  if (!heading) return null;
  view.dispatch(tr.setSelection(Selection.near(doc.resolve(heading.position + 1))));
  return view.nodeDOM(heading.position);
}

/** The entry of the section that a block is in, by its number among those at the top; -1 before the first. */
export function entryOfBlock(doc: Node, index: number): number {
  return doc.children.slice(0, index + 1).filter(isInOutline).length - 1;
}

export const isInOutline = (node: Node): boolean => node.type.name === 'heading' && node.textContent.trim() !== '';

function headingsOf(doc: Node): { readonly node: Node; readonly position: number }[] {
  const headings: { node: Node; position: number }[] = [];
  doc.forEach((node, position) => {
    if (isInOutline(node)) headings.push({ node, position });
  });
  return headings;
}
