// Documents that go to the trash from the list of them, and come back from there as long as the page is open.

import { icons } from '@weft/element/ui/icons';
import * as words from '@weft/words/start';
import { html, nothing, type ReactiveController, type ReactiveControllerHost, type TemplateResult } from 'lit';
import type { DocumentSummary } from '../document/documents-api.js';
import { bringBack, moveToTrash } from '../trash/trash-api.js';

interface Page extends ReactiveControllerHost, HTMLElement {
  /** Fetches the list anew. */
  refresh(): Promise<void>;
}

export class ToTrash implements ReactiveController {
  readonly #page: Page;
  /** Those that went there since the list was fetched. */
  readonly #gone = new Set<string>();
  /** The one that went there last: it can be brought back where it was. */
  #last: DocumentSummary | null = null;
  #trouble: string | null = null;
  #isBusy = false;

  constructor(page: Page) {
    this.#page = page;
    page.addController(this);
  }

  hostConnected(): void {}

  /** Of what was listed, what is not there. */
  left(documents: readonly DocumentSummary[]): readonly DocumentSummary[] {
    return this.#gone.size === 0 ? documents : documents.filter(({ name }) => !this.#gone.has(name));
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
      <div class="actions"><button ?disabled=${this.#isBusy} @click=${this.#bringBack}>${icons.undo}${words.undo}</button></div>
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
      const { name } = this.#last!;
      await bringBack(name);
      this.#gone.delete(name);
      this.#last = null;
      await this.#page.refresh();
      await this.#drawn();
      this.#page.querySelector<HTMLElement>(`a[href="${CSS.escape(`/d/${name}`)}"]`)?.focus();
    });

  async #do(act: () => Promise<void>): Promise<void> {
    if (this.#isBusy) return;
    this.#isBusy = true;
    this.#trouble = null;
    try {
      await act();
    } catch (error) {
      this.#trouble = (error as Error).message;
    } finally {
      this.#isBusy = false;
      this.#page.requestUpdate();
    }
  }

  async #drawn(): Promise<void> {
    this.#isBusy = false;
    this.#page.requestUpdate();
    await this.#page.updateComplete;
  }
}

const titleOf = ({ name, title }: DocumentSummary): string => title || name;
