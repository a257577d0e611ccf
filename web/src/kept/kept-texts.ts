// The texts that are kept for a person in this browser, since they are not on the server, or not in this way: those of
// documents that are open, and those earlier pages left. Putting one back, making a document of one and throwing one away
// are here; the last can be undone for a while.

import { titleOf } from '@weft/element/reading/title';
import { firstLines } from '@weft/model';
import type { Draft, Person, SharedDocument } from '@weft/provider';
import type { IndexedDbStore } from '@weft/provider/indexeddb';
import * as words from '@weft/words/kept';
import { createDocument } from '../document/documents-api.js';
import type { OpenDocuments } from '../document/open-documents.js';

/** Who waits longer for the server is told that it does not answer. */
const PATIENCE_MS = 10_000;
const UNDO_WITHIN_MS = 60_000;

export interface KeptText {
  /** The document it was written in. */
  readonly document: string;
  readonly draft: Draft;
  readonly title: string;
  readonly firstLines: string;
}

/** What came of putting a text back; a sentence for people where it is still kept. */
export type PutBack = { readonly done: true } | { readonly done: false; readonly sentence: string };

export class KeptTexts {
  readonly #store: IndexedDbStore | null;
  readonly #opened: () => OpenDocuments | null;
  readonly #documents: () => OpenDocuments;
  /** Thrown away a moment ago. */
  #thrown: KeptText[] = [];

  /**
   * @param opened     the documents that are open; null before any was
   * @param documents  the same, with a connection for more
   */
  constructor(store: IndexedDbStore | null, opened: () => OpenDocuments | null, documents: () => OpenDocuments) {
    this.#store = store;
    this.#opened = opened;
    this.#documents = documents;
  }

  get thrown(): readonly KeptText[] {
    return this.#thrown;
  }

  /** Newest first. A storage that refuses has none. */
  async list(): Promise<KeptText[]> {
    const stored = (await this.#store?.drafts().catch(() => [])) ?? [];
    const inStore = stored.filter(({ kind }) => kind === 'content');
    const known = new Set(inStore.map(({ document, draft }) => keyOf(document, draft.id)));
    const opened = this.#opened()?.drafts ?? [];
    const inPage = opened.filter(({ document, draft }) => !known.has(keyOf(document, draft.id)));
    return [...inStore, ...inPage].map(read).sort((a, b) => b.draft.atMs - a.draft.atMs);
  }

  /** Writes it into its document, where it was. */
  putBack({ document, draft }: KeptText, person: Person): Promise<PutBack> {
    return this.#within(document, person, async (shared) => {
      switch (shared.bringIn(draft.doc)) {
        case 'written':
          // Leaves the store with the write that keeps it as unsaved text.
          await this.#remove(document, draft);
          return { done: true };
        case 'nothing-new':
          return kept(words.alreadyThere);
        case 'does-not-fit':
          return kept(words.doesNotFit);
      }
    });
  }

  /** @returns the name of a new document with all of it @throws Error with a sentence for people; then it is still kept */
  async makeDocument({ document, draft }: KeptText, person: Person): Promise<string> {
    const name = await createDocument();
    const result = await this.#within(name, person, async (shared) => {
      if (shared.bringIn(draft.doc) === 'does-not-fit') return kept(words.noDocumentOfIt);
      await inTime(shared.whenSaved());
      return { done: true };
    });
    if (!result.done) throw new Error(result.sentence);
    await this.#remove(document, draft);
    return name;
  }

  async throwAway(text: KeptText): Promise<void> {
    await this.#remove(text.document, text.draft);
    this.#thrown = [...this.#thrown, text];
    setTimeout(() => this.#forget(text), UNDO_WITHIN_MS);
  }

  /** @throws Error when the storage refuses */
  async takeBack(text: KeptText): Promise<void> {
    const shared = this.#opened()?.named(text.document);
    if (shared) shared.takeBackDraft(text.draft);
    else await this.#store?.putDraft(placeOf(text.document), text.draft);
    this.#forget(text);
  }

  #forget(text: KeptText): void {
    this.#thrown = this.#thrown.filter((each) => each !== text);
  }

  async #remove(document: string, { id }: Draft): Promise<void> {
    const shared = this.#opened()?.named(document);
    const draft = shared?.drafts.find((each) => each.id === id);
    if (draft) shared!.dismissDraft(draft);
    else await this.#store?.removeDraft(placeOf(document), id);
  }

  /** With the document open, in step and to be written in; it is sent out of sight what is written then. */
  async #within(name: string, person: Person, act: (shared: SharedDocument) => Promise<PutBack>): Promise<PutBack> {
    const documents = this.#documents();
    const shared = documents.open(name, person);
    try {
      await inTime(shared.whenSynced());
      if (!shared.access.mayWrite) return kept(words.mayOnlyRead);
      return await act(shared);
    } catch (error) {
      return kept(error instanceof NoAnswer ? error.message : words.cannotOpen);
    } finally {
      documents.leave(shared);
    }
  }
}

class NoAnswer extends Error {}

function inTime(promise: Promise<void>): Promise<void> {
  return new Promise((resolve, reject) => {
    const error = new NoAnswer(words.noAnswer);
    const timer = setTimeout(() => reject(error), PATIENCE_MS);
    promise.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}

const kept = (sentence: string): PutBack => ({ done: false, sentence: words.stillKept(sentence) });
const keyOf = (document: string, id: string): string => `${id} ${document}`;
const placeOf = (document: string) => ({ kind: 'content', document }) as const;

function read({ document, draft }: { readonly document: string; readonly draft: Draft }): KeptText {
  const lines = firstLines(draft.doc, 300).replace(/\s+/g, ' ').trim();
  return {
    document,
    draft,
    title: titleOf(draft.doc).trim() || lines.slice(0, 60) || words.untitled,
    firstLines: lines,
  };
}
