import { expect, test } from 'vitest';
import * as Y from 'yjs';
import { firstLines } from './first-lines.js';
import { fromMarkdown } from './markdown-reader.js';
import { writeYjs } from './yjs-content.js';

function docOf(markdown: string): Y.Doc {
  const doc = new Y.Doc();
  writeYjs(doc, fromMarkdown(markdown).doc.toJSON(), '');
  return doc;
}

test('each block with text is a line, wherever it stands, without how it looks', () => {
  const doc = docOf(
    '# Stores\n\nOne\\\n**two** [Ann](weft:person/u-1)\n\n---\n\n- Oil\n  - Lamps\n\n| a | b |\n|---|---|\n| c | d |',
  );
  expect(firstLines(doc, 300)).toBe('Stores\nOne two @Ann\nOil\nLamps\na\nb\nc\nd');
});

test('what no schema knows is read as well', () => {
  const doc = new Y.Doc();
  const panel = new Y.XmlElement('acme_panel');
  panel.insert(0, [new Y.XmlText('Of another editor')]);
  doc.getXmlFragment('prosemirror').insert(0, [panel]);
  expect(firstLines(doc, 300)).toBe('Of another editor');
});

test('it ends where it is long enough, and is empty for an empty document', () => {
  expect(firstLines(docOf('One\n\nTwo\n\nThree'), 5)).toBe('One\nT');
  expect(firstLines(new Y.Doc(), 10)).toBe('');
});
