// How wide the columns of a table are. What is written is a width in pixels in each cell of a column, or in none; what is drawn may be
// less where there is no room, and whoever changes one goes on from what is drawn.

import { schema } from '@weft/model';
import type { Command } from 'prosemirror-state';
import { selectionCell, TableMap } from 'prosemirror-tables';
import type { EditorView } from 'prosemirror-view';
import { isBounded, tableAround } from './table-commands.js';
import { asOwnStep } from './undo.js';

const NARROWEST_PX = 48;
const STEP_PX = 32;

/** By column: so many pixels, or null for as wide as its text asks for. */
export type ColumnWidths = ReadonlyMap<number, number | null>;

export interface DrawnColumns {
  readonly widths: readonly number[];
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
export function columnOf({ doc }: EditorView['state'], position: number): Column | null {
  const $cell = doc.resolve(position);
  const table = $cell.depth > 0 ? $cell.node(-1) : null;
  if (table?.type !== schema.nodes.table || !isBounded(table)) return null;
  return { place: $cell.before(-1), index: TableMap.get(table).findCell(position - $cell.start(-1)).right - 1 };
}

export function drawnColumns(view: EditorView, place: number): DrawnColumns {
  const map = TableMap.get(view.state.doc.nodeAt(place)!);
  const dom = view.nodeDOM(place) as HTMLElement;
  const table = dom.getBoundingClientRect();
  const isMirrored = getComputedStyle(dom).direction === 'rtl';
  const ends: number[] = [];
  for (const offset of cellsOf(map)) {
    const { right } = map.findCell(offset);
    if (ends[right - 1] !== undefined) continue;
    const cell = (view.nodeDOM(place + 1 + offset) as HTMLElement).getBoundingClientRect();
    ends[right - 1] = isMirrored ? table.right - cell.left : cell.right - table.left;
    if (Object.keys(ends).length === map.width) break;
  }
  const widths = Array.from({ length: map.width }, (_, column) =>
    Math.max(0, (ends[column] ?? 0) - (ends[column - 1] ?? 0)),
  );
  return { widths, room: Math.max(0, dom.parentElement!.clientWidth - table.width) };
}

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
  (place: number, { widths: drawn }: DrawnColumns, widths: ColumnWidths): Command =>
  ({ doc, tr }, dispatch) => {
    const table = doc.nodeAt(place);
    if (table?.type !== schema.nodes.table || !isBounded(table)) return false;
    const map = TableMap.get(table);
    for (const offset of cellsOf(map)) {
      const { left, right } = map.findCell(offset);
      const { colwidth: before } = table.nodeAt(offset)!.attrs;
      const after = Array.from({ length: right - left }, (_, index) => {
        const [column, own] = [left + index, Array.isArray(before) ? before[index] : null];
        const width = widths.has(column) ? widths.get(column)! : own && drawn[column];
        return width && Math.round(width);
      });
      // A cell has a width for each of its columns, or for none.
      const colwidth = after.every(Boolean) ? after : null;
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
    const all = (width: number | null): ColumnWidths => new Map(drawn.widths.map((_, column) => [column, width]));
    const widths = {
      wider: () => widened(drawn, index, STEP_PX),
      narrower: () => widened(drawn, index, -STEP_PX),
      even: () => all(drawn.widths.reduce((sum, width) => sum + width, 0) / drawn.widths.length),
      own: () => all(null),
    }[change]();
    return setColumnWidths(place, drawn, widths)(state, dispatch, view);
  };

/** Where a row is too short there is none. */
const cellsOf = ({ map }: TableMap): Set<number> => new Set(map.filter((offset) => offset !== 0));
