// Where the cells of a table stand: rows of any length and spans that reach over others or beyond the end become a grid in
// which every square belongs to one cell at most.

import type { Node } from 'prosemirror-model';
import { columnWidthsOf, spanOf } from '../attributes.js';

export interface PlacedCell {
  readonly node: Node;
  readonly column: number;
  readonly colspan: number;
  readonly rowspan: number;
}

export interface TableLayout {
  readonly columns: number;
  /** The cells that begin in each row, from left to right. */
  readonly rows: readonly (readonly PlacedCell[])[];
  /** Of each column in pixels; null where no cell says it. */
  readonly widths: readonly (number | null)[];
  /** Those for which there was no column. */
  readonly beyond: readonly Node[];
}

/** As many as Word has. */
export const MAX_COLUMNS = 63;

export function layOut(table: Node): TableLayout {
  /** By column: the first row that is free. */
  const freeFrom: number[] = new Array(MAX_COLUMNS).fill(0);
  const widths: (number | null)[] = [];
  const beyond: Node[] = [];
  let columns = 0;
  const rows = table.children.map((row, index) => {
    const placed: PlacedCell[] = [];
    let column = 0;
    const isFree = (at: number): boolean => at < MAX_COLUMNS && freeFrom[at]! <= index;
    for (const node of row.children) {
      while (column < MAX_COLUMNS && !isFree(column)) column++;
      if (column === MAX_COLUMNS) {
        beyond.push(node);
        continue;
      }
      const wanted = spanOf(node.attrs.colspan);
      const rowspan = Math.min(spanOf(node.attrs.rowspan), table.childCount - index);
      const own = columnWidthsOf(node.attrs.colwidth, wanted);
      let colspan = 0;
      for (; colspan < wanted && isFree(column + colspan); colspan++) {
        freeFrom[column + colspan] = index + rowspan;
        widths[column + colspan] ??= own?.[colspan] ?? null;
      }
      placed.push({ node, column, colspan, rowspan });
      column += colspan;
      columns = Math.max(columns, column);
    }
    return placed;
  });
  return { columns, rows, widths: Array.from({ length: columns }, (_, column) => widths[column] ?? null), beyond };
}

/** Of a placed cell: null unless it has widths of its own. */
export function placedWidths({ widths }: TableLayout, { node, column, colspan }: PlacedCell): readonly number[] | null {
  if (columnWidthsOf(node.attrs.colwidth, spanOf(node.attrs.colspan)) === null) return null;
  return widths.slice(column, column + colspan).map((width) => width!);
}
