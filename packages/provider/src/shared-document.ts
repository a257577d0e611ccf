// A shared document: the Y.Doc an editor shows, kept in step with the server, and what became of what was written.
// After a refusal, or when the server has another document by now, or takes one for somebody else, the Y.Doc is replaced by
// one made from the server's state (S2). The new one is shown only once it is complete, so that the editor never goes blank; what is written until
// then goes into the old one, which is kept as a draft, as is text that the server has lost (L3).

import { type Role, refusalSentences } from '@weft/protocol';
import type * as Y from 'yjs';
import { carryOver } from './carry-over.js';
import { Channel } from './channel.js';
import type { Carrier, DocumentKind } from './channel-owner.js';
import { Events } from './events.js';
import { Outbox } from './outbox.js';
import { Presence, type PresenceState } from './presence.js';
import { Replica } from './replica.js';
import { deriveSaveState, type SaveState } from './save-state.js';

/** A Y.Doc as it was, kept in this tab since something in it is not on the server, or not in this way. */
export interface Draft {
  readonly reason: string;
  readonly atMs: number;
  readonly doc: Y.Doc;
}

export interface OpenOptions {
  /** Default `content`. */
  readonly kind?: DocumentKind;
  /** The secret of a share link, which lets in who has it. */
  readonly link?: string;
  /** Makes the clientID of each Y.Doc; default: by chance. */
  readonly clientId?: () => number;
}

interface SharedDocumentEvents {
  /** Another Y.Doc is to be shown from now on. */
  doc: (doc: Y.Doc) => void;
  save: (state: SaveState) => void;
  synced: (synced: boolean) => void;
  draft: (draft: Draft) => void;
  /** What one may do here is another now. */
  access: (access: DocumentAccess) => void;
  /** The server turned the document down or closed it, for good. */
  closed: (end: { readonly code: number; readonly reason: string }) => void;
}

/** `role` is null until the server said so. `reason` is for people, and may be empty. */
export interface DocumentAccess {
  readonly role: Role | null;
  readonly mayWrite: boolean;
  readonly reason: string;
}

/** Why the Y.Doc that is shown is being replaced, and what is to become of what is unsaved in it. */
interface Replacement {
  readonly reason: string;
  readonly unsaved: 'draft' | 'write-again';
}

interface Waiter {
  readonly until: (document: SharedDocument) => boolean;
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
}

interface Refusal {
  readonly code: string;
  readonly reason: string;
  /** What was not saved. */
  readonly outboxes: readonly Outbox[];
  readonly isAcknowledged: boolean;
}

/** What a document gets from its connection besides the wire. */
export interface DocumentSetup {
  readonly name: string;
  readonly kind: DocumentKind;
  readonly link: string;
  readonly clientId: (() => number) | undefined;
  readonly user: PresenceState;
  readonly carrier: Carrier;
  readonly newOutboxId: () => string;
  readonly onClose: (document: SharedDocument) => void;
}

/** Text is written again under another clientID this often in a row, before it is refused. */
const MAX_WRITTEN_AGAIN = 3;

const REPLACED: Replacement = {
  reason: 'The document was replaced on the server, for example by a backup, and lacks text that was here.',
  unsaved: 'draft',
};
const DIVERGED: Replacement = {
  reason: 'This page showed some text in another order than the server has it. It was loaded afresh.',
  unsaved: 'draft',
};
const ANOTHER_PERSON: Replacement = {
  reason: 'This was written before somebody else signed in here, and had not been saved yet.',
  unsaved: 'draft',
};
const WRITE_AGAIN: Replacement = {
  reason: 'This text could not be brought into the document under a new id.',
  unsaved: 'write-again',
};

export class SharedDocument extends Events<SharedDocumentEvents> {
  readonly name: string;
  readonly kind: DocumentKind;
  readonly presence: Presence;
  readonly #setup: DocumentSetup;
  readonly #channel: Channel;
  /** What the editor shows; the channel's own replica may be its successor that is still being filled. */
  #shown: Replica;
  readonly #drafts: Draft[] = [];
  #refusal: Refusal | null = null;
  /** Why the channel has another replica than the one that is shown. */
  #replacement: Replacement = REPLACED;
  #timesWrittenAgain = 0;
  #end: { readonly code: number; readonly reason: string } | null = null;
  #isClosed = false;
  #synced = false;
  #saveState: SaveState = { kind: 'offline', changes: 0 };
  readonly #waiters = new Set<Waiter>();

  /** Made by `Connection.open`. */
  constructor(setup: DocumentSetup) {
    super();
    const { name, kind, link, user, carrier } = setup;
    this.name = name;
    this.kind = kind;
    this.#setup = setup;
    this.#shown = this.#newReplica();
    this.presence = new Presence(this.#shown.doc, user, () => carrier.switchboard.schedule(this.#channel));
    this.#channel = new Channel({ document: name, kind, link }, this.#shown, this.presence, carrier, {
      changed: () => this.#refresh(),
      synced: () => this.#show(this.#channel.replica),
      refused: (code, reason) => this.#refused(code, reason),
      replaced: () => this.#replace(REPLACED),
      clientIdTaken: () => this.#clientIdTaken(),
      accessChanged: () => this.emit('access', [this.access]),
      writeLost: () => this.#replace({ reason: this.#readOnlyReason, unsaved: 'draft' }),
      diverged: () => this.#diverged(),
      ended: (code, reason) => this.#ended(code, reason),
    });
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
    return this.#channel.role;
  }

  get access(): DocumentAccess {
    const { role, access, accessReason } = this.#channel;
    return { role, mayWrite: access === 'write', reason: accessReason };
  }

  get drafts(): readonly Draft[] {
    return this.#drafts;
  }

  /** @internal For the connection, which brings messages to it. */
  get channel(): Channel {
    return this.#channel;
  }

  /** @throws Error when the document is closed first, by either side */
  whenSynced(): Promise<void> {
    return this.#when((document) => document.synced);
  }

  /** Resolves when everything written so far, and everything on screen, is on the server's disk. @throws like whenSynced */
  whenSaved(): Promise<void> {
    return this.#when((document) => document.#isSaved);
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
    this.#setup.onClose(this);
    this.#release();
    this.#refresh();
    this.#rejectWaiters('the document was closed');
    this.destroy();
    this.presence.destroy();
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

  /** @internal The server takes this session for another person. `isSame`: it was shown that the one before is this one. */
  personChanged(isSame: boolean): void {
    if (!this.#end) this.#replace(isSame ? WRITE_AGAIN : ANOTHER_PERSON);
  }

  #refused(code: string, reason: string): void {
    const { replica } = this.#channel;
    const outboxes = [...(this.#refusal?.outboxes ?? []), replica.outbox];
    this.#refusal = { code, reason, outboxes, isAcknowledged: false };
    this.#replace({ reason, unsaved: 'draft' });
  }

  /** Begins anew with a replica that the server's state goes into; it is shown when it is complete. */
  #replace(why: Replacement): void {
    this.#replacement = why;
    this.#channel.restart(this.#newReplica());
    if (why.unsaved === 'draft') this.#keepUnsaved(this.#shown, why.reason);
    this.#refresh();
  }

  #clientIdTaken(): void {
    this.#timesWrittenAgain += 1;
    if (this.#timesWrittenAgain <= MAX_WRITTEN_AGAIN) this.#replace(WRITE_AGAIN);
    else this.#refused('client-id-taken', WRITE_AGAIN.reason);
  }

  #diverged(): void {
    this.#keepDraft(this.#shown, DIVERGED.reason);
    this.#replace(DIVERGED);
  }

  /** Something was written into a Y.Doc that may only be read: it stays there, and what can be read comes anew. */
  #strayed(replica: Replica): void {
    this.#keepDraft(replica, this.#readOnlyReason);
    if (replica === this.#channel.replica && !this.#end) {
      this.#replace({ reason: this.#readOnlyReason, unsaved: 'draft' });
    }
  }

  get #readOnlyReason(): string {
    return this.#end?.reason ?? (this.#channel.accessReason || refusalSentences['read-only']);
  }

  #show(replica: Replica): void {
    const old = this.#shown;
    if (replica === old) return;
    old.release();
    const why = this.#replacement;
    const isWrittenAgain = why.unsaved === 'write-again' && replica.isWritable && carryOver(old, replica);
    this.#shown = replica;
    if (this.#refusal?.isAcknowledged) this.#refusal = null;
    this.presence.moveTo(replica.doc);
    // After a refusal it is one already. After a replacement something may have been written only now, or be missing that
    // was saved: what stood on the screen must not go without a word (L3).
    if (!isWrittenAgain && (old.outbox.changes > 0 || old.holdsMoreThan(replica))) this.#keepDraft(old, why.reason);
    this.emit('doc', [replica.doc]);
  }

  #keepUnsaved(replica: Replica, reason: string): void {
    if (replica.outbox.changes > 0) this.#keepDraft(replica, reason);
  }

  /** Once per Y.Doc. */
  #keepDraft({ doc }: Replica, reason: string): void {
    if (this.#drafts.some((draft) => draft.doc === doc)) return;
    const draft: Draft = { reason, atMs: Date.now(), doc };
    this.#drafts.push(draft);
    this.emit('draft', [draft]);
  }

  #ended(code: number, reason: string): void {
    this.#end = { code, reason };
    this.#keepUnsaved(this.#shown, reason);
    this.#refresh();
    this.#rejectWaiters(`the server closed the document: ${reason} (${code})`);
    this.emit('closed', [this.#end]);
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
    if (syncedChanged) this.emit('synced', [synced]);
    if (saveChanged) this.emit('save', [state]);
    for (const waiter of this.#waiters) {
      if (!waiter.until(this)) continue;
      this.#waiters.delete(waiter);
      waiter.resolve();
    }
  }

  /** Also true of a document that can only be read. */
  get #isSaved(): boolean {
    const { synced, replica } = this.#channel;
    return this.#refusal === null && synced && !replica.hasPending && this.#unsavedChanges === 0;
  }

  /** Includes what is written into a Y.Doc that is about to be replaced. */
  get #unsavedChanges(): number {
    const { outbox } = this.#channel.replica;
    return outbox.changes + (this.#shown.outbox === outbox ? 0 : this.#shown.outbox.changes);
  }

  #deriveSaveState(): SaveState {
    const channel = this.#channel;
    const refusal = this.#refusal;
    return deriveSaveState({
      refusal: refusal && {
        code: refusal.code,
        reason: refusal.reason,
        changes: refusal.outboxes.reduce((sum, { changes }) => sum + changes, 0),
      },
      readOnlyReason: this.#end || channel.access === 'read' ? this.#readOnlyReason : null,
      turnedDown: channel.turnedDown,
      connected: channel.joined,
      synced: channel.synced && !channel.replica.hasPending,
      trouble: this.#setup.carrier.storageTrouble(),
      busy: channel.busy,
      changes: this.#unsavedChanges,
      sinceMs: channel.replica.outbox.sinceMs ?? channel.openingSinceMs,
      savedAtMs: channel.savedAtMs,
    });
  }

  #when(until: (document: SharedDocument) => boolean): Promise<void> {
    if (until(this)) return Promise.resolve();
    if (this.#isClosed || this.#end) return Promise.reject(new Error(`the document "${this.name}" is closed`));
    const promise = new Promise<void>((resolve, reject) => {
      this.#waiters.add({ until, resolve, reject });
    });
    // Who does not look at the promise any more has not failed to handle its rejection.
    promise.catch(() => {});
    return promise;
  }

  #rejectWaiters(message: string): void {
    for (const { reject } of this.#waiters) reject(new Error(message));
    this.#waiters.clear();
  }
}
