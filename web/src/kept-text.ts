// The text of a page that is nowhere else: drafts that could not be saved, each told of until it is dismissed. The newest
// is offered first, those before it next. Dismissing hides it here: it stays kept, and is on the page of kept texts.

import type { Draft, SharedDocument } from '@weft/provider';
import type { ReactiveController, ReactiveControllerHost } from 'lit';
import { announce } from './announce.js';
import { copyText } from './clipboard.js';
import { loadEditor } from './editor-part.js';
import type { OpenDocuments } from './open-documents.js';

const COPIED_SHOWN_MS = 2_000;

/** Drafts that need not be told of again on this page, by their ids. */
const dismissed = new Set<string>();

/** What it is the text of. */
interface Page extends ReactiveControllerHost {
  readonly documents: OpenDocuments;
  readonly shared: SharedDocument;
}

export class KeptText implements ReactiveController {
  readonly #page: Page;
  #isCopied = false;
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

  /** Those to be told of. */
  get drafts(): readonly Draft[] {
    return this.#page.shared.drafts.filter(({ id }) => !dismissed.has(id));
  }

  /** One at a time. */
  dismiss(): void {
    const { shared } = this.#page;
    const newest = this.drafts.at(-1);
    if (newest) dismissed.add(newest.id);
    this.#setCopied(false);
    shared.acknowledgeRefusal();
  }

  /** The newest draft; without one, what is on the sheet. */
  async copy(): Promise<void> {
    const { documents, shared } = this.#page;
    const draft = this.drafts.at(-1);
    const copied = await loadEditor().then(
      ({ plainText }) => copyText(plainText(draft?.doc ?? shared.doc)),
      () => false,
    );
    if (copied) {
      this.#setCopied(true);
      clearTimeout(this.#timer);
      this.#timer = setTimeout(() => this.#setCopied(false), COPIED_SHOWN_MS);
    }
    if (copied && draft) documents.settle([draft]);
    announce(
      copied ? 'Your text is on the clipboard.' : 'Your text could not be copied. Select it and copy it by hand.',
    );
  }

  #setCopied(isCopied: boolean): void {
    this.#isCopied = isCopied;
    this.#page.requestUpdate();
  }
}
