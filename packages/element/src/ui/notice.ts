// A page for when there is nothing to write in: what happened, what it means for the text, what to do.

import * as words from '@weft/words/access';
import { html, nothing, type TemplateResult } from 'lit';
import { logo } from './icons.js';

export interface Notice {
  readonly title: string;
  readonly text: string | TemplateResult;
  /** Besides the way out. */
  readonly actions?: TemplateResult;
  /** What became of them. */
  readonly below?: TemplateResult;
  /** In place of the way to all documents. */
  readonly wayOut?: TemplateResult | typeof nothing | undefined;
  /** In a page of somebody else, which has a main part and a first heading of its own. */
  readonly isPart?: boolean;
}

export function noticePage({ title, text, actions, below, wayOut, isPart = false }: Notice): TemplateResult {
  return html`<main class="notice-page" role=${isPart ? 'group' : nothing} aria-label=${isPart ? title : nothing}>
    <div class="notice-mark">${logo}</div>
    <h1 aria-level=${isPart ? 2 : nothing}>${title}</h1>
    <p>${text}</p>
    <div class="actions">
      ${actions ?? nothing}
      ${wayOut ?? html`<a class="button ${actions ? '' : 'primary'}" href="/">${words.allDocuments}</a>`}
    </div>
    ${below ?? nothing}
  </main>`;
}
