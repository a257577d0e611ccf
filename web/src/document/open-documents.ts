// The documents this tab holds open. Leaving a page does not drop what the server does not have: such a document stays
// open, out of sight, until it is saved, and comes back as it was when its page is opened again. One with a draft that
// nobody copied or dismissed stays for as long as the tab does, unless this browser keeps it beyond that.

import { hasUnsaved } from '@weft/element/saving/save-sentence';
import type { Connection, Draft, Person, SharedDocument } from '@weft/provider';
import type { LinkSecrets } from '../share/link-secrets.js';

export class OpenDocuments {
  readonly #connection: Connection;
  readonly #links: Pick<LinkSecrets, 'of'>;
  readonly #shown = new Set<SharedDocument>();
  readonly #leaving = new Map<string, SharedDocument>();
  readonly #settledDrafts = new WeakSet<Draft>();

  constructor(connection: Connection, links: Pick<LinkSecrets, 'of'>) {
    this.#connection = connection;
    this.#links = links;
  }

  /** Closing the tab now would lose something. */
  get wouldLoseAny(): boolean {
    return this.#all.some((document) => this.wouldLose(document));
  }

  /** Something is not on the server, wherever else it is. */
  get hasUnsaved(): boolean {
    return this.#all.some((document) => this.isUnfinished(document));
  }

  get #all(): readonly SharedDocument[] {
    return [...this.#shown, ...this.#leaving.values()];
  }

  /** Every draft of the documents that are open, with their names. */
  get drafts(): readonly { readonly document: string; readonly draft: Draft }[] {
    return this.#all.flatMap(({ name, drafts }) => drafts.map((draft) => ({ document: name, draft })));
  }

  /** The one that is open under this name. */
  named(name: string): SharedDocument | null {
    return this.#all.find((document) => document.name === name) ?? null;
  }

  /** The secret of the share link that a document is opened with; '' without one. */
  linkOf(name: string): string {
    return this.#links.of(name);
  }

  /** These drafts were copied: nothing is lost with them any more. */
  settle(drafts: readonly Draft[]): void {
    for (const draft of drafts) this.#settledDrafts.add(draft);
  }

  open(name: string, person: Person): SharedDocument {
    const kept = this.#leaving.get(name);
    this.#leaving.delete(name);
    const document = kept ?? this.#connection.open(name, { link: this.#links.of(name) });
    if (kept) kept.presence.setLocalState({ user: { ...person } });
    this.#shown.add(document);
    return document;
  }

  /** Sends what an earlier page left unsent in a document, out of sight. */
  finish(name: string): void {
    if (this.#leaving.has(name) || [...this.#shown].some((shown) => shown.name === name)) return;
    const document = this.#connection.open(name, { link: this.#links.of(name) });
    document.presence.setLocalState(null);
    this.#leaving.set(name, document);
    document.whenSynced().then(
      () => {
        if (this.#leaving.get(name) === document) this.leave(document);
      },
      // Turned away: what was unsent is a draft, which is shown where the document is opened.
      () => {},
    );
  }

  leave(document: SharedDocument): void {
    if (!this.#shown.delete(document) && !this.#leaving.has(document.name)) return;
    this.#leaving.delete(document.name);
    if (!hasUnsaved(document.saveState) && !this.wouldLose(document)) return document.close();
    document.presence.setLocalState(null);
    this.#leaving.set(document.name, document);
    document.whenSaved().then(
      () => {
        if (this.#leaving.get(document.name) !== document || this.wouldLose(document)) return;
        this.#leaving.delete(document.name);
        document.close();
      },
      // Closed by the server with the text still here: it is kept for as long as the tab is.
      () => {},
    );
  }

  /** Nothing of it is wanted any more: it is closed, saved or not. */
  discard(document: SharedDocument): void {
    this.#shown.delete(document);
    this.#leaving.delete(document.name);
    document.close();
  }

  /** Closing the tab now would lose text: the server does not have it, this browser does not keep it, nobody copied it. */
  wouldLose(document: SharedDocument): boolean {
    return document.local !== 'kept' && this.isUnfinished(document);
  }

  /** It holds text that the server does not have, and that nobody copied or dismissed. */
  isUnfinished({ saveState, drafts }: SharedDocument): boolean {
    return hasUnsaved(saveState) || drafts.some((draft) => !this.#settledDrafts.has(draft));
  }
}
