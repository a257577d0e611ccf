import type { JsonNode } from '@weft/model';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import * as Y from 'yjs';
import { composeFile, composeJson, renderFile, renderJson } from './document-content.js';

const stateOf = (update: Uint8Array) => ({ checkpointState: null, updates: [update] });

function documentOf(write: (doc: Y.Doc) => void) {
  const doc = new Y.Doc();
  write(doc);
  return stateOf(Y.encodeStateAsUpdate(doc));
}

const asText = (content: JsonNode, title = ''): string => JSON.stringify({ title, content });

/** Values as editors keep them in attributes. */
const value = fc.oneof(fc.string(), fc.integer(), fc.boolean(), fc.constant({ a: [1, 'b'] }));
const attrs = fc.dictionary(fc.constantFrom('level', 'src', 'color'), value, { minKeys: 1, maxKeys: 2 });
const mark = fc.oneof(
  fc.record({ type: fc.constantFrom('em', 'strong', 'comment') }),
  fc.record({ type: fc.constant('link'), attrs }),
);
const marks = fc.uniqueArray(mark, { selector: ({ type }) => type, minLength: 1, maxLength: 3 });
const text: fc.Arbitrary<JsonNode> = fc.oneof(
  fc.record({ type: fc.constant('text'), text: fc.string({ unit: 'grapheme', minLength: 1 }) }),
  fc.record({ type: fc.constant('text'), text: fc.string({ minLength: 1 }), marks }),
);
const { node } = fc.letrec<{ node: JsonNode }>((tie) => ({
  node: fc.oneof(
    { maxDepth: 4 },
    text,
    fc.record({ type: fc.constant('embed'), attrs: fc.record({ value: fc.constantFrom({ a: 1 }, { b: 'c' }) }) }),
    fc.record(
      {
        type: fc.constantFrom('paragraph', 'heading', 'table', 'mention'),
        attrs,
        content: fc.array(tie('node'), { minLength: 1, maxLength: 4 }),
      },
      { requiredKeys: ['type'] },
    ),
  ),
}));

/** As it is read back: texts that look alike and follow each other are one, marks in the order of their names. */
function tidy({ content, marks: unsorted, ...rest }: JsonNode): JsonNode {
  const sorted = unsorted
    ?.toSorted((a, b) => (a.type < b.type ? -1 : 1))
    .map(({ type, attrs }) => (attrs ? { type, attrs } : { type }));
  const children: JsonNode[] = [];
  for (const child of (content ?? []).map(tidy)) {
    const last = children.at(-1);
    if (last?.type === 'text' && child.type === 'text' && JSON.stringify(last.marks) === JSON.stringify(child.marks)) {
      children[children.length - 1] = { ...last, text: last.text! + child.text! };
    } else children.push(child);
  }
  return { ...rest, ...(sorted ? { marks: sorted } : {}), ...(children.length > 0 ? { content: children } : {}) };
}

test('I12: a document is in its JSON whatever it holds, and comes out of it as it was', () => {
  fc.assert(
    fc.property(fc.array(node, { maxLength: 4 }), fc.string(), (content, title) => {
      const composed = composeJson(asText({ type: 'doc', content }, title));
      const rendered = renderJson(stateOf(composed.update));
      expect(rendered).toEqual({ title, content: { content: [], ...tidy({ type: 'doc', content }) }, warnings: [] });
      const again = renderJson(stateOf(composeJson(asText(rendered.content, title)).update));
      expect(again).toEqual(rendered);
    }),
    { numRuns: 500 },
  );
});

test('marks that overlap themselves are told apart', () => {
  const comments = [
    { type: 'comment', attrs: { id: 1 } },
    { type: 'comment', attrs: { id: 2 } },
  ];
  const content: JsonNode = { type: 'doc', content: [{ type: 'text', text: 'x', marks: comments }] };
  const { content: read } = renderJson(stateOf(composeJson(asText(content)).update));
  expect(read.content![0]!.marks).toEqual(comments);
});

test('I12: what JSON has no form for is in it as text', () => {
  const { content } = renderJson(
    documentOf((doc) => {
      const dial = new Y.XmlElement('dial');
      const text = new Y.XmlText('words');
      doc.getXmlFragment('prosemirror').push([dial, text]);
      dial.setAttribute('at', (2n ** 62n) as never);
      dial.setAttribute('deep', { list: [-1n, Uint8Array.of(0, 255), null] } as never);
      dial.setAttribute('map', new Y.Map([['n', 1n]]) as never);
      text.insertEmbed(5, new Y.Map([['n', 9n]]));
    }),
  );
  expect(structuredClone(content)).toEqual(content);
  expect(JSON.parse(JSON.stringify(content)).content).toEqual([
    { type: 'dial', attrs: { at: '4611686018427387904', deep: { list: ['-1', '00ff', null] }, map: { n: '1' } } },
    { type: 'text', text: 'words' },
    { type: 'embed', attrs: { value: { n: '9' } } },
  ]);
});

test('a node with an attribute that nobody knows is in a file as itself', async () => {
  const paragraph: JsonNode = {
    type: 'paragraph',
    attrs: { mood: 'calm', align: 7 },
    content: [
      { type: 'image', attrs: { src: 'https://x/a.png', alt: 'A', glow: { by: 1 }, width: 'wide' } },
      { type: 'person_mention', attrs: { id: 'u-1', label: 'Ann', glow: 1 } },
      { type: 'hard_break', attrs: { glow: 1 } },
      { type: 'text', text: 'end', marks: [{ type: 'strong', attrs: { glow: 1 } }] },
    ],
  };
  const composed = composeJson(asText({ type: 'doc', content: [paragraph] }));
  const { text: written } = await renderMarkdown(stateOf(composed.update));
  expect(written).toBe('![A](https://x/a.png)[Ann](<weft:person/u-1>)\\\n**end**\n');
});

test('what is not text of the editor is told of', () => {
  const { warnings } = renderJson(documentOf((doc) => doc.getText('other').insert(0, 'x')));
  expect(warnings).toEqual([expect.stringContaining('also holds "other"')]);
  expect(renderJson(documentOf((doc) => doc.getMap('meta').set('title', 'T')))).toEqual({
    title: 'T',
    content: { type: 'doc', content: [] },
    warnings: [],
  });
});

const composeMarkdown = (text: string) => composeFile('markdown', new TextEncoder().encode(text));

async function renderMarkdown(
  job: Parameters<typeof renderFile>[1],
): Promise<{ text: string; warnings: readonly string[] }> {
  const { bytes, warnings } = await renderFile('markdown', job);
  return { text: new TextDecoder().decode(bytes), warnings };
}

test('Word, web pages and plain text come out with title and text, and Word and plain text go in again', async () => {
  const { update } = await composeMarkdown('---\ntitle: "Tea & <lamps>"\n---\n\nOne **two**\n');
  const text = async (format: 'html' | 'text'): Promise<string> =>
    new TextDecoder().decode((await renderFile(format, stateOf(update))).bytes);
  expect(await text('text')).toBe('Tea & <lamps>\n\nOne two\n');
  expect(await text('html')).toContain('<title>Tea &amp; &lt;lamps&gt;</title>');
  expect(await text('html')).toContain('<h1 class="title">Tea &amp; &lt;lamps&gt;</h1><p>One <strong>two</strong></p>');
  const { bytes } = await renderFile('docx', stateOf(update));
  const again = await composeFile('docx', new Uint8Array(bytes));
  expect(renderJson(stateOf(again.update))).toEqual(renderJson(stateOf(update)));
  const plain = await composeFile('text', new TextEncoder().encode('One\n\ntwo\n'));
  expect((await renderMarkdown(stateOf(plain.update))).text).toBe('One\n\ntwo\n');
});

test('Markdown goes in and comes out, and a node it cannot hold leaves a note and a warning', async () => {
  const markdown = '---\ntitle: "T"\n---\n\n# A\n\n- **b**\n- c\n';
  const composed = await composeMarkdown(markdown);
  expect(await renderMarkdown(stateOf(composed.update))).toEqual({ text: markdown, warnings: [] });
  const chart: JsonNode = {
    type: 'doc',
    content: [{ type: 'chart', content: [{ type: 'cell', content: [{ type: 'text', text: 'a' }] }] }],
  };
  const { text: written, warnings } = await renderMarkdown(stateOf(composeJson(asText(chart)).update));
  expect(written).toBe('\\[chart\\]\n\na\n');
  expect(warnings).toEqual([expect.stringContaining('"chart"')]);
});

test('a mark that Yjs has no place for is told of', async () => {
  expect((await composeMarkdown('[![a](https://x)](https://y)')).warnings).toEqual([
    expect.stringContaining('"link" on a "image"'),
  ]);
});

test('what is no document is refused with a sentence', () => {
  expect(() => composeJson('{}')).toThrow('has no "content"');
  expect(() => composeJson('[')).toThrow('JSON');
  expect(() => composeJson('{"content":{"type":"table"}}')).toThrow('not a "doc"');
});
