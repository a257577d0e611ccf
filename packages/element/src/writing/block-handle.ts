// The handle of a block, beside it: by it the block is dragged, and pressing it opens its menu. It is shown for the block under the
// mouse; who has none gets to all of it by keys and from the toolbar. While the caret is in it, a table has a button at its corner, and code
// one that says its language.

import type { Editor } from '@weft/editor';
import { blockAtPoint, dragBlock, endDrag, isRightToLeft, tableAround } from '@weft/editor/tools';
import * as words from '@weft/words/tools';
import * as writing from '@weft/words/writing';
import { html, type TemplateResult } from 'lit';
import { createRef, ref } from 'lit/directives/ref.js';
import { languageName } from '../code/code-languages.js';
import type { Box } from '../ui/float.js';
import { icons } from '../ui/icons.js';
import { LightElement } from '../ui/light-element.js';
import { isMirrored } from '../ui/root.js';
import { writingIcons } from './writing-icons.js';

const SIZE_PX = 26;
const GAP_PX = 6;
/** What stands before the text of an item: its bullet, number or box. */
const MARKER_PX = 26;

/** Says `weft-block-menu` with the box of the control that was pressed, and what the menu is about. */
export class BlockHandle extends LightElement {
  static override properties = { editor: { attribute: false } };
  declare editor: Editor;
  readonly #grip = createRef<HTMLElement>();
  readonly #corner = createRef<HTMLElement>();
  readonly #language = createRef<HTMLElement>();
  #ended: AbortController | null = null;
  #frame = 0;
  #mouse: MouseEvent | null = null;
  /** Where the block begins that the grip is beside; null while none is shown. */
  #place: number | null = null;

  override connectedCallback(): void {
    super.connectedCallback();
    this.#ended = new AbortController();
    const quietly = { signal: this.#ended.signal, passive: true };
    const desk = this.closest<HTMLElement>('.desk');
    desk?.addEventListener('mousemove', this.#mouseMoved, quietly);
    desk?.addEventListener('mouseleave', this.#hideGrip, quietly);
    addEventListener('resize', this.#hideGrip, quietly);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#ended?.abort();
    cancelAnimationFrame(this.#frame);
  }

  /** The text or the selection is another. @param isOther  the text */
  changed(isOther: boolean): void {
    if (isOther) this.#hideGrip();
    const { state, editable } = this.editor.view;
    const isAt = editable && (tableAround(state) !== null || isInCode(this.editor));
    if (!isAt && this.#corner.value?.hidden !== false && this.#language.value?.hidden !== false) return;
    // Measuring has the browser lay out the page: once a frame, and only while the caret is in a table or in code.
    cancelAnimationFrame(this.#frame);
    this.#frame = requestAnimationFrame(() => this.#placeCorners());
  }

  override render(): TemplateResult {
    return html`<button
        ${ref(this.#grip)}
        class="grip"
        hidden
        draggable="true"
        tabindex="-1"
        aria-haspopup="menu"
        aria-label=${words.block}
        title=${words.dragOrPress}
        @dragstart=${this.#dragged}
        @dragend=${() => endDrag(this.editor.view)}
        @click=${this.#gripPressed}
      >
        ${icons.grip}
      </button>
      <button
        ${ref(this.#corner)}
        class="corner"
        hidden
        tabindex="-1"
        aria-haspopup="menu"
        aria-label=${writing.table}
        title=${words.rowsAndColumns}
        @mousedown=${(event: Event) => event.preventDefault()}
        @click=${this.#cornerPressed}
      >
        ${writingIcons.table}
      </button>
      <button
        ${ref(this.#language)}
        class="code-language"
        hidden
        tabindex="-1"
        aria-haspopup="menu"
        title=${words.languageOfCode}
        @mousedown=${(event: Event) => event.preventDefault()}
        @click=${this.#languagePressed}
      ></button>`;
  }

  readonly #mouseMoved = (event: MouseEvent): void => {
    this.#mouse = event;
    if (event.buttons !== 0 || (event.target as Element).closest('.grip')) return;
    cancelAnimationFrame(this.#frame);
    this.#frame = requestAnimationFrame(() => {
      this.#placeGrip();
      this.#placeCorners();
    });
  };

  readonly #hideGrip = (): void => {
    this.#place = null;
    if (this.#grip.value) this.#grip.value.hidden = true;
  };

  /** Beside the first line of the block under the mouse, wherever in its row that is. */
  #placeGrip(): void {
    const { view } = this.editor;
    const grip = this.#grip.value;
    if (!grip || !this.#mouse || !view.editable) return this.#hideGrip();
    const text = view.dom.getBoundingClientRect();
    const { clientX: x, clientY: y } = this.#mouse;
    if (y < text.top || y > text.bottom) return this.#hideGrip();
    const place = blockAtPoint(view, x, y);
    const block = place === null ? null : view.nodeDOM(place);
    if (place === null || !(block instanceof HTMLElement)) return this.#hideGrip();
    const own = this.offsetParent!.getBoundingClientRect();
    const box = block.getBoundingClientRect();
    const line = firstLineOf(block) ?? box;
    const middle = (line.top + Math.min(line.bottom, line.top + 2 * SIZE_PX)) / 2;
    const beside = GAP_PX + (block.matches('li') ? MARKER_PX : 0);
    const left = beginsRight(block) ? box.right + beside : box.left - beside - SIZE_PX;
    this.#place = place;
    grip.hidden = false;
    grip.style.left = `${left - own.left}px`;
    grip.style.top = `${middle - own.top - SIZE_PX / 2}px`;
  }

  #placeCorners(): void {
    // The page may not show the editor at all.
    if (!this.offsetParent) return;
    this.#placeCorner();
    this.#placeLanguage();
  }

  /** In the code, where its language is said to readers. */
  #placeLanguage(): void {
    const { view } = this.editor;
    const button = this.#language.value;
    if (!button) return;
    button.hidden = !view.editable || !isInCode(this.editor);
    if (button.hidden) return;
    const { $from } = view.state.selection;
    const block = view.nodeDOM($from.before());
    if (!(block instanceof HTMLElement)) return;
    const [own, box] = [this.offsetParent!.getBoundingClientRect(), block.getBoundingClientRect()];
    const name = languageName($from.parent.attrs.language);
    button.textContent = name;
    button.ariaLabel = name === words.language ? name : words.languageIs(name);
    button.style.left = `${box.right - own.left - GAP_PX}px`;
    // Where none was chosen nothing makes room for it in the code.
    button.style.top = `${box.top - own.top + ($from.parent.attrs.language === null ? -SIZE_PX / 2 : GAP_PX)}px`;
  }

  #placeCorner(): void {
    const { view } = this.editor;
    const corner = this.#corner.value;
    const around = view.editable ? tableAround(view.state) : null;
    const table = around && view.nodeDOM(around.place);
    if (!corner) return;
    const own = this.offsetParent!.getBoundingClientRect();
    const box = table instanceof HTMLElement ? table.getBoundingClientRect() : null;
    // On a phone there is no room beside it, and the toolbar opens the same menu.
    const isLeft = box !== null && isMirrored(table as HTMLElement);
    const room = box === null ? 0 : isLeft ? box.left - own.left : own.right - box.right;
    corner.hidden = box === null || room < SIZE_PX + 2 * GAP_PX;
    if (box === null) return;
    corner.style.left = `${isLeft ? room - SIZE_PX - GAP_PX : box.right - own.left + GAP_PX}px`;
    corner.style.top = `${box.top - own.top}px`;
  }

  readonly #dragged = (event: DragEvent): void => {
    if (this.#place === null || !this.editor.view.editable) return event.preventDefault();
    dragBlock(this.editor.view, this.#place, event);
  };

  readonly #gripPressed = (event: Event): void => {
    const { view } = this.editor;
    if (this.#place === null || !view.editable) return;
    const place = this.#place;
    this.dispatchEvent(
      new CustomEvent('weft-block-menu', {
        detail: { box: boxOf(event.currentTarget as HTMLElement), about: 'block', place },
      }),
    );
  };

  readonly #languagePressed = (event: Event): void => {
    const box = boxOf(event.currentTarget as HTMLElement);
    this.dispatchEvent(new CustomEvent('weft-block-menu', { detail: { box, about: 'language', place: null } }));
  };

  readonly #cornerPressed = (event: Event): void => {
    const box = boxOf(event.currentTarget as HTMLElement);
    this.dispatchEvent(new CustomEvent('weft-block-menu', { detail: { box, about: 'table', place: null } }));
  };
}

export interface MenuWanted {
  readonly box: Box;
  readonly about: 'block' | 'table' | 'language';
  /** Of the block it is about; null for that with the caret. */
  readonly place: number | null;
}

const isInCode = ({ view }: Editor): boolean => view.state.selection.$from.parent.type.spec.code === true;

/** A block of text goes its own way (text.css), whatever its style says of the direction. */
const beginsRight = (block: HTMLElement): boolean =>
  getComputedStyle(block).unicodeBidi === 'plaintext' ? isRightToLeft(block.textContent) : isMirrored(block);

const boxOf = (element: HTMLElement): Box => element.getBoundingClientRect();

function firstLineOf(block: HTMLElement): DOMRect | null {
  const texts = document.createTreeWalker(block, NodeFilter.SHOW_TEXT);
  const text = texts.nextNode();
  if (!text || block.matches('table, figure')) return null;
  const range = document.createRange();
  range.selectNodeContents(text);
  return range.getClientRects()[0] ?? null;
}

customElements.define('weft-block-handle', BlockHandle);
