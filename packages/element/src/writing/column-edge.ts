// The edge of a column, by which it is made wider or narrower: with a mouse, at whichever edge that is; with a finger, at that of the cell
// with the caret. While it is dragged a line says where it will be, and nothing is written before it is let go.

import type { Editor } from '@weft/editor';
import { cellBefore, columnOf, type DrawnColumns, drawnColumns, setColumnWidths, widened } from '@weft/editor/tools';
import { isMirrored } from '../ui/root.js';

/** On both sides of it. */
const NEAR_PX = 6;

export class ColumnEdge extends HTMLElement {
  editor!: Editor;
  /** Whose end it is. */
  #cell: HTMLElement | null = null;
  /** While it is dragged. */
  #endDrag: ((isDone: boolean) => void) | null = null;
  #frame = 0;
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
    this.#endDrag?.(false);
    this.#ended.abort();
    cancelAnimationFrame(this.#frame);
  }

  /** The text or the selection is another. */
  changed(): void {
    if (this.#endDrag) return;
    cancelAnimationFrame(this.#frame);
    if (!matchMedia('(hover: none)').matches) return this.#show(null);
    // Measuring has the browser lay out the page: once a frame.
    this.#frame = requestAnimationFrame(() => {
      const { view } = this.editor;
      if (this.#endDrag) return;
      const at = view.editable ? view.domAtPos(view.state.selection.from).node : null;
      this.#show((at instanceof Element ? at : at?.parentElement)?.closest<HTMLElement>('td, th') ?? null);
    });
  }

  readonly #moved = ({ target, clientX, pointerType, buttons }: PointerEvent): void => {
    if (this.#endDrag || pointerType === 'touch' || target === this) return;
    const cell = target instanceof Element && buttons === 0 ? target.closest<HTMLElement>('td, th') : null;
    if (!cell || !this.editor.view.editable) return this.#show(null);
    const { left, right } = cell.getBoundingClientRect();
    const [start, end] = isMirrored(cell) ? [right, left] : [left, right];
    if (Math.abs(clientX - end) <= NEAR_PX) this.#show(cell);
    else this.#show(Math.abs(clientX - start) <= NEAR_PX ? this.#before(cell) : null);
  };

  #before(cell: HTMLElement): HTMLElement | null {
    const { view } = this.editor;
    const place = cellBefore(view.state, view.posAtDOM(cell, 0) - 1);
    return place === null ? null : (view.nodeDOM(place) as HTMLElement);
  }

  #show(cell: HTMLElement | null): void {
    this.#cell = cell;
    const table = cell?.closest('table');
    this.hidden = !table;
    // The page may not show the editor at all.
    const parent = this.offsetParent;
    if (!cell || !table || !parent) return;
    const own = parent.getBoundingClientRect();
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
    this.classList.add('is-dragged');
    const drawn: DrawnColumns = drawnColumns(view, column.place);
    const sign = isMirrored(this.#cell!) ? -1 : 1;
    let widths = widened(drawn, column.index, 0);
    const dragging = new AbortController();
    const { signal } = dragging;
    const end = (isDone: boolean): void => {
      dragging.abort();
      this.#endDrag = null;
      this.classList.remove('is-dragged');
      // Others may have moved it meanwhile.
      const now = this.#column;
      this.#show(null);
      if (isDone && now?.index === column.index) this.editor.run(setColumnWidths(now.place, drawn, widths));
    };
    this.#endDrag = end;
    this.addEventListener(
      'pointermove',
      ({ clientX }) => {
        widths = widened(drawn, column.index, sign * (clientX - down.clientX));
        this.style.translate = `${sign * (widths.get(column.index)! - drawn.widths[column.index]!)}px`;
      },
      { signal },
    );
    this.addEventListener('pointerup', () => end(this.style.translate !== ''), { signal });
    // Also after it was cancelled.
    this.addEventListener('lostpointercapture', () => end(false), { signal });
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
