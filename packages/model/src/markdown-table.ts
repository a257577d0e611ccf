// A table as Markdown can hold it: one row of headers, rows of the same length under it, one line in each cell, and an
// alignment for each column.

import type { Fragment, Node } from 'prosemirror-model';
import { alignmentOf, spanOf } from './attributes.js';
import { schema } from './schema.js';

/** More than this for each cell there is, and spans are taken for one: a few cells may claim a billion. */
const MAX_GROWTH = 20;

/** @param reduceCell  what a cell's content becomes in one line */
export function reduceTable(table: Node, reduceCell: (cell: Node) => Fragment, warnings: Set<string>): Node[] {
  const grid = gridOf(table, warnings);
  const columns = Math.max(0, ...grid.map((row) => row.length));
  if (columns === 0) return [];
  const [head] = grid;
  if (!Array.from({ length: columns }).every((_none, column) => head![column]?.type.name === 'table_header')) {
    warnings.add('In Markdown the first row of a table is its head: an empty one was added.');
    grid.unshift([]);
  }
  const aligns = Array.from({ length: columns }, (_none, column) =>
    columnAlign(grid.flatMap((row) => row[column] ?? [])),
  );
  const rows = grid.map((row, index) => {
    const name = index === 0 ? 'table_header' : 'table_cell';
    const cells = aligns.map((align, column) => {
      const cell = row[column];
      if (cell) tellLoss(cell, name, align, warnings);
      return schema.node(name, { align }, [schema.node('paragraph', null, cell ? reduceCell(cell) : [])]);
    });
    return schema.node('table_row', null, cells);
  });
  return [schema.node('table', null, rows)];
}

/** Cells by row and column; those that others reach into are not there. */
function gridOf(table: Node, warnings: Set<string>): (Node | undefined)[][] {
  const spans = table.children.flatMap(({ children }) => children.map(({ attrs }) => areaOf(attrs)));
  const doesGrow = spans.reduce((sum, area) => sum + area, 0) > MAX_GROWTH * spans.length;
  const grid: (Node | undefined)[][] = table.children.map(() => []);
  for (const [index, row] of table.children.entries()) {
    let column = 0;
    for (const cell of row.children) {
      while (column in grid[index]!) column++;
      const isMerged = !doesGrow && areaOf(cell.attrs) > 1;
      if (isMerged) warnings.add('Markdown has no merged cells: the others of them are empty.');
      const [right, below] = isMerged ? [spanOf(cell.attrs.colspan), spanOf(cell.attrs.rowspan)] : [1, 1];
      for (const line of grid.slice(index, index + below)) {
        for (let at = column; at < column + right; at++) line[at] ??= undefined;
      }
      grid[index]![column] = cell;
      column += right;
    }
  }
  return grid;
}

const areaOf = (attrs: Node['attrs']): number => spanOf(attrs.colspan) * spanOf(attrs.rowspan);

/** What the first cell that says one says; Markdown cannot justify. */
function columnAlign(cells: readonly Node[]): string | null {
  const align = cells.map((cell) => alignmentOf(cell.attrs.align)).find((one) => one !== null) ?? null;
  return align === 'justify' ? null : align;
}

function tellLoss({ type, attrs }: Node, name: string, align: string | null, warnings: Set<string>): void {
  if (type.name !== name) warnings.add('In Markdown only the first row of a table has headers: others became cells.');
  if (alignmentOf(attrs.align) !== align) warnings.add('In Markdown all cells of a column are aligned alike.');
  if (attrs.colwidth !== null) warnings.add('Markdown has no widths of columns: they were left out.');
}
