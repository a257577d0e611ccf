// What a slash offers: kinds of blocks, among which one goes on typing. The caret stays in the text, and assistive technology is told
// there which of them is meant (WAI-ARIA listbox with an active descendant).

import type { Editor } from '@weft/editor';
import { inOneStep, type Slash, type SlashMenu, takeSlash } from '@weft/editor/tools';
import { html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { createRef, ref } from 'lit/directives/ref.js';
import { announce } from '../ui/announce.js';
import { arrowTarget } from '../ui/arrow-keys.js';
import { headBottom, placeBeside } from '../ui/float.js';
import { LightElement } from '../ui/light-element.js';
import { type Insertable, meantBy } from './block-kinds.js';

const ID = 'slash-menu';

export class SlashMenuElement extends LightElement implements SlashMenu {
  static override properties = {
    editor: { attribute: false },
    slash: { state: true },
    active: { state: true },
  };
  declare editor: Editor;
  declare private slash: Slash | null;
  /** Which of the items Enter takes. */
  declare private active: number;
  #items: readonly Insertable[] = [];
  readonly #popover = createRef<HTMLElement>();

  constructor() {
    super();
    this.slash = null;
    this.active = 0;
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#leaveText();
  }

  show(slash: Slash): void {
    const before = this.slash;
    this.slash = slash;
    if (before?.query === slash.query) return;
    this.#items = meantBy(slash.query);
    this.active = 0;
    if (before === null) announce(`${this.#items.length} kinds of blocks. Go through them with the arrow keys.`);
  }

  hide(): void {
    this.slash = null;
    this.#items = [];
  }

  keyPressed(event: KeyboardEvent): boolean {
    const { length } = this.#items;
    if (length === 0 || event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return false;
    const to = event.shiftKey ? null : arrowTarget(event.key, this.active, length, 'column');
    if (to !== null) this.active = to;
    else if ((event.key === 'Enter' || event.key === 'Tab') && !event.shiftKey) this.#take(this.#items[this.active]!);
    else return false;
    return true;
  }

  override render(): TemplateResult {
    if (this.#items.length === 0) return html`${nothing}`;
    return html`<div
      ${ref(this.#popover)}
      id=${ID}
      class="menu slash-menu"
      popover="manual"
      role="listbox"
      aria-label="Insert"
      tabindex="0"
      @mousedown=${(event: Event) => event.preventDefault()}
    >
      ${this.#items.map(
        (item, index) => html`<div
          id="${ID}-${index}"
          role="option"
          aria-selected=${String(index === this.active)}
          @click=${() => this.#take(item)}
          @mousemove=${() => (this.active = index)}
        >
          ${item.icon}<span>${item.name}</span><kbd aria-hidden="true">${item.hint}</kbd>
        </div>`,
      )}
    </div>`;
  }

  protected override updated(changed: PropertyValues): void {
    const popover = this.#items.length > 0 ? this.#popover.value : undefined;
    if (!popover || !this.slash) return this.#leaveText();
    if (!popover.matches(':popover-open')) popover.showPopover();
    const { view } = this.editor;
    if (changed.has('slash')) {
      const { left, top, bottom } = view.coordsAtPos(this.slash.from);
      placeBeside(popover, { left, right: left, top, bottom }, 'below', headBottom());
    }
    view.dom.setAttribute('aria-controls', ID);
    view.dom.setAttribute('aria-activedescendant', `${ID}-${this.active}`);
    if (changed.has('active')) popover.children[this.active]?.scrollIntoView({ block: 'nearest' });
  }

  #leaveText(): void {
    this.editor.view.dom.removeAttribute('aria-controls');
    this.editor.view.dom.removeAttribute('aria-activedescendant');
  }

  #take({ name, command, asks }: Insertable): void {
    if (this.editor.run(inOneStep(takeSlash, command))) announce(name);
    this.hide();
    if (asks) this.editor.view.dom.dispatchEvent(new CustomEvent(asks, { bubbles: true }));
  }
}

customElements.define('weft-slash-menu', SlashMenuElement);
