// The page of texts that are kept in this browser: the list of them, or one, to be read as it was written, put back, copied,
// downloaded, made a document of its own, or thrown away.

import type { Editor } from '@weft/editor';
import { plainText } from '@weft/editor/plain-text';
import { createEditor } from '@weft/element/editor';
import { pictureSource } from '@weft/element/pictures/asset-address';
import { announce } from '@weft/element/ui/announce';
import { askFirst } from '@weft/element/ui/ask-first';
import { copyText } from '@weft/element/ui/clipboard';
import { fromEnglish } from '@weft/element/ui/from-english';
import { icon, icons, logo } from '@weft/element/ui/icons';
import { LightElement } from '@weft/element/ui/light-element';
import { exactTime, whenInWords } from '@weft/element/ui/when';
import type { Person } from '@weft/provider';
import * as words from '@weft/words/kept';
import * as why from '@weft/words/why';
import { html, nothing, type TemplateResult } from 'lit';
import { createRef, ref } from 'lit/directives/ref.js';
import { Download } from 'lucide';
import { pathOf } from '../document/documents-api.js';
import { goTo } from '../shell/navigation.js';
import { KEPT_PATH, keptPath } from './kept-path.js';
import type { KeptText, KeptTexts } from './kept-texts.js';

const downloadIcon = icon(Download);

class KeptPage extends LightElement {
  static override properties = {
    texts: { attribute: false },
    person: { attribute: false },
    search: { attribute: false },
    list: { state: true },
    isBusy: { state: true },
    told: { state: true },
  };
  declare texts: KeptTexts;
  declare person: Person;
  /** Of the address: which text is read. */
  declare search: string;
  /** Null while it is being read. */
  declare private list: readonly KeptText[] | null;
  declare private isBusy: boolean;
  /** What came of the last thing that was done. */
  declare private told: string | null;
  readonly #sheet = createRef<HTMLElement>();
  #editor: { readonly of: KeptText; readonly editor: Editor } | null = null;

  constructor() {
    super();
    this.list = null;
    this.isBusy = false;
    this.told = null;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    document.title = words.pageTitle;
    void this.#load();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#close();
  }

  override willUpdate(changed: ReadonlyMap<PropertyKey, unknown>): void {
    if (changed.has('search')) this.told = null;
  }

  override updated(): void {
    const text = this.#shown;
    if (this.#editor?.of === text) return;
    this.#close();
    if (text === null || !this.#sheet.value) return;
    const editor = createEditor({
      element: this.#sheet.value,
      doc: text.draft.doc,
      editable: false,
      label: words.keptText,
      pictureSource,
    });
    this.#editor = { of: text, editor };
  }

  override render(): TemplateResult {
    return html`
      <header class="start-top">
        <a class="brand" href="/" aria-label=${words.homeLabel}>${logo}<span>Weft</span></a>
      </header>
      ${this.list === null ? nothing : this.#shown ? this.#one(this.#shown) : this.#all(this.list)}
    `;
  }

  get #shown(): KeptText | null {
    const asked = new URLSearchParams(this.search);
    const [document, id] = [asked.get('document'), asked.get('text')];
    return this.list?.find((text) => text.document === document && text.draft.id === id) ?? null;
  }

  #all(list: readonly KeptText[]): TemplateResult {
    return html`<main class="start">
      <h1>${words.keptForYou}</h1>
      <p class="lead">${words.lead}</p>
      ${this.texts.thrown.map((text) => this.#thrownRow(text))}
      ${
        list.length === 0
          ? html`<div class="card hollow">
              <h2>${words.nothingKept}</h2>
              <p>${words.allInDocuments}</p>
              <div class="actions"><a class="button primary" href="/">${words.allDocuments}</a></div>
            </div>`
          : html`<div class="card">
              <ul class="documents">
                ${list.map(row)}
              </ul>
            </div>`
      }
    </main>`;
  }

  #thrownRow(text: KeptText): TemplateResult {
    return html`<div class="banner" role="status">
      <p>${words.wasThrownAway(html`<span dir="auto">${text.title}</span>`)}</p>
      <div class="actions"><button @click=${() => this.#takeBack(text)}>${icons.undo}${words.undo}</button></div>
    </div>`;
  }

  #one(text: KeptText): TemplateResult {
    const { document, draft, title } = text;
    const { isBusy } = this;
    return html`<main class="start kept">
      <p><a class="plain-link" href=${KEPT_PATH}>${words.keptForYou}</a></p>
      <h1 dir="auto">${title}</h1>
      <p class="lead">
        ${reasonOf(draft)}
        <time datetime=${new Date(draft.atMs).toISOString()}>${exactTime(draft.atMs)}.</time>
      </p>
      <div class="actions" role="group" aria-label=${words.thisText}>
        <button class="primary" ?disabled=${isBusy} @click=${() => this.#putBack(text)}>${icons.undo}${words.putBack}</button>
        <button class="framed" ?disabled=${isBusy} @click=${() => this.#makeDocument(text)}>${icons.plus}${words.makeDocument}</button>
        <button class="framed" @click=${() => this.#copy(text)}>${icons.copy}${words.copy}</button>
        <button class="framed" @click=${() => download(text)}>${downloadIcon}${words.download}</button>
        <button class="framed" ?disabled=${isBusy} @click=${() => this.#throwAway(text)}>${icons.trash}${words.throwAway}</button>
      </div>
      <p class="hint told" role="status">${
        this.told ??
        words.putBackMeans(html`<a class="plain-link" href="/d/${pathOf(document)}">${words.itsDocument}</a>`)
      }</p>
      <div class="sheet"><div ${ref(this.#sheet)} class="text"></div></div>
    </main>`;
  }

  async #load(): Promise<void> {
    this.list = await this.texts.list();
  }

  /** One thing at a time, and what came of it is told. */
  async #do(act: () => Promise<string | null>): Promise<void> {
    this.isBusy = true;
    this.told = words.oneMoment;
    try {
      this.told = await act();
    } catch (error) {
      this.told = words.stillKept((error as Error).message);
    } finally {
      this.isBusy = false;
    }
  }

  #putBack(text: KeptText): Promise<void> {
    return this.#do(async () => {
      const result = await this.texts.putBack(text, this.person);
      if (!result.done) return result.sentence;
      announce(words.isBack);
      goTo(`/d/${pathOf(text.document)}`);
      return null;
    });
  }

  #makeDocument(text: KeptText): Promise<void> {
    return this.#do(async () => {
      goTo(`/d/${pathOf(await this.texts.makeDocument(text, this.person))}`);
      return null;
    });
  }

  async #copy({ draft }: KeptText): Promise<void> {
    const isCopied = await copyText(plainText(draft.doc));
    this.told = isCopied ? words.textCopied : words.textNotCopied;
  }

  async #throwAway(text: KeptText): Promise<void> {
    const isMeant = await askFirst({
      title: words.throwAwayThis(text.title),
      text: words.onlyHere,
      yes: words.throwAway,
    });
    if (!isMeant) return;
    await this.#do(async () => {
      await this.texts.throwAway(text);
      goTo(KEPT_PATH);
      await this.#load();
      return null;
    });
  }

  async #takeBack(text: KeptText): Promise<void> {
    await this.#do(async () => {
      await this.texts.takeBack(text);
      await this.#load();
      return null;
    });
  }

  #close(): void {
    this.#editor?.editor.destroy();
    this.#editor = null;
  }
}

function row({ document, draft, title, firstLines }: KeptText): TemplateResult {
  return html`<li>
    <a href=${keptPath(document, draft.id)}>
      ${icons.document}
      <span class="what">
        <span class="row-title" dir="auto">${title}</span>
        <span class="excerpt" dir="auto">${firstLines || words.noText}</span>
        <span class="excerpt">${reasonOf(draft)}</span>
      </span>
      <time datetime=${new Date(draft.atMs).toISOString()} title=${exactTime(draft.atMs)}
        >${whenInWords(draft.atMs, Date.now())}</time
      >
    </a>
  </li>`;
}

const reasonOf = ({ code, reason }: KeptText['draft']) => fromEnglish(reason, why.said(code, reason));

/** As plain text, which every computer opens. */
function download({ title, draft }: KeptText): void {
  const address = URL.createObjectURL(new Blob([plainText(draft.doc)], { type: 'text/plain;charset=utf-8' }));
  const link = document.createElement('a');
  link.href = address;
  link.download = `${
    title
      .replace(/[\\/:*?"<>|\p{Cc}]+/gu, ' ')
      .trim()
      .slice(0, 80) || words.fileName
  }.txt`;
  link.click();
  URL.revokeObjectURL(address);
}

customElements.define('weft-kept', KeptPage);
