import { schema } from '@weft/model';
import { afterEach, expect, test } from 'vitest';
import * as Y from 'yjs';
import { HeadlessView, p } from '../test/headless-view.js';
import { tickTask } from './task-ticks.js';

let view: HeadlessView;
afterEach(() => view.destroy());

const task = (checked: boolean, ...children: ReturnType<typeof p>[]) => schema.node('task_item', { checked }, children);
const ticks = (): boolean[] => {
  const all: boolean[] = [];
  view.state.doc.descendants((node) => {
    if (node.type === schema.nodes.task_item) all.push(node.attrs.checked);
  });
  return all;
};

test('the task that the caret is in is ticked, and made undone again; undo takes either back', () => {
  view = new HeadlessView(new Y.Doc());
  const inner = schema.node('task_list', null, [task(true, p('wicks'))]);
  const list = schema.node('task_list', null, [task(false, p('oil')), task(false, p('lamps'), inner)]);
  view.dispatch(view.state.tr.replaceWith(0, view.state.doc.content.size, list));
  expect(ticks()).toEqual([false, false, true]);
  view.undoManager.stopCapturing();
  expect(view.select(4).run(tickTask)).toBe(true);
  expect(ticks()).toEqual([true, false, true]);
  view.undoManager.stopCapturing();
  // Of a task within a task, the inner one.
  view.select(20).run(tickTask);
  expect(ticks()).toEqual([true, false, false]);
  expect(view.state.selection.head).toBe(20);
  view.undo();
  view.undo();
  expect(ticks()).toEqual([false, false, true]);
});

test('elsewhere there is nothing to tick', () => {
  view = new HeadlessView(new Y.Doc());
  view.type('oil');
  expect(view.run(tickTask)).toBe(false);
  expect(view.text).toBe('doc(paragraph("oil"))');
});
