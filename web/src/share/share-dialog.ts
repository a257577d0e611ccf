// The share dialog: who may do what in this document, and changing it. Owners change it; others are told who can; where no
// access is set up it says what that means. What is dangerous can be taken back from the line that says it was done.

import { announce } from '@weft/element/ui/announce';
import { copyText } from '@weft/element/ui/clipboard';
import { icons } from '@weft/element/ui/icons';
import { LightElement } from '@weft/element/ui/light-element';
import { roleWords } from '@weft/element/ui/role-words';
import type { Role } from '@weft/protocol';
import { html, nothing, type TemplateResult } from 'lit';
import { createRef, ref } from 'lit/directives/ref.js';
import { pathOf } from '../document/documents-api.js';
import { changeSharing, readSharing, type ShareCommand, type Sharing } from './share-api.js';
import { waitingEvent } from './share-button.js';
import { linksSection, peopleSection, requestsSection } from './share-sections.js';

const COPIED_SHOWN_MS = 2_000;

type State =
  | { readonly kind: 'closed' | 'loading' }
  | { readonly kind: 'failed'; readonly message: string }
  | { readonly kind: 'shown'; readonly sharing: Sharing };

/** What was done a moment ago, said in the dialog. */
interface Done {
  readonly sentence: string;
  readonly tone: 'quiet' | 'bad';
  readonly undo: ShareCommand | null;
}

export class ShareDialog extends LightElement {
  static override properties = {
    name: { attribute: false },
    documentTitle: { attribute: false },
    ownRole: { attribute: false },
    isOpenServer: { attribute: false },
    state: { state: true },
    done: { state: true },
    copied: { state: true },
    freshLinks: { state: true },
  };
  declare name: string;
  declare documentTitle: string;
  declare ownRole: Role | null;
  declare isOpenServer: boolean;
  declare private state: State;
  declare private done: Done | null;
  /** What was put on the clipboard a moment ago: the address, or a link by its id. */
  declare private copied: string | null;
  /** Addresses of links made since the dialog was opened: the server says their secret once. */
  declare private freshLinks: ReadonlyMap<string, string>;
  readonly #dialog = createRef<HTMLDialogElement>();
  #request = new AbortController();
  #changes: Promise<unknown> = Promise.resolve();
  #copiedTimer: ReturnType<typeof setTimeout> | undefined;

  constructor() {
    super();
    this.state = { kind: 'closed' };
    this.done = null;
    this.copied = null;
    this.freshLinks = new Map();
  }

  async open(): Promise<void> {
    this.done = null;
    this.freshLinks = new Map();
    this.state = { kind: 'loading' };
    await this.updateComplete;
    this.#dialog.value?.showModal();
    if (this.#mayShare) await this.#load();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#request.abort();
    clearTimeout(this.#copiedTimer);
  }

  override render(): TemplateResult {
    if (this.state.kind === 'closed') return html``;
    return html`<dialog
      ${ref(this.#dialog)}
      class="share"
      aria-labelledby="share-title"
      @close=${this.#closed}
      @click=${this.#clicked}
    >
      <div class="share-body">
        <header>
          <h2 id="share-title">Share <span dir="auto">“${this.documentTitle}”</span></h2>
          <button class="quiet" aria-label="Close" @click=${() => this.#dialog.value?.close()}>${icons.close}</button>
        </header>
        <div class="share-scroll">${this.#content()}</div>
        ${this.#doneLine()}
        <footer>
          <button class="framed" @click=${() => this.#copy('address', this.#address)}>
            ${this.copied === 'address' ? html`${icons.check}Copied` : html`${icons.link}Copy address`}
          </button>
          <button class="primary" autofocus @click=${() => this.#dialog.value?.close()}>Done</button>
        </footer>
      </div>
    </dialog>`;
  }

  #content(): TemplateResult {
    if (this.isOpenServer) {
      return html`<div class="share-note">
        <p>
          <b>Whoever can reach this server can read and change this document.</b> It asks nobody who they are: send the
          address to those who should write with you.
        </p>
        <p class="hint">
          To decide who may read and write, whoever runs the server sets up access: its documentation says how, under “Configuration”.
        </p>
      </div>`;
    }
    if (!this.#mayShare) {
      return html`<div class="share-note">
        <p>${ownSentence(this.ownRole)} Only the owner of this document decides who may read and write it.</p>
        <p class="hint">The address opens it for those who may: others can ask the owner from there.</p>
      </div>`;
    }
    switch (this.state.kind) {
      case 'shown':
        return this.#sections(this.state.sharing);
      case 'failed':
        return html`<div class="share-note" role="alert">
          <p><b>Who may do what could not be fetched.</b> ${this.state.message} Nothing was changed.</p>
          <p><button class="framed" @click=${() => this.#load()}>${icons.retry}Try again</button></p>
        </div>`;
      default:
        return html`<div class="share-wait" aria-busy="true" aria-label="Fetching who may do what">
          <div class="row-skeleton"><i></i><i></i></div>
          <div class="row-skeleton"><i></i><i></i></div>
        </div>`;
    }
  }

  #sections(sharing: Sharing): TemplateResult {
    const change = (command: ShareCommand, sentence: string, undo?: ShareCommand): Promise<boolean> =>
      this.#change(command, sentence, undo ?? null);
    const say = (sentence: string): void => {
      this.done = { sentence, tone: 'quiet', undo: null };
    };
    return html`
      ${requestsSection(sharing.requests, change)} ${peopleSection(sharing, change, say)}
      ${linksSection(sharing.links, {
        copied: this.copied,
        fresh: this.freshLinks,
        copy: (id, address) => this.#copy(id, address),
        change,
      })}
    `;
  }

  #doneLine(): TemplateResult {
    const { done } = this;
    const undo = done?.undo;
    return html`<div class="share-done ${done?.tone ?? ''}" role="status">
      ${done ? html`<span>${done.sentence}</span>` : nothing}
      ${
        undo
          ? html`<button class="framed" @click=${() => this.#change(undo, 'It is as it was before.', null)}>Undo</button>`
          : nothing
      }
    </div>`;
  }

  get #mayShare(): boolean {
    return !this.isOpenServer && (this.ownRole === 'owner' || this.ownRole === 'admin');
  }

  get #address(): string {
    return `${location.origin}/d/${pathOf(this.name)}`;
  }

  async #load(): Promise<void> {
    this.#request.abort();
    this.#request = new AbortController();
    const { signal } = this.#request;
    this.state = { kind: 'loading' };
    try {
      const sharing = await readSharing(this.name, signal);
      if (!signal.aborted) this.#show(sharing);
    } catch (error) {
      if (!signal.aborted) this.state = { kind: 'failed', message: (error as Error).message };
    }
  }

  #show(sharing: Sharing): void {
    this.state = { kind: 'shown', sharing };
    this.dispatchEvent(waitingEvent(sharing.requests.length));
  }

  /** Changes go one after the other. @returns whether it was done */
  #change(command: ShareCommand, sentence: string, undo: ShareCommand | null): Promise<boolean> {
    const changed = this.#changes.then(() => this.#changeNow(command, sentence, undo));
    this.#changes = changed;
    return changed;
  }

  async #changeNow(command: ShareCommand, sentence: string, undo: ShareCommand | null): Promise<boolean> {
    try {
      const { sharing, secret } = await changeSharing(this.name, command);
      const before = this.state.kind === 'shown' ? this.state.sharing.links : [];
      const made = sharing.links.find(({ id }) => !before.some((link) => link.id === id));
      if (secret !== null && made) {
        this.freshLinks = new Map([...this.freshLinks, [made.id, `${this.#address}#link=${secret}`]]);
      }
      if (this.state.kind === 'shown') this.#show(sharing);
      this.done = { sentence, tone: 'quiet', undo };
      return true;
    } catch (error) {
      this.done = { sentence: `${(error as Error).message} Nothing was changed.`, tone: 'bad', undo: null };
      // A control that shows what was wanted shows what is again.
      this.requestUpdate();
      return false;
    } finally {
      await this.updateComplete;
      this.#keepFocus();
    }
  }

  /** The control that was pressed may be gone with its row. */
  #keepFocus(): void {
    const dialog = this.#dialog.value;
    if (!dialog?.open || (dialog !== document.activeElement && dialog.contains(document.activeElement))) return;
    (dialog.querySelector<HTMLElement>('.share-done button') ?? dialog.querySelector<HTMLElement>('.primary'))?.focus();
  }

  async #copy(what: string, text: string): Promise<void> {
    const copied = await copyText(text);
    announce(copied ? 'It is on the clipboard.' : 'It could not be copied.');
    if (!copied) {
      this.done = { sentence: 'It could not be copied: the browser does not let this page.', tone: 'bad', undo: null };
      return;
    }
    this.copied = what;
    clearTimeout(this.#copiedTimer);
    this.#copiedTimer = setTimeout(() => {
      this.copied = null;
    }, COPIED_SHOWN_MS);
  }

  readonly #closed = (): void => {
    this.#request.abort();
    this.state = { kind: 'closed' };
  };

  /** A press beside the dialog leaves it, as it does every popover. */
  readonly #clicked = (event: MouseEvent): void => {
    if (event.target === event.currentTarget) this.#dialog.value?.close();
  };
}

const ownSentence = (role: Role | null): string =>
  role === null || role === 'owner' || role === 'admin' ? '' : `You ${roleWords(role).toLowerCase()} here.`;

customElements.define('weft-share', ShareDialog);
