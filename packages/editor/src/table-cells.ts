// Cells of a table by mouse and keyboard: a drag from one to another selects all between, Tab goes from one to the next, and what was
// copied from a table goes into cells. Without a state of its own, so that it can be given to a view that is there.

import type { ResolvedPos } from 'prosemirror-model';
import { type EditorState, Plugin } from 'prosemirror-state';
import { CellSelection, inSameTable, TableMap, tableEditing } from 'prosemirror-tables';
import type { EditorView } from 'prosemirror-view';
import { isBounded, nextCell, tableAround } from './table-commands.js';

export function tableCells(): Plugin {
  const { handleKeyDown, handlePaste, decorations } = tableEditing().props;
  let isDragging = false;

  const followDrag = (view: EditorView, start: Element): void => {
    const ended = new AbortController();
    const options = { signal: ended.signal };
    const end = (): void => {
      isDragging = false;
      ended.abort();
    };
    const move = (event: MouseEvent): void => {
      if (event.buttons === 0 || view.isDestroyed || !view.dom.contains(start)) return end();
      // The window hears of it from outside a shadow root.
      const cell = cellUnder(event.composedPath()[0]);
      if (cell === null || (cell === start && !isDragging)) return;
      isDragging = selectCells(view, placeOf(view, start), placeOf(view, cell)) || isDragging;
    };
    addEventListener('mousemove', move, options);
    addEventListener('mouseup', end, options);
    addEventListener('dragstart', end, options);
  };

  return new Plugin({
    props: {
      decorations: decorations!,
      createSelectionBetween: (view) => (isDragging ? view.state.selection : null),
      handleKeyDown(view, event) {
        if (!isInSoundTable(view.state)) return false;
        if (event.key === 'Tab' && !isInItemOfCell(view.state) && view.editable) {
          return nextCell(event.shiftKey ? -1 : 1)(view.state, view.dispatch, view);
        }
        return handleKeyDown!.call(this, view, event) === true;
      },
      handlePaste(view, event, slice) {
        return isInSoundTable(view.state) && handlePaste!.call(this, view, event, slice) === true;
      },
      handleDOMEvents: {
        mousedown: (view, event) => {
          const cell = cellUnder(event.target);
          if (cell === null || event.button !== 0 || event.ctrlKey || event.metaKey) return false;
          if (!event.shiftKey) {
            followDrag(view, cell);
            return false;
          }
          const isSelected = selectCells(view, cellAround(view.state), placeOf(view, cell));
          if (isSelected) event.preventDefault();
          return isSelected;
        },
      },
    },
  });
}

const cellUnder = (target: EventTarget | null | undefined): Element | null =>
  target instanceof Element ? target.closest('td, th') : null;

/** Before the cell; null when it is none of the document's. */
function placeOf(view: EditorView, cell: Element): ResolvedPos | null {
  if (!view.dom.contains(cell)) return null;
  const $place = view.state.doc.resolve(view.posAtDOM(cell, 0) - 1);
  return isCell($place) ? $place : null;
}

const isCell = ($place: ResolvedPos): boolean => $place.parent.type.name === 'table_row' && $place.nodeAfter !== null;

/** Before the cell with the anchor of the selection. */
function cellAround({ selection, doc }: EditorState): ResolvedPos | null {
  if (selection instanceof CellSelection) return selection.$anchorCell;
  const { $anchor } = selection;
  for (let depth = $anchor.depth; depth > 0; depth--) {
    const $place = doc.resolve($anchor.before(depth));
    if (isCell($place)) return $place;
  }
  return null;
}

/** There the key is the list's. */
function isInItemOfCell({ selection: { $from } }: EditorState): boolean {
  for (let depth = $from.depth; depth > 0; depth--) {
    if (isCell($from.doc.resolve($from.before(depth)))) return false;
    if (['list_item', 'task_item'].includes($from.node(depth).type.name)) return true;
  }
  return false;
}

/** @returns whether they are selected now */
function selectCells(view: EditorView, $from: ResolvedPos | null, $to: ResolvedPos | null): boolean {
  if ($from === null || $to === null || !inSameTable($from, $to) || !isBounded($from.node(-1))) return false;
  const { selection, tr } = view.state;
  if ($from.pos === $to.pos && !(selection instanceof CellSelection)) return false;
  const cells = new CellSelection($from, $to);
  if (!selection.eq(cells)) view.dispatch(tr.setSelection(cells));
  return true;
}

function isInSoundTable(state: EditorState): boolean {
  const around = tableAround(state);
  return around !== null && isBounded(around.table) && !TableMap.get(around.table).problems;
}
