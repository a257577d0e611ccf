import { expect, test } from 'vitest';
import { makeLongText } from './long-text.js';

test.each([200, 2000])('a text of %d blocks has as many, of all kinds, and is the same each time', (blocks) => {
  const text = makeLongText(blocks);
  const kinds = new Set<string>();
  let textblocks = 0;
  text.descendants((node) => {
    kinds.add(node.type.name);
    for (const mark of node.marks) kinds.add(mark.type.name);
    if (node.isTextblock) textblocks++;
  });
  expect(textblocks).toBe(blocks);
  for (const kind of ['heading', 'bullet_list', 'ordered_list', 'blockquote', 'table', 'strong', 'em', 'link']) {
    expect(kinds).toContain(kind);
  }
  expect(() => text.check()).not.toThrow();
  expect(makeLongText(blocks).eq(text)).toBe(true);
});
