import fc from 'fast-check';
import type { Node } from 'prosemirror-model';
import { describe, expect, test } from 'vitest';
import { fromMarkdown } from './markdown-reader.js';
import { forMarkdown } from './markdown-subset.js';
import { toMarkdown } from './markdown-writer.js';
import { schema } from './schema.js';

const marks = ['em', 'strong', 'underline', 'strike', 'code', 'link'] as const;

const text = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.constantFrom('word', 'two words', 'a', ' ', ' a', 'b ', 'snake_case', '1. ', 'e.g.', 'ä😀'),
  },
  {
    weight: 4,
    arbitrary: fc.string({
      unit: fc.constantFrom(
        ...'ab 1.)(*_`~#+->=|![]<>&;:"\'\\\n\t/',
        '\u00a0',
        '\ufeff',
        '<br>',
        '&amp;',
        '&nbsp;',
        '**',
        '<u>',
        '```',
      ),
      minLength: 1,
      maxLength: 8,
    }),
  },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', minLength: 1, maxLength: 6 }) },
);

const url = fc.constantFrom(
  'https://x',
  '#top',
  'a b',
  'https://x/?a=1&copy=2',
  '/p(1)',
  '<x>',
  'a\\b',
  "javascript:alert('x')",
  '',
);
const title = fc.option(fc.constantFrom('t', 'a "b"', 'x\ny', '\\', ''), { nil: null });

const markSet = fc
  .tuple(fc.subarray([...marks]), url, title)
  .map(([names, href, linkTitle]) =>
    names.map((name) => (name === 'link' ? schema.mark('link', { href, title: linkTitle }) : schema.mark(name))),
  );

const leaf: fc.Arbitrary<Node> = fc.oneof(
  { weight: 6, arbitrary: fc.tuple(text, markSet).map(([words, set]) => schema.text(words, set)) },
  { weight: 1, arbitrary: markSet.map((set) => schema.node('hard_break', null, undefined, set)) },
  {
    weight: 1,
    arbitrary: fc
      .tuple(url, fc.option(text, { nil: null }), title, markSet)
      .map(([src, alt, imageTitle, set]) => schema.node('image', { src, alt, title: imageTitle }, undefined, set)),
  },
);

const inline = fc.array(leaf, { maxLength: 5 });

const { blocks } = fc.letrec<{ block: Node; blocks: Node[]; items: Node[] }>((tie) => ({
  block: fc.oneof(
    { maxDepth: 4, depthIdentifier: 'block' },
    { weight: 4, arbitrary: inline.map((content) => schema.node('paragraph', null, content)) },
    {
      weight: 1,
      arbitrary: fc
        .tuple(fc.integer({ min: 0, max: 8 }), inline)
        .map(([level, content]) => schema.node('heading', { level }, content)),
    },
    {
      weight: 1,
      arbitrary: fc
        .option(text, { nil: '' })
        .map((code) => schema.node('code_block', null, code ? [schema.text(code)] : [])),
    },
    { weight: 1, arbitrary: fc.constant(null).map(() => schema.node('horizontal_rule')) },
    { weight: 1, arbitrary: tie('blocks').map((content) => schema.node('blockquote', null, content)) },
    { weight: 2, arbitrary: tie('items').map((content) => schema.node('bullet_list', null, content)) },
    {
      weight: 1,
      arbitrary: fc
        .tuple(fc.constantFrom(1, 1, 7, 0, -3, 999_999_999, 2.5), tie('items'))
        .map(([order, content]) => schema.node('ordered_list', { order }, content)),
    },
  ),
  blocks: fc.array(tie('block'), { maxLength: 4, depthIdentifier: 'block' }),
  items: fc.array(
    tie('blocks').map((content) => schema.node('list_item', null, content)),
    { maxLength: 3, depthIdentifier: 'block' },
  ),
}));

const documents = blocks.map((content) =>
  schema.node('doc', null, content.length ? content : [schema.node('paragraph')]),
);

test('whatever the model can hold reads back from Markdown as it was, and is written the same again', () => {
  fc.assert(
    fc.property(documents, text, (doc, heading) => {
      const { text: written } = toMarkdown(doc, heading);
      const read = fromMarkdown(written);
      expect(read.doc.toString()).toBe(forMarkdown(doc).doc.toString());
      expect(read.doc.eq(forMarkdown(doc).doc)).toBe(true);
      expect(read.warnings).toEqual([]);
      expect(toMarkdown(read.doc, read.title)).toEqual({ text: written, warnings: [] });
    }),
    { numRuns: 1000 },
  );
});

test('whatever somebody writes as Markdown becomes a document that is stable from then on', () => {
  const lines = fc.array(
    fc.oneof(
      text,
      fc.constantFrom(
        '- a',
        '  - b',
        '1. c',
        '> q',
        '# h',
        '```',
        '    code',
        '---',
        '',
        '***',
        '| a | b |',
        '[x]: /y',
        '<div>',
        'a  ',
      ),
    ),
    { maxLength: 12 },
  );
  fc.assert(
    fc.property(lines, (all) => {
      const { doc } = fromMarkdown(all.join('\n'));
      doc.check();
      const { text: written } = toMarkdown(doc);
      const again = fromMarkdown(written).doc;
      expect(again.toString()).toBe(forMarkdown(doc).doc.toString());
      expect(toMarkdown(again).text).toBe(written);
    }),
    { numRuns: 1000 },
  );
});

const paragraph = (...content: Node[]): Node => schema.node('paragraph', null, content);
const item = (...content: Node[]): Node => schema.node('list_item', null, content);
const words = (value: string, ...names: (typeof marks)[number][]): Node =>
  schema.text(
    value,
    names.map((name) => (name === 'link' ? schema.mark('link', { href: 'https://x/a_b?c=1&d=2' }) : schema.mark(name))),
  );

test('usual text is written as people would', () => {
  const doc = schema.node('doc', null, [
    schema.node('heading', { level: 2 }, [schema.text('Stores')]),
    paragraph(
      words('We need '),
      words('much', 'strong'),
      words(' oil, '),
      words('soon', 'em'),
      words(': see '),
      words('here', 'link'),
    ),
    paragraph(words('a_b * c '), words('x < y', 'code'), schema.node('hard_break'), words('gone', 'strike')),
    schema.node('bullet_list', null, [
      item(paragraph(words('Oil')), schema.node('bullet_list', null, [item(paragraph(words('Lamps')))])),
      item(paragraph(words('Wicks'))),
    ]),
    schema.node('ordered_list', { order: 3 }, [item(paragraph(words('Then'), words('under', 'underline')))]),
    schema.node('blockquote', null, [paragraph(words('Said'))]),
    schema.node('code_block', null, [schema.text('a\n\nb')]),
    schema.node('horizontal_rule'),
  ]);
  expect(toMarkdown(doc, 'Winter').text).toBe(`---
title: "Winter"
---

## Stores

We need **much** oil, *soon*: see [here](<https://x/a_b?c=1&amp;d=2>)

a_b \\* c \`x < y\`\\
~~gone~~

- Oil
  - Lamps
- Wicks

3. Then<u>under</u>

> Said

\`\`\`
a

b
\`\`\`

***
`);
});

describe('what Markdown cannot hold', () => {
  test.each([
    [paragraph(schema.text('x', [schema.mark('link', { href: 'javascript:alert(1)' })])), 'x\n', 'leads nowhere safe'],
    [paragraph(schema.node('image', { src: 'data:x', alt: 'a cat' })), 'a cat\n', 'was left out'],
    [paragraph(schema.text('a\u0000b')), 'a\ufffdb\n', 'control characters'],
  ])('is told: %s', (node, written, words) => {
    const { text: markdown, warnings } = toMarkdown(schema.node('doc', null, [node]));
    expect(markdown).toBe(written);
    expect(warnings.join()).toContain(words);
  });

  test('and what a file brings that may not come in is told, too', () => {
    const {
      doc,
      warnings,
      title: read,
    } = fromMarkdown(
      "---\ntitle: 'It''s'\ntags: [a]\n---\n[x](javascript:alert%281%29) ![cat](data:image/png;base64,AA)\n<script>y</script>",
    );
    expect(doc.toString()).toBe('doc(paragraph("x cat <script>y</script>"))');
    expect(read).toBe("It's");
    expect(warnings).toHaveLength(3);
  });
});

test('what only looks like front matter is text', () => {
  expect(fromMarkdown('---\nNot a key\n---\n').doc.childCount).toBeGreaterThan(0);
  expect(fromMarkdown('---\n\n---\n').doc.toString()).toBe('doc(horizontal_rule, horizontal_rule)');
});

test('nesting beyond any sense is refused, not cut', () => {
  expect(() => fromMarkdown(`${'> '.repeat(400)}deep`)).toThrow('nested more than 200 levels');
  const started = performance.now();
  expect(() => fromMarkdown(`${'> '.repeat(50_000)}deep`)).toThrow('nested more than 200 levels');
  fromMarkdown('*a '.repeat(20_000));
  fromMarkdown('['.repeat(20_000));
  expect(performance.now() - started).toBeLessThan(10_000);
});
