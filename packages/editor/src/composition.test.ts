// While somebody composes text (with an input method), the block it is in is not drawn anew: what others do to it waits.
// Both sides go on writing all the while, and nothing of either is lost.

import { afterEach, expect, test } from 'vitest';
import * as Y from 'yjs';
import { HeadlessView } from '../test/headless-view.js';
import { FRAGMENT_NAME } from './binding.js';
import { BROUGHT_ALONG } from './bring-along.js';
import { boundState } from './origin.js';

const views: HeadlessView[] = [];
afterEach(() => {
  for (const view of views.splice(0)) view.destroy();
});

const root = (doc: Y.Doc) => doc.getXmlFragment(FRAGMENT_NAME);
const textOf = (doc: Y.Doc, block: number): Y.XmlText => (root(doc).get(block) as Y.XmlElement).get(0) as Y.XmlText;

/** Somebody who composes at the end of the first of two paragraphs, and a document that hears of it. */
function composing(): { view: HeadlessView; mine: Y.Doc; other: Y.Doc } {
  const [mine, other] = [new Y.Doc(), new Y.Doc()];
  for (const words of ['one two', 'below']) {
    const paragraph = new Y.XmlElement('paragraph');
    paragraph.insert(0, [new Y.XmlText(words)]);
    root(mine).push([paragraph]);
  }
  Y.applyUpdate(other, Y.encodeStateAsUpdate(mine));
  mine.on('update', (update, origin) => origin !== 'peer' && Y.applyUpdate(other, update, 'peer'));
  other.on('update', (update, origin) => origin !== 'peer' && Y.applyUpdate(mine, update, 'peer'));
  const view = new HeadlessView(mine);
  views.push(view);
  view.select(8);
  view.composing = true;
  return { view, mine, other };
}

/** ProseMirror tells of every change while it is so; here the caret moves. */
function end(view: HeadlessView): void {
  view.composing = false;
  view.select(view.state.selection.head);
}

test('what others do in the block waits, elsewhere it shows at once; what is composed is sent', () => {
  const { view, other } = composing();
  view.type('ni');
  textOf(other, 0).insert(0, '> ');
  textOf(other, 1).insert(5, '!');
  root(other).insert(1, [new Y.XmlElement('horizontal_rule')]);
  expect(view.text).toBe('doc(paragraph("one twoni"), horizontal_rule, paragraph("below!"))');
  view.type('hon');
  expect(textOf(other, 0).toString()).toBe('> one twonihon');
  end(view);
  expect(view.text).toBe('doc(paragraph("> one twonihon"), horizontal_rule, paragraph("below!"))');
  expect(view.state.selection.head).toBe(15);
});

test('text that is brought along into the block meanwhile is not taken for what is composed', () => {
  const { view, mine, other } = composing();
  const compose = (words: string, from: number, to: number) => view.dispatch(view.state.tr.insertText(words, from, to));
  compose('n', 8, 8);
  mine.transact(() => textOf(mine, 0).insert(0, 'all '), BROUGHT_ALONG);
  compose('ni', 8, 9);
  mine.transact(() => textOf(mine, 0).insert(4, 'of '), BROUGHT_ALONG);
  compose('nih', 8, 10);
  compose('你', 8, 11);
  expect(view.text).toBe('doc(paragraph("one two你"), paragraph("below"))');
  end(view);
  expect(view.text).toBe('doc(paragraph("all of one two你"), paragraph("below"))');
  expect(textOf(other, 0).toString()).toBe('all of one two你');
});

test('what is composed goes where it stands, whatever others insert, delete and format around it', () => {
  const { view, other } = composing();
  view.select(4).type('x');
  textOf(other, 0).delete(0, 2);
  textOf(other, 0).insert(0, 'A');
  textOf(other, 0).insert(textOf(other, 0).length, ' end');
  textOf(other, 0).format(0, 3, { strong: {} });
  view.type('yz');
  view.select(2, 4).type('N');
  expect(view.text).toBe('doc(paragraph("oNxyz two"), paragraph("below"))');
  end(view);
  expect(textOf(other, 0).toString()).toBe('N<strong>Ax</strong>yz two end');
  expect(view.text).toBe('doc(paragraph("N", strong("Ax"), "yz two end"), paragraph("below"))');
});

test('given up: what was composed is gone, and nothing else', () => {
  const { view, other } = composing();
  view.type('ni');
  textOf(other, 0).insert(3, ',');
  view.dispatch(view.state.tr.delete(8, 10));
  end(view);
  expect(view.text).toBe('doc(paragraph("one, two"), paragraph("below"))');
  expect(textOf(other, 0).toString()).toBe('one, two');
});

test('of a block that others split, the new half is shown at once, and the old one when text is composed no more', () => {
  const { view, other } = composing();
  other.transact(() => {
    textOf(other, 0).delete(3, 4);
    const half = new Y.XmlElement('paragraph');
    half.insert(0, [new Y.XmlText(' two')]);
    root(other).insert(1, [half]);
  });
  view.type('x');
  expect(view.text).toBe('doc(paragraph("one twox"), paragraph(" two"), paragraph("below"))');
  textOf(other, 2).insert(0, 'see ');
  expect(view.text).toContain('"see below"');
  end(view);
  expect(view.text).toBe('doc(paragraph("onex"), paragraph(" two"), paragraph("see below"))');
  expect(root(other).toString()).toBe(
    '<paragraph>onex</paragraph><paragraph> two</paragraph><paragraph>see below</paragraph>',
  );
});

test('a block that others take away goes at once', () => {
  const { view, other } = composing();
  view.type('x');
  root(other).delete(0, 1);
  expect(view.text).toBe('doc(paragraph("below"))');
  view.type('y');
  end(view);
  expect(root(other).toString()).toBe('<paragraph>ybelow</paragraph>');
});

test('a caret in the block is told where it stands in everybody’s text', () => {
  const { view, mine, other } = composing();
  view.type('x');
  textOf(other, 0).insert(0, '>>>');
  const relative = boundState(view.state)!.toRelative(view.state.selection.head);
  const place = Y.createAbsolutePositionFromRelativePosition(relative, mine);
  expect([place?.index, place?.type.toString()]).toEqual([11, '>>>one twox']);
});
