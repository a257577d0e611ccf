// The start page: every document, newest first, a box to find one, and a button to begin one.

import { documentPath, parseDocumentName } from '@weft/protocol';
import { html, nothing, type TemplateResult } from 'lit';
import { createRef, ref } from 'lit/directives/ref.js';
import { repeat } from 'lit/directives/repeat.js';
import {
  createDocument,
  type DocumentSummary,
  excerptLine,
  listDocuments,
  ServerUnreachable,
} from './documents-api.js';
import { icons, logo } from './icons.js';
import { LightElement } from './light-element.js';
import { goTo } from './navigation.js';
import { exactTime, whenInWords } from './when.js';

type Listing =
  | { readonly kind: 'loading' }
  | { readonly kind: 'failed'; readonly error: Error }
  | { readonly kind: 'listed'; readonly documents: readonly DocumentSummary[] };

const whereTextIs = 'What is saved is on the server; what is not yet saved is kept in its tab.';

class StartPage extends LightElement {
  static override properties = {
    listing: { state: true },
    query: { state: true },
    creating: { state: true },
    createError: { state: true },
  };
  declare private listing: Listing;
  declare private query: string;
  declare private creating: boolean;
  declare private createError: string | null;
  readonly #search = createRef<HTMLInputElement>();
  #request: AbortController | null = null;
  #listening = new AbortController();

  constructor() {
    super();
    this.listing = { kind: 'loading' };
    this.query = '';
    this.creating = false;
    this.createError = null;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    document.title = 'Weft';
    this.#listening = new AbortController();
    const { signal } = this.#listening;
    document.addEventListener('visibilitychange', () => !document.hidden && void this.#load(), { signal });
    document.addEventListener('keydown', this.#slashSearches, { signal });
    void this.#load();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#listening.abort();
    this.#request?.abort();
  }

  override render(): TemplateResult {
    const hasDocuments = this.listing.kind === 'listed' && this.listing.documents.length > 0;
    return html`
      <header class="start-top">
        <a class="brand" href="/" aria-label="Weft">${logo}<span>Weft</span></a>
        ${
          hasDocuments || this.listing.kind === 'loading'
            ? html`<button class="primary" ?disabled=${this.creating} @click=${this.#create}>
              ${icons.plus}<span>New document</span>
            </button>`
            : nothing
        }
      </header>
      <main class="start">
        <h1>Documents</h1>
        ${
          this.createError
            ? html`<div class="banner bad" role="alert">
              ${icons.warning}
              <p><b>The document could not be made.</b> ${this.createError}</p>
              <div class="actions"><button @click=${this.#create}>Try again</button></div>
            </div>`
            : nothing
        }
        ${this.#list()}
      </main>
    `;
  }

  #list(): TemplateResult {
    switch (this.listing.kind) {
      case 'loading':
        return html`<div class="card" aria-busy="true" aria-label="Fetching the documents">
          ${[62, 44, 53].map((width) => html`<div class="row-skeleton" .style=${`--w: ${width}%`}><i></i><i></i></div>`)}
        </div>`;
      case 'failed':
        return html`<div class="card hollow" role="alert">
          <h2>The list could not be loaded</h2>
          <p>${this.listing.error.message} ${this.listing.error instanceof ServerUnreachable ? whereTextIs : nothing}</p>
          <div class="actions"><button class="primary" @click=${this.#retry}>${icons.retry}Retry</button></div>
        </div>`;
      case 'listed':
        return this.listing.documents.length === 0 ? this.#empty() : this.#found(this.listing.documents);
    }
  }

  #empty(): TemplateResult {
    return html`<div class="card hollow">
      <div class="sheets" aria-hidden="true"><i></i><i></i><i></i></div>
      <h2>Your documents will be here</h2>
      <p>Begin one, then send its link to whoever should write with you. Everything is saved as you type.</p>
      <div class="actions">
        <button class="primary" ?disabled=${this.creating} @click=${this.#create}>${icons.plus}New document</button>
      </div>
    </div>`;
  }

  #found(documents: readonly DocumentSummary[]): TemplateResult {
    const wanted = this.query.trim().toLocaleLowerCase();
    const found = wanted === '' ? documents : documents.filter((document) => matches(document, wanted));
    return html`<div class="card">
      <label class="search">
        ${icons.search}
        <input
          ${ref(this.#search)}
          type="search"
          placeholder="Find a document"
          aria-label="Find a document by title or first lines"
          .value=${this.query}
          @input=${(event: InputEvent) => {
            this.query = (event.target as HTMLInputElement).value;
          }}
        />
        <span class="count" role="status">${countOf(found.length, documents.length)}</span>
      </label>
      ${
        found.length === 0
          ? html`<div class="no-match">
            <p>No document has “${this.query.trim()}” in its title or first lines.</p>
            <button @click=${this.#clearQuery}>Show all documents</button>
          </div>`
          : html`<ul class="documents">${repeat(found, ({ name }) => name, row)}</ul>`
      }
    </div>`;
  }

  readonly #retry = (): void => {
    this.listing = { kind: 'loading' };
    void this.#load();
  };

  readonly #clearQuery = (): void => {
    this.query = '';
    this.#search.value?.focus();
  };

  async #load(): Promise<void> {
    this.#request?.abort();
    const request = new AbortController();
    this.#request = request;
    try {
      const documents = await listDocuments(request.signal);
      if (!request.signal.aborted) this.listing = { kind: 'listed', documents: documents.sort(newestFirst) };
    } catch (error) {
      // A list one has is better than the news that it could not be refreshed.
      if (request.signal.aborted || this.listing.kind === 'listed') return;
      this.listing = { kind: 'failed', error: error as Error };
    }
  }

  readonly #create = async (): Promise<void> => {
    this.creating = true;
    this.createError = null;
    try {
      goTo(pathOf(await createDocument()));
    } catch (error) {
      this.createError = (error as Error).message;
    } finally {
      this.creating = false;
    }
  };

  readonly #slashSearches = (event: KeyboardEvent): void => {
    const isElsewhere =
      event.target instanceof HTMLElement && event.target.matches('input, textarea, [contenteditable]');
    if (event.key !== '/' || isElsewhere || event.ctrlKey || event.metaKey || event.altKey || !this.#search.value)
      return;
    event.preventDefault();
    this.#search.value.focus();
  };
}

/** The name of a document that nobody named: it tells a person nothing. */
const nameByChance = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/;

function row(document: DocumentSummary): TemplateResult {
  const { name, title, updatedAtMs } = document;
  const excerpt = excerptLine(document);
  return html`<li>
    <a href=${pathOf(name)}>
      ${icons.document}
      <span class="what">
        <span class="row-title ${title ? '' : 'untitled'}" dir="auto">${title || (nameByChance.test(name) ? 'Untitled' : name)}</span>
        ${excerpt === null ? nothing : html`<span class="excerpt" dir="auto">${excerpt}</span>`}
      </span>
      <time datetime=${new Date(updatedAtMs).toISOString()} title=${exactTime(updatedAtMs)}
        >${whenInWords(updatedAtMs, Date.now())}</time
      >
    </a>
  </li>`;
}

function pathOf(name: string): string {
  const parsed = parseDocumentName(name);
  return `/d/${parsed.ok ? documentPath(parsed.name) : encodeURIComponent(name)}`;
}

const matches = ({ name, title, excerpt }: DocumentSummary, wanted: string): boolean =>
  `${title}\n${excerpt}\n${name}`.toLocaleLowerCase().includes(wanted);
const newestFirst = (a: DocumentSummary, b: DocumentSummary): number => b.updatedAtMs - a.updatedAtMs;
const countOf = (found: number, all: number): string => (found === all ? `${all}` : `${found} of ${all}`);

customElements.define('weft-start', StartPage);
