// A page for when there is nothing to write in: what happened, what it means for the text, what to do.

import { logo } from '@weft/element/ui/icons';
import * as words from '@weft/words/access';
import { html, nothing, type TemplateResult } from 'lit';

export interface Notice {
  readonly title: string;
  readonly text: string | TemplateResult;
  /** Besides going to all documents. */
  readonly actions?: TemplateResult;
  /** What became of them. */
  readonly below?: TemplateResult;
}

export function noticePage({ title, text, actions, below }: Notice): TemplateResult {
  return html`<main class="notice-page">
    <div class="notice-mark">${logo}</div>
    <h1>${title}</h1>
    <p>${text}</p>
    <div class="actions">
      ${actions ?? nothing}
      <a class="button ${actions ? '' : 'primary'}" href="/">${words.allDocuments}</a>
    </div>
    ${below ?? nothing}
  </main>`;
}
