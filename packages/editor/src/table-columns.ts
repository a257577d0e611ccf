// How wide the columns of a table are. What is written is a width in pixels in each cell of a column, or in none; what is drawn may be
// less where there is no room. Whoever changes a column goes on from what is drawn, and what was written changes in proportion: on a wider
// screen the others are as they were.

import { boundedWidth, columnWidthsOf, schema } from '@weft/model';
import type { Node } from 'prosemirror-model';
import type { Command } from 'prosemirror-state';
import { selectionCell, TableMap } from 'prosemirror-tables';
import type { EditorView } from 'prosemirror-view';
import { isBounded, tableAround } from './table-commands.js';
import { asOwnStep } from './undo.js';

const NARROWEST_PX = 48;
const STEP_PX = 32;

/** By column: so many pixels as they are drawn, or null for as wide as its text asks for. */
export type ColumnWidths = ReadonlyMap<number, number | null>;

export interface DrawnColumns {
  readonly widths: readonly number[];
  /** As they are written where there is no room for that, else as they are drawn. */
  readonly written: readonly number[];
  /** How much wider the table may become. */
  readonly room: number;
}

/** A column whose end is a cell's. */
export interface Column {
  /** Where the table begins. */
  readonly place: number;
  readonly index: number;
}

/** @param position  before a cell */
export function columnOf(state: EditorView['state'], position: number): Column | null {
  const around = tableOf(state, position);
  return around && { place: around.start - 1, index: around.map.findCell(position - around.start).right - 1 };
}

/** Where the one begins that ends where this begins: in its row, or reaching into it from above. @param position  before a cell */
export function cellBefore(state: EditorView['state'], position: number): number | null {
  const around = tableOf(state, position);
  if (!around) return null;
  const { map, start } = around;
  const { left, top } = map.findCell(position - start);
  const offset = left === 0 ? 0 : map.map[top * map.width + left - 1]!;
  return offset === 0 ? null : start + offset;
}

function tableOf({ doc }: EditorView['state'], cell: number): { map: TableMap; start: number } | null {
  const $cell = doc.resolve(cell);
  const table = $cell.depth > 0 ? $cell.node(-1) : null;
  if (table?.type !== schema.nodes.table || !isBounded(table)) return null;
  return { map: TableMap.get(table), start: $cell.start(-1) };
}

export function drawnColumns(view: EditorView, place: number): DrawnColumns {
  const node = view.state.doc.nodeAt(place)!;
  const map = TableMap.get(node);
  const dom = view.nodeDOM(place) as HTMLElement;
  const table = dom.getBoundingClientRect();
  const isMirrored = getComputedStyle(dom).direction === 'rtl';
  const ends: number[] = [];
  const own: number[] = [];
  for (const offset of cellsOf(map)) {
    const { left, right } = map.findCell(offset);
    for (const [index, width] of ownWidths(node, offset, right - left).entries()) own[left + index] ??= width;
    if (ends[right - 1] !== undefined) continue;
    const cell = (view.nodeDOM(place + 1 + offset) as HTMLElement).getBoundingClientRect();
    ends[right - 1] = isMirrored ? table.right - cell.left : cell.right - table.left;
  }
  const widths = widthsBetween(ends, map.width);
  const written = widths.map((width, column) => Math.max(width, own[column] ?? 0));
  return { widths, written, room: Math.max(0, dom.parentElement!.clientWidth - table.width) };
}

/** Columns that are merged with the next in every row have no end of their own: each has its share of what they have together. */
function widthsBetween(ends: readonly number[], count: number): number[] {
  const widths: number[] = [];
  let begin = 0;
  for (let column = 0; column < count; column++) {
    const end = ends[column];
    if (end === undefined) continue;
    const merged = column + 1 - widths.length;
    widths.push(...Array<number>(merged).fill(Math.max(0, end - begin) / merged));
    begin = end;
  }
  return widths;
}

/** How many pixels are written for each that is drawn. */
const scaleOf = ({ widths, written }: DrawnColumns, column: number): number =>
  widths[column] ? written[column]! / widths[column] : 1;

const ownWidths = (table: Node, offset: number, span: number): readonly number[] =>
  columnWidthsOf(table.nodeAt(offset)!.attrs.colwidth, span) ?? [];

/** Where there is no room, the next column gives some. */
export function widened({ widths, room }: DrawnColumns, column: number, byPx: number): ColumnWidths {
  const [own = 0, next] = [widths[column], widths[column + 1]];
  const most = own + room + (next === undefined ? 0 : Math.max(0, next - NARROWEST_PX));
  const width = Math.max(NARROWEST_PX, Math.min(own + byPx, most));
  const given = width - own - room;
  return new Map([
    [column, width],
    ...(next !== undefined && given > 0 ? ([[column + 1, next - given]] as const) : []),
  ]);
}

export const setColumnWidths =
  (place: number, drawn: DrawnColumns, widths: ColumnWidths): Command =>
  ({ doc, tr }, dispatch) => {
    const table = doc.nodeAt(place);
    if (table?.type !== schema.nodes.table || !isBounded(table)) return false;
    const map = TableMap.get(table);
    for (const offset of cellsOf(map)) {
      const { left, right } = map.findCell(offset);
      const own = ownWidths(table, offset, right - left);
      const columns = Array.from({ length: right - left }, (_, index) => left + index);
      if (!columns.some((column) => widths.has(column))) continue;
      const after = columns.map((column, index) => {
        const width = widths.get(column);
        if (width === undefined) return own[index] ?? drawn.widths[column]!;
        return width && width * scaleOf(drawn, column);
      });
      // A cell has a width for each of its columns, or for none.
      const colwidth = after.every((width) => width !== null) ? after.map(boundedWidth) : null;
      const { colwidth: before } = table.nodeAt(offset)!.attrs;
      if (String(before) !== String(colwidth)) tr.setNodeAttribute(place + 1 + offset, 'colwidth', colwidth);
    }
    if (!tr.docChanged) return false;
    dispatch?.(asOwnStep(tr));
    return true;
  };

export type ColumnChange = 'wider' | 'narrower' | 'even' | 'own';

/** Of the column with the caret; `even` and `own` of all. */
export const changeColumns =
  (change: ColumnChange): Command =>
  (state, dispatch, view) => {
    const around = tableAround(state);
    if (!around || !view || !isBounded(around.table)) return false;
    const { index, place } = columnOf(state, selectionCell(state).pos)!;
    const drawn = drawnColumns(view, place);
    const mean = drawn.written.reduce((sum, width) => sum + width, 0) / drawn.written.length;
    const widths = {
      wider: () => widened(drawn, index, STEP_PX),
      narrower: () => widened(drawn, index, -STEP_PX),
      even: () => new Map(drawn.widths.map((_, column) => [column, mean / scaleOf(drawn, column)])),
      own: () => new Map(drawn.widths.map((_, column) => [column, null])),
    }[change]();
    return setColumnWidths(place, drawn, widths)(state, dispatch, view);
  };

/** Where a row is too short there is none. */
const cellsOf = ({ map }: TableMap): Set<number> => new Set(map.filter((offset) => offset !== 0));
