import { schema } from '@weft/model';
import type { Node } from 'prosemirror-model';
import { type Command, TextSelection } from 'prosemirror-state';
import { CellSelection } from 'prosemirror-tables';
import { afterEach, expect, test } from 'vitest';
import * as Y from 'yjs';
import { HeadlessView, p } from '../test/headless-view.js';
import { placesToWrite } from './places-to-write.js';
import { alignmentAt, changeTable, headersOf, nextCell, type TableAction, tableAround } from './table-commands.js';

let view: HeadlessView;
afterEach(() => view.destroy());

const cell = (text: string, attrs = {}, type = 'table_cell') =>
  schema.node(type as 'table_cell', attrs, [text ? p(text) : p()]);
const table = (...rows: Node[][]) =>
  schema.node(
    'table',
    null,
    rows.map((cells) => schema.node('table_row', null, cells)),
  );
const square = () => table([cell('a'), cell('b')], [cell('c'), cell('d')]);

/** Shows a table between two lines, with the caret in a cell. */
function show(shown: Node, at: string): void {
  view = new HeadlessView(new Y.Doc(), [placesToWrite()]);
  view.dispatch(view.state.tr.replaceWith(0, view.state.doc.content.size, [p('above'), shown, p('below')]));
  view.select(behind(at));
  view.undoManager.stopCapturing();
}

function behind(text: string): number {
  let found = -1;
  view.state.doc.descendants((node, position) => {
    if (node.text === text) found = position + text.length;
  });
  return found;
}

/** Row by row: "a b / c d", with `*` before headers and `_` for what is empty. */
function grid(): string {
  const rows = tableAround(view.state)!.table.children.map((row) =>
    row.children.map((node) => `${node.type.name === 'table_header' ? '*' : ''}${node.textContent || '_'}`).join(' '),
  );
  return rows.join(' / ');
}

function run(command: Command): string {
  const before = view.text;
  expect(view.run(command)).toBe(true);
  view.state.doc.check();
  const after = view.text;
  if (tableAround(view.state)) expect(view.text).not.toContain('table_cell,');
  if (after !== before) {
    view.undo();
    expect(view.text).toBe(before);
    view.redo();
    expect(view.text).toBe(after);
  }
  return tableAround(view.state) ? grid() : '';
}

test.each<readonly [TableAction, string]>([
  ['row above', 'a b / _ _ / c d'],
  ['row below', 'a b / c d / _ _'],
  ['column before', 'a _ b / c _ d'],
  ['column after', 'a b _ / c d _'],
  ['header row', '*a *b / c d'],
  ['header column', '*a b / *c d'],
  ['delete row', 'a b'],
  ['delete column', 'a / c'],
])('%s, from the last cell, in one step', (action, wanted) => {
  show(square(), 'd');
  expect(run(changeTable(action))).toBe(wanted);
});

test('a new cell can be written in, and the caret stays where it was', () => {
  show(square(), 'd');
  run(changeTable('column before'));
  expect(view.state.selection.$head.parent.textContent).toBe('d');
  expect(view.text).not.toMatch(/table_cell[,)]/);
});

test('cells are merged and split, what was in them stays', () => {
  show(square(), 'a');
  expect(changeTable('merge')(view.state)).toBe(false);
  const at = (text: string) => behind(text) - 3;
  view.dispatch(view.state.tr.setSelection(CellSelection.create(view.state.doc, at('a'), at('d'))));
  expect(run(changeTable('merge'))).toBe('abcd / ');
  expect(run(changeTable('split'))).toBe('abcd _ / _ _');
});

test('cells are aligned, all that are selected', () => {
  show(square(), 'a');
  const at = (text: string) => behind(text) - 3;
  view.dispatch(view.state.tr.setSelection(CellSelection.create(view.state.doc, at('a'), at('c'))));
  run(changeTable('align right'));
  const aligned = tableAround(view.state)!.table.children.map((row) => row.children.map(({ attrs }) => attrs.align));
  expect(aligned).toEqual([
    ['right', null],
    ['right', null],
  ]);
});

test('how the selected cells are aligned is known where they are alike', () => {
  show(square(), 'a');
  const at = (text: string) => behind(text) - 3;
  expect(alignmentAt(view.state)).toBe('align start');
  run(changeTable('align center'));
  expect(alignmentAt(view.state)).toBe('align center');
  view.dispatch(view.state.tr.setSelection(CellSelection.create(view.state.doc, at('a'), at('b'))));
  expect(alignmentAt(view.state)).toBeNull();
  run(changeTable('align right'));
  expect(alignmentAt(view.state)).toBe('align right');
  view.dispatch(view.state.tr.setSelection(TextSelection.create(view.state.doc, 2)));
  expect(alignmentAt(view.state), 'outside of it').toBeNull();
});

test('a table is deleted as a whole, alone or not', () => {
  show(square(), 'b');
  run(changeTable('delete table'));
  expect(view.text).toBe('doc(paragraph("above"), paragraph("below"))');
});

test('Tab goes from cell to cell, and from the last one to a new row', () => {
  show(square(), 'c');
  run(nextCell(1));
  expect(view.state.selection.$head.parent.textContent).toBe('d');
  expect(run(nextCell(1))).toBe('a b / c d / _ _');
  view.type('e');
  expect(grid()).toBe('a b / c d / e _');
  run(nextCell(-1));
  expect(view.state.selection.$head.parent.textContent).toBe('d');
  view.select(behind('a'));
  expect(nextCell(-1)(view.state)).toBe(false);
});

test('rows that two people have left of different lengths are made even by who changes the table', () => {
  show(table([cell('a'), cell('b'), cell('c')], [cell('d')], [cell('e', { rowspan: 9 }), cell('f')]), 'd');
  expect(run(changeTable('row below'))).toBe('a b c / d _ _ / _ _ _ / _ e f');
});

test.each([1e9, 0, -1, 2.5])('a span of %j is nothing that is changed', (colspan) => {
  show(table([cell('a', { colspan }), cell('b')]), 'b');
  expect(changeTable('row below')(view.state, () => expect.unreachable())).toBe(false);
  expect(nextCell(1)(view.state, () => expect.unreachable())).toBe(false);
});

test('headers are told by their cells', () => {
  const header = (text: string) => cell(text, {}, 'table_header');
  expect(headersOf(table([header('a'), header('b')], [cell('c'), cell('d')]))).toEqual({ row: true, column: false });
  expect(headersOf(table([header('a'), cell('b')], [header('c'), cell('d')]))).toEqual({ row: false, column: true });
  expect(headersOf(square())).toEqual({ row: false, column: false });
});
