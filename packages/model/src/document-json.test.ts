import { expect, test } from 'vitest';
import { documentFromJson, type JsonNode, readDocumentJson } from './document-json.js';
import { schema } from './schema.js';

const text = (value: string, ...marks: string[]): JsonNode => ({
  type: 'text',
  text: value,
  ...(marks.length > 0 ? { marks: marks.map((type) => ({ type })) } : {}),
});
const paragraph = (...content: JsonNode[]): JsonNode => ({ type: 'paragraph', content });
const doc = (...content: JsonNode[]): JsonNode => ({ type: 'doc', content });

test('a document of the schema is what the schema makes of it', () => {
  const known = schema.node('doc', null, [
    schema.node('heading', { level: 3 }, [schema.text('A')]),
    schema.node('ordered_list', { order: 2 }, [schema.node('list_item', null, [schema.node('paragraph')])]),
    schema.node('paragraph', null, [
      schema.text('b', [schema.mark('link', { href: 'https://x', title: 't' }), schema.mark('em')]),
      schema.node('image', { src: 'https://y', alt: 'c' }),
      schema.node('hard_break'),
    ]),
    schema.node('code_block', null, [schema.text('d')]),
    schema.node('blockquote', null, [schema.node('horizontal_rule')]),
  ]);
  const read = documentFromJson(readDocumentJson(JSON.parse(JSON.stringify(known.toJSON()))));
  expect(read.doc.eq(known)).toBe(true);
  expect(read.warnings).toEqual([]);
});

test('I12: text within what holds none here is not left out', () => {
  const { doc: known, warnings } = documentFromJson(
    doc(
      { type: 'horizontal_rule', content: [text('a')] },
      paragraph({ type: 'person_mention', attrs: { label: 'Ann' }, content: [text('b')] }, { type: 'hard_break' }),
    ),
  );
  expect(known.toString()).toBe(
    'doc(paragraph("[horizontal_rule]"), paragraph("a"), paragraph("[person_mention: b]", hard_break))',
  );
  expect(warnings).toHaveLength(2);
});

test('I12: what the schema does not know leaves a note, a warning, and its text', () => {
  const chart = { type: 'chart', content: [{ type: 'row', content: [paragraph(text('a')), paragraph(text('b'))] }] };
  const { doc: known, warnings } = documentFromJson(
    doc(chart, paragraph(text('hi '), { type: 'mention', content: [text('Ann')] }, text(' there', 'sparkle', 'em'))),
  );
  expect(known.toString()).toBe(
    'doc(paragraph("[chart]"), paragraph("a"), paragraph("b"), paragraph("hi [mention: Ann]", em(" there")))',
  );
  expect(warnings).toHaveLength(3);
  known.check();
});

test('what stands where the schema has no place for it is given one', () => {
  const item = { type: 'list_item', content: [text('loose'), paragraph(text('b'))] };
  const { doc: known } = documentFromJson(
    doc(
      text('root'),
      item,
      { type: 'bullet_list', content: [paragraph(text('c'))] },
      paragraph(paragraph(text('inner'))),
    ),
  );
  expect(known.toString()).toBe(
    'doc(paragraph("root"), bullet_list(list_item(paragraph("loose"), paragraph("b"))), ' +
      'bullet_list(list_item(paragraph("c"))), paragraph("[paragraph: inner]"))',
  );
  known.check();
});

test('attributes of another kind than the schema wants become the default', () => {
  const { doc: known } = documentFromJson(
    doc(
      { type: 'heading', attrs: { level: 'two', id: 'x' }, content: [text('h')] },
      paragraph(
        { type: 'image', attrs: { src: 7, alt: {}, title: 'fine' } },
        { type: 'text', text: 'l', marks: [{ type: 'link' }] },
      ),
    ),
  );
  known.check();
  expect(known.child(0).attrs).toEqual({ level: 1, align: null, dir: null });
  expect(known.child(1).child(0).attrs).toEqual({ src: '', alt: null, title: 'fine', width: null });
});

test('an empty document has a paragraph to write in', () => {
  expect(documentFromJson(doc()).doc.toString()).toBe('doc(paragraph)');
});

test.each([
  [null, 'no object'],
  [{ type: 'paragraph' }, 'It is a "paragraph" and not a "doc".'],
  [{ type: 'doc', content: [{}] }, 'has no type'],
  [{ type: 'doc', content: 'x' }, 'no list'],
  [{ type: 'doc', content: [{ type: 'text', text: '' }] }, 'is empty'],
  [{ type: 'doc', content: [{ type: 'text', text: 'x', marks: [{}] }] }, 'has no type'],
  [
    Array.from({ length: 300 }).reduce<unknown>((content) => ({ type: 'doc', content: [content] }), text('x')),
    'nested',
  ],
])('a document that is none is refused with a sentence: %j', (value, words) => {
  expect(() => readDocumentJson(value)).toThrow(words);
});
