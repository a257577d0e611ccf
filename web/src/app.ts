// The app: which page is shown, and what outlives a page: the person, the connection and the documents not saved yet.
// Pages are `/` and `/d/{name}`; links between them change the page without loading the app again.

import { parseDocumentPath } from '@weft/protocol';
import { Connection, type Person } from '@weft/provider';
import { html, type TemplateResult } from 'lit';
import { keyed } from 'lit/directives/keyed.js';
import { loadPerson, savePerson } from './identity.js';
import { LightElement } from './light-element.js';
import { noticePage } from './notice.js';
import { OpenDocuments } from './open-documents.js';
import './document-page.js';
import './start-page.js';

const documentPrefix = '/d/';

class WeftApp extends LightElement {
  static override properties = { path: { state: true } };
  declare private path: string;
  #person: Person = loadPerson(localStorage);
  #connection: Connection | null = null;
  #documents: OpenDocuments | null = null;
  readonly #listening = new AbortController();

  constructor() {
    super();
    this.path = location.pathname;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    const { signal } = this.#listening;
    addEventListener('popstate', () => this.#show(), { signal });
    addEventListener('click', this.#followLink, { signal });
    addEventListener('beforeunload', this.#askBeforeLeaving, { signal });
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#listening.abort();
    this.#connection?.close();
  }

  override render(): TemplateResult {
    if (this.path === '/') return html`<weft-start></weft-start>`;
    if (this.path.startsWith(documentPrefix)) return this.#documentPage(this.path.slice(documentPrefix.length));
    return noticePage({
      title: 'There is nothing here',
      text: 'The address may have been cut short on its way to you. No document is affected.',
    });
  }

  #documentPage(path: string): TemplateResult {
    const parsed = parseDocumentPath(path);
    if (!parsed.ok) {
      return noticePage({
        title: 'This address names no document',
        text: `${parsed.reason} Check the link you were given, or begin a new document.`,
      });
    }
    this.#connection ??= new Connection({ url: socketUrl(), person: this.#person, client: 'weft-web/0.1.0' });
    this.#documents ??= new OpenDocuments(this.#connection);
    // A page belongs to one document: another document is another page.
    return html`${keyed(
      parsed.name,
      html`<weft-document
        .name=${parsed.name}
        .connection=${this.#connection}
        .documents=${this.#documents}
        .person=${this.#person}
        @weft-person=${this.#personChanged}
      ></weft-document>`,
    )}`;
  }

  readonly #personChanged = ({ detail }: CustomEvent<Person>): void => {
    this.#person = detail;
    savePerson(localStorage, detail);
    this.#connection?.setPerson(detail);
    this.requestUpdate();
  };

  #show(): void {
    this.path = location.pathname;
  }

  readonly #followLink = (event: MouseEvent): void => {
    const link = event.target instanceof Element ? event.target.closest('a') : null;
    const isPlainClick = event.button === 0 && !(event.ctrlKey || event.metaKey || event.shiftKey || event.altKey);
    if (!link || !isPlainClick || event.defaultPrevented || link.target || link.closest('.ProseMirror')) return;
    const isPage = link.pathname === '/' || link.pathname.startsWith(documentPrefix);
    if (link.origin !== location.origin || !isPage || link.hasAttribute('download')) return;
    event.preventDefault();
    history.pushState(null, '', link.href);
    scrollTo(0, 0);
    this.#show();
  };

  readonly #askBeforeLeaving = (event: BeforeUnloadEvent): void => {
    if (this.#documents?.hasUnsaved) event.preventDefault();
  };
}

function socketUrl(): string {
  return `${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}/weft`;
}

customElements.define('weft-app', WeftApp);
