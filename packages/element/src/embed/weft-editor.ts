// <weft-editor server document token>: the editor in a page of somebody else's. It makes its own connection, and draws into a shadow root, so
// that neither the styles of the page nor its own reach the other's; nothing of the page is changed, and no key outside of it heard.

import { CloseCode, documentPath, parseDocumentName } from '@weft/protocol';
import { Connection, type ConnectionStatus, type Person, type SaveState } from '@weft/provider';
import * as words from '@weft/words/embedding';
import * as loading from '@weft/words/loading';
import { html, nothing, type PropertyDeclarations, type PropertyValues, type TemplateResult } from 'lit';
import { EditorElement, type End } from '../editor-element.js';
import type { Problem } from '../saving/problems.js';
import { hasUnsaved } from '../saving/save-sentence.js';
import type { Surroundings } from '../surroundings.js';
import { icons } from '../ui/icons.js';
import { editorStyles } from './styles.js';

/** What is not saved when the element goes is sent for as long as this. */
const SENT_WITHIN_MS = 30_000;

/** The events of the element: what each has as its `detail`. */
export interface WeftEditorEvents {
  /** The text is shown. */
  'weft-ready': null;
  'weft-save': SaveState;
  'weft-status': ConnectionStatus;
  'weft-access': { readonly role: string | null; readonly mayWrite: boolean };
  /** The server has closed the document for good; 4403 is that there is no access to it. */
  'weft-closed': End;
}

export class WeftEditor extends EditorElement {
  static override properties: PropertyDeclarations = {
    server: {},
    document: {},
    token: {},
    link: {},
    person: { attribute: false },
    getToken: { attribute: false },
  };
  /** The origin of the server, as `https://weft.example.org`. */
  declare server: string;
  /** The name of the document. */
  declare document: string;
  /** A JWT that the server accepts. It is shown again whenever the server asks, so it has to last as long as the page, or `getToken` is needed. */
  declare token: string;
  /** The secret of a share link. */
  declare link: string;
  /** How somebody is shown to others whom the server does not know by name. */
  declare person: Person;
  /** Gives a fresh token, for each connection and each renewal. */
  declare getToken: (() => Promise<string>) | null;
  #connection: Connection | null = null;
  /** What it was opened with; null while it is not. */
  #opened: string | null = null;
  /** Once nothing is unsaved any more, or it is given up. */
  #closed = new AbortController();

  constructor() {
    super();
    this.server = '';
    this.document = '';
    this.token = '';
    this.link = '';
    this.person = { name: words.guest, color: '#59636e' };
    this.getToken = null;
    this.fill = { wayOut: nothing };
  }

  protected override createRenderRoot(): ShadowRoot {
    const root = this.shadowRoot ?? this.attachShadow({ mode: 'open' });
    root.adoptedStyleSheets = [editorStyles()];
    return root;
  }

  /** In the next turn: by then it has all that the page gave it beforehand. */
  protected override begin(): void {
    this.requestUpdate();
  }

  #open(): void {
    this.#opened = this.#wanted;
    if (this.document === '') return;
    const { origin } = new URL(this.server || '.', location.href);
    const parsed = parseDocumentName(this.document);
    if (!parsed.ok) throw new RangeError(parsed.reason);
    const connection = new Connection({
      url: `${origin.replace(/^http/, 'ws')}/weft?document=${documentPath(parsed.name)}`,
      person: this.person,
      client: 'weft-element/0.1.0',
      token: () => this.#freshToken(),
    });
    this.#connection = connection;
    this.connection = connection;
    this.shared = connection.open(this.document, { link: this.link });
    this.surroundings = this.#surroundingsOf(origin);
    const { shared } = this;
    this.#closed = new AbortController();
    // What is not saved lives in this page alone.
    const wouldLose = (): boolean => hasUnsaved(shared.saveState) || shared.drafts.length > 0;
    const { signal } = this.#closed;
    addEventListener('beforeunload', (event) => wouldLose() && event.preventDefault(), { signal });
    // What was left a moment ago may still be on its way.
    const isShown = (): boolean => this.#connection === connection;
    connection.on('status', (status) => isShown() && this.#say('weft-status', status));
    shared.on('save', (state) => isShown() && this.#say('weft-save', state));
    shared.on('access', ({ role, mayWrite }) => isShown() && this.#say('weft-access', { role, mayWrite }));
    shared.on('closed', (end) => isShown() && this.#say('weft-closed', end));
    super.begin();
  }

  override cease(): void {
    const connection = this.#connection;
    this.#opened = null;
    if (!connection) return;
    this.#connection = null;
    super.cease();
    const { shared } = this;
    const closed = this.#closed;
    const close = (): void => {
      connection.close();
      closed.abort();
    };
    shared.presence.setLocalState(null);
    if (!hasUnsaved(shared.saveState)) return close();
    shared.whenSaved({ signal: AbortSignal.timeout(SENT_WITHIN_MS) }).then(close, close);
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (!this.isConnected) return;
    if (this.#opened !== this.#wanted) {
      this.cease();
      this.#open();
      return;
    }
    // Where the one before was turned down; else the server asks for it when it wants another.
    if (changed.has('token')) this.#connection?.retryNow();
    if (changed.has('person')) this.#connection?.setPerson(this.person);
  }

  override render(): TemplateResult | typeof nothing {
    return this.#connection ? super.render() : nothing;
  }

  protected override started(): void {
    this.#say('weft-ready', null);
  }

  protected override problem(): Problem | null {
    const problem = super.problem();
    const { connectionStatus: status, isReady } = this;
    if (problem && status.kind === 'stopped' && status.code === CloseCode.Unauthorized) {
      return { ...problem, title: words.notLetIn, text: isReady ? words.endedKept : words.wrongOrEnded };
    }
    if (problem || status.kind !== 'waiting' || status.lacks !== 'token') return problem;
    return {
      title: words.notKnown,
      text: isReady ? words.triesAgainKept : words.triesAgain,
      tone: 'warn',
      controls: html`<button @click=${() => this.connection.retryNow()}>${icons.retry}${loading.tryAgain}</button>`,
    };
  }

  /** Whoever was nobody to the server until a script of the page said who they are comes in anew. */
  get #wanted(): string {
    const isKnown = this.getToken !== null || this.token !== '';
    return JSON.stringify([this.server, this.document, this.link, isKnown]);
  }

  async #freshToken(): Promise<string> {
    return this.getToken ? this.getToken() : this.token;
  }

  #surroundingsOf(server: string): Surroundings {
    return {
      server,
      proofsFor: async () => {
        const token = await this.#freshToken();
        return {
          ...(token !== '' && { Authorization: `Bearer ${token}` }),
          ...(this.link !== '' && { 'Weft-Link': this.link }),
        };
      },
      // The address of a file is one of the server's, and not of this page's.
      isOpen: false,
      stage: null,
      isSignedOut: false,
      askBeforeLeaving: (count, signal) =>
        addEventListener('beforeunload', (event) => count() > 0 && event.preventDefault(), { signal }),
      draftAddress: null,
      draftCopied: () => {},
      holdsBack: () => false,
    };
  }

  #say<Name extends keyof WeftEditorEvents>(name: Name, detail: WeftEditorEvents[Name]): void {
    this.dispatchEvent(new CustomEvent(name, { detail }));
  }
}
