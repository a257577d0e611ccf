// The start page: every document, newest first, a box to find one, and a button to begin one.

import { announce } from '@weft/element/ui/announce';
import { icons, logo } from '@weft/element/ui/icons';
import { LightElement } from '@weft/element/ui/light-element';
import type { Person } from '@weft/provider';
import type { IndexedDbStore } from '@weft/provider/indexeddb';
import * as words from '@weft/words/start';
import { html, nothing, type TemplateResult } from 'lit';
import { createRef, ref } from 'lit/directives/ref.js';
import { createDocument, type DocumentSummary, listDocuments, pathOf } from '../document/documents-api.js';
import { KEPT_PATH } from '../kept/kept-path.js';
import type { KeptTexts } from '../kept/kept-texts.js';
import { ServerUnreachable } from '../shell/api.js';
import { goTo } from '../shell/navigation.js';
import type { Session } from '../sign-in/session.js';
import { signInAddress } from '../sign-in/sign-in.js';
import { mayTrash } from '../trash/may-trash.js';
import { TRASH_PATH } from '../trash/trash-path.js';
import { documentRows } from './document-rows.js';
import { FileImport } from './file-import.js';
import { OnDevice } from './on-device.js';
import type { ToTrash } from './to-trash.js';
import '../sign-in/own-menu.js';

type Listing =
  | { readonly kind: 'loading' }
  | { readonly kind: 'failed'; readonly error: Error }
  /** The server cannot be reached: what this browser has. */
  | { readonly kind: 'offline'; readonly documents: readonly DocumentSummary[] }
  | {
      readonly kind: 'listed';
      readonly documents: readonly DocumentSummary[];
      /** What the rest is asked for with; null when all are here. */
      readonly next: string | null;
    };

/** What was asked for and not done. */
interface Trouble {
  readonly what: string;
  readonly why: string;
  readonly again: () => void;
}

/** Pages fetched by themselves: with all of the list here, finding one is a matter of letters. */
const PAGES_AT_ONCE = 20;

class StartPage extends LightElement {
  static override properties = {
    session: { attribute: false },
    person: { attribute: false },
    isKnown: { attribute: false },
    hasUnsaved: { attribute: false },
    store: { attribute: false },
    texts: { attribute: false },
    listing: { state: true },
    query: { state: true },
    creating: { state: true },
    trouble: { state: true },
  };
  declare session: Session;
  declare person: Person;
  /** The server has said who this is, or could not be asked. */
  declare isKnown: boolean;
  /** Signing out would lose something. */
  declare hasUnsaved: () => Promise<boolean>;
  /** What this browser keeps of documents; null where it keeps nothing, or before it is known for whom. */
  declare store: IndexedDbStore | null;
  declare texts: KeptTexts | null;
  declare private listing: Listing;
  declare private query: string;
  declare private creating: boolean;
  declare private trouble: Trouble | null;
  readonly #files = new FileImport(this);
  readonly #device = new OnDevice(this);
  /** Once something is moved there. */
  #trash: ToTrash | null = null;
  readonly #search = createRef<HTMLInputElement>();
  #request: AbortController | null = null;
  #listening = new AbortController();

  constructor() {
    super();
    this.store = null;
    this.texts = null;
    this.listing = { kind: 'loading' };
    this.query = '';
    this.creating = false;
    this.trouble = null;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    document.title = 'Weft';
    this.#listening = new AbortController();
    const { signal } = this.#listening;
    document.addEventListener('visibilitychange', () => !document.hidden && void this.#load(), { signal });
    addEventListener('online', () => void this.#load(), { signal });
    document.addEventListener('keydown', this.#slashSearches, { signal });
    void this.#load();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#listening.abort();
    this.#request?.abort();
  }

  override updated(changed: ReadonlyMap<PropertyKey, unknown>): void {
    if (changed.has('texts') || changed.has('store')) void this.#lookAtDevice();
  }

  override render(): TemplateResult {
    const hasDocuments = this.listing.kind === 'listed' && this.listing.documents.length > 0;
    return html`
      <header class="start-top">
        <a class="brand" href="/" aria-label="Weft">${logo}<span>Weft</span></a>
        <div class="right">
          ${
            this.#mayCreate && (hasDocuments || this.listing.kind === 'loading')
              ? html`${this.#files.button()}<button class="primary" ?disabled=${!this.mayImport} @click=${this.#create}>
                ${icons.plus}<span>${words.newDocument}</span>
              </button>`
              : nothing
          }
          ${
            this.#signInUrl && !this.session.isSignedIn
              ? html`<a class="button framed" href=${signInAddress(this.#signInUrl, false)}>${icons.logIn}${words.signIn}</a>`
              : nothing
          }
          <weft-own-menu
            .person=${this.person}
            .me=${this.session.me}
            .hasUnsaved=${this.hasUnsaved}
          ></weft-own-menu>
        </div>
      </header>
      <main class="start">
        <h1>${words.documents}</h1>
        ${this.#files.render()}
        ${
          this.trouble
            ? html`<div class="banner bad" role="alert">
              ${icons.warning}
              <p><b>${this.trouble.what}</b> ${this.trouble.why}</p>
              <div class="actions"><button @click=${this.trouble.again}>${words.tryAgain}</button></div>
            </div>`
            : nothing
        }
        ${this.#device.keptCount > 0 ? keptLine(this.#device.keptCount) : nothing}
        ${this.#trash?.render() ?? nothing} ${this.#list()}
        ${this.#mayCreate ? html`<p class="kept-line"><a class="plain-link" href=${TRASH_PATH}>${words.trash}</a></p>` : nothing}
      </main>
    `;
  }

  #list(): TemplateResult {
    switch (this.listing.kind) {
      case 'loading':
        return html`<div class="card" aria-busy="true" aria-label=${words.fetching}>
          ${[62, 44, 53].map((width) => html`<div class="row-skeleton" .style=${`--w: ${width}%`}><i></i><i></i></div>`)}
        </div>`;
      case 'failed':
        return html`<div class="card hollow" role="alert">
          <h2>${words.notListed}</h2>
          <p>${this.listing.error.message} ${this.listing.error instanceof ServerUnreachable ? words.whereTextIs : nothing}</p>
          <div class="actions"><button class="primary" @click=${this.#retry}>${icons.retry}${words.tryAgain}</button></div>
        </div>`;
      case 'offline':
        return html`<div class="banner" role="status">
            ${icons.offline}
            <p><b>${words.serverAway}</b> ${words.onThisDevice}</p>
            <div class="actions"><button @click=${this.#retry}>${icons.retry}${words.tryAgain}</button></div>
          </div>
          <div class="card">${documentRows(this.listing.documents, this.#forgetOf)}</div>`;
      case 'listed': {
        const documents = this.#trash?.left(this.listing.documents) ?? this.listing.documents;
        return documents.length === 0 ? this.#empty() : this.#found(documents, this.listing.next);
      }
    }
  }

  /** Neither a file nor anything else is becoming a document already. */
  get mayImport(): boolean {
    return this.#mayCreate && !this.creating && !this.#files.isReading;
  }

  get #mayCreate(): boolean {
    return this.session.me?.mayCreate ?? this.isKnown;
  }

  get #signInUrl(): string | null {
    return this.session.me?.signInUrl ?? null;
  }

  #empty(): TemplateResult {
    const sheets = html`<div class="sheets" aria-hidden="true"><i></i><i></i><i></i></div>`;
    if (this.#mayCreate) {
      return html`<div class="card hollow">
        ${sheets}
        <h2>${words.willBeHere}</h2>
        <p>${words.beginOne}</p>
        <div class="actions">
          <button class="primary" ?disabled=${!this.mayImport} @click=${this.#create}>${icons.plus}${words.newDocument}</button>
          ${this.#files.button()}
        </div>
      </div>`;
    }
    const isGuest = this.#signInUrl !== null && !this.session.isSignedIn;
    return html`<div class="card hollow">
      ${sheets}
      <h2>${isGuest ? words.signInToSee : words.sharedWillBeHere}</h2>
      <p>
        ${isGuest ? words.linkOpens : words.askForOne}
      </p>
      ${
        isGuest
          ? html`<div class="actions">
              <a class="button primary" href=${signInAddress(this.#signInUrl!, false)}>${icons.logIn}${words.signIn}</a>
            </div>`
          : nothing
      }
    </div>`;
  }

  #found(documents: readonly DocumentSummary[], next: string | null): TemplateResult {
    const wanted = this.query.trim().toLocaleLowerCase();
    const found = wanted === '' ? documents : documents.filter((document) => matches(document, wanted));
    return html`<div class="card">
      <label class="search">
        ${icons.search}
        <input
          ${ref(this.#search)}
          type="search"
          placeholder=${words.find}
          aria-label=${words.findBy}
          .value=${this.query}
          @input=${(event: InputEvent) => {
            this.query = (event.target as HTMLInputElement).value;
          }}
        />
        <span class="count" role="status">${countOf(found.length, documents.length, next !== null)}</span>
      </label>
      ${
        found.length === 0
          ? html`<div class="no-match">
            <p>${words.noneHas(this.query.trim())}</p>
            <button @click=${this.#clearQuery}>${words.showAll}</button>
          </div>`
          : documentRows(found, this.#forgetOf, this.#trashOf)
      }
      ${next === null ? nothing : html`<div class="more"><button @click=${() => this.#loadMore()}>${words.showMore}</button></div>`}
    </div>`;
  }

  async #lookAtDevice(): Promise<void> {
    await this.#device.look();
    await this.#listFromDevice();
  }

  /** Where the server cannot be reached, there is still what this browser has. */
  async #listFromDevice(): Promise<void> {
    const { listing } = this;
    if (listing.kind !== 'failed' || !(listing.error instanceof ServerUnreachable)) return;
    const documents = await this.#device.list();
    if (this.listing === listing && documents.length > 0) this.listing = { kind: 'offline', documents };
  }

  readonly #forgetOf = (document: DocumentSummary): (() => void) | null =>
    this.#device.has(document.name) ? () => void this.#forget(document) : null;

  readonly #trashOf = (document: DocumentSummary): (() => void) | null =>
    mayTrash(document.role, this.session.me?.isOpen ?? false) ? () => void this.#moveToTrash(document) : null;

  async #moveToTrash(document: DocumentSummary): Promise<void> {
    this.trouble = null;
    try {
      this.#trash ??= new (await import('./to-trash.js')).ToTrash(this);
      await this.#trash.move(document);
    } catch {
      const again = (): void => void this.#moveToTrash(document);
      this.trouble = { what: words.notMoved, why: words.isAsItWas, again };
    }
  }

  async #forget(document: DocumentSummary): Promise<void> {
    if (!(await this.#device.forget(document))) return;
    if (this.listing.kind === 'offline') {
      this.listing = {
        kind: 'offline',
        documents: this.listing.documents.filter(({ name }) => name !== document.name),
      };
    }
    await this.#lookAtDevice();
  }

  refresh(): Promise<void> {
    return this.#load();
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
    const isHere = this.#trash?.asked();
    try {
      await this.#fetchPages([], null, request.signal);
      if (!request.signal.aborted && this.listing.kind === 'listed') isHere?.(this.listing.documents);
    } catch (error) {
      // A list one has is better than the news that it could not be refreshed.
      if (request.signal.aborted || this.listing.kind === 'listed' || this.listing.kind === 'offline') return;
      this.listing = { kind: 'failed', error: error as Error };
      await this.#listFromDevice();
    }
  }

  async #loadMore(): Promise<void> {
    if (this.listing.kind !== 'listed' || this.listing.next === null) return;
    const { documents, next } = this.listing;
    this.#request = new AbortController();
    const { signal } = this.#request;
    await this.#fetchPages(documents, next, signal).catch(() => announce(words.noMore));
  }

  /** The first page is shown as soon as it is here, or in place of the list before it once all are. */
  async #fetchPages(known: readonly DocumentSummary[], after: string | null, signal: AbortSignal): Promise<void> {
    let documents = known;
    let next = after;
    for (let page = 0; page < PAGES_AT_ONCE && (page === 0 || next !== null); page++) {
      const fetched = await listDocuments(next, signal);
      if (signal.aborted) return;
      documents = [...documents, ...fetched.documents];
      next = fetched.next;
      const isFirstLook = this.listing.kind !== 'listed';
      if (isFirstLook || next === null || documents.length >= this.#shownCount) {
        this.listing = { kind: 'listed', documents: [...documents].sort(newestFirst), next };
      }
    }
  }

  get #shownCount(): number {
    return this.listing.kind === 'listed' ? this.listing.documents.length : 0;
  }

  readonly #create = async (): Promise<void> => {
    this.creating = true;
    this.trouble = null;
    try {
      goTo(`/d/${pathOf(await createDocument())}`);
    } catch (error) {
      this.trouble = { what: words.notMade, why: (error as Error).message, again: this.#create };
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

function keptLine(count: number): TemplateResult {
  const [link, rest] = words.textsKept(count);
  return html`<p class="kept-line"><a class="plain-link" href=${KEPT_PATH}>${link}</a>${rest}</p>`;
}

const matches = ({ name, title, excerpt }: DocumentSummary, wanted: string): boolean =>
  `${title}\n${excerpt}\n${name}`.toLocaleLowerCase().includes(wanted);
const newestFirst = (a: DocumentSummary, b: DocumentSummary): number => (b.updatedAtMs ?? 0) - (a.updatedAtMs ?? 0);
const countOf = (found: number, all: number, isCut: boolean): string => words.countOf(found, all) + (isCut ? '+' : '');

customElements.define('weft-start', StartPage);
