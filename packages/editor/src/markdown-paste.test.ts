import { fromMarkdown } from '@weft/model';
import { afterEach, expect, test, vi } from 'vitest';
import * as Y from 'yjs';
import { HeadlessView, p } from '../test/headless-view.js';
import { looksLikeMarkdown, markdownPaste, type ReadMarkdown } from './markdown-paste.js';

afterEach(() => vi.restoreAllMocks());

test.each([
  ['# Title\n\nText', true],
  ['- a\n- b', true],
  ['1. a\n2. b', true],
  ['- [ ] to do', true],
  ['| a | b |\n| --- | --- |\n| 1 | 2 |', true],
  ['A **bright** day', true],
  ['See [there](https://example.org).', true],
  ['Run `npm test` now.', true],
  ['> quoted', true],
  ['```js\nx\n```', true],
  ['- not a list', false],
  ['2 * 3 * 4, a_b_c, #tag, 5 > 4', false],
  ['Dear all,\n\nthe lamp is lit.\n\nAnn', false],
  ['https://example.org/#a', false],
])('“%s” looks like Markdown: %s', (text, wanted) => {
  expect(looksLikeMarkdown(text)).toBe(wanted);
});

/** A view in which what reads Markdown comes when the test says so. */
function viewWithout(): { view: HeadlessView; readerComes: (read?: ReadMarkdown) => void } {
  const waiting: ((read: ReadMarkdown) => void)[] = [];
  const view = new HeadlessView(new Y.Doc(), [markdownPaste((then) => waiting.push(then))]);
  const readerComes = (read: ReadMarkdown = (text) => fromMarkdown(text).doc): void => {
    for (const then of waiting.splice(0)) then(read);
  };
  return { view, readerComes };
}

const HEADING = '## Oil\n\n- whale\n- rape';
const AS_TEXT = 'paragraph("## Oil"), paragraph, paragraph("- whale"), paragraph("- rape")';
const AS_READ = 'heading("Oil"), bullet_list(list_item(paragraph("whale")), list_item(paragraph("rape")))';

test('what is pasted is there at once, as text, and becomes what it says when that can be read', () => {
  const { view, readerComes } = viewWithout();
  view.paste(HEADING);
  expect(view.text).toBe(`doc(${AS_TEXT})`);
  readerComes();
  expect(view.text).toBe(`doc(${AS_READ})`);
  view.undo();
  expect(view.text).toBe(`doc(${AS_TEXT})`);
  view.undo();
  expect(view.text).toBe('doc(paragraph)');
  view.destroy();
});

test('what is typed behind it meanwhile stays, and so does the caret', () => {
  const { view, readerComes } = viewWithout();
  view.paste('Take **whale** oil').type(', or none');
  readerComes();
  expect(view.text).toBe('doc(paragraph("Take ", strong("whale"), " oil, or none"))');
  view.type('!');
  expect(view.state.doc.textContent).toBe('Take whale oil, or none!');
  view.destroy();
});

test('it is found where others have moved it', () => {
  const { view, readerComes } = viewWithout();
  view.type('Before: ').paste('a **bright** day');
  view.dispatch(view.state.tr.insertText('Long ', 1));
  view.dispatch(view.state.tr.insert(0, p('Theirs')));
  readerComes();
  expect(view.text).toBe('doc(paragraph("Theirs"), paragraph("Long Before: a ", strong("bright"), " day"))');
  view.destroy();
});

test('what was changed meanwhile stays as it is', () => {
  const { view, readerComes } = viewWithout();
  view.paste('a **bright** day');
  view.dispatch(view.state.tr.insertText('very ', 5));
  const changed = view.text;
  readerComes();
  expect(view.text).toBe(changed);
  view.destroy();
});

test('what was taken back meanwhile does not come again', () => {
  const { view, readerComes } = viewWithout();
  view.paste(HEADING);
  view.undo();
  readerComes();
  expect(view.text).toBe('doc(paragraph)');
  view.destroy();
});

test('what cannot be read stays text', () => {
  vi.spyOn(console, 'warn').mockImplementation(() => undefined);
  const { view, readerComes } = viewWithout();
  view.paste(HEADING);
  readerComes(() => {
    throw new Error('It cannot be read.');
  });
  expect(view.text).toBe(`doc(${AS_TEXT})`);
  view.destroy();
});
