// The richer nodes of the model under a person's hands: what belongs to something else is never torn from it.

import { schema } from '@weft/model';
import { baseKeymap } from 'prosemirror-commands';
import type { Node } from 'prosemirror-model';
import { liftListItem, sinkListItem } from 'prosemirror-schema-list';
import { TextSelection } from 'prosemirror-state';
import { afterEach, expect, test } from 'vitest';
import { prosemirrorToYDoc } from 'y-prosemirror';
import * as Y from 'yjs';
import { HeadlessView, p } from '../test/headless-view.js';
import { backspaceInList, backspaceToParagraph, enterInList, leaveCaption, setBlock, withItems } from './commands.js';
import { markdownRules } from './input-rules.js';
import { toEdge } from './place-cursors.js';
import { placesToWrite } from './places-to-write.js';

let view: HeadlessView;
const show = (...content: Node[]): HeadlessView => {
  const doc = prosemirrorToYDoc(schema.node('doc', null, content), 'prosemirror');
  view = new HeadlessView(doc, [markdownRules(), placesToWrite()]);
  return view;
};
afterEach(() => view.destroy());

const task = (checked: boolean, ...content: Node[]): Node => schema.node('task_item', { checked }, content);
const cell = (...content: Node[]): Node => schema.node('table_cell', null, content);
const row = (...cells: Node[]): Node => schema.node('table_row', null, cells);
const figure = schema.node('figure', { src: 'https://x/a.png', alt: 'A', width: 64 }, [schema.text('cap')]);
const section = schema.node('details', null, [schema.node('details_summary', null, [schema.text('More')]), p('in')]);

test('I12: attributes that are out of range are shown, edited around, and stay in the document as they are', () => {
  const doc = new Y.Doc();
  const strange: Record<string, Record<string, unknown>> = {
    callout: { kind: 'shout' },
    code_block: { language: 'a b c' },
    figure: { src: 'javascript:x', width: -5 },
    paragraph: { align: 'askew', dir: 'up' },
    heading: { level: 77 },
  };
  for (const [name, attrs] of Object.entries(strange)) {
    const element = new Y.XmlElement(name);
    for (const [key, value] of Object.entries(attrs)) element.setAttribute(key, value as string);
    doc.getXmlFragment('prosemirror').push([element]);
  }
  const before = doc
    .getXmlFragment('prosemirror')
    .toArray()
    .map((element) => (element as Y.XmlElement).getAttributes());
  view = new HeadlessView(doc);
  let textblocks = 0;
  view.state.doc.descendants((node) => {
    if (node.isTextblock) textblocks++;
  });
  expect(textblocks).toBe(4);
  for (const [name] of Object.entries(strange)) {
    view.state.doc.descendants((node, position) => {
      if (node.type.name === name && node.isTextblock) view.dispatch(view.state.tr.insertText('x', position + 1));
    });
  }
  const after = doc
    .getXmlFragment('prosemirror')
    .toArray()
    .map((element) => (element as Y.XmlElement).getAttributes());
  expect(after).toEqual(before);
});

test('Enter splits a task into an open one, Tab and Shift-Tab move it, Backspace takes away its box', () => {
  show(schema.node('task_list', null, [task(true, p('oil'))])).select(6);
  view.run(enterInList);
  view.type('wicks');
  const [list] = view.state.doc.children;
  expect(list!.children.map(({ attrs, textContent }) => [textContent, attrs.checked])).toEqual([
    ['oil', true],
    ['wicks', false],
  ]);
  view.run(withItems(sinkListItem));
  expect(view.text).toBe('doc(task_list(task_item(paragraph("oil"), task_list(task_item(paragraph("wicks"))))))');
  view.run(withItems(liftListItem));
  view.dispatch(view.state.tr.setSelection(TextSelection.create(view.state.doc, 10)));
  view.run(backspaceInList);
  expect(view.text).toBe('doc(task_list(task_item(paragraph("oil"))), paragraph("wicks"))');
});

test('Enter in a caption or a title goes on under it', () => {
  show(figure, section).select(3);
  view.run(leaveCaption);
  view.type('text');
  expect(view.text).toBe('doc(figure("cap"), paragraph("text"), details(details_summary("More"), paragraph("in")))');
  view.select(14);
  view.run(leaveCaption);
  expect(view.text).toContain('details(details_summary("More"), paragraph, paragraph("in"))');
});

test('no command and no sign turns a picture into something else by its caption', () => {
  show(p('a'), figure, p('b'));
  view.dispatch(view.state.tr.setSelection(TextSelection.create(view.state.doc, 1, view.state.doc.content.size - 1)));
  view.run(setBlock('heading-2'));
  expect(view.text).toBe('doc(heading("a"), figure("cap"), heading("b"))');
  view.select(4);
  expect(view.run(setBlock('code'))).toBe(false);
  expect(view.run(backspaceToParagraph)).toBe(false);
  view.type('# ');
  expect(view.text).toBe('doc(heading("a"), figure("# cap"), heading("b"))');
  expect(view.state.doc.child(1).attrs).toEqual(figure.attrs);
});

test('a block that becomes another keeps its alignment', () => {
  show(schema.node('paragraph', { align: 'center', dir: 'rtl' }, [schema.text('a')])).select(1);
  view.run(setBlock('heading-3'));
  expect(view.state.doc.child(0).attrs).toEqual({ level: 3, align: 'center', dir: 'rtl' });
  view.type('## ');
  expect(view.state.doc.child(0).attrs).toEqual({ level: 2, align: 'center', dir: 'rtl' });
});

test('a cell, a section and a task that are emptied by hand get a place to write', () => {
  show(schema.node('table', null, [row(cell(p('a')), cell(p('b')))]));
  view.dispatch(view.state.tr.delete(3, 6));
  expect(view.text).toBe('doc(table(table_row(table_cell(paragraph), table_cell(paragraph("b")))))');
  view.destroy();
  show(p('x'), section);
  view.dispatch(view.state.tr.delete(4, 14));
  expect(view.text).toBe('doc(paragraph("x"), details(paragraph))');
});

test('one can write before a first block and behind a last one that hold no text', () => {
  const rule = schema.node('horizontal_rule');
  show(rule, p('a'), rule);
  expect(view.run(toEdge('end'))).toBe(true);
  view.run(baseKeymap.Enter!);
  view.type('last');
  expect(view.text).toBe('doc(horizontal_rule, paragraph("a"), horizontal_rule, paragraph("last"))');
  // There is text now: it is for the browser.
  expect(view.run(toEdge('end'))).toBe(false);
  expect(view.run(toEdge('start'))).toBe(true);
  view.run(baseKeymap.Enter!);
  view.type('first');
  expect(view.text).toBe(
    'doc(paragraph("first"), horizontal_rule, paragraph("a"), horizontal_rule, paragraph("last"))',
  );
});
