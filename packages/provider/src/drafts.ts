// The drafts of one document: Y.Docs as they were, since something in them is not on the server, or not in this way. Each
// Y.Doc is one at most. They are kept in the store, too, once nothing more is written into them, until they are dismissed.

import * as Y from 'yjs';
import type { StoredDraft } from './local-store.js';
import type { Replica } from './replica.js';

export interface DraftReason {
  /** Stable, for programs and other languages: what the server refused it by, or why it was set aside here. */
  readonly code: string;
  /** For people, in English. */
  readonly reason: string;
}

export interface Draft extends DraftReason {
  /** Names it among those of its document, here and in the store. */
  readonly id: string;
  readonly atMs: number;
  readonly doc: Y.Doc;
}

export function draftOf({ id, code = '', reason, atMs, state }: StoredDraft): Draft {
  const doc = new Y.Doc();
  Y.applyUpdate(doc, state);
  return { id, code, reason, atMs, doc };
}

export const storedDraft = ({ id, code, reason, atMs, doc }: Draft): StoredDraft => ({
  id,
  code,
  reason,
  atMs,
  state: Y.encodeStateAsUpdate(doc),
});

/** What keeps drafts beyond the page. */
export interface DraftKeeper {
  keepDraft(draft: StoredDraft): void;
  dropDraft(id: string): void;
}

export class Drafts {
  #list: Draft[] = [];
  readonly #keeper: DraftKeeper | null;
  readonly #added: (draft: Draft) => void;

  constructor(keeper: DraftKeeper | null, added: (draft: Draft) => void) {
    this.#keeper = keeper;
    this.#added = added;
  }

  get list(): readonly Draft[] {
    return this.#list;
  }

  /** Once per Y.Doc. It may still be written into. */
  add({ doc, outbox }: Replica, { code, reason }: DraftReason): void {
    if (this.#list.some((draft) => draft.doc === doc)) return;
    this.#push({ id: outbox.id, code, reason, atMs: Date.now(), doc });
  }

  /** Those an earlier page has kept. */
  restore(kept: readonly StoredDraft[]): void {
    for (const draft of kept) {
      if (!this.#list.some(({ id }) => id === draft.id)) this.#push(draftOf(draft));
    }
  }

  /** To be called when nothing more is written into this Y.Doc; without one, into any. */
  keep(doc?: Y.Doc): void {
    for (const draft of this.#list) {
      if (doc !== undefined && draft.doc !== doc) continue;
      this.#keeper?.keepDraft(storedDraft(draft));
    }
  }

  /** Nobody needs it any more. */
  dismiss(draft: Draft): void {
    if (!this.#list.includes(draft)) return;
    this.#list = this.#list.filter((each) => each !== draft);
    this.#keeper?.dropDraft(draft.id);
  }

  /** Somebody needs it after all. */
  takeBack(draft: Draft): void {
    if (this.#list.some(({ id }) => id === draft.id)) return;
    this.#push(draft);
    this.keep(draft.doc);
  }

  #push(draft: Draft): void {
    this.#list = [...this.#list, draft];
    this.#added(draft);
  }
}
