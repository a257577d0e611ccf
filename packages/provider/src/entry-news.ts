// What a store has yet to be told of unsaved text: the entries of an outbox that it is not known to have, and those that it may
// let go. What is on its way is told once more only if that fails.

import type { StoreChange, StoredEntry } from './local-store.js';
import type { OutboxEntry } from './outbox.js';

export type EntryChange = Pick<StoreChange, 'putEntries' | 'removeEntries'>;
type EntryId = Pick<StoredEntry, 'outboxId' | 'clientSeq'>;

/** What is to be kept now. */
export interface Unsaved {
  readonly outboxId: string;
  readonly epoch: number;
  readonly entries: readonly OutboxEntry[];
}

/** An entry that the store has, or may have. */
interface Written extends EntryId {
  /** null: an earlier page's, or not known to be kept. */
  readonly update: Uint8Array | null;
}

export class EntryNews {
  readonly #unsaved: () => Unsaved;
  readonly #written = new Map<string, Written>();
  /** What the newest write of what was typed is to keep, unless that has failed. */
  #begun: ReadonlySet<OutboxEntry> = new Set();

  constructor(unsaved: () => Unsaved) {
    this.#unsaved = unsaved;
  }

  /** The store is known to have all that is unsaved. */
  get isAllKept(): boolean {
    return this.#unsaved().entries.every(this.#isKept);
  }

  /** It has all that is unsaved, or a write of it is under way. */
  get isAllBegun(): boolean {
    return this.#unsaved().entries.every((entry) => this.#begun.has(entry) || this.#isKept(entry));
  }

  /** It may have what is saved by now. */
  get hasSaved(): boolean {
    return this.#written.size > this.#unsaved().entries.length;
  }

  /**
   * What makes the store equal to what is unsaved, but for what is unsaved and takes the place of nothing. What goes may be part
   * of what is unsaved by now: it goes with that or not at all, for an earlier write of it may fail.
   */
  get change(): EntryChange {
    const { outboxId, entries } = this.#unsaved();
    const unsaved = new Set(entries.map(({ clientSeq }) => keyOf({ outboxId, clientSeq })));
    const removeEntries = [...this.#written.values()]
      .filter((written) => !unsaved.has(keyOf(written)))
      .map(({ outboxId, clientSeq }) => ({ outboxId, clientSeq }));
    return { putEntries: removeEntries.length > 0 ? this.#unkeptToStore : [], removeEntries };
  }

  /** Of an earlier page: it goes with the first change. */
  adopt(entries: readonly EntryId[]): void {
    for (const entry of entries) this.#note(entry, null);
  }

  /** A write of all that the store is not known to have begins. @returns what to call when it fails */
  begin(): { readonly putEntries: readonly StoredEntry[]; readonly failed: () => void } {
    const begun = new Set(this.#unkept);
    this.#begun = begun;
    const putEntries = this.#unkeptToStore;
    // What is saved before its write has ended is to go again.
    for (const entry of putEntries) if (!this.#written.has(keyOf(entry))) this.#note(entry, null);
    const failed = (): void => {
      if (this.#begun === begun) this.#begun = new Set();
    };
    return { putEntries, failed };
  }

  /** The store knows so much. */
  written({ putEntries, removeEntries }: EntryChange): void {
    for (const entry of putEntries) this.#note(entry, entry.update);
    for (const entry of removeEntries) this.#written.delete(keyOf(entry));
  }

  #note({ outboxId, clientSeq }: EntryId, update: Uint8Array | null): void {
    this.#written.set(keyOf({ outboxId, clientSeq }), { outboxId, clientSeq, update });
  }

  readonly #isKept = ({ clientSeq, update }: OutboxEntry): boolean =>
    this.#written.get(keyOf({ outboxId: this.#unsaved().outboxId, clientSeq }))?.update === update;

  get #unkept(): OutboxEntry[] {
    return this.#unsaved().entries.filter((entry) => !this.#isKept(entry));
  }

  get #unkeptToStore(): StoredEntry[] {
    const { outboxId, epoch } = this.#unsaved();
    return this.#unkept.map((entry) => ({ ...entry, outboxId, epoch }));
  }
}

const keyOf = ({ outboxId, clientSeq }: EntryId): string => `${outboxId} ${clientSeq}`;
