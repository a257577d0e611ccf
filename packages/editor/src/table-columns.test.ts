import { schema } from '@weft/model';
import type { Node } from 'prosemirror-model';
import { TableMap } from 'prosemirror-tables';
import { afterEach, expect, test, vi } from 'vitest';
import * as Y from 'yjs';
import { HeadlessView, p } from '../test/headless-view.js';
import { cellBefore, changeColumns, columnOf, drawnColumns, setColumnWidths, widened } from './table-columns.js';

let view: HeadlessView;
afterEach(() => {
  vi.unstubAllGlobals();
  view?.destroy();
});

const cell = (attrs = {}) => schema.node('table_cell', attrs, [p('x')]);
const drawn = { widths: [100, 80, 60], written: [100, 80, 60], room: 0 };

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
  expect(set([[1, 120]], { ...drawn, widths: [100, 120, 60], written: [100, 120, 60] })).toBe(false);
  expect(set([[1, null]])).toBe(true);
  expect(widths().flat()).toEqual(Array(6).fill(null));
});

test('a column that is drawn narrower than it says changes in proportion, and others keep what they say', () => {
  show([cell({ colwidth: [400] }), cell({ colwidth: [400] }), cell()]);
  set([[0, 130]], { ...drawn, written: [400, 400, 60] });
  expect(widths()).toEqual([[[520], [400], null]]);
});

test('a cell over several columns has a width for each or none, whatever was there', () => {
  show([cell({ colspan: 2 }), cell()], [cell(), cell(), cell()], [cell({ colspan: 2, colwidth: [90, 70] }), cell()]);
  set([[0, 50]]);
  expect(widths()).toEqual([
    [[50, 80], null],
    [[50], null, null],
    [[50, 70], null],
  ]);
  set([[0, null]]);
  expect(widths()).toEqual([
    [null, null],
    [null, null, null],
    [null, null],
  ]);
  show([cell({ colwidth: [1e9, -1, 3] }), cell()], [cell()]);
  expect(set([[1, 64]])).toBe(true);
  expect(widths()).toEqual([[[1e9, -1, 3], [64]], [null]]);
  show([cell()]);
  expect(set([[0, 1e9]])).toBe(true);
  expect(widths()).toEqual([[[4000]]]);
});

/** As it is laid out where its columns end there. */
function layOut(ends: number[], direction = 'ltr'): void {
  const isMirrored = direction === 'rtl';
  const width = ends.at(-1)!;
  const boxOf = (from: number, to: number) =>
    isMirrored ? { left: width - to, right: width - from } : { left: from, right: to };
  const table = view.state.doc.child(1);
  const map = TableMap.get(table);
  vi.stubGlobal('getComputedStyle', () => ({ direction }));
  Object.assign(view, {
    nodeDOM: (place: number) => {
      const { left, right } = place === 7 ? { left: 0, right: map.width } : map.findCell(place - 8);
      const box = { ...boxOf(ends[left - 1] ?? 0, ends[right - 1]!), width };
      return { getBoundingClientRect: () => box, parentElement: { clientWidth: 500 } };
    },
  });
}

test('what several columns that are merged in every row have together is shared out', () => {
  for (const direction of ['ltr', 'rtl']) {
    show([cell(), cell({ colspan: 2 }), cell()]);
    layOut([100, 200, 300, 400], direction);
    expect(drawnColumns(view.asView, 7)).toEqual({
      widths: [100, 100, 100, 100],
      written: [100, 100, 100, 100],
      room: 100,
    });
    view.destroy();
  }
  show([cell({ colspan: 3 }), cell({ colwidth: [300] })], [cell({ colspan: 3 }), cell()]);
  layOut([10, 20, 240, 400]);
  expect(drawnColumns(view.asView, 7)).toEqual({ widths: [80, 80, 80, 160], written: [80, 80, 80, 300], room: 100 });
});

test('by the menu: of the cell with the caret, also where it has several columns, and no other loses its widths', () => {
  const change = (...to: Parameters<typeof changeColumns>) => view.run(changeColumns(...to));
  show([cell({ colwidth: [100] }), cell({ colspan: 2, colwidth: [100, 100] }), cell({ colwidth: [100] })]);
  layOut([100, 200, 300, 400]);
  view.select(11);
  change('narrower');
  expect(widths()).toEqual([[[68], [100, 100], [100]]]);
  view.destroy();

  show([cell(), cell({ colspan: 2 }), cell()]);
  layOut([100, 200, 300, 400]);
  view.select(16);
  change('wider');
  expect(widths()).toEqual([[null, [100, 132], null]]);
  change('even');
  expect(widths()).toEqual([[[108], [108, 108], [108]]]);
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

test('what ends where a cell begins may have begun in a row above', () => {
  show([cell(), cell({ rowspan: 2 }), cell()], [cell(), cell()], [cell()]);
  const places: number[] = [];
  view.state.doc.descendants((node, position) => {
    if (node.type.name === 'table_cell') places.push(position);
  });
  const [a, b] = places;
  expect(places.map((place) => cellBefore(view.state, place))).toEqual([null, a, b, null, b, null]);
  expect(cellBefore(view.state, 0)).toBe(null);
});
