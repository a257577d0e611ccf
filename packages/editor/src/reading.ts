// What a page tells of a text beside it: how many words, which headings, what it is called without a title. Read again after a
// change, it looks at the blocks that changed, so that a letter costs the same in a long document as in a short one.

import { derivedTitle } from '@weft/model/derived-title';
import type { Node } from 'prosemirror-model';
import { isInOutline, type OutlineEntry, outlineOf } from './outline.js';
import { countWords } from './words.js';

export interface Reading {
  readonly doc: Node;
  readonly words: number;
  /** The very object of the reading before, if the headings say what they said. */
  readonly outline: readonly OutlineEntry[];
  /** What it is called without one, as the server lists it: its first line; '' without words. */
  readonly title: string;
}

/** @param before  an earlier reading of the same document, or of another one */
export function readDocument(doc: Node, before: Reading | null = null): Reading {
  if (before === null) return { doc, words: countWords(doc), outline: outlineOf(doc), title: titleIn(doc) };
  const { gone, added } = changedBlocks(before.doc, doc);
  const outline = gone.some(isInOutline) || added.some(isInOutline) ? outlineOf(doc) : before.outline;
  return {
    doc,
    words: before.words - wordsOf(gone) + wordsOf(added),
    outline: isSame(outline, before.outline) ? before.outline : outline,
    title: titleIn(doc),
  };
}

function titleIn(node: Node): string {
  if (node.isTextblock) return derivedTitle(node.textBetween(0, node.content.size, '', nameOf));
  for (const child of node.children) {
    const title = titleIn(child);
    if (title !== '') return title;
  }
  return '';
}

/** Of a mention; anything else stands between words. */
const nameOf = ({ attrs, type }: Node): string =>
  type.name.endsWith('_mention') ? attrs.label || attrs.id || '' : ' ';

const wordsOf = (blocks: readonly Node[]): number => blocks.reduce((sum, block) => sum + countWords(block), 0);

const isSame = (a: readonly OutlineEntry[], b: readonly OutlineEntry[]): boolean =>
  a === b ||
  (a.length === b.length && a.every(({ level, text }, index) => b[index]!.level === level && b[index]!.text === text));

/** Blocks never change, they are replaced: the same object is the same block. */
function changedBlocks(before: Node, after: Node): { readonly gone: readonly Node[]; readonly added: readonly Node[] } {
  const [olds, news] = [before.children, after.children];
  let [from, oldEnd, newEnd] = [0, olds.length, news.length];
  while (from < oldEnd && from < newEnd && olds[from] === news[from]) from++;
  while (oldEnd > from && newEnd > from && olds[oldEnd - 1] === news[newEnd - 1]) {
    oldEnd--;
    newEnd--;
  }
  return { gone: olds.slice(from, oldEnd), added: news.slice(from, newEnd) };
}
