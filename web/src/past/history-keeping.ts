// The way from the page of a document's past to the dialog of the whole of it, for those who own it: loaded when it is asked for.

import { LateParts } from '@weft/element/ui/late-parts';
import * as words from '@weft/words/keeping';
import { html, nothing, type ReactiveController, type ReactiveControllerHost, type TemplateResult } from 'lit';
import { missingPart } from './history-parts.js';
import type { PastOf } from './past-api.js';

interface Page extends ReactiveControllerHost, HTMLElement {
  readonly past: PastOf;
  readonly shownTitle: string;
}

export class HistoryKeeping implements ReactiveController {
  readonly #page: Page;
  readonly #parts: LateParts;
  readonly #changed: () => void;

  /** @param changed  something of the past is gone */
  constructor(page: Page, changed: () => void) {
    this.#page = page;
    this.#changed = changed;
    this.#parts = new LateParts(page);
    page.addController(this);
  }

  hostConnected(): void {}

  render(): TemplateResult {
    const { missing } = this.#parts;
    return html`<button class="quiet" aria-haspopup="dialog" @click=${this.#open}>${words.keepingThePast}</button>
      ${missing ? missingPart(missing) : nothing}`;
  }

  readonly #open = (): void => {
    const { past, shownTitle: title } = this.#page;
    void this.#parts.use(
      words.theDialog,
      () => import('./keeping-dialog.js'),
      ({ openKeeping }) => openKeeping({ name: past.document, title, changed: this.#changed }),
    );
  };
}
