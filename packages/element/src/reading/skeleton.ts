// What stands in place of a text on its way.

import type { Connection } from '@weft/provider';
import * as words from '@weft/words/document';
import { html, nothing, type TemplateResult } from 'lit';
import { icons } from '../ui/icons.js';

export function skeleton(connection: Connection): TemplateResult {
  return html`<div class="skeleton" aria-hidden="true">
      ${[46, 100, 96, 100, 58, 0, 100, 92, 74].map((width) => html`<i .style=${`--w: ${width}%`}></i>`)}
    </div>
    ${
      connection.status.kind === 'waiting'
        ? html`<div class="waiting" role="status">
          <p><b>${words.serverAway}</b> ${words.comesByItself}</p>
          <button @click=${() => connection.retryNow()}>${icons.retry}${words.tryAgain}</button>
        </div>`
        : nothing
    }`;
}
