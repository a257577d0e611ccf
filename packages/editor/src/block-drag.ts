// A block is dragged by its handle: it is selected as a whole, so that what others write meanwhile moves it along, and a line shows
// where it will go: above the block under the mouse or below it, whichever is nearer. With Ctrl (⌥ on a Mac) a copy goes there.

import { Fragment, Slice } from 'prosemirror-model';
import { NodeSelection, Plugin, Selection, type Transaction } from 'prosemirror-state';
import type { EditorView } from 'prosemirror-view';
import { blockAround, copyOf } from './block-commands.js';
import { asOwnStep } from './undo.js';

/** Views of which a block is dragged by its handle, and the line in them. */
const dragged = new WeakMap<EditorView, HTMLElement>();

/** For `dragstart` of a handle. @param place  where the block begins */
export function dragBlock(view: EditorView, place: number, event: DragEvent): void {
  const { state } = view;
  const block = NodeSelection.create(state.doc, place);
  view.focus();
  view.dispatch(state.tr.setSelection(block));
  view.dragging = { slice: block.content(), move: true };
  clear(view);
  const line = document.createElement('div');
  line.className = 'weft-dropline';
  line.hidden = true;
  view.dom.after(line);
  dragged.set(view, line);
  const shown = view.nodeDOM(place);
  if (event.dataTransfer) {
    event.dataTransfer.effectAllowed = 'copyMove';
    event.dataTransfer.setData('text/plain', block.node.textBetween(0, block.node.content.size, '\n'));
    if (shown instanceof HTMLElement) event.dataTransfer.setDragImage(shown, 0, 0);
  }
}

/** For `dragend` of a handle. Where it was dropped nowhere, what is typed next must not take the place of the block. */
export function endDrag(view: EditorView): void {
  if (!clear(view)) return;
  const { selection, tr } = view.state;
  if (selection instanceof NodeSelection) view.dispatch(tr.setSelection(Selection.near(selection.$from, 1)));
}

/** @returns whether there was one */
function clear(view: EditorView): boolean {
  dragged.get(view)?.remove();
  return dragged.delete(view);
}

/** The block in whose row a point of the window is: where it begins; null where there is none. */
export function blockAtPoint(view: EditorView, x: number, y: number): number | null {
  const { left, right } = view.dom.getBoundingClientRect();
  const found = view.posAtCoords({ left: Math.max(left + 1, Math.min(x, right - 1)), top: y });
  if (!found) return null;
  const { doc } = view.state;
  const around = blockAround(doc.resolve(found.pos));
  if (around !== null) return around;
  // A rule, say, which has no inside.
  const place = found.inside >= 0 ? found.inside : found.pos;
  const $place = doc.resolve(place);
  return $place.depth === 0 && $place.nodeAfter ? place : null;
}

interface Target {
  readonly place: number;
  /** The block it is beside, in the window. */
  readonly box: DOMRect;
  readonly isBelow: boolean;
}

function targetOf(view: EditorView, { clientX, clientY }: MouseEvent): Target | null {
  const place = blockAtPoint(view, clientX, clientY);
  const block = place === null ? null : view.nodeDOM(place);
  if (place === null || !(block instanceof HTMLElement)) return null;
  const box = block.getBoundingClientRect();
  const isBelow = clientY > (box.top + box.bottom) / 2;
  return { place: isBelow ? place + view.state.doc.nodeAt(place)!.nodeSize : place, box, isBelow };
}

export function blockDrops(): Plugin {
  return new Plugin({
    props: {
      handleDOMEvents: {
        dragover: (view, event) => {
          const line = dragged.get(view);
          if (!line) return false;
          // The cursor for other drops looks for a place in the text.
          event.stopImmediatePropagation();
          event.preventDefault();
          draw(line, targetOf(view, event));
          return true;
        },
      },
      handleDrop: (view, event, _slice, isMoved) => {
        const { selection } = view.state;
        if (!dragged.has(view) || !(selection instanceof NodeSelection)) return false;
        clear(view);
        const to = targetOf(view, event)?.place ?? null;
        const isElsewhere = to !== null && (!isMoved || to < selection.from || to > selection.to);
        if (isElsewhere && view.editable) view.dispatch(put(asOwnStep(view.state.tr), selection, to, isMoved));
        else view.dispatch(view.state.tr.setSelection(Selection.near(selection.$from, 1)));
        view.focus();
        return true;
      },
    },
  });
}

function draw(line: HTMLElement, target: Target | null): void {
  line.hidden = target === null;
  if (target === null) return;
  // Hidden it would have no parent to be placed in.
  const own = line.offsetParent?.getBoundingClientRect();
  const { left, top, bottom, width } = target.box;
  line.style.left = `${left - (own?.left ?? 0)}px`;
  line.style.top = `${(target.isBelow ? bottom + 4 : top - 6) - (own?.top ?? 0)}px`;
  line.style.width = `${width}px`;
}

function put(tr: Transaction, { node, $from, to: end }: NodeSelection, to: number, isMoved: boolean): Transaction {
  if (isMoved) {
    // A list that its last item leaves goes as well.
    let [from, until] = [$from.pos, end];
    for (let { depth } = $from; depth > 0 && $from.node(depth).childCount === 1; depth--) {
      if ($from.node(depth).type.spec.isolating || (to > $from.before(depth) && to < $from.after(depth))) break;
      [from, until] = [$from.before(depth), $from.after(depth)];
    }
    tr.delete(from, until);
  }
  const at = tr.mapping.map(to);
  tr.replaceRange(at, at, new Slice(Fragment.from(isMoved ? node : copyOf(node)), 0, 0));
  return tr.setSelection(Selection.near(tr.doc.resolve(Math.min(at, tr.doc.content.size)), 1)).scrollIntoView();
}
