// A list of what a sign in the text offers, among which one goes on typing. The caret stays in the text, and assistive technology is
// told there which item is meant (WAI-ARIA listbox with an active descendant).

import type { Editor } from '@weft/editor';
import type { Typed, TypedMenu } from '@weft/editor/tools';
import { html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { createRef, ref } from 'lit/directives/ref.js';
import { announce } from '../ui/announce.js';
import { arrowTarget } from '../ui/arrow-keys.js';
import { headBottom, placeBeside } from '../ui/float.js';
import { LightElement } from '../ui/light-element.js';

export interface Named {
  readonly name: string;
}

export abstract class TypedMenuElement<Item extends Named> extends LightElement implements TypedMenu {
  static override properties = {
    editor: { attribute: false },
    typed: { state: true },
    active: { state: true },
  };
  declare editor: Editor;
  declare private typed: Typed | null;
  /** Which of the items Enter takes. */
  declare private active: number;
  #items: readonly Item[] = [];
  readonly #popover = createRef<HTMLElement>();

  constructor() {
    super();
    this.typed = null;
    this.active = 0;
  }

  /** Also its class. */
  protected abstract readonly listId: string;
  /** Its accessible name. */
  protected abstract readonly label: string;
  /** Those that somebody may mean by what they have typed so far. */
  protected abstract itemsFor(query: string): readonly Item[];
  /** What is said as it opens. */
  protected abstract opened(count: number): string;
  protected abstract draw(item: Item): TemplateResult;
  /** Puts it in the place of what was typed. */
  protected abstract take(item: Item): void;

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#leaveText();
  }

  show(typed: Typed): void {
    const before = this.typed;
    this.typed = typed;
    if (before?.query === typed.query) return;
    this.#items = this.itemsFor(typed.query);
    this.active = 0;
    if (before === null && this.#items.length > 0) announce(this.opened(this.#items.length));
  }

  hide(): void {
    this.typed = null;
    this.#items = [];
  }

  keyPressed(event: KeyboardEvent): boolean {
    const { length } = this.#items;
    if (length === 0 || event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return false;
    const to = event.shiftKey ? null : arrowTarget(event.key, this.active, length, 'column');
    if (to !== null) this.active = to;
    else if ((event.key === 'Enter' || event.key === 'Tab') && !event.shiftKey) this.choose(this.#items[this.active]!);
    else return false;
    return true;
  }

  override render(): TemplateResult {
    if (this.#items.length === 0) return html`${nothing}`;
    return html`<div
      ${ref(this.#popover)}
      id=${this.listId}
      class="menu typed-menu ${this.listId}"
      popover="manual"
      role="listbox"
      aria-label=${this.label}
      tabindex="0"
      @mousedown=${(event: Event) => event.preventDefault()}
    >
      ${this.#items.map(
        (item, index) => html`<div
          id="${this.listId}-${index}"
          role="option"
          aria-selected=${String(index === this.active)}
          @click=${() => this.choose(item)}
          @mousemove=${() => (this.active = index)}
        >
          ${this.draw(item)}
        </div>`,
      )}
    </div>`;
  }

  protected override updated(changed: PropertyValues): void {
    const popover = this.#items.length > 0 ? this.#popover.value : undefined;
    if (!popover || !this.typed) return this.#leaveText();
    if (!popover.matches(':popover-open')) popover.showPopover();
    const { view } = this.editor;
    if (changed.has('typed')) {
      const { left, top, bottom } = view.coordsAtPos(this.typed.from);
      placeBeside(popover, { left, right: left, top, bottom }, 'below', headBottom(this));
    }
    view.dom.setAttribute('aria-controls', this.listId);
    view.dom.setAttribute('aria-activedescendant', `${this.listId}-${this.active}`);
    if (changed.has('active')) popover.children[this.active]?.scrollIntoView({ block: 'nearest' });
  }

  /** Of this list: the text may be told of another by now. */
  #leaveText(): void {
    const { dom } = this.editor.view;
    if (dom.getAttribute('aria-controls') !== this.listId) return;
    dom.removeAttribute('aria-controls');
    dom.removeAttribute('aria-activedescendant');
  }

  /** The one that Enter takes, and what was typed. */
  protected get meant(): { readonly item: Item; readonly query: string } | null {
    const item = this.#items[this.active];
    return item && this.typed ? { item, query: this.typed.query } : null;
  }

  protected choose(item: Item): void {
    this.take(item);
    announce(item.name);
    this.hide();
  }
}
