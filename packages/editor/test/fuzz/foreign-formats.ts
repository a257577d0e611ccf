// Marks and attributes that nobody's schema here knows, by the letters they are on: what a person does to a text leaves them be.

import * as Y from 'yjs';
import { childrenOf } from '../../src/mirror.js';
import { partsOf } from '../../src/text-parts.js';
import { isTracked } from './unique-text.js';

export interface ForeignFormats {
  /** What is unknown on a letter. */
  readonly marks: ReadonlyMap<string, string>;
  /** What is unknown of the block that begins with a letter, with the name of the block. */
  readonly attributes: ReadonlyMap<string, string>;
}

/** Of letters that stand in the document once. */
export function foreignFormatsIn(root: Y.XmlFragment): ForeignFormats {
  const [marks, attributes] = [new Map<string, string>(), new Map<string, string>()];
  const [seen, twice] = [new Set<string>(), new Set<string>()];
  const visit = (y: Y.XmlFragment): void => {
    let isFirst = true;
    for (const child of childrenOf(y)) {
      if (child instanceof Y.XmlElement && child.nodeName !== 'chart') visit(child);
      if (!(child instanceof Y.XmlText)) continue;
      for (const { text, attributes: format } of partsOf(child)) {
        for (const letter of text ?? '') {
          if (!isTracked(letter)) continue;
          if (seen.has(letter)) twice.add(letter);
          seen.add(letter);
          marks.set(letter, JSON.stringify(format?.sparkle) ?? '');
          if (isFirst && y instanceof Y.XmlElement)
            attributes.set(letter, `${y.nodeName} ${String(y.getAttribute('glow') ?? '')}`);
          isFirst = false;
        }
      }
    }
  };
  visit(root);
  for (const letter of twice) {
    marks.delete(letter);
    attributes.delete(letter);
  }
  return { marks, attributes };
}

/**
 * @param isSameBlocks  whether the letter that a block begins with says which block it is: not of those that were joined
 * @returns             what a step lost of that, in words
 */
export function lostFormat(before: ForeignFormats, after: ForeignFormats, isSameBlocks: boolean): string | null {
  for (const [letter, mark] of before.marks) {
    const now = after.marks.get(letter);
    if (now !== undefined && now !== mark) return `the unknown mark of ${letter} was ${mark || 'none'} and is ${now}`;
  }
  for (const [letter, attribute] of isSameBlocks ? before.attributes : []) {
    const now = after.attributes.get(letter);
    // A block of another type is another block.
    if (now === undefined || now === attribute || now.split(' ')[0] !== attribute.split(' ')[0]) continue;
    if (!attribute.endsWith(' '))
      return `the unknown attribute of the block of ${letter} was "${attribute}" and is "${now}"`;
  }
  return null;
}
