// The app: which page is shown, and what outlives a page: the person, the connection and the documents not saved yet.
// Links between pages change the page without loading the app again; what draws one is loaded when it is first shown.

import { announce } from '@weft/element/ui/announce';
import { icons } from '@weft/element/ui/icons';
import { LateParts } from '@weft/element/ui/late-parts';
import { LightElement } from '@weft/element/ui/light-element';
import { noticePage } from '@weft/element/ui/notice';
import { parseDocumentPath } from '@weft/protocol';
import { Connection, type Person } from '@weft/provider';
import { IndexedDbStore } from '@weft/provider/indexeddb';
import * as words from '@weft/words/access';
import { html, nothing, type TemplateResult } from 'lit';
import { keyed } from 'lit/directives/keyed.js';
import { OpenDocuments } from '../document/open-documents.js';
import { mayForgetAll } from '../kept/forget-copy.js';
import { KEPT_PATH } from '../kept/kept-path.js';
import { KeptTexts } from '../kept/kept-texts.js';
import { HISTORY_PREFIX } from '../past/history-path.js';
import { LinkSecrets, secretIn } from '../share/link-secrets.js';
import { loadPerson, savePerson } from '../sign-in/identity.js';
import { Session } from '../sign-in/session.js';
import { forgetVisits } from '../start/last-visits.js';
import { pageStorage } from './page-storage.js';
import { DOCUMENT_PREFIX, fetchPage, type PageName, pageAt, pageParts } from './pages.js';
import { keepApp } from './releases.js';
import { socketUrl } from './socket-url.js';

const storage = pageStorage(() => localStorage);
/** What is saved has gone from what this browser keeps as unsaved, by then. */
const STORED_WITHIN_MS = 1_500;
/** Documents that are opened at once to send what was left in them; the rest comes with the next page. */
const MAX_LEFTOVERS = 20;

class WeftApp extends LightElement {
  static override properties = {
    path: { state: true },
    search: { state: true },
    isKnown: { state: true },
    isOutdated: { state: true },
  };
  declare private path: string;
  declare private search: string;
  /** The server has said who this is, or could not be asked. */
  declare private isKnown: boolean;
  /** The server has a newer release of the app than this page is of. */
  declare private isOutdated: boolean;
  /** As this browser has it; whoever is signed in has a name, and may have a colour, from elsewhere. */
  #chosen: Person = loadPerson(storage);
  readonly #session = new Session(storage);
  readonly #links = new LinkSecrets(storage);
  #connection: Connection | null = null;
  #documents: OpenDocuments | null = null;
  /** What this browser keeps of documents; null before it is known for whom. */
  #store: IndexedDbStore | null = null;
  #texts: KeptTexts | null = null;
  readonly #late = new LateParts(this);
  /** Pages that can be drawn. */
  readonly #loaded = new Set<PageName>();
  readonly #listening = new AbortController();

  constructor() {
    super();
    this.path = location.pathname;
    this.search = location.search;
    this.isKnown = false;
    this.isOutdated = false;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.#takeLink();
    this.#show();
    void this.#learnWhoThisIs();
    // What this page needs itself comes first.
    void fetchPage(location.pathname).then(() => {
      // Its links lead on also when the server is away by then.
      for (const path of ['/', DOCUMENT_PREFIX, KEPT_PATH]) void fetchPage(path);
      keepApp(() => {
        this.isOutdated = true;
      });
    });
    const { signal } = this.#listening;
    addEventListener('popstate', () => this.#show(), { signal });
    addEventListener('hashchange', () => this.#show(), { signal });
    addEventListener('click', this.#followLink, { signal });
    addEventListener('beforeunload', this.#askBeforeLeaving, { signal });
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#listening.abort();
    this.#connection?.close();
  }

  override render(): TemplateResult {
    return html`${this.#page()}${this.isOutdated ? outdated : nothing}`;
  }

  #page(): TemplateResult {
    const { missing } = this.#late;
    if (missing) return noticePage({ ...missing, actions: missing.controls });
    const name = pageAt(this.path);
    if (name === 'absent') {
      return noticePage({
        title: words.nothingHere,
        text: words.cutShort,
      });
    }
    return this.#loaded.has(name) ? this.#loadedPage(name) : html``;
  }

  #loadedPage(name: keyof typeof pageParts): TemplateResult {
    switch (name) {
      case 'start':
        return html`<weft-start
          .session=${this.#session}
          .person=${this.#person}
          .isKnown=${this.isKnown}
          .hasUnsaved=${this.#hasUnsaved}
          .store=${this.#store}
          .texts=${this.#texts}
          @weft-person=${this.#personChanged}
          @weft-sign-out=${this.#signOut}
          @weft-forget-all=${this.#forgetAll}
        ></weft-start>`;
      case 'kept':
        // Whose they are has to be known first.
        if (!this.#texts) return html``;
        return html`<weft-kept .texts=${this.#texts} .person=${this.#person} .search=${this.search}></weft-kept>`;
      case 'trash':
        return html`<weft-trash></weft-trash>`;
      case 'sign-in':
        return html`<weft-sign-in-problem></weft-sign-in-problem>`;
      case 'document':
        return this.#documentPage(this.path.slice(DOCUMENT_PREFIX.length));
      case 'history':
        return this.#historyPage(this.path.slice(HISTORY_PREFIX.length));
    }
  }

  #documentPage(path: string): TemplateResult {
    const parsed = parseDocumentPath(path);
    if (!parsed.ok) return namesNoDocument(parsed.reason);
    // What a connection shows of us has to be known first.
    if (!this.isKnown) return html``;
    const documents = this.#openDocuments();
    // A page belongs to one document: another document is another page.
    return html`${keyed(
      parsed.name,
      html`<weft-document
        .name=${parsed.name}
        .connection=${this.#connection}
        .documents=${documents}
        .person=${this.#person}
        .me=${this.#session.me}
        .isSignedOut=${this.#session.hasEnded}
        .hasUnsaved=${this.#hasUnsaved}
        @weft-person=${this.#personChanged}
        @weft-sign-out=${this.#signOut}
        @weft-forget-all=${this.#forgetAll}
        @weft-turned-away=${this.#turnedAway}
      ></weft-document>`,
    )}`;
  }

  #historyPage(path: string): TemplateResult {
    const parsed = parseDocumentPath(path);
    if (!parsed.ok) return namesNoDocument(parsed.reason);
    // Whoever asks is known to the server by then.
    if (!this.isKnown) return html``;
    return html`${keyed(
      parsed.name,
      html`<weft-history
        .name=${parsed.name}
        .link=${this.#links.of(parsed.name)}
        .isOpenServer=${this.#session.me?.isOpen ?? false}
        .search=${this.search}
      ></weft-history>`,
    )}`;
  }

  readonly #personChanged = ({ detail }: CustomEvent<Person>): void => {
    this.#chosen = detail;
    savePerson(storage, detail);
    this.#connection?.setPerson(this.#person);
    this.requestUpdate();
  };

  get #person(): Person {
    const { name, color } = this.#session.me ?? { name: null, color: null };
    return { name: name ?? this.#chosen.name, color: color ?? this.#chosen.color };
  }

  #connect(): Connection {
    const connection = new Connection({
      url: socketUrl(location),
      person: this.#person,
      client: 'weft-web/0.1.0',
      token: () => this.#session.ticket(),
      guest: this.#session.guest,
      ...(this.#store && { store: this.#store }),
    });
    connection.on('identity', ({ person }) => {
      this.#session.guestIsKnownAs(person);
      this.requestUpdate();
    });
    // A sign-in that ended is noticed when a connection is to be made.
    connection.on('status', () => this.requestUpdate());
    return connection;
  }

  async #learnWhoThisIs(): Promise<void> {
    try {
      await this.#session.load();
    } catch {
      // Whatever page is shown asks the server as well, and says what is wrong.
    }
    this.#store = this.#openStore();
    this.#texts = new KeptTexts(
      this.#store,
      () => this.#documents,
      () => this.#openDocuments(),
    );
    this.isKnown = true;
    void this.#sendLeftovers();
  }

  /** What pages left that were closed before it was sent, in whatever document. */
  async #sendLeftovers(): Promise<void> {
    const places = (await this.#store?.unfinished().catch(() => [])) ?? [];
    const unsent = places.filter(({ kind, isUnsent }) => kind === 'content' && isUnsent);
    for (const { document } of unsent.slice(0, MAX_LEFTOVERS)) this.#openDocuments().finish(document);
  }

  #openDocuments(): OpenDocuments {
    this.#connection ??= this.#connect();
    this.#documents ??= new OpenDocuments(this.#connection, this.#links);
    return this.#documents;
  }

  #openStore(): IndexedDbStore | null {
    const { whose, wasGuest } = this.#session;
    if (whose === null) return null;
    const store = new IndexedDbStore({ server: location.host, person: whose });
    // Comes before whatever is read; a storage that refuses will say so to every document.
    if (wasGuest !== null) store.inherit(wasGuest).catch(() => {});
    return store;
  }

  /** Signing out would lose something: it takes away what this browser keeps of all documents. */
  readonly #hasUnsaved = async (): Promise<boolean> => {
    if (this.#documents?.hasUnsaved) return true;
    const isUnfinished = async (): Promise<boolean> => {
      const places = (await this.#store?.unfinished().catch(() => [])) ?? [];
      return places.length > 0;
    };
    if (!(await isUnfinished())) return false;
    // In any tab. What was saved a moment ago may still be there.
    await new Promise((resolve) => setTimeout(resolve, STORED_WITHIN_MS));
    return isUnfinished();
  };

  /** From a document, perhaps because one is not who one was any more. */
  readonly #turnedAway = async (): Promise<void> => {
    try {
      await this.#session.askAgain();
    } catch {
      // The page says what it knows.
    }
    this.requestUpdate();
  };

  readonly #forgetAll = async (): Promise<void> => {
    if (!(await mayForgetAll(await this.#hasUnsaved()))) return;
    this.#links.forgetAll();
    await this.#forgetEverything();
  };

  /** Nothing of what was shown stays behind. Whoever is here was asked about what is not saved. */
  async #forgetEverything(): Promise<void> {
    this.#connection?.close();
    this.#listening.abort();
    forgetVisits(storage);
    await this.#store?.forgetAll().catch(() => {});
    location.assign('/');
  }

  readonly #signOut = async (): Promise<void> => {
    try {
      await this.#session.signOut();
    } catch (error) {
      return announce(words.stillSignedIn((error as Error).message));
    }
    this.#links.forgetAll();
    await this.#forgetEverything();
  };

  /**
   * The secret of a share link is taken out of the address before anybody can copy it from there.
   *
   * @returns whether there was one
   */
  #takeLink(): boolean {
    const secret = secretIn(location.hash);
    const parsed = location.pathname.startsWith(DOCUMENT_PREFIX)
      ? parseDocumentPath(location.pathname.slice(DOCUMENT_PREFIX.length))
      : null;
    if (secret === null || !parsed?.ok) return false;
    this.#links.keep(parsed.name, secret);
    history.replaceState(history.state, '', location.pathname + location.search);
    return true;
  }

  /** The page at the address, once it can be drawn; until then the one before. */
  #show(): void {
    // What is open was opened without this link: it may open more, or what the one before opens no more.
    if (this.#takeLink() && location.pathname === this.path) return location.reload();
    const name = pageAt(location.pathname);
    if (name !== 'absent' && !this.#loaded.has(name)) return this.#load(name);
    this.#late.dismiss();
    const isOther = this.path !== location.pathname;
    this.path = location.pathname;
    this.search = location.search;
    if (isOther) requestAnimationFrame(() => this.#focusPage());
  }

  /** What had the focus went with the page before: who reads by ear, or goes by keys, is at the beginning of the new one. */
  #focusPage(): void {
    if (document.activeElement !== document.body) return;
    const beginning = this.querySelector<HTMLElement>('h1:not(.text *)') ?? this.querySelector('main');
    beginning?.setAttribute('tabindex', '-1');
    beginning?.focus({ preventScroll: true });
  }

  #load(name: keyof typeof pageParts): void {
    void fetchPage(location.pathname);
    void this.#late.use(words.thisPage, pageParts[name], () => {
      this.#loaded.add(name);
      // Where one has gone on meanwhile, that page is shown.
      this.#show();
      this.requestUpdate();
    });
  }

  readonly #followLink = (event: MouseEvent): void => {
    const link = event.target instanceof Element ? event.target.closest('a') : null;
    const isPlainClick = event.button === 0 && !(event.ctrlKey || event.metaKey || event.shiftKey || event.altKey);
    if (!link || !isPlainClick || event.defaultPrevented || link.target || link.closest('.ProseMirror')) return;
    const isPage = ['start', 'document', 'history', 'kept', 'trash'].includes(pageAt(link.pathname));
    if (link.origin !== location.origin || !isPage || link.hasAttribute('download')) return;
    event.preventDefault();
    history.pushState(null, '', link.href);
    scrollTo(0, 0);
    this.#show();
  };

  readonly #askBeforeLeaving = (event: BeforeUnloadEvent): void => {
    if (this.#documents?.wouldLoseAny) event.preventDefault();
  };
}

const namesNoDocument = (reason: string): TemplateResult =>
  noticePage({
    title: words.noName,
    text: words.checkTheLink(reason),
  });

const outdated = html`<div class="banner release" role="status">
  <p>${words.newerIsReady}</p>
  <div class="actions"><button @click=${() => location.reload()}>${icons.retry}${words.reload}</button></div>
</div>`;

customElements.define('weft-app', WeftApp);
