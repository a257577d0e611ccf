// The edge of a column, by which it is made wider or narrower: with a mouse, at whichever edge that is; with a finger, at that of the cell
// with the caret. While it is dragged a line says where it will be, and nothing is written before it is let go.

import type { Editor } from '@weft/editor';
import { columnOf, type DrawnColumns, drawnColumns, setColumnWidths, widened } from '@weft/editor/tools';
import { isMirrored } from '../ui/root.js';

/** On both sides of it. */
const NEAR_PX = 6;

export class ColumnEdge extends HTMLElement {
  editor!: Editor;
  /** Whose end it is. */
  #cell: HTMLElement | null = null;
  #isDragged = false;
  #ended = new AbortController();

  connectedCallback(): void {
    this.className = 'column-edge';
    this.hidden = true;
    this.#ended = new AbortController();
    const { signal } = this.#ended;
    this.parentElement!.addEventListener('pointermove', this.#moved, { signal, passive: true });
    this.addEventListener('pointerdown', this.#pressed, { signal });
    // The caret stays where it is.
    this.addEventListener('mousedown', (event) => event.preventDefault(), { signal });
    addEventListener('resize', () => this.#show(null), { signal });
  }

  disconnectedCallback(): void {
    this.#ended.abort();
  }

  /** The text or the selection is another. */
  changed(): void {
    if (this.#isDragged) return;
    const { view } = this.editor;
    const isTouched = matchMedia('(hover: none)').matches && view.editable;
    const at = isTouched ? view.domAtPos(view.state.selection.from).node : null;
    this.#show((at instanceof Element ? at : at?.parentElement)?.closest<HTMLElement>('td, th') ?? null);
  }

  readonly #moved = ({ target, clientX, pointerType, buttons }: PointerEvent): void => {
    if (this.#isDragged || pointerType === 'touch' || target === this) return;
    const cell = target instanceof Element && buttons === 0 ? target.closest<HTMLElement>('td, th') : null;
    if (!cell || !this.editor.view.editable) return this.#show(null);
    const { left, right } = cell.getBoundingClientRect();
    const [start, end] = isMirrored(cell) ? [right, left] : [left, right];
    if (Math.abs(clientX - end) <= NEAR_PX) this.#show(cell);
    else this.#show(Math.abs(clientX - start) <= NEAR_PX ? (cell.previousElementSibling as HTMLElement | null) : null);
  };

  #show(cell: HTMLElement | null): void {
    this.#cell = cell;
    const table = cell?.closest('table');
    this.hidden = !table;
    if (!cell || !table) return;
    const own = this.offsetParent!.getBoundingClientRect();
    const [box, around] = [cell.getBoundingClientRect(), table.getBoundingClientRect()];
    this.style.left = `${(isMirrored(cell) ? box.left : box.right) - own.left - this.offsetWidth / 2}px`;
    this.style.top = `${around.top - own.top}px`;
    this.style.height = `${around.height}px`;
    this.style.translate = '';
  }

  readonly #pressed = (down: PointerEvent): void => {
    const { view } = this.editor;
    const column = this.#column;
    if (down.button !== 0 || !column || !view.editable) return;
    down.preventDefault();
    this.setPointerCapture(down.pointerId);
    this.#isDragged = true;
    this.classList.add('is-dragged');
    const drawn: DrawnColumns = drawnColumns(view, column.place);
    const sign = isMirrored(this.#cell!) ? -1 : 1;
    let widths = widened(drawn, column.index, 0);
    const dragging = new AbortController();
    const { signal } = dragging;
    const end = (isDone: boolean): void => {
      dragging.abort();
      this.#isDragged = false;
      this.classList.remove('is-dragged');
      // Others may have moved it meanwhile.
      const now = this.#column;
      this.#show(null);
      if (isDone && now?.index === column.index) this.editor.run(setColumnWidths(now.place, drawn, widths));
    };
    this.addEventListener(
      'pointermove',
      ({ clientX }) => {
        widths = widened(drawn, column.index, sign * (clientX - down.clientX));
        this.style.translate = `${sign * (widths.get(column.index)! - drawn.widths[column.index]!)}px`;
      },
      { signal },
    );
    this.addEventListener('pointerup', () => end(this.style.translate !== ''), { signal });
    this.addEventListener('pointercancel', () => end(false), { signal });
    addEventListener(
      'keydown',
      (event) => {
        if (event.key !== 'Escape') return;
        event.preventDefault();
        event.stopPropagation();
        end(false);
      },
      { signal, capture: true },
    );
  };

  /** As it is now; null once the cell is gone. */
  get #column() {
    const { view } = this.editor;
    if (!this.#cell || !view.dom.contains(this.#cell)) return null;
    return columnOf(view.state, view.posAtDOM(this.#cell, 0) - 1);
  }
}

customElements.define('weft-column-edge', ColumnEdge);
