// The documents that one may bring back from the trash, each with when it is gone for good.

import { announce } from '@weft/element/ui/announce';
import { askFirst } from '@weft/element/ui/ask-first';
import { icons, logo } from '@weft/element/ui/icons';
import { LightElement } from '@weft/element/ui/light-element';
import { exactTime, whenInWords } from '@weft/element/ui/when';
import * as words from '@weft/words/trash';
import { html, nothing, type TemplateResult } from 'lit';
import { bringBack, eraseForGood, listTrash, type TrashedDocument } from './trash-api.js';

/** Why what was asked for was not done, or what is there then could not be fetched. */
interface Trouble {
  readonly isDone: boolean;
  readonly reason: string;
}

class TrashPage extends LightElement {
  static override properties = {
    list: { state: true },
    isBusy: { state: true },
    trouble: { state: true },
  };
  /** Null while it is being read. */
  declare private list: readonly TrashedDocument[] | null;
  declare private isBusy: boolean;
  declare private trouble: Trouble | null;

  constructor() {
    super();
    this.list = null;
    this.isBusy = false;
    this.trouble = null;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    document.title = words.pageTitle;
    void this.#look();
  }

  override render(): TemplateResult {
    const { list, trouble } = this;
    return html`
      <header class="start-top">
        <a class="brand" href="/" aria-label=${words.homeLabel}>${logo}<span>Weft</span></a>
      </header>
      <main class="start">
        <h1>${words.trash}</h1>
        <p class="lead">${words.lead}</p>
        ${
          trouble === null
            ? nothing
            : html`<div class="banner bad" role="alert">
                ${icons.warning}
                <p><b>${trouble.isDone ? words.notFetched : words.notDone}</b> ${trouble.reason}</p>
                ${trouble.isDone ? html`<div class="actions"><button ?disabled=${this.isBusy} @click=${this.#look}>${icons.retry}${words.tryAgain}</button></div>` : nothing}
              </div>`
        }
        ${
          list === null
            ? nothing
            : list.length === 0
              ? html`<div class="card hollow">
                  <h2>${words.nothingHere}</h2>
                  <div class="actions"><a class="button primary" href="/">${words.allDocuments}</a></div>
                </div>`
              : html`<div class="card"><ul class="documents">${list.map((one) => this.#row(one))}</ul></div>`
        }
      </main>
    `;
  }

  #row(one: TrashedDocument): TemplateResult {
    const { erasedAtMs, trashedAtMs, mayErase } = one;
    const title = titleOf(one);
    return html`<li class="trashed">
      <span class="what">
        <span class="row-title" dir="auto">${title}</span>
        <span class="excerpt"
          >${words.since(whenInWords(trashedAtMs, Date.now()))}
          ${erasedAtMs === null ? words.forGood : words.until(exactTime(erasedAtMs))}</span
        >
      </span>
      <button class="framed" aria-label=${words.bringThisBack(title)} ?disabled=${this.isBusy} @click=${() => this.#bringBack(one)}>
        ${icons.undo}${words.bringBack}
      </button>
      ${
        mayErase
          ? html`<button aria-label=${words.eraseThis(title)} title=${words.erase} ?disabled=${this.isBusy} @click=${() => this.#erase(one)}>
              ${icons.trash}
            </button>`
          : nothing
      }
    </li>`;
  }

  readonly #look = (): Promise<void> => this.#do(async () => undefined);

  #bringBack(one: TrashedDocument): Promise<void> {
    return this.#do(async () => {
      await bringBack(one.name);
      announce(words.isBack(titleOf(one)));
    });
  }

  async #erase(one: TrashedDocument): Promise<void> {
    const title = titleOf(one);
    const question = { title: words.eraseTitle(title), text: words.eraseMeans, yes: words.eraseYes };
    if (!(await askFirst(question))) return;
    await this.#do(async () => {
      await eraseForGood(one.name);
      announce(words.isErased(title));
    });
  }

  /** One thing at a time; what is shown afterwards is what is there. */
  async #do(act: () => Promise<void>): Promise<void> {
    this.isBusy = true;
    this.trouble = null;
    let isDone = false;
    try {
      await act();
      isDone = true;
      this.list = await listTrash();
    } catch (error) {
      this.trouble = { isDone, reason: (error as Error).message };
    } finally {
      this.isBusy = false;
    }
  }
}

const titleOf = ({ name, title }: TrashedDocument): string => title || name;

customElements.define('weft-trash', TrashPage);
