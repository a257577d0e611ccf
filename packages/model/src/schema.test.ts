import { DOMSerializer, type Node } from 'prosemirror-model';
import { expect, test } from 'vitest';
import { schema } from './schema.js';

const paragraph = (text: string) => schema.node('paragraph', null, text ? [schema.text(text)] : []);

/** What toDOM says, without a DOM: the node's or mark's output spec. */
const output = (node: Node) => DOMSerializer.nodesFromSchema(schema)[node.type.name]!(node);

test('the names of the basic and list schemas are all there, with their attributes', () => {
  const basicNodes = ['doc', 'paragraph', 'blockquote', 'horizontal_rule', 'heading', 'code_block', 'text', 'image'];
  const listNodes = ['hard_break', 'ordered_list', 'bullet_list', 'list_item'];
  for (const name of [...basicNodes, ...listNodes]) expect(Object.keys(schema.nodes)).toContain(name);
  for (const name of ['link', 'em', 'strong', 'code']) expect(Object.keys(schema.marks)).toContain(name);
  expect(schema.node('heading').attrs).toEqual({ level: 1, align: null, dir: null });
  expect(schema.node('ordered_list').attrs).toEqual({ order: 1 });
  expect(schema.mark('link', { href: 'https://x' }).attrs).toEqual({ href: 'https://x', title: null });
});

test('containers that a merge has emptied are allowed, so that nothing is deleted because of them', () => {
  for (const name of ['blockquote', 'bullet_list', 'ordered_list', 'list_item', 'paragraph'] as const) {
    expect(() => schema.node(name, null, [])).not.toThrow();
  }
  const headless = schema.node('list_item', null, [schema.node('bullet_list', null, [schema.node('list_item')])]);
  expect(() => schema.node('doc', null, [schema.node('bullet_list', null, [headless])]).check()).not.toThrow();
});

test('an empty document has one paragraph to write in', () => {
  expect(schema.topNodeType.createAndFill()?.toString()).toBe('doc(paragraph)');
});

test('attributes are validated when a document is read from JSON', () => {
  const json = { type: 'heading', attrs: { level: 'two' }, content: [{ type: 'text', text: 'x' }] };
  expect(() => schema.nodeFromJSON(json).check()).toThrow(/level/);
});

test('a level out of range is drawn as the nearest heading there is', () => {
  const tag = (level: number) => (output(schema.node('heading', { level })) as [string])[0];
  expect([0, 1, 4, 6, 77, 2.5, Number.NaN].map(tag)).toEqual(['h1', 'h1', 'h4', 'h6', 'h6', 'h2', 'h1']);
});

test('a link that leads nowhere safe keeps its text and loses its address', () => {
  const marks = DOMSerializer.marksFromSchema(schema);
  const drawn = (href: string) => marks.link!(schema.mark('link', { href }), true) as [string, Record<string, string>];
  expect(drawn('javascript:alert(1)')).toEqual(['span', { class: 'inert-link' }, 0]);
  expect(drawn('https://x')[0]).toBe('a');
  expect(drawn('https://x')[1].rel).toContain('noopener');
});

test('every document survives its own JSON', () => {
  const doc = schema.node('doc', null, [
    schema.node('heading', { level: 2 }, [schema.text('Stores')]),
    schema.node('bullet_list', null, [schema.node('list_item', null, [paragraph('Oil')]), schema.node('list_item')]),
    schema.node('ordered_list', { order: 3 }, [schema.node('list_item', null, [paragraph('Wicks')])]),
    schema.node('blockquote', null, [paragraph('')]),
    schema.node('code_block', null, [schema.text('a < b')]),
    schema.node('horizontal_rule'),
    schema.node('paragraph', null, [
      schema.text('all', [schema.mark('strong'), schema.mark('em'), schema.mark('underline'), schema.mark('strike')]),
      schema.node('hard_break'),
      schema.text('here', [schema.mark('link', { href: '#x' }), schema.mark('code')]),
      schema.node('image', { src: 'https://x/a.png' }),
    ]),
  ]);
  doc.check();
  expect(schema.nodeFromJSON(JSON.parse(JSON.stringify(doc.toJSON()))).eq(doc)).toBe(true);
});
