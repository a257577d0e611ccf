// Which of the changes made in a document are on the server's disk. They are saved in the order they were made, and the
// save state says how many are not: so the rest are.

import type { SaveState, SharedDocument } from '@weft/provider';

export class OwnChanges<T> {
  readonly #document: SharedDocument;
  readonly #onSaved: (change: T) => void;
  #waiting: T[] = [];
  #whenAtMost: { readonly count: number; readonly resolve: () => void } | null = null;

  /** @param onRefused takes why the server refused a change: no sound client's ever is */
  constructor(document: SharedDocument, onSaved: (change: T) => void, onRefused: (reason: string) => void = fail) {
    this.#document = document;
    this.#onSaved = onSaved;
    document.on('save', (state) => {
      const unsaved = unsavedChanges(state);
      if (typeof unsaved === 'number') this.#update(unsaved);
      else onRefused(unsaved.reason);
    });
    // What goes into a draft is not saved, and no longer waits to be.
    document.on('draft', () => {
      this.#waiting = [];
    });
  }

  /**
   * Runs what makes one Yjs transaction.
   * @returns false when it changed nothing: of that nothing is ever saved
   */
  make(change: T, transact: () => void): boolean {
    const { doc } = this.#document;
    let isChange = false;
    const note = (): void => {
      isChange = true;
    };
    doc.on('update', note);
    transact();
    doc.off('update', note);
    if (isChange) this.#waiting.push(change);
    return isChange;
  }

  /** Changes not known to be on disk. */
  get unsaved(): number {
    return this.#waiting.length;
  }

  /** Resolves once at most so many are unsaved. One caller at a time. */
  whenUnsavedAtMost(count: number): Promise<void> {
    if (this.#waiting.length <= count) return Promise.resolve();
    return new Promise((resolve) => {
      this.#whenAtMost = { count, resolve };
    });
  }

  #update(unsaved: number): void {
    const saved = this.#waiting.splice(0, Math.max(0, this.#waiting.length - unsaved));
    for (const change of saved) this.#onSaved(change);
    if (this.#whenAtMost === null || this.#waiting.length > this.#whenAtMost.count) return;
    this.#whenAtMost.resolve();
    this.#whenAtMost = null;
  }
}

function fail(reason: string): never {
  throw new Error(`the server refused a change: ${reason}`);
}

/** @returns their number, or why the server takes them no more */
function unsavedChanges(state: SaveState): number | { readonly reason: string } {
  switch (state.kind) {
    case 'saved':
      return 0;
    case 'saving':
    case 'offline':
    case 'busy':
      return state.changes;
    case 'refused':
    case 'read-only':
      return { reason: state.reason };
  }
}
