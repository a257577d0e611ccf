// The text of a page that is nowhere else: drafts that could not be saved, each told of until it is dismissed. The newest
// is offered first, those before it next. Dismissing hides it here: it stays kept, and is on the page of kept texts. Copying needs
// nothing that may not come: without what writes a text out it is the words alone, and without a clipboard they are shown, to be
// copied by hand.

import { firstLines } from '@weft/model';
import type { Draft, SharedDocument } from '@weft/provider';
import * as words from '@weft/words/kept';
import { html, type ReactiveController, type ReactiveControllerHost, type TemplateResult } from 'lit';
import { announce } from '../ui/announce.js';
import { copyText } from '../ui/clipboard.js';

const COPIED_SHOWN_MS = 2_000;

/** Drafts that need not be told of again on this page, by their ids. */
const dismissed = new Set<string>();

/** What it is the text of. */
interface Page extends ReactiveControllerHost {
  readonly shared: SharedDocument;
  /** A draft is on the clipboard: it is not lost with the page any more. */
  draftCopied(draft: Draft): void;
}

export class KeptText implements ReactiveController {
  readonly #page: Page;
  #isCopied = false;
  /** What the browser did not put on the clipboard; null when it did, or was not asked. */
  #refused: string | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(page: Page) {
    this.#page = page;
    page.addController(this);
  }

  hostDisconnected(): void {
    clearTimeout(this.#timer);
  }

  /** Put on the clipboard a moment ago. */
  get isCopied(): boolean {
    return this.#isCopied;
  }

  /** The text to be copied by hand, with why; null when there is no need to. */
  get byHand(): TemplateResult | null {
    if (this.#refused === null) return null;
    return html`<div class="by-hand">
      <p role="alert">${words.copyByHand}</p>
      <textarea readonly rows="6" dir="auto" aria-label=${words.yourText} .value=${this.#refused} @focus=${selectAll}></textarea>
    </div>`;
  }

  /** Those to be told of. */
  get drafts(): readonly Draft[] {
    return this.#page.shared.drafts.filter(({ id }) => !dismissed.has(id));
  }

  /** One at a time. */
  dismiss(): void {
    const { shared } = this.#page;
    const newest = this.drafts.at(-1);
    if (newest) dismissed.add(newest.id);
    this.#refused = null;
    this.#setCopied(false);
    shared.acknowledgeRefusal();
  }

  /** The newest draft; without one, what is on the sheet. */
  async copy(): Promise<void> {
    const { shared } = this.#page;
    const draft = this.drafts.at(-1);
    const text = await textOf(draft?.doc ?? shared.doc);
    const copied = await copyText(text);
    this.#refused = copied ? null : text;
    this.#setCopied(copied);
    if (!copied) return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#setCopied(false), COPIED_SHOWN_MS);
    if (draft) this.#page.draftCopied(draft);
    announce(words.yourTextCopied);
  }

  #setCopied(isCopied: boolean): void {
    this.#isCopied = isCopied;
    this.#page.requestUpdate();
  }
}

/** What writes a text out. Whoever may need it has it before there is need. */
export const loadPlainText = () => import('@weft/editor/plain-text');

/** As the editor writes it out; its words alone where what does that did not come, or cannot read it. */
async function textOf(doc: SharedDocument['doc']): Promise<string> {
  try {
    const { plainText } = await loadPlainText();
    return plainText(doc);
  } catch (error) {
    console.warn(error);
    return firstLines(doc, Number.POSITIVE_INFINITY);
  }
}

const selectAll = (event: FocusEvent): void => (event.target as HTMLTextAreaElement).select();
