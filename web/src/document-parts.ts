// Parts of the document page: its elements, and what only shows: the outline, and what stands in place of a text on its way.

import type { OutlineEntry } from '@weft/editor';
import type { Connection } from '@weft/provider';
import { html, nothing, type TemplateResult } from 'lit';
import { icons } from './icons.js';
import './absent-page.js';
import './document-menu.js';
import './link-popover.js';
import './no-access-page.js';
import './people.js';
import './save-line.js';
import './share-button.js';
import './toolbar.js';

/** Nothing for less than two headings. @param goTo  takes the number of an entry, from 0 */
export function outlineNav(
  outline: readonly OutlineEntry[],
  goTo: (index: number) => void,
): TemplateResult | typeof nothing {
  if (outline.length < 2) return nothing;
  const top = Math.min(...outline.map(({ level }) => level));
  return html`<nav class="outline" aria-label="Outline">
    ${outline.map(
      ({ level, text }, index) => html`<button
        dir="auto"
        title=${text}
        .style=${`--depth: ${Math.min(3, level - top)}`}
        @click=${() => goTo(index)}
      >
        ${text}
      </button>`,
    )}
  </nav>`;
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
