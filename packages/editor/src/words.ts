// Counting words. Blocks never change, they are replaced; so each is counted once and a key press costs one block.

import type { Node } from 'prosemirror-model';
import type { EditorView } from 'prosemirror-view';

const counted = new WeakMap<Node, number>();
// Where words are not set apart by spaces every character counts, as word processors do it.
const word =
  /[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Thai}]|[\p{L}\p{N}\p{M}]+(?:['’.,_-][\p{L}\p{N}\p{M}]+)*/gu;

export function countWords(node: Node): number {
  const known = counted.get(node);
  if (known !== undefined) return known;
  let words = 0;
  if (node.isTextblock) words = node.textBetween(0, node.content.size, '', leafText).match(word)?.length ?? 0;
  else for (let i = 0; i < node.childCount; i++) words += countWords(node.child(i));
  counted.set(node, words);
  return words;
}

/** Of what is selected; 0 while nothing is, or something else has the focus. */
export function countSelectedWords(view: EditorView): number {
  const { selection } = view.state;
  if (selection.empty || (view.editable && !view.hasFocus())) return 0;
  return selection.content().content.content.reduce((sum, block) => sum + countWords(block), 0);
}

/** A mention is read as a name; a picture or a line break only stands between words. */
const leafText = (leaf: Node): string => leaf.type.spec.leafText?.(leaf) ?? ' ';
