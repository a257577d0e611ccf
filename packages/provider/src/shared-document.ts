// A shared document: the Y.Doc an editor shows, kept in step with the server, and what became of what was written.
// After a refusal, or when the server has another document by now, or takes one for somebody else, the Y.Doc is replaced by
// one made from the server's state (S2). The new one is shown only once it is complete, so that the editor never goes blank; what is written until
// then goes into the old one, which is kept as a draft, as is text that the server has lost (L3).

import { CloseCode, type Role, refusalSentences } from '@weft/protocol';
import type * as Y from 'yjs';
import { carryOver } from './carry-over.js';
import { Channel } from './channel.js';
import type { DocumentKind } from './channel-owner.js';
import type { DocumentAccess, DocumentSetup, SharedDocumentEvents } from './document-options.js';
import { type Draft, type DraftReason, Drafts } from './drafts.js';
import { Events } from './events.js';
import { KeptText } from './kept-text.js';
import { LocalCopy, type LocalState } from './local-copy.js';
import { Outbox } from './outbox.js';
import { Presence } from './presence.js';
import { ANOTHER_PERSON, DIVERGED, REPLACED, type Refusal, type Replacement, WRITE_AGAIN } from './replacement.js';
import { Replica } from './replica.js';
import type { SaveState } from './save-state.js';
import { saveStateOf } from './save-state-of.js';
import { SyncError } from './sync-error.js';
import { TabText } from './tab-text.js';
import { Tape } from './tape.js';
import { Waiters, type WaitOptions } from './waiters.js';

/** Text is written again under another clientID this often in a row, before it is refused. */
const MAX_WRITTEN_AGAIN = 3;

export class SharedDocument extends Events<SharedDocumentEvents> {
  readonly name: string;
  readonly kind: DocumentKind;
  readonly presence: Presence;
  readonly #setup: DocumentSetup;
  readonly #channel: Channel;
  /** What the editor shows; the channel's own replica may be its successor that is still being filled. */
  #shown: Replica;
  readonly #drafts: Drafts;
  readonly #local: LocalCopy | null;
  readonly #kept: KeptText | null;
  readonly #tabs: TabText | null;
  #isReadable = false;
  #refusal: Refusal | null = null;
  /** Why the channel has another replica than the one that is shown. */
  #replacement: Replacement = REPLACED;
  #timesWrittenAgain = 0;
  #end: { readonly code: number; readonly reason: string } | null = null;
  #isClosed = false;
  #synced = false;
  #saveState: SaveState = { kind: 'offline', changes: 0 };
  readonly #waiters = new Waiters();

  /** Made by `Connection.open`. */
  constructor(setup: DocumentSetup) {
    super();
    const { name, kind, link, user, carrier } = setup;
    this.name = name;
    this.kind = kind;
    this.#setup = setup;
    this.#shown = this.#newReplica();
    this.presence = new Presence(
      this.#shown.doc,
      user,
      () => carrier.switchboard.schedule(this.#channel),
      () => carrier.person(),
    );
    this.presence.on('change', (change) => this.emit('presence', [change]));
    this.#channel = new Channel({ document: name, kind, link }, this.#shown, this.presence, carrier, {
      changed: () => this.#refresh(),
      synced: () => this.#show(this.#channel.replica),
      refused: (code, reason) => this.#refused(code, reason),
      replaced: () => this.#replace(REPLACED),
      clientIdTaken: () => this.#clientIdTaken(),
      accessChanged: () => this.emit('access', [this.access]),
      writeLost: () => this.#replace({ ...this.#readOnly, unsaved: 'draft' }),
      diverged: () => this.#diverged(),
      ended: (code, reason) => this.#ended(code, reason),
    });
    this.#local =
      setup.store &&
      new LocalCopy(setup.store, { document: name, kind }, this.#shown, {
        stateChanged: () => this.emit('local', [this.local]),
        access: () => (this.#channel.rights.isKnown ? this.access : null),
        isAtRest: (replica) => replica === this.#channel.replica && this.#isSaved,
        cameLate: (stored) => this.#kept?.cameLate(stored),
      });
    const { openTabLine } = setup;
    this.#tabs =
      openTabLine &&
      new TabText((heard) => openTabLine({ document: name, kind }, heard), {
        replica: () => this.#lastingReplica,
        isSending: () => this.#channel.synced && !this.#channel.busy,
      });
    this.#drafts = new Drafts(this.#local, (draft) => this.emit('draft', [draft]));
    this.#kept =
      this.#local &&
      new KeptText(this.#local, this.#drafts, {
        replica: () => (this.#isClosed ? null : this.#lastingReplica),
        expectAccess: (access) => this.#channel.expectAccess(access),
        taken: () => this.#takenFromStore(),
      });
    if (this.#kept) void this.#openKept(this.#kept);
    else this.#tabs?.open();
  }

  /** The current one; see the event `doc`. */
  get doc(): Y.Doc {
    return this.#shown.doc;
  }

  get saveState(): SaveState {
    return this.#saveState;
  }

  /** Whether everything up to the head at Open has been applied since the last connect. */
  get synced(): boolean {
    return this.#synced;
  }

  /** null until the server said so, and when one has none. */
  get role(): Role | null {
    return this.#channel.rights.role;
  }

  get access(): DocumentAccess {
    const { role, mayWrite, reason } = this.#channel.rights;
    return { role, mayWrite, reason };
  }

  get drafts(): readonly Draft[] {
    return this.#drafts.list;
  }

  /** The draft was copied, or nobody wants it: it is dropped, here and in the store. */
  dismissDraft(draft: Draft): void {
    this.#drafts.dismiss(draft);
  }

  /** It is needed after all. */
  takeBackDraft(draft: Draft): void {
    this.#drafts.takeBack(draft);
    this.#local?.touch();
  }

  /**
   * Writes here what another Y.Doc holds and this document lacks, as if this person had typed it at that moment: puts a draft
   * back, or fills a new document with it. What was deleted in it is deleted here. All of it, or nothing.
   *
   * @returns `written`; `nothing-new`; `does-not-fit`: it builds on what is not here, or would be out of sight
   * @throws Error when the document is not in step with the server, or may only be read
   */
  bringIn(doc: Y.Doc): 'written' | 'nothing-new' | 'does-not-fit' {
    const isInStep = this.synced && this.#shown === this.#channel.replica;
    if (!isInStep || !this.access.mayWrite) throw new Error(`nothing can be brought into "${this.name}" now`);
    const isNew = this.#shown.bringIn(doc);
    if (isNew === null) return 'does-not-fit';
    return isNew ? 'written' : 'nothing-new';
  }

  /** What becomes of unsaved text and drafts when the page is closed now. */
  get local(): LocalState {
    return this.#local?.state ?? 'none';
  }

  /** Whether everything unsaved, and every draft, is in the store at this moment. */
  get isKept(): boolean {
    return this.#local?.isCurrent ?? false;
  }

  /** Drops everything that this browser keeps of the document, and keeps nothing of it any more. @throws what the store does */
  async forgetLocal(): Promise<void> {
    await this.#local?.forget();
  }

  /** Whether there is a text to show. */
  get readable(): boolean {
    return this.#isReadable;
  }

  /** @internal For the connection, which brings messages to it. */
  get channel(): Channel {
    return this.#channel;
  }

  /** @throws Error when the document is closed first, by either side; the reason of a signal that is aborted first */
  whenSynced(options?: WaitOptions): Promise<void> {
    return this.#when(() => this.synced, options);
  }

  /** Resolves when everything written so far, and everything on screen, is on the server's disk. @throws like whenSynced */
  whenSaved(options?: WaitOptions): Promise<void> {
    return this.#when(() => this.#isSaved, options);
  }

  /** Ends the state `refused`, once the new Y.Doc is shown: what is written into the old one is not going to be saved. */
  acknowledgeRefusal(): void {
    if (this.#refusal === null) return;
    const isReplaced = this.#shown === this.#channel.replica || this.#end !== null;
    this.#refusal = isReplaced ? null : { ...this.#refusal, isAcknowledged: true };
    this.#refresh();
  }

  /** Leaves the document. What is unsaved is sent on the way out but not waited for: see `whenSaved`. The Y.Doc stays usable. */
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#tabs?.close();
    this.#setup.onClose();
    this.#local?.close();
    this.#release();
    this.#refresh();
    this.#waiters.reject('the document was closed');
    this.destroy();
    this.presence.destroy();
  }

  /** @internal Nobody sees the page any more: it may be gone in a moment. */
  hide(): void {
    this.#local?.hurry();
  }

  /** @internal The page stops, for good perhaps: what it has not sent is for the next page that asks. */
  freeze(): void {
    this.#tabs?.pause();
    this.#local?.leaveToOthers();
  }

  /** @internal */
  thaw(): void {
    this.#tabs?.resume();
  }

  #newReplica(): Replica {
    const outbox = new Outbox(this.#setup.newOutboxId());
    return new Replica(outbox, this.#setup.clientId, {
      changedLocally: () => {
        this.#setup.carrier.switchboard.schedule(this.#channel);
        this.#refresh();
      },
      strayed: (replica) => this.#strayed(replica),
    });
  }

  /** null while another is about to take the place of the one that is shown, and when the server has closed the document. */
  get #lastingReplica(): Replica | null {
    return this.#shown === this.#channel.replica && !this.#end ? this.#shown : null;
  }

  /** What an earlier page left comes first. */
  async #openKept(kept: KeptText): Promise<void> {
    this.#channel.hold();
    await kept.open();
    if (this.#isClosed) return;
    this.#channel.release();
    if (this.local !== 'none') this.#tabs?.open();
    this.#refresh();
  }

  #takenFromStore(): void {
    if (this.#shown.epoch !== 0 && !this.#shown.hasPending) this.#becomeReadable();
    this.#refresh();
  }

  #becomeReadable(): void {
    if (this.#isReadable) return;
    this.#isReadable = true;
    this.emit('readable', []);
  }

  /** @internal The server takes this session for another person. `isSame`: it was shown that the one before is this one. */
  personChanged(isSame: boolean): void {
    // What is kept stays with the person who wrote it.
    this.#local?.stop();
    this.#tabs?.close();
    if (!this.#end) this.#replace(isSame ? WRITE_AGAIN : ANOTHER_PERSON);
  }

  #refused(code: string, reason: string): void {
    const { replica } = this.#channel;
    const outboxes = [...(this.#refusal?.outboxes ?? []), replica.outbox];
    this.#refusal = { code, reason, outboxes, isAcknowledged: false };
    this.#replace({ code, reason, unsaved: 'draft' });
    this.emit('error', [new SyncError(code, reason)]);
  }

  /** Begins anew with a replica that the server's state goes into; it is shown when it is complete. */
  #replace(why: Replacement): void {
    this.#replacement = why;
    const replica = this.#newReplica();
    // Once it is shown, it takes the place of what is kept, too.
    if (this.local !== 'none') replica.record(Tape.WHOLE);
    this.#channel.restart(replica);
    if (why.unsaved === 'draft') this.#keepUnsaved(this.#shown, why);
    this.#refresh();
  }

  #clientIdTaken(): void {
    this.#timesWrittenAgain += 1;
    if (this.#timesWrittenAgain <= MAX_WRITTEN_AGAIN) this.#replace(WRITE_AGAIN);
    else this.#refused('client-id-taken', WRITE_AGAIN.reason);
  }

  #diverged(): void {
    this.#drafts.add(this.#shown, DIVERGED);
    this.#replace(DIVERGED);
  }

  /** Something was written into a Y.Doc that may only be read: it stays there, and what can be read comes anew. */
  #strayed(replica: Replica): void {
    this.#drafts.add(replica, this.#readOnly);
    if (this.#end) this.#keepDrafts();
    if (replica === this.#channel.replica && !this.#end) {
      this.#replace({ ...this.#readOnly, unsaved: 'draft' });
    }
  }

  get #readOnly(): DraftReason {
    if (this.#end) return { code: `${this.#end.code}`, reason: this.#end.reason };
    return { code: 'read-only', reason: this.#channel.rights.reason || refusalSentences['read-only'] };
  }

  #show(replica: Replica): void {
    const old = this.#shown;
    if (replica === old) return this.#becomeReadable();
    old.release();
    const why = this.#replacement;
    const isWrittenAgain = why.unsaved === 'write-again' && replica.isWritable && carryOver(old, replica);
    this.#shown = replica;
    if (this.#refusal?.isAcknowledged) this.#refusal = null;
    this.presence.moveTo(replica.doc);
    // After a refusal it is one already. After a replacement something may have been written only now, or be missing that
    // was saved: what stood on the screen must not go without a word (L3).
    if (!isWrittenAgain && (old.outbox.changes > 0 || old.holdsMoreThan(replica))) this.#drafts.add(old, why);
    this.#drafts.keep(old.doc);
    this.#local?.follow(replica);
    this.emit('doc', [replica.doc]);
    this.#becomeReadable();
    this.#kept?.takeLate();
  }

  #keepUnsaved(replica: Replica, why: DraftReason): void {
    if (replica.outbox.changes > 0) this.#drafts.add(replica, why);
  }

  #keepDrafts(): void {
    this.#drafts.keep();
    this.#local?.touch();
  }

  #ended(code: number, reason: string): void {
    this.#end = { code, reason };
    this.#keepUnsaved(this.#shown, { code: `${code}`, reason });
    if (code === CloseCode.NoAccess) {
      this.#drafts.keep();
      this.#local?.forgetText();
    }
    this.#refresh();
    this.#waiters.reject(`the server closed the document: ${reason} (${code})`);
    this.emit('closed', [this.#end]);
    this.emit('error', [new SyncError(`${code}`, reason)]);
  }

  #release(): void {
    this.#shown.release();
    this.#channel.replica.release();
  }

  /** Tells who listens what is different now. */
  #refresh(): void {
    const state = this.#deriveSaveState();
    const saveChanged = JSON.stringify(state) !== JSON.stringify(this.#saveState);
    this.#saveState = state;
    if (this.#isSaved) this.#timesWrittenAgain = 0;
    const synced = this.#channel.synced;
    const syncedChanged = synced !== this.#synced;
    this.#synced = synced;
    // Who closes a document need not be told that it is closed.
    if (this.#isClosed) return;
    this.#local?.touch();
    this.#tabs?.touch();
    if (syncedChanged) this.emit('synced', [synced]);
    if (saveChanged) this.emit('save', [state]);
    this.#waiters.look();
  }

  /** Also true of a document that can only be read. */
  get #isSaved(): boolean {
    const { synced, agreed, replica } = this.#channel;
    const isInStep = (synced && agreed) || this.#setup.carrier.rests();
    return this.#refusal === null && isInStep && !replica.hasPending && this.#unsavedChanges === 0;
  }

  /** Includes what is written into a Y.Doc that is about to be replaced. */
  get #unsavedChanges(): number {
    const { outbox } = this.#channel.replica;
    return outbox.changes + (this.#shown.outbox === outbox ? 0 : this.#shown.outbox.changes);
  }

  #deriveSaveState(): SaveState {
    return saveStateOf(this.#channel, this.#setup.carrier, {
      refusal: this.#refusal,
      readOnlyReason: this.#end || !this.#channel.rights.mayWrite ? this.#readOnly.reason : null,
      changes: this.#unsavedChanges,
    });
  }

  #when(until: () => boolean, options?: WaitOptions): Promise<void> {
    const isOver = this.#isClosed || this.#end !== null;
    return isOver && !until()
      ? Promise.reject(new Error(`the document "${this.name}" is closed`))
      : this.#waiters.when(until, options);
  }
}
