// The local copy of one document: keeps in a store what the replica that is shown has learnt and what is unsaved in it. What
// is typed is written at once, what others wrote within a second; one write at a time, and each makes the store equal to
// what is here then. Only what is typed last before a page goes does not wait for its turn. A store that fails is told of, and
// tried again; nothing ever waits for it.

import { encodeStateAsUpdate } from 'yjs';
import { IdleTask } from './idle-task.js';
import type {
  LocalStore,
  Place,
  RetiredCopy,
  StoreChange,
  StoredAccess,
  StoredDocument,
  StoredDraft,
  StoredEntry,
} from './local-store.js';
import type { OutboxEntry } from './outbox.js';
import type { Replica } from './replica.js';

/** What becomes of unsaved text and drafts when the page is closed. */
export type LocalState =
  /** There is no store, or it is not for this document or person any more. */
  | 'none'
  /** What was kept before is being read. */
  | 'loading'
  | 'kept'
  /** The newest is not kept: there is no room. */
  | 'full'
  /** The newest is not kept: the storage refuses, or does not answer. */
  | 'unavailable';

/** What others wrote need not be kept at once: the server has it. */
const PAUSE_MS = 1_000;
const RETRY_AFTER_MS = 10_000;
/** Who waits longer for a store goes on without. */
const PATIENCE_MS = 3_000;
/** Pieces of a copy, beyond which it is written anew as one, which stops the page of a long document for a moment. */
const MAX_PIECES = 1_000;
/** Entries of an outbox, beyond which those that never left become fewer. */
const MAX_ENTRIES = 128;

interface Written {
  readonly outboxId: string;
  readonly clientSeq: number;
  /** null: an earlier page's. */
  readonly entry: OutboxEntry | null;
}

export interface LocalCopyOwner {
  stateChanged(): void;
  /** Whether everything in this replica is on the server's disk. */
  isAtRest(replica: Replica): boolean;
  /** null until the server said it. */
  access(): StoredAccess | null;
}

export class LocalCopy {
  readonly #store: LocalStore;
  readonly #place: Place;
  readonly #owner: LocalCopyOwner;
  readonly #rewriting = new IdleTask(() => this.#rewrite());
  #replica: Replica;
  #state: LocalState = 'loading';
  /** The unsaved text that the store has of this page, or has to let go. */
  #written = new Map<string, Written>();
  /** Written beside the write that is under way. */
  #hurried: Written[] = [];
  /** Outboxes that the store keeps for this page. */
  readonly #outboxIds = new Set<string>();
  #putDrafts = new Map<string, StoredDraft>();
  #removeDrafts = new Set<string>();
  #retireCopies = new Map<number, RetiredCopy>();
  /** What the copy says of what one may do. */
  #writtenAccess: StoredAccess | null = null;
  #pieces = 0;
  /** There is no room for what the server has, too: only what is unsaved is kept. */
  #isCopyTooLarge = false;
  #keepsText = true;
  #isWriting = false;
  /** Something came while there was a write under way. */
  #isStale = false;
  #isOver = false;
  #timer: ReturnType<typeof setTimeout> | null = null;
  #patience: ReturnType<typeof setTimeout> | null = null;

  constructor(store: LocalStore, place: Place, replica: Replica, owner: LocalCopyOwner) {
    this.#store = store;
    this.#place = place;
    this.#replica = replica;
    this.#owner = owner;
  }

  get state(): LocalState {
    return this.#state;
  }

  /** Whether the store has everything that is unsaved here, and every draft. */
  get isCurrent(): boolean {
    return this.#state === 'kept' && !this.#isWriting && !this.#isUrgent();
  }

  /** Reads what is kept. @returns null when there is no use waiting for it, or it was stopped meanwhile */
  async load(): Promise<StoredDocument | null> {
    const read = this.#store.read(this.#place);
    // Who waits no longer has not failed to look.
    read.catch(() => {});
    const patience = new Promise<null>((resolve) => {
      this.#patience = setTimeout(() => resolve(null), PATIENCE_MS);
    });
    const stored = await Promise.race([read, patience]).catch(() => null);
    this.#stopWaiting();
    if (this.#isOver) return null;
    this.#pieces = Math.max(0, ...(stored?.copies ?? []).map(({ updates }) => updates.length));
    this.#setState(stored ? 'kept' : 'unavailable');
    return stored;
  }

  /** Begins to keep what the replica has, in the place of what these were: entries of earlier pages, copies of epochs that are over. */
  begin(entries: readonly StoredEntry[], retired: readonly RetiredCopy[]): void {
    for (const { outboxId, clientSeq } of entries) this.#note({ outboxId, clientSeq, entry: null });
    for (const copy of retired) this.#retireCopies.set(copy.epoch, copy);
    this.touch();
  }

  /** The replica is shown in the place of the one before, whose unsaved text is in it or in a draft. */
  follow(replica: Replica): void {
    const { epoch, seq } = this.#replica;
    if (epoch !== replica.epoch) this.#retireCopies.set(epoch, { epoch, seq });
    this.#replica = replica;
    this.#writtenAccess = null;
    this.#pieces = 0;
    this.#flush();
  }

  keepDraft(draft: StoredDraft): void {
    this.#removeDrafts.delete(draft.id);
    this.#putDrafts.set(draft.id, draft);
  }

  dropDraft(id: string): void {
    this.#putDrafts.delete(id);
    this.#removeDrafts.add(id);
    this.touch();
  }

  /** Something may be different from what is kept. */
  touch(): void {
    if (this.#isOver || this.#state === 'loading') return;
    if (this.#isUrgent()) this.#flush();
    else if (this.#timer === null && this.#hasNews()) this.#in(PAUSE_MS);
    const isDueAnew = this.#replica.tape?.isTorn === true || this.#pieces > MAX_PIECES;
    if (isDueAnew && this.#mayRewrite) this.#rewriting.request();
  }

  get #mayRewrite(): boolean {
    return this.#keepsText && !this.#isCopyTooLarge && this.#owner.isAtRest(this.#replica);
  }

  get #unsaved(): readonly OutboxEntry[] {
    return this.#keepsText ? this.#replica.outbox.entries : [];
  }

  /** Nothing but drafts is kept any more: one may not read the document. What was kept of it goes at once. */
  forgetText(): void {
    this.#keepsText = false;
    const { epoch } = this.#replica;
    this.#retireCopies.set(epoch, { epoch, seq: Number.MAX_SAFE_INTEGER });
    this.#flush();
  }

  /** Drops everything there is of the document, and keeps nothing any more. */
  forget(): Promise<void> {
    this.stop();
    return this.#store.forget(this.#place);
  }

  /** Keeps nothing any more. What is kept stays. */
  stop(): void {
    this.#release();
    this.#replica.stopRecording();
    this.#setState('none');
  }

  /** The page may be gone in a moment: what is unsaved does not wait for the write before. */
  hurry(): void {
    if (this.#isOver || this.#state === 'loading') return;
    this.#flush();
    if (!this.#isStale) return;
    const putEntries = this.#unkept();
    if (putEntries.length === 0) return;
    this.#hurried.push(...putEntries.map(({ outboxId, clientSeq }) => ({ outboxId, clientSeq, entry: null })));
    // Should it fail, the next write says so, which has them, too.
    this.#store.write(this.#place, { ...NO_CHANGE, putEntries }).catch(() => {});
  }

  /** The page is done: what is not kept yet is written, though nobody waits for it. */
  close(): void {
    if (this.#isOver) return;
    this.hurry();
    this.#release();
  }

  #release(): void {
    this.#isOver = true;
    this.#stopTimer();
    this.#stopWaiting();
    this.#rewriting.cancel();
    if (!this.#isWriting) this.#letGo();
  }

  #note(written: Written): void {
    this.#written.set(keyOf(written), written);
  }

  /** What was never kept, and is nowhere else. */
  #isUrgent(): boolean {
    return this.#putDrafts.size > 0 || this.#removeDrafts.size > 0 || this.#unsaved.some(this.#isUnkept);
  }

  readonly #isUnkept = (entry: OutboxEntry): boolean =>
    this.#written.get(keyOf({ outboxId: this.#replica.outbox.id, ...entry }))?.entry !== entry;

  /** Of what is unsaved, what the store lacks, or may lack. */
  #unkept(): StoredEntry[] {
    const { outbox, epoch } = this.#replica;
    return this.#unsaved.filter(this.#isUnkept).map((entry) => ({ ...entry, outboxId: outbox.id, epoch }));
  }

  #hasNews(): boolean {
    const hasLearnt = this.#replica.tape?.isEmpty === false && this.#keepsText && !this.#isCopyTooLarge;
    return (
      hasLearnt || this.#hasOtherAccess || this.#written.size > this.#unsaved.length || this.#retireCopies.size > 0
    );
  }

  get #hasOtherAccess(): boolean {
    const [now, written] = [this.#owner.access(), this.#writtenAccess];
    return this.#keepsText && now !== null && (now.role !== written?.role || now.mayWrite !== written.mayWrite);
  }

  #flush(): void {
    this.#stopTimer();
    if (this.#isWriting) {
      this.#isStale = true;
      return;
    }
    if (this.#isOver) return;
    const { replica, desired, change } = this.#difference();
    if (isEmpty(change)) return;
    this.#isWriting = true;
    this.#isStale = false;
    this.#outboxIds.add(replica.outbox.id);
    this.#patience = setTimeout(() => this.#setState('unavailable'), PATIENCE_MS);
    this.#store.write(this.#place, change).then(
      (result) => {
        this.#written = desired;
        for (const hurried of this.#hurried.splice(0)) {
          // What was acknowledged meanwhile is to go again.
          if (!desired.has(keyOf(hurried))) this.#note(hurried);
        }
        if (change.access) this.#writtenAccess = change.access;
        for (const draft of change.putDrafts) {
          if (this.#putDrafts.get(draft.id) === draft) this.#putDrafts.delete(draft.id);
        }
        for (const id of change.removeDrafts) this.#removeDrafts.delete(id);
        for (const { epoch } of change.retireCopies) this.#retireCopies.delete(epoch);
        if (result === 'gap') replica.tape?.tear();
        this.#pieces += (change.copy?.updates.length ?? 0) + (change.copy?.own.length ?? 0);
        this.#done('kept');
      },
      (error: unknown) => {
        const isFull = (error as Error | null)?.name === 'QuotaExceededError';
        if (change.copy) {
          replica.tape?.tear();
          // What is unsaved may have room without it.
          this.#isCopyTooLarge = isFull;
          this.#isStale ||= isFull;
        }
        this.#done(isFull ? 'full' : 'unavailable');
      },
    );
  }

  #done(state: LocalState): void {
    this.#isWriting = false;
    this.#stopWaiting();
    if (this.#isOver) {
      // Closed meanwhile: what came since is written, once.
      if (this.#isStale && this.#state !== 'none') this.#writeLast();
      else this.#letGo();
      return;
    }
    this.#setState(state);
    if (this.#isStale) this.#flush();
    else if (state !== 'kept') this.#in(RETRY_AFTER_MS);
    else this.touch();
  }

  #writeLast(): void {
    const { change } = this.#difference();
    const letGo = () => this.#letGo();
    this.#outboxIds.add(this.#replica.outbox.id);
    this.#store.write(this.#place, change).then(letGo, letGo);
  }

  /** The page is frozen: another one may send what is unsaved, too, which does no harm. */
  leaveToOthers(): void {
    this.#letGo();
  }

  #letGo(): void {
    this.#store.letGo([...this.#outboxIds]);
  }

  /** What makes the store equal to what is here. */
  #difference(): { replica: Replica; desired: Map<string, Written>; change: StoreChange } {
    const replica = this.#replica;
    const { outbox, tape, epoch, seq, proof } = replica;
    if (outbox.entries.length > MAX_ENTRIES) outbox.condense();
    const desired = new Map<string, Written>();
    for (const entry of this.#unsaved) {
      const written = { outboxId: outbox.id, clientSeq: entry.clientSeq, entry };
      desired.set(keyOf(written), written);
    }
    const copy =
      this.#keepsText && !this.#isCopyTooLarge && tape?.isEmpty === false ? tape.take(epoch, seq, proof) : null;
    const access = copy || this.#hasOtherAccess ? this.#owner.access() : null;
    const change: StoreChange = {
      copy,
      access: access && { epoch, ...access },
      putEntries: this.#unkept(),
      removeEntries: [...this.#written]
        .filter(([key]) => !desired.has(key))
        .map(([, { outboxId, clientSeq }]) => ({ outboxId, clientSeq })),
      putDrafts: [...this.#putDrafts.values()],
      removeDrafts: [...this.#removeDrafts],
      retireCopies: [...this.#retireCopies.values()],
    };
    return { replica, desired, change };
  }

  /** Writes the copy anew, as one piece: only what is all on the server's disk may go in. */
  #rewrite(): void {
    if (!this.#mayRewrite) return;
    const { tape, doc } = this.#replica;
    tape?.whole(encodeStateAsUpdate(doc));
    this.#pieces = 0;
    this.#flush();
  }

  #in(delayMs: number): void {
    this.#stopTimer();
    this.#timer = setTimeout(() => {
      this.#timer = null;
      this.#flush();
    }, delayMs);
  }

  #stopTimer(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
  }

  #stopWaiting(): void {
    if (this.#patience !== null) clearTimeout(this.#patience);
    this.#patience = null;
  }

  #setState(state: LocalState): void {
    if (this.#state === state) return;
    this.#state = state;
    this.#owner.stateChanged();
  }
}

const NO_CHANGE: StoreChange = {
  copy: null,
  access: null,
  putEntries: [],
  removeEntries: [],
  putDrafts: [],
  removeDrafts: [],
  retireCopies: [],
};

const keyOf = ({ outboxId, clientSeq }: { readonly outboxId: string; readonly clientSeq: number }): string =>
  `${outboxId} ${clientSeq}`;

const isEmpty = ({ copy, access, ...rest }: StoreChange): boolean =>
  copy === null && access === null && Object.values(rest).every((list) => list.length === 0);
