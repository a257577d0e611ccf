import fc from 'fast-check';
import { DOMParser as LinkedomParser } from 'linkedom';
import { afterEach, expect, test, vi } from 'vitest';
import * as Y from 'yjs';
import { documents } from '../test/arbitrary-documents.js';
import { docxOf } from '../test/docx-files.js';
import { readDocumentFile, writeDocumentFile } from './document-files.js';
import { type FileFormat, fileFormats } from './file-formats.js';
import { schema } from './schema.js';
import { soundDocument, soundText, wellFormed, wellFormedValue } from './sound-text.js';
import { composeYjs, readYjs } from './yjs-content.js';

afterEach(() => vi.unstubAllGlobals());

const formats = Object.keys(fileFormats) as FileFormat[];
const told = 'Some control characters cannot be kept, and are shown as "\ufffd".';
const anyString = fc.string({ unit: fc.constantFrom('a', '😀', '\ud83d', '\ude00', '\u0000') });
/** Each kind that XML 1.0 has no sign for. */
const unsound = ['\u0000', '\u0008', '\u000b', '\u000c', '\u001f', '\ufffe', '\uffff', '\ud83d', '\ude00'];
const sound = ['\t', '\n', '\r', ' ', '\u007f', '\u0085', '\u2028', '\ufeff', '\ufffd', '😀', '\u{10ffff}'];

test('the rule: a sign each for what no text is made of, and everything else as it is', () => {
  for (const each of unsound) expect(soundText(`a${each}b`)).toBe('a\ufffdb');
  for (const each of sound) expect(soundText(`a${each}b`)).toBe(`a${each}b`);
  expect(wellFormed('\u0000\ud83d😀\ude00\ud83d')).toBe('\u0000\ufffd😀\ufffd\ufffd');
});

test('a value is as Yjs will tell it to others, and the very same if it was so before', () => {
  fc.assert(
    fc.property(fc.anything({ key: anyString, values: [anyString, fc.integer()] }), (value) => {
      const good = wellFormedValue(value);
      const [doc, other] = [new Y.Doc(), new Y.Doc()];
      doc.getArray('a').push([good]);
      Y.applyUpdate(other, Y.encodeStateAsUpdate(doc));
      expect(JSON.stringify(other.getArray('a').get(0))).toBe(JSON.stringify(good));
      expect(wellFormedValue(good)).toBe(good);
    }),
  );
});

test.each(formats)('no %s that is written holds such a character, and that is told', async (format) => {
  const words = unsound.join('-');
  const link = schema.mark('link', { href: `https://x/${words}`, title: words });
  const unknown = JSON.stringify({ name: 'dial', attrs: {}, children: [{ delta: [{ insert: words }] }] });
  const doc = schema.node('doc', null, [
    schema.node('paragraph', null, [
      schema.text(words, [link]),
      schema.node('image', { src: `https://x/${words}`, alt: words, title: words }),
      schema.node('person_mention', { id: words, label: words }),
    ]),
    schema.node('code_block', { language: words }, [schema.text(words)]),
    schema.node('figure', { src: words, alt: words }, [schema.text(words)]),
    schema.node('unknown_block', { name: words, content: unknown }),
  ]);
  const { bytes, warnings } = await writeDocumentFile(format, doc, `T${words}`);
  expect(warnings).toContain(told);
  vi.stubGlobal('DOMParser', LinkedomParser);
  if (format === 'docx') {
    const read = await readDocumentFile(format, bytes);
    expect(read.warnings).toEqual([]);
    expect(read.title).toBe(soundText(`T${words}`));
    expect(read.doc.textContent.split('\ufffd').length).toBeGreaterThan(4 * unsound.length);
  } else {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    expect(soundText(text)).toBe(text);
    expect(text).toContain('\ufffd');
  }
});

test('whatever a document holds, what is written of it is read without such a character', async () => {
  await fc.assert(
    fc.asyncProperty(documents, anyString, fc.constantFrom('docx', 'markdown', 'text'), async (doc, title, format) => {
      const { bytes } = await writeDocumentFile(format as FileFormat, doc, title);
      const read = await readDocumentFile(format as FileFormat, bytes);
      expect(soundDocument(read.doc).doc).toBe(read.doc);
      expect(soundText(read.title)).toBe(read.title);
    }),
    { numRuns: 150 },
  );
});

test.each([
  [
    'docx',
    () => docxOf({ body: '<w:p><w:r><w:t>a\u0001&#0;&#xD800;&#xFFFE;b</w:t></w:r></w:p>' }),
    'a\ufffd\ufffd\ufffd\ufffdb',
  ],
  ['markdown', () => new TextEncoder().encode('a\u0001\uffff`\u001b`b'), 'a\ufffd\ufffd\ufffdb'],
  [
    'html',
    () => new TextEncoder().encode('<!doctype html><html><body><p>a\u0001\uffff<b>\u001b</b>b</p></body></html>'),
    'a\ufffd\ufffd\ufffdb',
  ],
  ['text', () => new TextEncoder().encode('a\u0000\u0001\uffffb'), 'a\ufffd\ufffd\ufffdb'],
] as const)('a %s that holds them is read without, and that is told', async (format, file, words) => {
  vi.stubGlobal('DOMParser', LinkedomParser);
  const { doc, warnings } = await readDocumentFile(format, await file());
  expect(doc.textContent).toBe(words);
  expect(warnings).toEqual([told]);
});

test('JSON brings no half a character into Yjs, where one person alone would have it, and keeps all that can be sent', () => {
  const content = {
    type: 'doc',
    content: [
      {
        type: 'dial\ud800',
        attrs: { 'at\udc00': { deep: ['\ud800'] } },
        content: [{ type: 'text', text: '\u0001\ud83d😀', marks: [{ type: 'link', attrs: { href: '\udc00' } }] }],
      },
    ],
  };
  const doc = new Y.Doc();
  Y.applyUpdate(doc, composeYjs(content, 'T\ud800\u0001').update);
  const read = readYjs(doc);
  expect(read.title).toBe('T\ufffd\u0001');
  expect(read.content.content).toEqual([
    {
      type: 'dial\ufffd',
      attrs: { 'at\ufffd': { deep: ['\ufffd'] } },
      content: [{ type: 'text', text: '\u0001\ufffd😀', marks: [{ type: 'link', attrs: { href: '\ufffd' } }] }],
    },
  ]);
});

test('pages of plain text end lines', async () => {
  const { doc, warnings } = await readDocumentFile('text', new TextEncoder().encode('one\n\ftwo\vthree\n'));
  expect(doc.toString()).toBe('doc(paragraph("one"), paragraph("two", hard_break, "three"))');
  expect(warnings).toEqual([]);
});
