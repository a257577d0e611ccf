import { schema } from '@weft/model';
import type { Node } from 'prosemirror-model';
import { afterEach, expect, test } from 'vitest';
import * as Y from 'yjs';
import { HeadlessView, p } from '../test/headless-view.js';
import { columnOf, setColumnWidths, widened } from './table-columns.js';

let view: HeadlessView;
afterEach(() => view?.destroy());

const cell = (attrs = {}) => schema.node('table_cell', attrs, [p('x')]);
const drawn = { widths: [100, 80, 60], room: 0 };

function show(...rows: Node[][]): void {
  view = new HeadlessView(new Y.Doc());
  const table = schema.node(
    'table',
    null,
    rows.map((cells) => schema.node('table_row', null, cells)),
  );
  view.dispatch(view.state.tr.replaceWith(0, view.state.doc.content.size, [p('above'), table]));
  view.undoManager.stopCapturing();
}

/** Of each cell, in a row each. */
const widths = (): unknown[][] =>
  view.state.doc.child(1).children.map((row) => row.children.map(({ attrs }) => attrs.colwidth));

const set = (columns: [number, number | null][], at = drawn): boolean =>
  view.run(setColumnWidths(7, at, new Map(columns)));

test('a width is written in every cell of its column, and undone at once', () => {
  show([cell(), cell(), cell()], [cell(), cell(), cell()]);
  expect(set([[1, 120.4]])).toBe(true);
  const written = [
    [null, [120], null],
    [null, [120], null],
  ];
  expect(widths()).toEqual(written);
  view.undo();
  expect(widths().flat()).toEqual(Array(6).fill(null));
  view.redo();
  expect(widths()).toEqual(written);
  // What says the same is no change.
  expect(set([[1, 120]], { ...drawn, widths: [100, 120, 60] })).toBe(false);
  expect(set([[1, null]])).toBe(true);
  expect(widths().flat()).toEqual(Array(6).fill(null));
});

test('columns that are drawn narrower than they say go on from there', () => {
  show([cell({ colwidth: [400] }), cell({ colwidth: [400] }), cell()]);
  set([[0, 130]]);
  expect(widths()).toEqual([[[130], [80], null]]);
});

test('a cell over several columns has a width for each or none, whatever was there', () => {
  show([cell({ colspan: 2 }), cell()], [cell(), cell(), cell()], [cell({ colspan: 2, colwidth: [90, 70] }), cell()]);
  set([[0, 50]]);
  expect(widths()).toEqual([
    [null, null],
    [[50], null, null],
    [[50, 80], null],
  ]);
  show([cell({ colwidth: [1e9, -1, 3] }), cell()], [cell()]);
  expect(set([[1, 64]])).toBe(true);
  expect(widths()).toEqual([[[100], [64]], [null]]);
});

test('where there is no room the next column gives some, as far as it can; the last has nobody to ask', () => {
  const after = (column: number, byPx: number, room = 0) => [...widened({ ...drawn, room }, column, byPx)];
  expect(after(0, 20)).toEqual([
    [0, 120],
    [1, 60],
  ]);
  expect(after(0, 20, 20)).toEqual([[0, 120]]);
  expect(after(0, 900)).toEqual([
    [0, 132],
    [1, 48],
  ]);
  expect(after(0, -900)).toEqual([[0, 48]]);
  expect(after(2, 900, 10)).toEqual([[2, 70]]);
});

test('a column is known by a cell that ends with it', () => {
  show([cell({ colspan: 2 }), cell()], [cell(), cell(), cell()]);
  const places: number[] = [];
  view.state.doc.descendants((node, position) => {
    if (node.type.name === 'table_cell') places.push(position);
  });
  expect(places.map((place) => columnOf(view.state, place))).toEqual(
    [1, 2, 0, 1, 2].map((index) => ({ place: 7, index })),
  );
  expect(columnOf(view.state, 0)).toBe(null);
});
