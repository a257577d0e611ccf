// The share dialog: who may do what in this document, and changing it. Owners change it; others are told who can; where no
// access is set up it says what that means. What is dangerous can be taken back from the line that says it was done.

import { announce } from '@weft/element/ui/announce';
import { copyText } from '@weft/element/ui/clipboard';
import { icons } from '@weft/element/ui/icons';
import { LightElement } from '@weft/element/ui/light-element';
import type { Role } from '@weft/protocol';
import * as words from '@weft/words/share';
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
          <h2 id="share-title">${words.shareThis(html`<span dir="auto">${words.quoted(this.documentTitle)}</span>`)}</h2>
          <button class="quiet" aria-label=${words.close} @click=${() => this.#dialog.value?.close()}>${icons.close}</button>
        </header>
        <div class="share-scroll">${this.#content()}</div>
        ${this.#doneLine()}
        <footer>
          <button class="framed" @click=${() => this.#copy('address', this.#address)}>
            ${this.copied === 'address' ? html`${icons.check}${words.copied}` : html`${icons.link}${words.copyAddress}`}
          </button>
          <button class="primary" autofocus @click=${() => this.#dialog.value?.close()}>${words.done}</button>
        </footer>
      </div>
    </dialog>`;
  }

  #content(): TemplateResult {
    if (this.isOpenServer) {
      return html`<div class="share-note">
        <p>
          <b>${words.openServer}</b> ${words.openServerMeans}
        </p>
        <p class="hint">
          ${words.openServerChange}
        </p>
      </div>`;
    }
    if (!this.#mayShare) {
      return html`<div class="share-note">
        <p>${ownSentence(this.ownRole)} ${words.onlyOwner}</p>
        <p class="hint">${words.addressOpens}</p>
      </div>`;
    }
    switch (this.state.kind) {
      case 'shown':
        return this.#sections(this.state.sharing);
      case 'failed':
        return html`<div class="share-note" role="alert">
          <p><b>${words.notFetched}</b> ${words.nothingChanged(this.state.message)}</p>
          <p><button class="framed" @click=${() => this.#load()}>${icons.retry}${words.tryAgain}</button></p>
        </div>`;
      default:
        return html`<div class="share-wait" aria-busy="true" aria-label=${words.fetching}>
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
          ? html`<button class="framed" @click=${() => this.#change(undo, words.asBefore, null)}>${words.undo}</button>`
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
      this.done = { sentence: words.nothingChanged((error as Error).message), tone: 'bad', undo: null };
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
    announce(copied ? words.onClipboard : words.notCopied);
    if (!copied) {
      this.done = { sentence: words.mayNotCopy, tone: 'bad', undo: null };
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
  role === null || role === 'owner' || role === 'admin' ? '' : words.youMay[role];

customElements.define('weft-share', ShareDialog);
