// Documents and Markdown by chance: everything the schema allows, and the signs that are most easily misread.

import fc from 'fast-check';
import type { Node } from 'prosemirror-model';
import { type MarkName, schema } from '../src/schema.js';

const color = fc.constantFrom(null, 'red', 'blue', 'mauve');
const align = fc.constantFrom(null, null, null, 'left', 'center', 'right', 'justify', 'askew');
const dir = fc.constantFrom(null, null, null, 'rtl', 'up');
const width = fc.constantFrom(null, null, 320, -1);
const span = fc.constantFrom(1, 1, 1, 1, 2, 3, 0, 2.5, 1e9);

export const someText = fc.oneof(
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
  .tuple(fc.subarray(Object.keys(schema.marks) as MarkName[]), url, title, color)
  .map(([names, href, linkTitle, tint]) => {
    const attrs: Partial<Record<MarkName, object>> = {
      link: { href, title: linkTitle },
      highlight: { color: tint },
      text_color: { color: tint },
      comment: { id: href },
      unknown_mark: { key: 'glow', value: { by: href } },
    };
    // Most text has few marks; all of them at once hide what is wrong with one.
    return names.slice(0, 3).map((name) => schema.mark(name, attrs[name]));
  });

const leaf: fc.Arbitrary<Node> = fc.oneof(
  { weight: 6, arbitrary: fc.tuple(someText, markSet).map(([words, set]) => schema.text(words, set)) },
  { weight: 1, arbitrary: markSet.map((set) => schema.node('hard_break', null, undefined, set)) },
  {
    weight: 1,
    arbitrary: fc
      .tuple(url, fc.option(someText, { nil: null }), title, width, markSet)
      .map(([src, alt, imageTitle, px, set]) =>
        schema.node('image', { src, alt, title: imageTitle, width: px }, undefined, set),
      ),
  },
  {
    weight: 1,
    arbitrary: fc
      .tuple(fc.constantFrom('document_mention', 'person_mention'), someText, fc.option(someText, { nil: '' }), markSet)
      .map(([name, id, label, set]) => schema.node(name, { id, label }, undefined, set)),
  },
);

const inline = fc.array(leaf, { maxLength: 5 });

const { blocks } = fc.letrec<{ block: Node; blocks: Node[]; items: Node[]; tasks: Node[]; cell: Node }>((tie) => ({
  block: fc.oneof(
    { maxDepth: 4, depthIdentifier: 'block' },
    {
      weight: 4,
      arbitrary: fc
        .tuple(inline, align, dir)
        .map(([content, side, way]) => schema.node('paragraph', { align: side, dir: way }, content)),
    },
    {
      weight: 1,
      arbitrary: fc
        .tuple(fc.integer({ min: 0, max: 8 }), inline)
        .map(([level, content]) => schema.node('heading', { level }, content)),
    },
    {
      weight: 1,
      arbitrary: fc
        .tuple(
          fc.option(someText, { nil: '' }),
          fc.constantFrom(null, null, 'js', 'c++', 'a`b', '~', '&amp;\\', 'a b', ' '),
        )
        .map(([code, language]) => schema.node('code_block', { language }, code ? [schema.text(code)] : [])),
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
    { weight: 1, arbitrary: tie('tasks').map((content) => schema.node('task_list', null, content)) },
    {
      weight: 1,
      arbitrary: fc
        .tuple(fc.constantFrom('note', 'warning', 'shout'), tie('blocks'))
        .map(([kind, content]) => schema.node('callout', { kind }, content)),
    },
    {
      weight: 1,
      arbitrary: fc.tuple(fc.array(inline, { maxLength: 2 }), tie('blocks')).map(([titles, content]) => {
        const summaries = titles.map((words) => schema.node('details_summary', null, words));
        return schema.node('details', null, [...summaries.slice(0, 1), ...content, ...summaries.slice(1)]);
      }),
    },
    {
      weight: 1,
      arbitrary: fc
        .tuple(url, fc.option(someText, { nil: null }), width, inline)
        .map(([src, alt, px, caption]) => schema.node('figure', { src, alt, width: px }, caption)),
    },
    {
      weight: 1,
      arbitrary: fc
        .array(fc.array(tie('cell'), { maxLength: 3, depthIdentifier: 'block' }), { maxLength: 3 })
        .map((rows) =>
          schema.node(
            'table',
            null,
            rows.map((cells) => schema.node('table_row', null, cells)),
          ),
        ),
    },
  ),
  cell: fc
    .tuple(fc.constantFrom('table_cell', 'table_header'), span, span, align, tie('blocks'), inline, fc.boolean())
    .map(([name, colspan, rowspan, side, blocks, words, isPlain]) => {
      const content = isPlain ? [schema.node('paragraph', null, words)] : blocks;
      return schema.node(name, { colspan, rowspan, align: side, colwidth: isPlain ? null : [100] }, content);
    }),
  tasks: fc.array(
    fc.tuple(fc.boolean(), tie('blocks')).map(([checked, content]) => schema.node('task_item', { checked }, content)),
    { maxLength: 3, depthIdentifier: 'block' },
  ),
  blocks: fc.array(tie('block'), { maxLength: 4, depthIdentifier: 'block' }),
  items: fc.array(
    tie('blocks').map((content) => schema.node('list_item', null, content)),
    { maxLength: 3, depthIdentifier: 'block' },
  ),
}));

/** Any document the schema allows. */
export const documents = blocks.map((content) =>
  schema.node('doc', null, content.length ? content : [schema.node('paragraph')]),
);

/** Markdown as it may come from anywhere. */
export const markdownLines = fc.array(
  fc.oneof(
    someText,
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
      '|---|:-:|',
      '| `x\\|y` | z | more |',
      '- [ ] open',
      '- [x] done',
      '- [ ]',
      '> [!NOTE]',
      '<details>',
      '<details open><summary>S</summary>',
      '<summary>T</summary>',
      '</details>',
      '```js title',
      '<mark>m</mark>',
      '<span data-color="red">r</span>',
      '[Ann](weft:person/a%20b)',
      '[x]: /y',
      '<div>',
      'a  ',
    ),
  ),
  { maxLength: 12 },
);
