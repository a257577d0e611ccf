// Parts of the page of a document's past that only show: who changed something, the title, what could not be shown.

import { icons } from '@weft/element/ui/icons';
import type { Missing } from '@weft/element/ui/late-parts';
import { noticePage } from '@weft/element/ui/notice';
import * as words from '@weft/words/past';
import { html, nothing, render, type TemplateResult } from 'lit';
import { pathOf } from '../document/documents-api.js';
import { ServerRefused, ServerUnreachable } from '../shell/api.js';
import { historyIcons } from './history-icons.js';
import type { Comparison } from './past-api.js';
import type { PastPart } from './past-parts.js';
import { amountOf, colorOfPerson, hasDone, nameOf } from './past-words.js';

export function whoChanged({ people, steps, title, warnings }: Comparison): TemplateResult {
  if (steps.length === 0 && title === null) {
    return html`<p class="changers" role="status">${words.nothingDiffers}</p>`;
  }
  return html`<ul class="changers" aria-label=${words.whoChanged}>
    ${people.filter(hasDone).map(
      (one) => html`<li>
        <i class="dot" .style=${`--c: ${colorOfPerson(one.person)}`}></i><span dir="auto">${nameOf(one)}</span>
        <span class="num">${amountOf(one)}</span>
      </li>`,
    )}
  </ul>
    ${warnings.map((sentence) => html`<p class="hint" lang="en">${sentence}</p>`)}`;
}

/** @param at  which of so many changes one is at; null before the first was gone to */
export function stepper(count: number, at: number | null, goBy: (by: 1 | -1) => void): TemplateResult {
  if (count === 0) return html`<span class="stepper"></span>`;
  return html`<span class="stepper" role="group" aria-label=${words.changesLabel}>
    <button class="quiet" aria-label=${words.previousChange} title=${words.previousChange} @click=${() => goBy(-1)}>${icons.chevronUp}</button>
    <span class="num">${at === null ? words.changes(count) : words.changeOf(at + 1, count)}</span>
    <button class="quiet" aria-label=${words.nextChange} title=${words.nextChange} @click=${() => goBy(1)}>${icons.chevronDown}</button>
  </span>`;
}

/** At a block of the text, to bring it back alone; of its label CSS makes what is seen, so that it is no text of the document. */
export function partButton({ words: text, isSection }: PastPart, act: () => void): HTMLElement {
  const place = document.createElement('div');
  place.className = 'past-part';
  const label = words.bringBackPart(isSection);
  const name = text === '' ? label : `${label}: ${text}`;
  render(html`<button data-label=${label} aria-label=${name} @click=${act}>${historyIcons.restore}</button>`, place);
  return place;
}

export const titleChange = ({ before, after }: NonNullable<Comparison['title']>): TemplateResult => {
  if (before === '') return html`${words.titleGiven(ins(after))}`;
  if (after === '') return html`${words.titleTaken(del(before))}`;
  return html`${words.titleChanged(del(before), ins(after))}`;
};

const ins = (title: string): TemplateResult => html`<ins dir="auto">${title}</ins>`;
const del = (title: string): TemplateResult => html`<del dir="auto">${title}</del>`;

export const skeleton = html`<div class="skeleton" role="status" aria-label=${words.comparing}>
  ${[46, 100, 96, 100, 58, 0, 100, 92, 74].map((width) => html`<i .style=${`--w: ${width}%`}></i>`)}
</div>`;

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
    <h2>${what === 'shown' ? words.notShown : words.notPlayed}</h2>
    <p>${error.message} ${error instanceof ServerUnreachable ? words.notAffected : nothing}</p>
    <div class="actions"><button class="primary" @click=${tryAgain}>${icons.retry}${words.tryAgain}</button></div>
  </div>`;

/** In place of the page. */
export function failurePage(error: Error, document: string, tryAgain: () => void): TemplateResult {
  const back = html`<a class="button" href="/d/${pathOf(document)}">${words.backToText}</a>`;
  if (error instanceof ServerRefused && error.status === 404) {
    return noticePage({
      title: words.noSuchDocument,
      text: words.orMayNot,
    });
  }
  if (error instanceof ServerRefused && error.status === 403) {
    return noticePage({ title: words.forWriters, text: error.message, actions: back });
  }
  const again = html`<button class="primary" @click=${tryAgain}>${icons.retry}${words.tryAgain}</button>${back}`;
  return noticePage({
    title: words.notLoaded,
    text: words.keptOnServer(error.message),
    actions: again,
  });
}
