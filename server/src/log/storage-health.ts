// Whether what writers send can be put on disk now: asked by rooms before they take an edit, told to clients, shown to
// whoever runs the server. Two sources speak: the log, of its own writes, and the watch over the free space.

/**
 * `full`: no room to write, nothing is broken. `failing`: the disk refuses writes for another reason. `silent`: the database
 * does not answer.
 */
export type StorageState = 'ok' | 'full' | 'failing' | 'silent';

export interface StorageHealth {
  readonly state: StorageState;
  /** Calls back after each change. @returns the way to end it */
  subscribe(listener: (state: StorageState) => void): () => void;
}

/** What cannot be written at all weighs more than what is short of room. */
const WEIGHT: Readonly<Record<StorageState, number>> = { ok: 0, full: 1, failing: 2, silent: 3 };

/** The health of a storage several sources report on: the worst of what they said last. */
export class StorageReports<Source extends string> implements StorageHealth {
  readonly #said = new Map<Source, StorageState>();
  readonly #listeners = new Set<(state: StorageState) => void>();
  #state: StorageState = 'ok';

  get state(): StorageState {
    return this.#state;
  }

  report(source: Source, state: StorageState): void {
    this.#said.set(source, state);
    const worst = [...this.#said.values()].reduce((a, b) => (WEIGHT[b] > WEIGHT[a] ? b : a));
    if (worst === this.#state) return;
    this.#state = worst;
    for (const listener of [...this.#listeners]) listener(worst);
  }

  subscribe(listener: (state: StorageState) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }
}
