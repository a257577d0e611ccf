// The page of an address at which nothing was begun yet, on a server where everybody may begin anything.

import { icons } from '@weft/element/ui/icons';
import { LightElement } from '@weft/element/ui/light-element';
import { noticePage } from '@weft/element/ui/notice';
import * as words from '@weft/words/turned-away';
import { html, type TemplateResult } from 'lit';
import { ServerRefused } from '../shell/api.js';
import { createDocument } from './documents-api.js';

/** Says `weft-begun` when there is a document. */
class AbsentPage extends LightElement {
  static override properties = {
    name: { attribute: false },
    isBeginning: { state: true },
    failure: { state: true },
  };
  declare name: string;
  declare private isBeginning: boolean;
  /** Why it could not be begun when it was tried. */
  declare private failure: string | null;

  constructor() {
    super();
    this.isBeginning = false;
    this.failure = null;
  }

  override render(): TemplateResult {
    return noticePage({
      title: words.noDocumentYet,
      text: html`${words.nobodyHasBegun(html`<span dir="auto">${this.name}</span>`)}`,
      actions: html`<button class="primary" ?disabled=${this.isBeginning} @click=${this.#begin}>${icons.plus}${words.beginIt}</button>`,
      ...(this.failure === null ? {} : { below: html`<p role="alert">${words.notBegun(this.failure)}</p>` }),
    });
  }

  readonly #begin = async (): Promise<void> => {
    this.isBeginning = true;
    this.failure = null;
    try {
      await createDocument(this.name);
      this.dispatchEvent(new CustomEvent('weft-begun'));
    } catch (error) {
      // Somebody else may have begun it in the meantime.
      if (error instanceof ServerRefused && error.code === 'EXISTS') this.dispatchEvent(new CustomEvent('weft-begun'));
      else this.failure = (error as Error).message;
    } finally {
      this.isBeginning = false;
    }
  };
}

customElements.define('weft-absent', AbsentPage);
