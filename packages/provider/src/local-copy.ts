// The local copy of one document: keeps in a store what the replica that is shown has learnt and what is unsaved in it. What
// is typed is written at once, whatever is still being written, so that a page that dies has all of it under way; each such write
// has all that is not known to be kept, for what it builds on may fail. The rest follows within a second, what is saved by then
// among it. A store takes writes in their order. One that fails is told of, and tried again; nothing ever waits for it.

import { DraftNews } from './draft-news.js';
import { EntryNews, type Unsaved } from './entry-news.js';
import { IdleTask } from './idle-task.js';
import {
  isNoChange,
  type LocalStore,
  NO_CHANGE,
  type Place,
  type RetiredCopy,
  type StoreChange,
  type StoredAccess,
  type StoredDocument,
  type StoredDraft,
  type StoredEntry,
} from './local-store.js';
import type { Replica } from './replica.js';
import { wholeState } from './whole-state.js';

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

/** What others wrote need not be kept at once, nor what was saved: the server has it. */
const PAUSE_MS = 1_000;
const RETRY_AFTER_MS = 10_000;
/** Who waits longer for a store goes on without. */
const PATIENCE_MS = 3_000;
/** Pieces of a copy, beyond which it is written anew as one. */
const MAX_PIECES = 1_000;
/** Entries of an outbox, beyond which those that never left become fewer. */
const MAX_ENTRIES = 128;
/** Writes of what was typed that are under way at a time; one while the store fails, or does not answer. */
const MAX_TYPED_UNDER_WAY = 8;

export interface LocalCopyOwner {
  stateChanged(): void;
  /** Whether everything in this replica is on the server's disk. */
  isAtRest(replica: Replica): boolean;
  /** null until the server said it. */
  access(): StoredAccess | null;
  /** What was kept is known after all, when the page has begun without it: `begin` is to be called when it is taken. */
  cameLate(stored: StoredDocument): void;
}

export class LocalCopy {
  readonly #store: LocalStore;
  readonly #place: Place;
  readonly #owner: LocalCopyOwner;
  readonly #rewriting = new IdleTask(() => this.#rewrite());
  /** Of the replica, as far as it was done in idle moments; null while the copy need not be written anew. */
  #whole: ReturnType<typeof wholeState> | null = null;
  #replica: Replica;
  #state: LocalState = 'loading';
  /** Outboxes that the store keeps for this page. */
  readonly #outboxIds = new Set<string>();
  readonly #entryNews = new EntryNews(() => this.#unsaved);
  readonly #draftNews = new DraftNews();
  #retireCopies = new Map<number, RetiredCopy>();
  /** What the copy says of what one may do. */
  #writtenAccess: StoredAccess | null = null;
  #pieces = 0;
  #reading: 'begun' | 'failed' = 'begun';
  /** There is no room for what the server has, too: only what is unsaved is kept. */
  #isCopyTooLarge = false;
  #keepsText = true;
  /** Writes that have not ended: of what was typed, and of the rest. */
  #typedUnderWay = 0;
  #othersUnderWay = 0;
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
    return this.#state === 'kept' && !this.#isUrgent();
  }

  /** Reads what is kept. @returns null when there is no use waiting for it, or it was stopped meanwhile */
  async load(): Promise<StoredDocument | null> {
    const patience = new Promise<null>((resolve) => {
      this.#patience = setTimeout(() => resolve(null), PATIENCE_MS);
    });
    const stored = await Promise.race([this.#read(), patience]).catch(() => null);
    this.#stopWaiting();
    if (this.#isOver) return null;
    this.#setState(stored ? 'kept' : 'unavailable');
    return stored;
  }

  /** Also when nobody waits for it any more; where it fails, again once something could be written. */
  #read(): Promise<StoredDocument> {
    this.#reading = 'begun';
    const read = this.#store.read(this.#place);
    read.then(
      (stored) => {
        this.#pieces = Math.max(this.#pieces, ...stored.copies.map(({ updates }) => updates.length));
        if (this.#state === 'loading' || this.#isOver) return;
        if (!this.#isUnderWay) this.#setState('kept');
        this.#owner.cameLate(stored);
      },
      () => {
        this.#reading = 'failed';
      },
    );
    return read;
  }

  /** Begins to keep what the replica has, in the place of what these were: entries of earlier pages, copies of epochs that are over. */
  begin(entries: readonly StoredEntry[], retired: readonly RetiredCopy[]): void {
    this.#entryNews.adopt(entries);
    for (const copy of retired) this.#retireCopies.set(copy.epoch, copy);
    this.#flush();
  }

  /** The replica is shown in the place of the one before, whose unsaved text is in it or in a draft. */
  follow(replica: Replica): void {
    const { epoch, seq } = this.#replica;
    if (epoch !== replica.epoch) this.#retireCopies.set(epoch, { epoch, seq });
    this.#replica = replica;
    this.#whole = null;
    this.#writtenAccess = null;
    this.#pieces = 0;
    this.#flush();
  }

  keepDraft(draft: StoredDraft): void {
    this.#draftNews.put(draft);
  }

  dropDraft(id: string): void {
    this.#draftNews.remove(id);
    this.touch();
  }

  /** Something may be different from what is kept. */
  touch(): void {
    if (this.#isOver || this.#state === 'loading') return;
    const isAllDue = !this.#draftNews.isEmpty || this.#condense();
    if (isAllDue && this.#othersUnderWay === 0) this.#flush();
    else if (this.#typedUnderWay < (this.#state === 'kept' ? MAX_TYPED_UNDER_WAY : 1)) this.#writeTyped();
    if (this.#timer === null && this.#othersUnderWay === 0 && this.#hasNews()) this.#in(PAUSE_MS);
    const isDueAnew = this.#replica.tape?.isTorn === true || this.#pieces > MAX_PIECES;
    if (isDueAnew && this.#mayRewrite) this.#rewriting.request();
  }

  /** @returns whether many entries are one now, which the store is to have instead */
  #condense(): boolean {
    const { outbox } = this.#replica;
    const before = outbox.entries.length;
    if (before > MAX_ENTRIES) outbox.condense();
    return outbox.entries.length < before;
  }

  get #mayRewrite(): boolean {
    return this.#keepsText && !this.#isCopyTooLarge && this.#owner.isAtRest(this.#replica);
  }

  get #unsaved(): Unsaved {
    const { epoch, outbox } = this.#replica;
    return { outboxId: outbox.id, epoch, entries: this.#keepsText ? outbox.entries : [] };
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

  /** The page may be gone in a moment: nothing waits until it is due. */
  hurry(): void {
    if (this.#state !== 'loading') this.#flush();
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
    if (!this.#isUnderWay) this.#letGo();
  }

  /** What was never kept, and is nowhere else. */
  #isUrgent(): boolean {
    return !this.#draftNews.isEmpty || !this.#entryNews.isAllKept;
  }

  #hasNews(): boolean {
    const hasLearnt = this.#replica.tape?.isEmpty === false && this.#keepsText && !this.#isCopyTooLarge;
    return hasLearnt || this.#hasOtherAccess || this.#entryNews.hasSaved || this.#retireCopies.size > 0;
  }

  get #hasOtherAccess(): boolean {
    const [now, written] = [this.#owner.access(), this.#writtenAccess];
    return this.#keepsText && now !== null && (now.role !== written?.role || now.mayWrite !== written.mayWrite);
  }

  /** Writes all that is different here from what the store has. */
  #flush(): void {
    this.#stopTimer();
    if (this.#isOver) return;
    this.#writeTyped();
    this.#write(this.#otherNews(), 'other');
  }

  /** Goes with what others wrote, which it may build on, and else alone: what has to be looked up first would keep it back. */
  #writeTyped(): void {
    if (this.#entryNews.isAllBegun) return;
    const { putEntries, failed } = this.#entryNews.begin();
    const learnt = this.#replica.tape?.hasOthers ? this.#learnt() : null;
    this.#write({ ...NO_CHANGE, ...learnt, putEntries }, 'typed', failed);
  }

  get #isUnderWay(): boolean {
    return this.#typedUnderWay + this.#othersUnderWay > 0;
  }

  #write(change: StoreChange, what: 'typed' | 'other', failed = (): void => {}): void {
    if (isNoChange(change)) return;
    const { tape, outbox } = this.#replica;
    const count = (by: 1 | -1): void => {
      if (what === 'typed') this.#typedUnderWay += by;
      else this.#othersUnderWay += by;
    };
    this.#outboxIds.add(outbox.id);
    if (!this.#isUnderWay) this.#watch();
    count(1);
    this.#store.write(this.#place, change).then(
      (result) => {
        count(-1);
        this.#succeeded(change);
        if (result === 'gap') tape?.tear();
        this.#ended('kept');
      },
      (error: unknown) => {
        count(-1);
        const isFull = (error as Error | null)?.name === 'QuotaExceededError';
        failed();
        if (change.copy) {
          tape?.tear();
          // What else there is may have room without it.
          this.#isCopyTooLarge = isFull;
        }
        this.#ended(isFull ? 'full' : 'unavailable');
        if (change.copy && isFull) this.#flush();
      },
    );
  }

  #succeeded(change: StoreChange): void {
    const { retireCopies, access, copy } = change;
    this.#entryNews.written(change);
    this.#draftNews.written(change);
    for (const { epoch } of retireCopies) this.#retireCopies.delete(epoch);
    if (access) this.#writtenAccess = access;
    this.#pieces += (copy?.updates.length ?? 0) + (copy?.own.length ?? 0);
  }

  #ended(state: LocalState): void {
    if (this.#isOver) {
      if (!this.#isUnderWay) this.#letGo();
      return;
    }
    this.#stopWaiting();
    if (this.#isUnderWay) this.#watch();
    if (state !== 'kept') {
      this.#setState(state);
      if (this.#timer === null) this.#in(RETRY_AFTER_MS);
      return;
    }
    // What another write could not keep is still to come.
    const isFailing = !this.#entryNews.isAllBegun || (!this.#draftNews.isEmpty && this.#othersUnderWay === 0);
    if (!isFailing) this.#setState('kept');
    if (this.#reading === 'failed') this.#read().catch(() => {});
    this.touch();
  }

  #watch(): void {
    this.#patience = setTimeout(() => this.#setState('unavailable'), PATIENCE_MS);
  }

  /** The page is frozen: another one may send what is unsaved, too, which does no harm. */
  leaveToOthers(): void {
    this.#letGo();
  }

  #letGo(): void {
    this.#store.letGo([...this.#outboxIds]);
  }

  /** What makes the store equal to what is here, but for what is unsaved and takes the place of nothing. */
  #otherNews(): StoreChange {
    return {
      ...this.#learnt(),
      ...this.#entryNews.change,
      ...this.#draftNews.change,
      retireCopies: [...this.#retireCopies.values()],
    };
  }

  #learnt(): Pick<StoreChange, 'copy' | 'access'> {
    const { tape, epoch, seq, proof } = this.#replica;
    const isToBeKept = this.#keepsText && !this.#isCopyTooLarge && tape?.isEmpty === false;
    const copy = isToBeKept ? tape.take(epoch, seq, proof) : null;
    const access = copy || this.#hasOtherAccess ? this.#owner.access() : null;
    return { copy, access: access && { epoch, ...access } };
  }

  /**
   * Goes on writing the copy anew, as one piece, a portion at a time. Only what is all on the server's disk may go in: what is
   * typed in between is waited for.
   */
  #rewrite(): void {
    if (!this.#mayRewrite) return;
    const { tape, doc } = this.#replica;
    this.#whole ??= wholeState(doc);
    const portion = this.#whole.next();
    if (!portion.done) return this.#rewriting.request();
    this.#whole = null;
    tape?.whole(portion.value);
    this.#pieces = 0;
    this.#flush();
  }

  #in(delayMs: number): void {
    this.#stopTimer();
    this.#timer = setTimeout(() => {
      this.#timer = null;
      if (this.#othersUnderWay === 0) this.#flush();
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
