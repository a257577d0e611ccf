// What is done most to selected words, above them: as a mouse or the keyboard has selected them. By touch it is the system that shows
// a menu there. Alt-F10 goes to it, the arrows through it, Escape back.

import { type Editor, type EditorStatus, type MarkName, shortcuts } from '@weft/editor';
import * as words from '@weft/words/tools';
import { html, type TemplateResult } from 'lit';
import { createRef, ref } from 'lit/directives/ref.js';
import { moveInRow } from '../ui/arrow-keys.js';
import { headBottom, placeBeside } from '../ui/float.js';
import { icons } from '../ui/icons.js';
import { keysInWords } from '../ui/key-names.js';
import { LightElement } from '../ui/light-element.js';
import { focusedIn } from '../ui/root.js';
import { writingIcons } from './writing-icons.js';

/** A selection that has not changed for so long is one that something is to be done with. */
const SETTLED_MS = 200;

const marks: readonly (readonly [MarkName, keyof typeof shortcuts, TemplateResult])[] = [
  ['strong', 'bold', icons.bold],
  ['em', 'italic', icons.italic],
  ['underline', 'underline', icons.underline],
  ['strike', 'strike', icons.strike],
  ['code', 'code', icons.code],
  ['highlight', 'highlight', writingIcons.highlight],
];

/** Says `weft-link` when the selection is to become a link. */
export class SelectionBubble extends LightElement {
  static override properties = { editor: { attribute: false }, status: { state: true } };
  declare editor: Editor;
  declare private status: EditorStatus | null;
  readonly #popover = createRef<HTMLElement>();
  readonly #mouse = matchMedia('(hover: hover)');
  #timer: ReturnType<typeof setTimeout> | undefined;
  #isPressed = false;
  #ended: AbortController | null = null;

  constructor() {
    super();
    this.status = null;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.#ended = new AbortController();
    const { signal } = this.#ended;
    const quietly = { signal, capture: true, passive: true };
    addEventListener('mousedown', () => (this.#isPressed = true), quietly);
    addEventListener('mouseup', this.#released, quietly);
    addEventListener('dragend', this.#released, quietly);
    addEventListener('scroll', () => this.#isOpen && this.#place(), quietly);
    addEventListener('resize', () => this.#isOpen && this.#place(), quietly);
    this.addEventListener('focusout', this.look, { signal });
    signal.addEventListener(
      'abort',
      this.editor.subscribe((status) => (this.status = status)),
      { once: true },
    );
    this.status = this.editor.status;
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearTimeout(this.#timer);
    this.#ended?.abort();
  }

  /** The selection is another, or the focus. */
  readonly look = (): void => {
    clearTimeout(this.#timer);
    if (this.#isWanted && this.#isOpen) return this.#place();
    // The focus is nowhere while it goes from the text to a control.
    const wait = this.#isWanted ? SETTLED_MS : 0;
    this.#timer = setTimeout(() => (this.#isWanted ? this.#open() : this.#close()), wait);
  };

  /** @returns whether there is one to go to */
  takeFocus(): boolean {
    if (!this.#isWanted) return false;
    this.#open();
    this.#controls()[0]?.focus();
    return true;
  }

  override render(): TemplateResult {
    const { commands } = this.editor;
    return html`<div
      ${ref(this.#popover)}
      class="bubble"
      popover="manual"
      role="toolbar"
      aria-label=${words.selectedText}
      @mousedown=${(event: Event) => event.preventDefault()}
      @keydown=${this.#move}
    >
      ${marks.map(([mark, name, icon]) =>
        this.#button(name, icon, this.status?.marks[mark] ?? false, () => commands.toggleMark(mark)),
      )}
      <i></i>
      ${this.#button('link', icons.link, this.status?.link != null, () => this.dispatchEvent(new CustomEvent('weft-link')))}
    </div>`;
  }

  #button(name: keyof typeof shortcuts, icon: TemplateResult, isPressed: boolean, run: () => void): TemplateResult {
    const { name: label, keys } = shortcuts[name];
    return html`<button tabindex="-1" aria-label=${label} title="${label} (${keysInWords(keys[0])})" aria-pressed=${String(isPressed)} @click=${run}>
      ${icon}
    </button>`;
  }

  /** Words are selected where words may be marked, and whoever selected them is still there. */
  get #isWanted(): boolean {
    const { view } = this.editor;
    const { selection } = view.state;
    const { $from, $to, empty } = selection;
    const isText = '$cursor' in selection && !empty && $from.parent.inlineContent && $to.parent.inlineContent;
    const isHere = view.hasFocus() || this.contains(focusedIn(this));
    if (!this.#mouse.matches || !isText || !isHere || !view.editable || view.composing || this.#isPressed) return false;
    if ($from.parent.type.spec.code && $from.sameParent($to)) return false;
    return view.state.doc.textBetween($from.pos, $to.pos, ' ').trim() !== '';
  }

  get #isOpen(): boolean {
    return this.#popover.value?.matches(':popover-open') ?? false;
  }

  #open(): void {
    if (!this.#isWanted) return;
    if (!this.#isOpen) this.#popover.value?.showPopover();
    this.#place();
  }

  #close(): void {
    if (this.#isOpen) this.#popover.value?.hidePopover();
  }

  #place(): void {
    const { view } = this.editor;
    const { from, to } = view.state.selection;
    const [start, end] = [view.coordsAtPos(from, 1), view.coordsAtPos(to, -1)];
    const top = headBottom(this);
    // What is selected has left the window.
    if (end.bottom < top || start.top > innerHeight) return this.#close();
    const isOneLine = Math.abs(start.top - end.top) < 4;
    const popover = this.#popover.value!;
    const middle = isOneLine ? (start.left + end.right) / 2 : start.left + popover.offsetWidth / 2;
    const left = middle - popover.offsetWidth / 2;
    const right = left + popover.offsetWidth;
    placeBeside(popover, { left, right, top: start.top, bottom: end.bottom }, 'above', top);
  }

  readonly #released = (): void => {
    this.#isPressed = false;
    // By then the browser has told of what was selected.
    setTimeout(() => this.isConnected && this.look());
  };

  readonly #move = (event: KeyboardEvent): void => {
    if (event.key === 'Escape') {
      this.editor.focus();
      return this.#close();
    }
    moveInRow(event, this.#controls());
  };

  #controls(): HTMLElement[] {
    return [...this.querySelectorAll('button')];
  }
}

customElements.define('weft-bubble', SelectionBubble);
