import { expect, test } from 'vitest';
import * as Y from 'yjs';
import { showing, twoDocs } from '../test/shown-documents.js';
import { setBlock } from './commands.js';
import { asOwnStep } from './undo.js';

const show = showing();

function twoPeople() {
  const [ann, ben] = twoDocs();
  return [show(ann), show(ben)] as const;
}

test('undo and redo go back and forth, and the caret with them', () => {
  const view = show(new Y.Doc());
  view.type('one');
  view.undoManager.stopCapturing();
  view.type(' two');
  view.select(2);
  expect(view.undo()).toBe(true);
  expect(view.text).toBe('doc(paragraph("one"))');
  expect(view.state.selection.head).toBe(4);
  expect(view.redo()).toBe(true);
  expect(view.text).toBe('doc(paragraph("one two"))');
  // Where it was when undo was asked for.
  expect(view.state.selection.head).toBe(2);
  expect(view.redo()).toBe(false);
});

test('what is a step of its own is undone without what was typed a moment before', () => {
  const view = show(new Y.Doc());
  view.type('oil and oil');
  view.dispatch(asOwnStep(view.state.tr).insertText('wax', 9, 12).insertText('wax', 1, 4));
  expect(view.text).toBe('doc(paragraph("wax and wax"))');
  view.undo();
  expect(view.text).toBe('doc(paragraph("oil and oil"))');
});

test('undo takes back one’s own changes only', () => {
  const [ann, ben] = twoPeople();
  ann.type('mine');
  ben.select(5).type(' yours');
  expect(ben.undo()).toBe(true);
  expect(ann.text).toBe('doc(paragraph("mine"))');
  expect(ben.undo()).toBe(false);
});

test('undoing a paragraph leaves what somebody else has written in it', () => {
  const [ann, ben] = twoPeople();
  ann.type('mine');
  ben.select(5).type(' yours');
  ann.undo();
  expect(ben.text).toBe('doc(paragraph(" yours"))');
  expect(ann.text).toBe(ben.text);
});

test('after undoing a split the caret is where the split was', () => {
  const view = show(new Y.Doc());
  view.type('onetwo');
  view.undoManager.stopCapturing();
  view.select(4);
  view.dispatch(view.state.tr.split(4));
  view.type('x');
  view.undo();
  expect(view.text).toBe('doc(paragraph("onetwo"))');
  expect(view.state.selection.head).toBe(4);
});

test('after undoing a deletion the deleted text is selected again', () => {
  const view = show(new Y.Doc());
  view.type('keep this');
  view.undoManager.stopCapturing();
  view.select(6, 10).dispatch(view.state.tr.deleteSelection());
  expect(view.text).toBe('doc(paragraph("keep "))');
  view.undo();
  expect([view.state.selection.from, view.state.selection.to]).toEqual([6, 10]);
});

test('what is done to selected text, and a paste, are changes of their own, however soon they come', () => {
  const view = show(new Y.Doc());
  view.type('typed just now');
  view.select(1, 15).dispatch(view.state.tr.deleteSelection());
  expect(view.text).toBe('doc(paragraph)');
  view.undo();
  expect(view.text).toBe('doc(paragraph("typed just now"))');

  view.select(15).type(',');
  view.dispatch(view.state.tr.insertText(' pasted').setMeta('uiEvent', 'paste'));
  view.undo();
  expect(view.text).toBe('doc(paragraph("typed just now,"))');
});

test('what an input method selects while it composes is one change with what it makes of it', () => {
  const view = show(new Y.Doc());
  view.dispatch(view.state.tr.insertText('にほ').setMeta('composition', 1));
  view.select(1, 3).dispatch(view.state.tr.insertText('日本').setMeta('composition', 1));
  expect(view.text).toBe('doc(paragraph("日本"))');
  view.undo();
  expect(view.text).toBe('doc(paragraph)');
});

test('after undoing a change of block type the caret is in the block', () => {
  const view = show(new Y.Doc());
  view.type('title');
  view.undoManager.stopCapturing();
  view.select(3).run(setBlock('heading-2'));
  expect(view.text).toBe('doc(heading("title"))');
  view.undo();
  expect(view.text).toBe('doc(paragraph("title"))');
  expect(view.state.selection.head).toBe(3);
});

test('redo brings the caret back into a paragraph that undo had taken away', () => {
  const view = show(new Y.Doc());
  view.type('one');
  view.undoManager.stopCapturing();
  view.dispatch(view.state.tr.split(4));
  view.type('two');
  view.undo();
  expect([view.text, view.state.selection.head]).toEqual(['doc(paragraph("one"))', 4]);
  view.redo();
  expect([view.text, view.state.selection.head]).toEqual(['doc(paragraph("one"), paragraph("two"))', 9]);
  view.undo();
  expect([view.text, view.state.selection.head]).toEqual(['doc(paragraph("one"))', 4]);
});

test('another document under the same view has a history of its own, and the one that left is not touched again', () => {
  const [first, second] = [new Y.Doc(), new Y.Doc()];
  const before = show(first);
  before.type('kept');
  before.destroy();
  const written = Y.encodeStateAsUpdate(first);
  // What was not saved yet is written again by somebody who is not the editor.
  second.transact(() => Y.applyUpdate(second, written), 'rewritten');
  const after = show(second);
  expect(after.undo()).toBe(false);
  after.select(5).type('!');
  expect(after.undo()).toBe(true);
  expect(after.text).toBe('doc(paragraph("kept"))');
  expect(Y.encodeStateAsUpdate(first)).toEqual(written);
});

test('undo of what stood between others’ words leaves their order, for its author and for all who load', () => {
  const [ann, ben] = twoPeople();
  ann.type('ac');
  ben.select(2).type('b');
  ann.undoManager.stopCapturing();
  ann.select(1, 4).dispatch(ann.state.tr.deleteSelection());
  ben.select(1).type('x');
  for (let round = 0; round < 3; round++) {
    ann.undo();
    ann.redo();
  }
  ann.undo();
  expect(ann.text).toBe(ben.text);
  const loaded = new Y.Doc();
  Y.applyUpdate(loaded, Y.encodeStateAsUpdate(ann.undoManager.doc));
  expect(show(loaded).text).toBe(ann.text);
});
