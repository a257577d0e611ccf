// Documents that go to the trash from the list of them, and come back from there as long as the page is open.

import { icons } from '@weft/element/ui/icons';
import * as words from '@weft/words/start';
import { html, nothing, type ReactiveController, type ReactiveControllerHost, type TemplateResult } from 'lit';
import { type DocumentSummary, pathOf } from '../document/documents-api.js';
import { bringBack, moveToTrash } from '../trash/trash-api.js';

interface Page extends ReactiveControllerHost, HTMLElement {
  /** Fetches the list anew. */
  refresh(): Promise<void>;
}

export class ToTrash implements ReactiveController {
  readonly #page: Page;
  /** Those that went there since the list was asked for. */
  readonly #gone = new Set<string>();
  /** The one that went there last: it can be brought back where it was. */
  #last: DocumentSummary | null = null;
  #trouble: string | null = null;
  /** One thing after the other. */
  #doing: Promise<void> = Promise.resolve();

  constructor(page: Page) {
    this.#page = page;
    page.addController(this);
  }

  hostConnected(): void {}

  /** Of what was listed, what is not there. */
  left(documents: readonly DocumentSummary[]): readonly DocumentSummary[] {
    return this.#gone.size === 0 ? documents : documents.filter(({ name }) => !this.#gone.has(name));
  }

  /** The list is asked for. @returns what to call once it is here: it knows what had gone until now */
  asked(): (documents: readonly DocumentSummary[]) => void {
    const known = [...this.#gone];
    return (documents) => {
      for (const name of known) this.#gone.delete(name);
      // Somebody brought it back elsewhere.
      if (known.length > 0 && documents.some(({ name }) => name === this.#last?.name)) this.#last = null;
      this.#page.requestUpdate();
    };
  }

  /** What was done, and the way back. */
  render(): TemplateResult | typeof nothing {
    if (this.#trouble !== null) {
      return html`<div class="banner bad" role="alert">${icons.warning}<p>${this.#trouble}</p></div>`;
    }
    if (this.#last === null) return nothing;
    return html`<div class="banner in-trash" role="status">
      ${icons.trash}
      <p>${words.movedToTrash(titleOf(this.#last))}</p>
      <div class="actions"><button @click=${this.#bringBack}>${icons.undo}${words.undo}</button></div>
    </div>`;
  }

  move(document: DocumentSummary): Promise<void> {
    return this.#do(async () => {
      await moveToTrash(document.name);
      this.#gone.add(document.name);
      this.#last = document;
      await this.#drawn();
      // The row that was left is gone, and with it where the keyboard was.
      this.#page.querySelector<HTMLElement>('.in-trash button')?.focus();
    });
  }

  readonly #bringBack = (): Promise<void> =>
    this.#do(async () => {
      if (this.#last === null) return;
      const { name } = this.#last;
      await bringBack(name);
      this.#gone.delete(name);
      this.#last = null;
      await this.#page.refresh();
      await this.#drawn();
      this.#page.querySelector<HTMLElement>(`a[href="/d/${pathOf(name)}"]`)?.focus();
    });

  #do(act: () => Promise<void>): Promise<void> {
    this.#doing = this.#doing.then(async () => {
      this.#trouble = null;
      try {
        await act();
      } catch (error) {
        this.#trouble = (error as Error).message;
      }
      this.#page.requestUpdate();
    });
    return this.#doing;
  }

  async #drawn(): Promise<void> {
    this.#page.requestUpdate();
    await this.#page.updateComplete;
  }
}

const titleOf = ({ name, title }: DocumentSummary): string => title || name;
