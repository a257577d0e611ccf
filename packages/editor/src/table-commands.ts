// What is done to a table: rows, columns, headers, merged cells. prosemirror-tables does it, and takes tables to be rectangles with
// something in each cell; ours may be anything that two people's changes make of them. So a table is put right first, in
// the same step and only by whoever changes it (a repair by everybody who sees it would be made several times), and one that nobody
// can put right is left alone.

import { schema } from '@weft/model';
import type { Node } from 'prosemirror-model';
import { type Command, EditorState, Selection, TextSelection, type Transaction } from 'prosemirror-state';
import {
  addColumnAfter,
  addColumnBefore,
  addRowAfter,
  addRowBefore,
  CellSelection,
  cellAround,
  deleteColumn,
  deleteRow,
  deleteTable,
  fixTables,
  goToNextCell,
  mergeCells,
  setCellAttr,
  splitCell,
  TableMap,
  toggleHeader,
} from 'prosemirror-tables';
import { StepMap } from 'prosemirror-transform';
import { asOwnStep } from './undo.js';

const { nodes } = schema;
/** More cells than anybody looks at. */
const MAX_CELLS = 20_000;
const MAX_SPAN = 100;

export type TableAction =
  | 'row above'
  | 'row below'
  | 'column before'
  | 'column after'
  | 'header row'
  | 'header column'
  | 'merge'
  | 'split'
  | 'align start'
  | 'align center'
  | 'align right'
  | 'delete row'
  | 'delete column'
  | 'delete table';

const commands: Readonly<Record<TableAction, Command>> = {
  'row above': addRowBefore,
  'row below': addRowAfter,
  'column before': addColumnBefore,
  'column after': addColumnAfter,
  'header row': toggleHeader('row'),
  'header column': toggleHeader('column'),
  merge: mergeCells,
  split: splitCell,
  'align start': setCellAttr('align', null),
  'align center': setCellAttr('align', 'center'),
  'align right': setCellAttr('align', 'right'),
  'delete row': deleteRow,
  'delete column': deleteColumn,
  'delete table': deleteTable,
};

/** The innermost table the selection is in, and where it begins; null when it is in none. */
export function tableAround({
  selection: { $from },
}: EditorState): { readonly table: Node; readonly place: number } | null {
  // Of a row of cells the selection begins in the row.
  for (let depth = $from.depth; depth > 0; depth--) {
    const table = $from.node(depth);
    if (table.type === nodes.table) return { table, place: $from.before(depth) };
  }
  return null;
}

export type Alignment = Extract<TableAction, `align ${string}`>;

/** How the cells are aligned that are selected, or the one with the caret; null when not all alike, or in another way. */
export function alignmentAt({ selection }: EditorState): Alignment | null {
  const found = new Set<unknown>();
  if (selection instanceof CellSelection) selection.forEachCell(({ attrs }) => found.add(attrs.align));
  else found.add(cellAround(selection.$from)?.nodeAfter?.attrs.align);
  const [align] = found;
  if (found.size !== 1) return null;
  return align === null ? 'align start' : align === 'center' || align === 'right' ? `align ${align}` : null;
}

export const changeTable = (action: TableAction): Command => inSoundTable(commands[action]);

/** To the next cell, or the one before; from the last one to a new row. Not in a list in a cell, where the key is the list's. */
export const nextCell = (direction: 1 | -1): Command =>
  inSoundTable((state, dispatch) => {
    if (goToNextCell(direction)(state, dispatch)) return true;
    if (direction < 0) return false;
    return addRowAfter(state, (tr) => {
      const { place } = tableAround(state)!;
      const row = tr.doc.nodeAt(place)!.lastChild!;
      const end = place + tr.doc.nodeAt(place)!.nodeSize - 1;
      filled(tr, place);
      dispatch?.(tr.setSelection(TextSelection.near(tr.doc.resolve(end - row.nodeSize + 1))).scrollIntoView());
    });
  });

/** Runs it on the table put right, and leaves nothing without a place to write. */
function inSoundTable(command: Command): Command {
  return (state, dispatch, view) => {
    const around = tableAround(state);
    if (around === null || !isBounded(around.table)) return false;
    const { tr } = state;
    repair(tr, around.place);
    const sound = tr.docChanged ? EditorState.create({ doc: tr.doc, selection: tr.selection }) : state;
    if (!dispatch) return command(sound, undefined, view);
    return command(
      sound,
      (made) => {
        for (const step of made.steps) tr.step(step);
        tr.setSelection(made.selection.getBookmark().resolve(tr.doc));
        if (tr.doc.nodeAt(around.place)?.type === nodes.table) {
          filled(tr, around.place);
          stayIn(tr, around.place, tr.mapping.map(state.selection.from, -1));
        }
        dispatch(tr.docChanged ? asOwnStep(tr).scrollIntoView() : tr.scrollIntoView());
      },
      view,
    );
  };
}

/** A peer may say that a cell spans a billion. */
export function isBounded(table: Node): boolean {
  const cells = table.children.flatMap((row) => row.children);
  const places = cells.reduce((sum, { attrs }) => sum + attrs.colspan * attrs.rowspan, 0);
  return (
    cells.length > 0 &&
    cells.every(({ attrs }) => isSpan(attrs.colspan) && isSpan(attrs.rowspan)) &&
    places <= MAX_CELLS
  );
}

const isSpan = (value: unknown): boolean => Number.isInteger(value) && Number(value) >= 1 && Number(value) <= MAX_SPAN;

/** The one table by itself: what others make of theirs is not looked at. */
function repair(tr: Transaction, place: number): void {
  const table = tr.doc.nodeAt(place)!;
  if (!TableMap.get(table).problems) return;
  const alone = EditorState.create({ doc: nodes.doc.create(null, table) });
  for (const step of fixTables(alone)?.steps ?? []) tr.step(step.map(StepMap.offset(place))!);
}

/** A new cell has nothing in it. */
function filled(tr: Transaction, place: number): void {
  const empty: number[] = [];
  const bookmark = tr.selection.getBookmark();
  const { length } = tr.mapping.maps;
  tr.doc.nodeAt(place)!.descendants((node, offset) => {
    if (node.type === nodes.table_row) return true;
    if (node.childCount === 0) empty.push(place + 1 + offset + 1);
    return false;
  });
  for (const at of empty.reverse()) tr.insert(at, nodes.paragraph.create());
  if (empty.length > 0) tr.setSelection(bookmark.map(tr.mapping.slice(length)).resolve(tr.doc));
}

/** Whoever deletes a row or a column goes on in what is left. @param at  where the caret was */
function stayIn(tr: Transaction, place: number, at: number): void {
  const end = place + tr.doc.nodeAt(place)!.nodeSize;
  const isIn = (selection: Selection | null): boolean =>
    selection !== null && selection.from > place && selection.to < end;
  if (isIn(tr.selection)) return;
  const $at = tr.doc.resolve(Math.max(place + 1, Math.min(at, end - 1)));
  const found = [-1, 1].map((side) => Selection.findFrom($at, side, true)).find(isIn);
  if (found) tr.setSelection(found);
}

/** Whether its first row and its first column are headers. */
export function headersOf(table: Node): { readonly row: boolean; readonly column: boolean } {
  const isHeader = (cell: Node | null | undefined): boolean => cell?.type === nodes.table_header;
  const rows = table.children.filter(({ childCount }) => childCount > 0);
  return {
    row: rows[0]?.children.every(isHeader) ?? false,
    column: rows.length > 0 && rows.every(({ firstChild }) => isHeader(firstChild)),
  };
}
