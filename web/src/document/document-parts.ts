// Parts of the document page: its elements, and what stands in place of a text on its way.

import { icons } from '@weft/element/ui/icons';
import type { Connection } from '@weft/provider';
import { html, nothing, type TemplateResult } from 'lit';
import '@weft/element/writing/link-popover';
import '@weft/element/people/people';
import '@weft/element/saving/save-line';
import '../share/share-button.js';
import '@weft/element/writing/toolbar';

/** It opens the menu by itself, once that is there. @param load  brings it, and opens it for the first time */
export function menuButton(load: (event: Event) => void): TemplateResult {
  return html`<button
    class="quiet more-button"
    popovertarget="document-menu"
    aria-haspopup="menu"
    aria-label="More"
    title="More"
    @click=${load}
  >
    ${icons.more}
  </button>`;
}

export function skeleton(connection: Connection): TemplateResult {
  return html`<div class="skeleton" aria-hidden="true">
      ${[46, 100, 96, 100, 58, 0, 100, 92, 74].map((width) => html`<i .style=${`--w: ${width}%`}></i>`)}
    </div>
    ${
      connection.status.kind === 'waiting'
        ? html`<div class="waiting" role="status">
          <p><b>The server cannot be reached.</b> It is tried again by itself; the text will appear here.</p>
          <button @click=${() => connection.retryNow()}>${icons.retry}Try again</button>
        </div>`
        : nothing
    }`;
}
