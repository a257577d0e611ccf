// The drafts of one document: Y.Docs as they were, since something in them is not on the server, or not in this way. Each
// Y.Doc is one at most. They are kept in the store, too, once nothing more is written into them, until they are dismissed.

import * as Y from 'yjs';
import type { StoredDraft } from './local-store.js';
import type { Replica } from './replica.js';

export interface Draft {
  readonly reason: string;
  readonly atMs: number;
  readonly doc: Y.Doc;
}

/** What keeps drafts beyond the page. */
export interface DraftKeeper {
  keepDraft(draft: StoredDraft): void;
  dropDraft(id: string): void;
}

export class Drafts {
  #list: Draft[] = [];
  /** Names a draft in the store. */
  readonly #ids = new Map<Draft, string>();
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
  add({ doc, outbox }: Replica, reason: string): void {
    if (this.#list.some((draft) => draft.doc === doc)) return;
    this.#push({ reason, atMs: Date.now(), doc }, outbox.id);
  }

  /** Those an earlier page has kept. */
  restore(kept: readonly StoredDraft[]): void {
    for (const { id, reason, atMs, state } of kept) {
      const doc = new Y.Doc();
      Y.applyUpdate(doc, state);
      this.#push({ reason, atMs, doc }, id);
    }
  }

  /** To be called when nothing more is written into this Y.Doc; without one, into any. */
  keep(doc?: Y.Doc): void {
    for (const draft of this.#list) {
      if (doc !== undefined && draft.doc !== doc) continue;
      const { reason, atMs } = draft;
      const id = this.#ids.get(draft)!;
      this.#keeper?.keepDraft({ id, reason, atMs, state: Y.encodeStateAsUpdate(draft.doc) });
    }
  }

  /** Nobody needs it any more. */
  dismiss(draft: Draft): void {
    const id = this.#ids.get(draft);
    if (id === undefined) return;
    this.#list = this.#list.filter((each) => each !== draft);
    this.#ids.delete(draft);
    this.#keeper?.dropDraft(id);
  }

  #push(draft: Draft, id: string): void {
    this.#list.push(draft);
    this.#ids.set(draft, id);
    this.#added(draft);
  }
}
