// What a browser keeps of documents, seen from the outside: copies of what is on the server, text that is not there yet, and
// drafts. All that belongs together is written together, or not at all. Any number of tabs may use one store at a time:
// what a write adds is there already or fits what is there, whoever wrote it; and it never names a clientID to go on under (S3).

import type { Role } from '@weft/protocol';
import type { DocumentKind } from './channel-owner.js';

/** One document's place in a store. */
export interface Place {
  readonly document: string;
  readonly kind: DocumentKind;
}

/** What one may do in a document, as the server said last. */
export interface StoredAccess {
  readonly role: Role | null;
  readonly mayWrite: boolean;
}

/** A document as the server had it on its disk, under one epoch. */
export interface StoredCopy {
  readonly epoch: number;
  /** With the proof, what an Open may claim (J1). */
  readonly seq: number;
  readonly proof: Uint8Array;
  /** null: it was never said. */
  readonly access: StoredAccess | null;
  /** Yjs updates that together hold at least every entry up to `seq`, and nothing that was never saved. */
  readonly updates: readonly Uint8Array[];
}

/** Text that is not known to be saved. */
export interface StoredEntry {
  /** The outbox and the place in it; together they name the entry. */
  readonly outboxId: string;
  readonly clientSeq: number;
  /** Of the document it was written into; 0: it was written before the server said which one that is. */
  readonly epoch: number;
  readonly update: Uint8Array;
  readonly changes: number;
  readonly sinceMs: number;
}

export interface StoredDraft {
  readonly id: string;
  /** Of the reason; those of before have none. */
  readonly code?: string;
  readonly reason: string;
  readonly atMs: number;
  /** One Yjs update: the whole Y.Doc. */
  readonly state: Uint8Array;
}

export interface StoredDocument {
  readonly copies: readonly StoredCopy[];
  /** Oldest first, within an outbox. */
  readonly unsent: readonly StoredEntry[];
  readonly drafts: readonly StoredDraft[];
}

/** What a tab has learnt of a copy since it last wrote. */
export interface CopyChange {
  readonly epoch: number;
  /** What is stored has to hold every entry up to this one, or `updates` fit nowhere. -1: they hold everything. */
  readonly fromSeq: number;
  /** With them it holds every entry up to this one. */
  readonly toSeq: number;
  /** The newest entry that the server proved, up to `toSeq`; null when there is none since. */
  readonly proven: { readonly seq: number; readonly proof: Uint8Array } | null;
  readonly updates: readonly Uint8Array[];
  /** What this tab wrote and was saved. */
  readonly own: readonly Uint8Array[];
}

/** All of it happens, or nothing. */
export interface StoreChange {
  readonly copy: CopyChange | null;
  /** Is noted with the copy of that epoch, where there is one. */
  readonly access: (StoredAccess & { readonly epoch: number }) | null;
  readonly putEntries: readonly StoredEntry[];
  readonly removeEntries: readonly Pick<StoredEntry, 'outboxId' | 'clientSeq'>[];
  readonly putDrafts: readonly StoredDraft[];
  readonly removeDrafts: readonly string[];
  readonly retireCopies: readonly RetiredCopy[];
}

export const NO_CHANGE: StoreChange = {
  copy: null,
  access: null,
  putEntries: [],
  removeEntries: [],
  putDrafts: [],
  removeDrafts: [],
  retireCopies: [],
};

export const isNoChange = ({ copy, access, ...lists }: StoreChange): boolean =>
  copy === null && access === null && Object.values(lists).every((list) => list.length === 0);

/** A copy of an epoch that is over. It goes if no unsent text of that epoch is left, and it holds nothing after `seq`. */
export interface RetiredCopy {
  readonly epoch: number;
  readonly seq: number;
}

/** `gap`: the copy does not hold what the change builds on, and stays as it is; the rest was written. */
export type WriteResult = 'written' | 'gap';

/**
 * The store of one person on one server. Every method rejects when the storage fails, with a `QuotaExceededError` (by its
 * name) when it is full; then nothing of that call has happened.
 */
export interface LocalStore {
  /** As the server names them (Identity). Nobody else is shown anything of it. */
  readonly person: string;
  /** @returns all but unsent text that a page which is still there writes: that page sends it (S4) */
  read(place: Place): Promise<StoredDocument>;
  /**
   * An outbox that entries are put into belongs to this page from then on, until it lets go of it or ends, however that is.
   * Writes take effect in the order of the calls, each as soon as it can: nobody waits for the end of one to begin the next.
   */
  write(place: Place, change: StoreChange): Promise<WriteResult>;
  /** What is in these outboxes is for the next page that reads. */
  letGo(outboxIds: readonly string[]): void;
  /** Drops everything there is of one document: copies, unsent text, drafts. */
  forget(place: Place): Promise<void>;
  /** Drops everything there is of this person. */
  forgetAll(): Promise<void>;
}

/** What is to be known of a stored copy to add to it. */
export interface CopyState {
  readonly seq: number;
  readonly proof: Uint8Array;
  /** It holds every entry up to this one. */
  readonly heldSeq: number;
}

/** What becomes of a copy: `clear` what there is of it, add these updates, and note this of it. */
export interface CopyStep {
  readonly clear: boolean;
  readonly append: readonly Uint8Array[];
  readonly state: CopyState;
}

/** How a change goes into a copy; the same in every store. @returns null where it does not fit */
export function stepOf(stored: CopyState | null, change: CopyChange): CopyStep | null {
  const { fromSeq, toSeq, proven, updates, own } = change;
  if (fromSeq < 0) {
    // Another tab has come further.
    if (stored && stored.heldSeq > toSeq) return { clear: false, append: own, state: stored };
    return { clear: true, append: [...updates, ...own], state: { ...(proven ?? NOTHING_PROVEN), heldSeq: toSeq } };
  }
  const before = stored ?? { ...NOTHING_PROVEN, heldSeq: 0 };
  if (before.heldSeq < fromSeq) return null;
  const isKnown = before.heldSeq >= toSeq && stored !== null;
  const newest = proven && proven.seq > before.seq ? proven : before;
  return {
    clear: false,
    append: isKnown ? own : [...updates, ...own],
    state: { seq: newest.seq, proof: newest.proof, heldSeq: Math.max(before.heldSeq, toSeq) },
  };
}

const NOTHING_PROVEN = { seq: 0, proof: new Uint8Array() };
