// What stands in a text for a file on its way: what it will look like, how far it is, and, when it did not arrive, what helps.

import * as words from '@weft/words/pictures';
import { html, nothing, render, type TemplateResult } from 'lit';
import { icons } from '../ui/icons.js';
import { sizeInWords } from '../ui/size-words.js';
import type { UploadState } from './uploads.js';

export interface CardActions {
  readonly retry: () => void;
  readonly remove: () => void;
}

/** Of what is shown. */
export interface Card {
  readonly name: string;
  readonly bytes: number | null;
  /** An address to show it from before it is on the server; null when it is no picture. */
  readonly preview: string | null;
  readonly state: UploadState;
}

export function makeCard(): HTMLElement {
  const card = document.createElement('div');
  card.className = 'upload';
  card.contentEditable = 'false';
  return card;
}

export function drawCard(element: HTMLElement, card: Card, actions: CardActions): void {
  const { name, preview, state } = card;
  element.setAttribute('role', 'group');
  element.setAttribute('aria-label', `${called(name)}, ${inWords(state)}`);
  element.dataset.state = state.kind;
  render(
    html`${preview === null ? nothing : html`<img class="upload-preview" src=${preview} alt="" />`}
      <div class="upload-strip">
        ${state.kind === 'failed' ? icons.warning : state.kind === 'waiting' ? icons.offline : preview === null ? icons.document : nothing}
        <div class="upload-words">
          <p class="upload-name"><span class="ellipsis">${called(name)}</span><small>${progress(card)}</small></p>
          ${state.kind === 'sending' ? bar(state) : html`<p class="upload-why">${'sentence' in state ? state.sentence : words.queued}</p>`}
        </div>
        <div class="actions">${buttons(state, actions)}</div>
      </div>`,
    element,
  );
}

function buttons(state: UploadState, { retry, remove }: CardActions): TemplateResult {
  if (state.kind === 'failed') {
    const again = html`<button class="framed" @click=${retry}>${icons.retry}${words.tryAgain}</button>`;
    return html`${state.mayRetry ? again : nothing}<button class="quiet" @click=${remove}>${words.remove}</button>`;
  }
  return html`${state.kind === 'waiting' ? html`<button class="framed" @click=${retry}>${icons.retry}${words.tryAgain}</button>` : nothing}<button
      class="quiet upload-cancel"
      aria-label=${words.cancel}
      title=${words.cancel}
      @click=${remove}
    >
      ${icons.close}
    </button>`;
}

function bar(state: UploadState): TemplateResult {
  const share = shareOf(state);
  return html`<div
    class="upload-bar"
    role="progressbar"
    aria-label=${words.sent}
    aria-valuemin="0"
    aria-valuemax="100"
    aria-valuenow=${Math.round(share * 100)}
  >
    <i .style=${`--share: ${share}`}></i>
  </div>`;
}

const shareOf = (state: UploadState): number =>
  state.kind === 'sending' && state.totalBytes > 0 ? state.sentBytes / state.totalBytes : 0;

function progress({ bytes, state }: Card): string {
  const size = bytes === null ? '' : sizeInWords(bytes);
  if (state.kind !== 'sending') return size;
  // What has left is on the disk only a moment later.
  const done = Math.min(99, Math.round(shareOf(state) * 100));
  return size === '' ? `${done} %` : words.percentOf(done, size);
}

export const called = (name: string): string => (name === '' ? words.picture : name);

const inWords = ({ kind }: UploadState): string => words.states[kind];
