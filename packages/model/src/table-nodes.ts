// Tables in the shape that prosemirror-tables works on. Rows of different lengths, empty ones and spans that overlap are
// allowed: two people's changes of one table meet in Yjs, and nothing of it may be refused.

import type { DOMOutputSpec, Node, NodeSpec, TagParseRule } from 'prosemirror-model';
import { alignmentOf, byItsText, columnWidthsOf, readAlignment, spanOf } from './attributes.js';

function isColumnWidths(value: unknown): void {
  if (value === null || (Array.isArray(value) && value.every((width) => typeof width === 'number'))) return;
  throw new RangeError('The widths of columns are a list of numbers.');
}

const cellAttrs = {
  colspan: { default: 1, validate: 'number' },
  rowspan: { default: 1, validate: 'number' },
  /** One width in pixels for each column the cell spans. */
  colwidth: { default: null, validate: isColumnWidths },
  align: { default: null, validate: 'string|null' },
} as const;

function readCell(dom: HTMLElement): Record<string, unknown> {
  const colspan = spanOf(dom.getAttribute('colspan') ?? 1);
  const widths = dom.getAttribute('data-colwidth')?.split(',').map(Number);
  return {
    colspan,
    rowspan: spanOf(dom.getAttribute('rowspan') ?? 1),
    colwidth: columnWidthsOf(widths, colspan),
    align: readAlignment(dom),
  };
}

function cell(tag: 'td' | 'th', tableRole: 'cell' | 'header_cell') {
  return {
    attrs: cellAttrs,
    content: 'block*',
    tableRole,
    isolating: true,
    parseDOM: [{ tag, getAttrs: readCell }] as TagParseRule[],
    toDOM: (node: Node): DOMOutputSpec => {
      const [colspan, rowspan] = [spanOf(node.attrs.colspan), spanOf(node.attrs.rowspan)];
      const widths = columnWidthsOf(node.attrs.colwidth, colspan);
      const attrs = {
        colspan: colspan === 1 ? null : String(colspan),
        rowspan: rowspan === 1 ? null : String(rowspan),
        'data-colwidth': widths?.join(','),
        width: widths && String(widths.reduce((sum, width) => sum + width)),
        'data-align': alignmentOf(node.attrs.align),
      };
      return [tag, attrs, 0];
    },
  } as const;
}

export const tableNodes = {
  table: {
    content: 'table_row*',
    group: 'block',
    tableRole: 'table',
    isolating: true,
    parseDOM: [{ tag: 'table' }],
    toDOM: (): DOMOutputSpec => ['table', byItsText, ['tbody', 0]],
  },
  table_row: {
    content: '(table_cell | table_header)*',
    tableRole: 'row',
    parseDOM: [{ tag: 'tr' }],
    toDOM: (): DOMOutputSpec => ['tr', 0],
  },
  table_cell: cell('td', 'cell'),
  table_header: cell('th', 'header_cell'),
} as const satisfies Record<string, NodeSpec>;
