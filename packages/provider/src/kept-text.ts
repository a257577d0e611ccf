// What an earlier page kept of a document becomes part of what this one shows: before the network answers or, where the store
// told it too late to begin with, as another tab's text would. What fits nowhere any more is a draft.

import type { Drafts } from './drafts.js';
import { type KeptDocument, keptBeside, keptDocument } from './kept-document.js';
import type { LocalCopy } from './local-copy.js';
import type { StoredAccess, StoredDocument } from './local-store.js';
import { REPLACED } from './replacement.js';
import type { Replica } from './replica.js';

export interface KeptTextOwner {
  /** What is shown and written into; null while another is about to take its place, and when all is over. */
  replica(): Replica | null;
  /** What one might do the last time. */
  expectAccess(access: StoredAccess): void;
  /** The replica holds what was kept now. */
  taken(): void;
}

export class KeptText {
  readonly #local: LocalCopy;
  readonly #drafts: Drafts;
  readonly #owner: KeptTextOwner;
  /** What came late, until there is a replica that it fits. */
  #late: StoredDocument | null = null;

  constructor(local: LocalCopy, drafts: Drafts, owner: KeptTextOwner) {
    this.#local = local;
    this.#drafts = drafts;
    this.#owner = owner;
  }

  /** Resolves when there is no use waiting any longer. What an earlier page had is what the server is told to go on from. */
  async open(): Promise<void> {
    const stored = await this.#local.load();
    const replica = this.#owner.replica();
    if (!replica) return;
    if (stored) this.#restore(stored, replica);
    else if (this.#local.state === 'unavailable') replica.record(0);
  }

  cameLate(stored: StoredDocument): void {
    this.#late = stored;
    this.takeLate();
  }

  /** To be called again when another replica is shown: what came late may be of the document that it has. */
  takeLate(): void {
    // Somebody else has signed in, or it was forgotten: what is kept stays where it is, if it does.
    if (this.#local.state === 'none') this.#late = null;
    const [stored, replica] = [this.#late, this.#owner.replica()];
    if (!stored || !replica) return;
    // No server has told which document this is: it goes on as if there had been no waiting.
    if (replica.epoch === 0) this.#restore(stored, replica);
    else if (!this.#takeBeside(stored, replica)) return;
    this.#late = null;
  }

  #restore(stored: StoredDocument, replica: Replica): void {
    const kept = keptDocument(stored, REPLACED, Date.now());
    replica.restore(kept.copy, kept.unsent);
    replica.record(replica.seq);
    this.#begin(stored, kept);
    if (kept.copy?.access) this.#owner.expectAccess(kept.copy.access);
    this.#owner.taken();
  }

  /** @returns false when it is of a newer document than the page knows */
  #takeBeside(stored: StoredDocument, replica: Replica): boolean {
    const kept = keptBeside(stored, replica, REPLACED, Date.now());
    if (!kept) return false;
    replica.restoreBeside(stored.copies.find(({ epoch }) => epoch === replica.epoch) ?? null, kept.unsent);
    this.#begin(stored, kept);
    this.#owner.taken();
    return true;
  }

  #begin(stored: StoredDocument, kept: KeptDocument): void {
    this.#drafts.restore(kept.drafts);
    for (const draft of kept.newDrafts) this.#local.keepDraft(draft);
    this.#local.begin(stored.unsent, kept.retired);
  }
}
