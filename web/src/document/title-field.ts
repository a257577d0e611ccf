// The title of a document: the field it is written in, and the name of the tab. A document without one is called by its first
// line meanwhile, as it is in lists.

import { observeTitle, setTitle, titleOf, unobserveTitle } from '@weft/element/reading/title';
import * as words from '@weft/words/document';
import { html, type ReactiveController, type ReactiveControllerHost, type TemplateResult } from 'lit';
import { live } from 'lit/directives/live.js';

type Doc = Parameters<typeof titleOf>[0];

interface Page extends ReactiveControllerHost {
  /** Of the text; null before the text was read, '' without one. */
  readonly firstLine: string | null;
}

export class TitleField implements ReactiveController {
  readonly #page: Page;
  #doc: Doc | null = null;
  #text = '';

  constructor(page: Page) {
    this.#page = page;
    page.addController(this);
  }

  hostDisconnected(): void {
    if (this.#doc) unobserveTitle(this.#doc, this.#read);
    this.#doc = null;
  }

  /** From now on it is the title of this one. */
  follow(doc: Doc): void {
    if (this.#doc) unobserveTitle(this.#doc, this.#read);
    this.#doc = doc;
    observeTitle(doc, this.#read);
    this.#read();
  }

  /** What the document is called. */
  get name(): string {
    return this.#text.trim() || this.#nameless;
  }

  get #nameless(): string {
    return this.#page.firstLine || words.untitled;
  }

  /** The tab is called what the title field says; before the text has been read it need not be "Untitled". */
  nameTab(): void {
    const title = this.#text.trim() || (this.#page.firstLine === null ? '' : this.#nameless);
    const name = title ? `${title} – Weft` : 'Weft';
    // The browser is told of each setting.
    if (document.title !== name) document.title = name;
  }

  /** @param leave  Enter was pressed: the text is next */
  render(isReady: boolean, isEditable: boolean, leave: () => void): TemplateResult {
    return html`<input
      class="title"
      type="text"
      aria-label=${words.title}
      placeholder=${isReady ? this.#nameless : ''}
      dir="auto"
      maxlength="300"
      spellcheck="true"
      ?disabled=${!isReady}
      ?readonly=${!isEditable}
      .value=${live(this.#text)}
      @input=${this.#typed}
      @keydown=${(event: KeyboardEvent) => {
        if (event.key !== 'Enter' || event.isComposing) return;
        event.preventDefault();
        leave();
      }}
    />`;
  }

  readonly #read = (): void => {
    if (!this.#doc) return;
    this.#text = titleOf(this.#doc);
    this.nameTab();
    this.#page.requestUpdate();
  };

  readonly #typed = (event: InputEvent): void => {
    if (this.#doc) setTitle(this.#doc, (event.target as HTMLInputElement).value);
  };
}
