// The menu of a document: what one seldom does with it.

import { html, nothing, type TemplateResult } from 'lit';
import { icons } from './icons.js';
import { LightElement } from './light-element.js';
import { placeUnderInvoker } from './popover.js';

const WIDTH_PX = 260;

/** Says `weft-forget` when this document is to be forgotten on this device. */
class DocumentMenu extends LightElement {
  static override properties = { isKept: { attribute: false } };
  /** There is something of it on this device. */
  declare isKept: boolean;

  constructor() {
    super();
    this.isKept = false;
  }

  override render(): TemplateResult {
    if (!this.isKept) return html`${nothing}`;
    return html`<button class="quiet" popovertarget="document-menu" aria-haspopup="menu" aria-label="More" title="More">
        ${icons.more}
      </button>
      <div
        id="document-menu"
        class="menu document-menu"
        popover="auto"
        role="menu"
        aria-label="More"
        @beforetoggle=${placeUnderInvoker(WIDTH_PX, 'end')}
        @click=${(event: Event) => (event.currentTarget as HTMLElement).hidePopover()}
      >
        <button role="menuitem" @click=${() => this.#say('weft-forget')}>
          <span>Forget on this device…</span>${icons.device}
        </button>
      </div>`;
  }

  #say(name: string): void {
    this.dispatchEvent(new CustomEvent(name, { bubbles: true }));
  }
}

customElements.define('weft-document-menu', DocumentMenu);
