// A long text as people write them: chapters with a heading, paragraphs with some words set apart, lists, a quote, a table
// now and then. Made from a seed, in the data format of y-prosemirror.

import { documentFromJson, type JsonMark, type JsonNode } from '@weft/model';
import * as prng from 'lib0/prng';
import type { Node } from 'prosemirror-model';

const SEED = 5000;
/** Of a paragraph, near the mean of real texts. */
const PARAGRAPH_WORDS = 45;
const looks: readonly JsonMark[] = [
  { type: 'strong' },
  { type: 'em' },
  { type: 'link', attrs: { href: 'https://example.org' } },
];

/** The same for the same number. @param blocks of text: paragraphs and headings, wherever they stand */
export function makeLongText(blocks: number): Node {
  const random = prng.create(SEED);
  const content: JsonNode[] = [];
  let left = blocks;
  const text = (words: number, marks?: JsonMark[]): JsonNode => ({
    type: 'text',
    text: Array.from({ length: words }, () => prng.word(random, 2, 9)).join(' '),
    ...(marks && { marks }),
  });
  const block = (type: string, inline: JsonNode[], attrs?: JsonNode['attrs']): JsonNode => {
    left--;
    return { type, ...(attrs && { attrs }), content: inline };
  };
  const paragraph = (words = PARAGRAPH_WORDS): JsonNode => block('paragraph', [text(words)]);
  /** Strong, emphasised, linked: each in every third. */
  const marked = (): JsonNode => {
    const mark = looks[prng.uint32(random, 0, looks.length - 1)]!;
    const space = { type: 'text', text: ' ' };
    return block('paragraph', [text(20), space, text(3, [mark]), space, text(20)]);
  };
  const list = (type: string): JsonNode => ({
    type,
    content: Array.from({ length: 4 }, () => ({ type: 'list_item', content: [paragraph(12)] })),
  });
  const table = (): JsonNode => ({
    type: 'table',
    content: Array.from({ length: 3 }, () => ({
      type: 'table_row',
      content: Array.from({ length: 3 }, () => ({ type: 'table_cell', content: [paragraph(3)] })),
    })),
  });
  const parts = [
    () => block('heading', [text(4)], { level: 2 }),
    marked,
    paragraph,
    () => list('bullet_list'),
    marked,
    paragraph,
    () => ({ type: 'blockquote', content: [paragraph()] }),
    marked,
    table,
    paragraph,
    () => list('ordered_list'),
    marked,
  ];
  for (let i = 0; left > 0; i++) {
    const part = parts[i % parts.length]!;
    // The last part would be one too long.
    content.push(left < 9 ? paragraph() : part());
  }
  return documentFromJson({ type: 'doc', content }).doc;
}
