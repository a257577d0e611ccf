// Parts of the page of a document's past that only show: who changed something, the title, what could not be shown.

import { icons } from '@weft/element/ui/icons';
import type { Missing } from '@weft/element/ui/late-parts';
import { noticePage } from '@weft/element/ui/notice';
import { html, nothing, render, type TemplateResult } from 'lit';
import { pathOf } from '../document/documents-api.js';
import { ServerRefused, ServerUnreachable } from '../shell/api.js';
import { historyIcons } from './history-icons.js';
import type { Comparison } from './past-api.js';
import type { PastPart } from './past-parts.js';
import { amountOf, colorOfPerson, hasDone, nameOf } from './past-words.js';

export function whoChanged({ people, steps, title, warnings }: Comparison): TemplateResult {
  if (steps.length === 0 && title === null) {
    return html`<p class="who" role="status">Nothing differs between these two moments.</p>`;
  }
  return html`<ul class="who" aria-label="Who changed something">
    ${people.filter(hasDone).map(
      (one) => html`<li>
        <i class="dot" .style=${`--c: ${colorOfPerson(one.person)}`}></i><span dir="auto">${nameOf(one)}</span>
        <span class="num">${amountOf(one)}</span>
      </li>`,
    )}
  </ul>
    ${warnings.map((sentence) => html`<p class="hint">${sentence}</p>`)}`;
}

/** @param at  which of so many changes one is at; null before the first was gone to */
export function stepper(count: number, at: number | null, goBy: (by: 1 | -1) => void): TemplateResult {
  if (count === 0) return html`<span class="stepper"></span>`;
  const words = at === null ? `${count} change${count === 1 ? '' : 's'}` : `${at + 1} of ${count} changes`;
  return html`<span class="stepper" role="group" aria-label="Changes">
    <button class="quiet" aria-label="Previous change" title="Previous change" @click=${() => goBy(-1)}>${icons.chevronUp}</button>
    <span class="num">${words}</span>
    <button class="quiet" aria-label="Next change" title="Next change" @click=${() => goBy(1)}>${icons.chevronDown}</button>
  </span>`;
}

/** At a block of the text, to bring it back alone; of its label CSS makes what is seen, so that it is no text of the document. */
export function partButton({ words, isSection }: PastPart, act: () => void): HTMLElement {
  const place = document.createElement('div');
  place.className = 'past-part';
  const label = isSection ? 'Bring back only this section' : 'Bring back only this';
  const name = words === '' ? label : `${label}: ${words}`;
  render(html`<button data-label=${label} aria-label=${name} @click=${act}>${historyIcons.restore}</button>`, place);
  return place;
}

export const titleChange = ({ before, after }: NonNullable<Comparison['title']>): TemplateResult => {
  if (before === '') return html`The title “<ins dir="auto">${after}</ins>” was given.`;
  if (after === '') return html`The title “<del dir="auto">${before}</del>” was taken away.`;
  return html`The title was “<del dir="auto">${before}</del>”, and is “<ins dir="auto">${after}</ins>”.`;
};

export const skeleton = html`<div class="skeleton" role="status" aria-label="Comparing">
  ${[46, 100, 96, 100, 58, 0, 100, 92, 74].map((width) => html`<i .style=${`--w: ${width}%`}></i>`)}
</div>`;

export const UNDRAWABLE = 'This page cannot draw what the document held then.';

/** In place of what would have shown it. */
export const missingPart = ({ title, text, controls }: Missing): TemplateResult =>
  html`<div class="card hollow" role="alert">
    <h2>${title}</h2>
    <p>${text}</p>
    <div class="actions">${controls}</div>
  </div>`;

/** In place of a moment, or of all of them. */
export const failedMoment = (what: 'shown' | 'played', error: Error, tryAgain: () => void): TemplateResult =>
  html`<div class="card hollow" role="alert">
    <h2>${what === 'shown' ? 'This moment' : 'The past'} could not be ${what}</h2>
    <p>${error.message} ${error instanceof ServerUnreachable ? 'Your text is not affected.' : nothing}</p>
    <div class="actions"><button class="primary" @click=${tryAgain}>${icons.retry}Try again</button></div>
  </div>`;

/** In place of the page. */
export function failurePage(error: Error, document: string, tryAgain: () => void): TemplateResult {
  const back = html`<a class="button" href="/d/${pathOf(document)}">Back to the text</a>`;
  if (error instanceof ServerRefused && error.status === 404) {
    return noticePage({
      title: 'There is no such document',
      text: 'Or you may not open it. Check the link you were given, or sign in.',
    });
  }
  if (error instanceof ServerRefused && error.status === 403) {
    return noticePage({ title: 'The past is for those who write here', text: error.message, actions: back });
  }
  const again = html`<button class="primary" @click=${tryAgain}>${icons.retry}Try again</button>${back}`;
  return noticePage({
    title: 'The past could not be loaded',
    text: `${error.message} It is kept on the server; your text is not affected.`,
    actions: again,
  });
}
