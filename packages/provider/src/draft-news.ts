// What a store has yet to be told of drafts: those it is to keep, and those that may go. Of each draft the newest word counts.

import type { StoreChange, StoredDraft } from './local-store.js';

export type DraftChange = Pick<StoreChange, 'putDrafts' | 'removeDrafts'>;

export class DraftNews {
  readonly #put = new Map<string, StoredDraft>();
  readonly #remove = new Set<string>();

  get isEmpty(): boolean {
    return this.#put.size === 0 && this.#remove.size === 0;
  }

  get change(): DraftChange {
    return { putDrafts: [...this.#put.values()], removeDrafts: [...this.#remove] };
  }

  put(draft: StoredDraft): void {
    this.#remove.delete(draft.id);
    this.#put.set(draft.id, draft);
  }

  remove(id: string): void {
    this.#put.delete(id);
    this.#remove.add(id);
  }

  /** The store knows so much. */
  written({ putDrafts, removeDrafts }: DraftChange): void {
    for (const draft of putDrafts) {
      if (this.#put.get(draft.id) === draft) this.#put.delete(draft.id);
    }
    for (const id of removeDrafts) this.#remove.delete(id);
  }
}
