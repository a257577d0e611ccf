// A table of Word's as one of ours: cells that go on in the row below become one that spans both.

import { Fragment, type Node } from 'prosemirror-model';
import { spanOf, widthOf } from '../attributes.js';
import { schema } from '../schema.js';
import { HEADER_FILL, STYLES, TWIPS_PER_PIXEL } from './names.js';
import { settleAlignment } from './subset.js';
import { childNamed, descend, elementsOf, switchOf, val, type XmlElement } from './xml.js';

interface Cell {
  readonly isHeader: boolean;
  readonly colspan: number;
  rowspan: number;
  readonly colwidth: readonly number[] | null;
  readonly blocks: Node[];
}

/** @param readBlocks  reads what is in a cell */
export function readTable(table: XmlElement, readBlocks: (cell: XmlElement) => Node[]): Node {
  const isFixed = descend(table, 'w:tblPr', 'w:tblLayout')?.attrs.get('w:type') === 'fixed';
  const grid = elementsOf(childNamed(table, 'w:tblGrid') ?? table)
    .filter(({ name }) => name === 'w:gridCol')
    .map((column) => widthOf(Number(column.attrs.get('w:w')) / TWIPS_PER_PIXEL));
  /** By column: the cell that began above and may go on. */
  const above = new Map<number, Cell>();
  const rows = within(table, 'w:tr').map((row) => {
    const cells: Cell[] = [];
    const isHeaderRow = switchOf(childNamed(row, 'w:trPr'), 'w:tblHeader') ?? false;
    let column = Number(val(childNamed(row, 'w:trPr'), 'w:gridBefore') ?? 0) || 0;
    for (const square of within(row, 'w:tc')) {
      const looks = childNamed(square, 'w:tcPr');
      const colspan = spanOf(val(looks, 'w:gridSpan') ?? 1);
      const merge = childNamed(looks, 'w:vMerge');
      const goesOn = merge && merge.attrs.get('w:val') !== 'restart' ? above.get(column) : undefined;
      const start = column;
      column += colspan;
      if (isGap(square)) continue;
      const blocks = readBlocks(square);
      if (goesOn) {
        goesOn.rowspan += 1;
        for (const block of blocks) if (block.content.size > 0) goesOn.blocks.push(block);
        continue;
      }
      const widths = grid.slice(start, column);
      const isWide = isFixed && childNamed(looks, 'w:tcW')?.attrs.get('w:type') === 'dxa';
      const cell: Cell = {
        isHeader: isHeaderRow || childNamed(looks, 'w:shd')?.attrs.get('w:fill') === HEADER_FILL,
        colspan,
        rowspan: 1,
        colwidth: isWide && widths.length === colspan && widths.every((width) => width !== null) ? widths : null,
        blocks,
      };
      if (merge) above.set(start, cell);
      else above.delete(start);
      cells.push(cell);
    }
    return cells;
  });
  return schema.node(
    'table',
    null,
    rows.map((cells) => schema.node('table_row', null, cells.map(asNode))),
  );
}

function asNode({ isHeader, colspan, rowspan, colwidth, blocks }: Cell): Node {
  const { align, content } = settleAlignment(null, Fragment.fromArray(blocks));
  return schema.node(isHeader ? 'table_header' : 'table_cell', { colspan, rowspan, colwidth, align }, content);
}

/** A square that we wrote where no cell is. */
function isGap(square: XmlElement): boolean {
  const [only, ...more] = elementsOf(square).filter(({ name }) => name !== 'w:tcPr');
  return more.length === 0 && val(childNamed(only, 'w:pPr'), 'w:pStyle') === STYLES.gap && !childNamed(only, 'w:r');
}

/** Rows of a table, or cells of a row, also those in a content control, or that were put in as a change. */
function within(parent: XmlElement, name: string): XmlElement[] {
  return elementsOf(parent).flatMap((child) =>
    child.name === name ? [child] : /^w:(?:sdt|sdtContent|ins|customXml)$/.test(child.name) ? within(child, name) : [],
  );
}
