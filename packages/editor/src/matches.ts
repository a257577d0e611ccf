// Where some text stands in a document. A place is found by its letters alone, wherever marks begin and end; it lies within one
// block. Blocks never change, they are replaced: each is read once, so that a letter costs one block in a long document.

import type { Node } from 'prosemirror-model';

export interface Match {
  readonly from: number;
  readonly to: number;
}

/** Takes the place of what is in the text and is no letter. It is never looked for: replacing it would delete what it stands for. */
const NO_LETTER = '\ufffc';

export class Matches {
  readonly #pattern: RegExp | null;
  /** From the start of a block. */
  readonly #known = new WeakMap<Node, readonly Match[]>();
  #doc: Node | null = null;
  #all: readonly Match[] = [];

  /** @param wanted  found literally; nothing is found for '', or for what has U+FFFC in it */
  constructor(wanted: string, isCaseKept: boolean) {
    const literally = wanted.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
    const isText = wanted !== '' && !wanted.includes(NO_LETTER);
    this.#pattern = isText ? new RegExp(literally, isCaseKept ? 'gu' : 'giu') : null;
  }

  /** In order, without overlaps. */
  in(doc: Node): readonly Match[] {
    if (doc === this.#doc) return this.#all;
    const all: Match[] = [];
    doc.descendants((node, position) => {
      if (!node.isTextblock) return true;
      for (const { from, to } of this.#within(node)) all.push({ from: position + 1 + from, to: position + 1 + to });
      return false;
    });
    this.#doc = doc;
    this.#all = all;
    return all;
  }

  #within(block: Node): readonly Match[] {
    const known = this.#known.get(block);
    if (known || !this.#pattern) return known ?? [];
    const found = [...lettersOf(block).matchAll(this.#pattern)];
    const matches = found.map(({ index, 0: { length } }) => ({ from: index, to: index + length }));
    this.#known.set(block, matches);
    return matches;
  }
}

/** As long as the block's content, so that a letter's index is its position. */
function lettersOf(block: Node): string {
  let letters = '';
  block.forEach((child) => {
    letters += child.text ?? NO_LETTER.repeat(child.nodeSize);
  });
  return letters;
}

/** The index of the first that begins at `position` or after it; their number if none does. */
export function indexFrom(matches: readonly Match[], position: number): number {
  let [low, high] = [0, matches.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (matches[middle]!.from < position) low = middle + 1;
    else high = middle;
  }
  return low;
}
