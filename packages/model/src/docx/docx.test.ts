import fc from 'fast-check';
import mammoth from 'mammoth';
import type { Node } from 'prosemirror-model';
import { expect, test } from 'vitest';
import { documents, someText } from '../../test/arbitrary-documents.js';
import { filesOfOthers } from '../../test/docx-files.js';
import { toPlainText } from '../plain-text.js';
import { type MarkName, schema } from '../schema.js';
import { fromDocx } from './reader.js';
import { forDocx } from './subset.js';
import { toDocx } from './writer.js';
import { elementsOf, parseXml, type XmlElement } from './xml.js';
import { ZipFile } from './zip.js';

const paragraph = (...content: Node[]): Node => schema.node('paragraph', null, content);
const text = (value: string, ...names: MarkName[]): Node =>
  schema.text(
    value,
    names.map((name) => schema.mark(name)),
  );
const item = (...content: Node[]): Node => schema.node('list_item', null, content);
const docOf = (...content: Node[]): Node => schema.node('doc', null, content);

async function there(doc: Node, title = ''): Promise<{ doc: Node; title: string; warnings: readonly string[] }> {
  const { bytes, warnings } = await toDocx(doc, title);
  const read = await fromDocx(bytes);
  expect(read.warnings).toEqual([]);
  read.doc.check();
  return { ...read, warnings };
}

test('whatever the model can hold reads back from a .docx as it was', async () => {
  await fc.assert(
    fc.asyncProperty(documents, someText, async (doc, heading) => {
      const read = await there(doc, heading.trim());
      const { doc: kept, warnings } = forDocx(doc);
      expect(read.doc.toString()).toBe(kept.toString());
      expect(read.doc.toJSON()).toEqual(kept.toJSON());
      expect(read.warnings).toEqual(warnings);
      expect((await there(read.doc)).doc.eq(read.doc)).toBe(true);
    }),
    { numRuns: 200 },
  );
});

test('no text is lost on the way into a .docx and back, and no title', async () => {
  await fc.assert(
    fc.asyncProperty(documents, fc.constantFrom('', 'Stores', 'a <b> & "c"', 'ä😀'), async (doc, heading) => {
      const { doc: read, title } = await there(doc, heading);
      expect(lettersOf(read)).toBe(lettersOf(doc));
      expect(title).toBe(heading);
    }),
    { numRuns: 200 },
  );
});

/** What everybody can read, without spaces and signs. */
function lettersOf(doc: Node): string {
  const words: string[] = [];
  doc.descendants(({ text: own, attrs, type }) => {
    words.push(own ?? (type.name.endsWith('_mention') ? attrs.label || attrs.id : (attrs.alt ?? '')));
  });
  return words.join('').replace(/[^\p{L}\p{N}]/gu, '');
}

test('what Word has no element for keeps its structure', async () => {
  const doc = docOf(
    schema.node('callout', { kind: 'warning' }, [paragraph(text('Hot')), schema.node('callout', { kind: 'tip' })]),
    schema.node('details', null, [
      schema.node('details_summary', null, [text('More')]),
      schema.node('bullet_list', null, [
        item(paragraph(text('a')), schema.node('code_block', { language: 'js' }, [text('x\n\ty')])),
      ]),
    ]),
    schema.node('blockquote', null, [paragraph(text('q')), schema.node('blockquote', null, [paragraph(text('r'))])]),
    schema.node('bullet_list', null, [item(), item(schema.node('ordered_list', { order: 3 }, [item(paragraph())]))]),
    schema.node('bullet_list', null, [item(paragraph(text('another list')))]),
    schema.node('task_list', null, [
      schema.node('task_item', { checked: true }, [
        paragraph(text('\tdone')),
        schema.node('task_list', null, [schema.node('task_item')]),
      ]),
    ]),
    schema.node('figure', { src: 'https://x/a.png', alt: 'Lamp', width: 320 }, [text('The lamp', 'strong')]),
  );
  expect((await there(doc)).doc.toJSON()).toEqual(doc.toJSON());
});

test('lists nested deeper than Word has levels stay nested', async () => {
  let list = schema.node('bullet_list', null, [item(paragraph(text('innermost')))]);
  for (let depth = 0; depth < 20; depth++)
    list = schema.node('bullet_list', null, [item(paragraph(text(`${depth}`)), list)]);
  expect((await there(docOf(list))).doc.eq(docOf(list))).toBe(true);
});

test('spans that reach over others keep every cell, and columns beyond those that Word has follow the table', async () => {
  const cell = (words: string, attrs: object = {}): Node => schema.node('table_cell', attrs, [paragraph(text(words))]);
  const row = (...cells: Node[]): Node => schema.node('table_row', null, cells);
  const table = schema.node('table', null, [
    row(cell('a'), cell('b', { colspan: 3, rowspan: 9 }), cell('c')),
    row(cell('d', { colspan: 4 })),
    row(),
    row(cell('e'), cell('f')),
  ]);
  const { doc } = await there(docOf(table));
  expect(doc.textContent).toBe('abcdef');
  expect(doc.child(0).child(0).child(1).attrs).toMatchObject({ colspan: 3, rowspan: 4 });
  expect(doc.child(0).child(1).child(0).attrs.colspan).toBe(1);
  const wide = docOf(schema.node('table', null, [row(...Array.from({ length: 70 }, (_, n) => cell(`<${n}>`)))]));
  const { doc: narrower, warnings } = await there(wide);
  expect(narrower.textContent).toBe(wide.textContent);
  expect(narrower.child(0).child(0).childCount).toBe(63);
  expect(warnings).toEqual(['Word has no more than 63 columns: the text of further ones follows the table.']);
});

test('what a .docx cannot hold is told', async () => {
  const doc = docOf(
    schema.node('paragraph', { dir: 'auto' }, [
      schema.text('a', [schema.mark('comment', { id: 'c' })]),
      schema.text('b', [schema.mark('link', { href: 'javascript:alert(1)' })]),
      schema.node('image', { src: 'data:x', alt: 'lamp' }),
      schema.text('\u0001'),
    ]),
  );
  const { doc: read, warnings } = await there(doc);
  expect(read.toString()).toBe('doc(paragraph("ablamp\ufffd"))');
  expect(warnings).toEqual([
    'Some control characters cannot be kept, and are shown as "\ufffd".',
    'Comments are not part of the .docx file: they were left out.',
    'Word does not find out the direction of a text: it is that of the page.',
    'The link to "javascript:alert(1)" leads nowhere safe, and was left out; its text is there.',
    'The image "data:x" is at an address that is not fetched, and was left out.',
  ]);
});

test('another reader finds in our files what we have written', async () => {
  const doc = docOf(
    schema.node('heading', { level: 2 }, [text('Stores')]),
    paragraph(
      text('plain '),
      text('bold', 'strong'),
      schema.text('link', [schema.mark('link', { href: 'https://x/?a=1&b' })]),
    ),
    schema.node('ordered_list', null, [
      item(paragraph(text('first')), schema.node('bullet_list', null, [item(paragraph(text('within')))])),
    ]),
    schema.node('callout', null, [paragraph(text('Mind'))]),
    schema.node('table', null, [
      schema.node('table_row', null, [schema.node('table_header', { colspan: 2 }, [paragraph(text('H'))])]),
      schema.node('table_row', null, [
        schema.node('table_cell', null, [paragraph(text('1'))]),
        schema.node('table_cell', null, [paragraph(text('2'))]),
      ]),
    ]),
  );
  const { bytes } = await toDocx(doc, 'The title');
  const { value } = await mammoth.convertToHtml(
    { buffer: Buffer.from(bytes) },
    { styleMap: ["p[style-name='Title'] => h1.title:fresh"] },
  );
  expect(value).toContain('<h1 class="title">The title</h1><h2>Stores</h2>');
  expect(value).toContain('plain <strong>bold</strong><a href="https://x/?a=1&amp;b">link</a>');
  expect(value).toContain('<ol><li>first<ul><li>within</li></ul></li></ol><p>Mind</p>');
  expect(value).toContain('<thead><tr><th colspan="2"><p>H</p></th></tr></thead>');
  await fc.assert(
    fc.asyncProperty(documents, async (any) => {
      const written = await toDocx(any);
      const { value: raw } = await mammoth.extractRawText({ buffer: Buffer.from(written.bytes) });
      const letters = (words: string): string => words.replace(/[^\p{L}]|☒|☐/gu, '');
      expect(letters(raw)).toBe(letters(textOnly(forDocx(any).doc)));
    }),
    { numRuns: 50 },
  );
});

/** Without what only describes a picture. */
function textOnly(doc: Node): string {
  return doc.textBetween(0, doc.content.size, '', (leaf) =>
    leaf.type.name === 'image' ? '' : (leaf.type.spec.leafText?.(leaf) ?? ''),
  );
}

test.each([...filesOfOthers])('all text of %s comes in', async (_name, bytes) => {
  const zip = new ZipFile(bytes, 2 ** 20);
  const main = await zip.read(zip.has('word/document.xml') ? 'word/document.xml' : 'word/document2.xml');
  const { doc, title } = await fromDocx(bytes);
  doc.check();
  const all = bare(`${title} ${toPlainText(doc)}`);
  const paragraphs = paragraphsOf(parseXml(new TextDecoder().decode(main!), { elements: 1_000_000 }));
  for (const words of paragraphs) expect(all).toContain(bare(words));
});

const bare = (words: string): string => words.replace(/\[\d+\]|\s/g, '');

/** The texts of the paragraphs, read with as little knowledge as can be. */
function paragraphsOf(element: XmlElement): string[] {
  const own = element.name === 'w:p' ? [textIn(element)] : [];
  return [...own, ...elementsOf(element).flatMap(paragraphsOf)];
}

function textIn(element: XmlElement): string {
  return elementsOf(element)
    .map((child) =>
      child.name === 'w:t'
        ? child.children.join('')
        : /^w:(?:p|txbxContent|del)$/.test(child.name)
          ? ''
          : textIn(child),
    )
    .join('');
}
