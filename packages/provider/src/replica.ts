// A replica: one Y.Doc, how far it is in the channel's log, and what was written into it and is not saved.
// It is never mended after a refusal or under another epoch but replaced, for Yjs cannot un-apply (S2).
// Its clientID lives and dies with it and is never stored (S3). What comes from the server is applied as it is: reading a
// document never writes to it.

import { contentHash } from '@weft/protocol';
import { inflateSync } from 'fflate';
import * as Y from 'yjs';
import { broughtIn } from './bring-in.js';
import type { StoredCopy, StoredEntry } from './local-store.js';
import type { Outbox } from './outbox.js';
import { Tape } from './tape.js';

/**
 * Where a transaction keeps what Yjs does not tell of it: which deletions others made of what is deleted here already, and
 * which changes of this page come after what came. An editor finds it under `transaction.meta.get('weft-received')`.
 */
const RECEIVED = 'weft-received';
interface Received {
  /** The entries of the log that were applied, none of them made here. */
  readonly updates: readonly Uint8Array[];
  /** What is written here and is not in the log before them; nothing that only tells what is there. */
  readonly unsaved: readonly Uint8Array[];
}

/** Told after each local change, inside its transaction's cleanup. */
export interface ReplicaListener {
  changedLocally(): void;
  /** It was a change to a replica that is not writable: it is in the Y.Doc, and nowhere else. */
  strayed(replica: Replica): void;
}

export class Replica {
  readonly doc = new Y.Doc();
  readonly outbox: Outbox;
  /** 0 until the server said which one it is. */
  epoch = 0;
  /** The last entry of the log that is part of `doc`. */
  seq = 0;
  /** What the server told with `seq`, shown to it when the document is opened again; empty when it told nothing. */
  proof: Uint8Array = new Uint8Array();
  /** Whether what is written here may go to the server. Until the server says something else, it may. */
  isWritable = true;
  /** What is to go into the local copy; null where there is none. */
  #tape: Tape | null = null;
  /** Local transactions in what is added to the outbox: more than one where it was made elsewhere. */
  #taking = 1;
  readonly #listener: ReplicaListener;
  readonly #newClientId: () => number;
  readonly #collectLocal = (update: Uint8Array, origin: unknown): void => {
    if (origin === this) return;
    if (!this.isWritable) return this.#listener.strayed(this);
    this.outbox.add(update, Date.now(), this.#taking);
    this.#listener.changedLocally();
  };
  /**
   * Who receives formatting that Yjs takes for redundant would delete it at the end of the transaction, in another one that
   * looks like the reader's own writing. Those who write keep their formatting tidy while they write.
   */
  readonly #leaveUntidy = (transaction: Y.Transaction): void => {
    if (transaction.origin === this || transaction.origin === this.outbox) transaction._needFormattingCleanup = false;
  };

  constructor(outbox: Outbox, clientId: (() => number) | undefined, listener: ReplicaListener) {
    this.outbox = outbox;
    this.#listener = listener;
    this.#newClientId = clientId ?? (() => new Y.Doc().clientID);
    if (clientId) this.doc.clientID = clientId();
    this.doc.on('update', this.#collectLocal);
    this.doc.on('afterTransaction', this.#leaveUntidy);
  }

  /** A whole state, as raw DEFLATE of a Yjs v1 update. */
  applyCheckpoint(deflated: Uint8Array): void {
    const state = inflateSync(deflated);
    Y.applyUpdate(this.doc, state, this);
    this.#tape?.whole(state);
  }

  get tape(): Tape | null {
    return this.#tape;
  }

  /** From now on what is learnt is put on a tape. @param fromSeq see `Tape` */
  record(fromSeq: number): void {
    const tape = new Tape(fromSeq);
    this.#tape = tape;
    this.outbox.onSaved = (update) => tape.saved(update);
  }

  stopRecording(): void {
    this.#tape = null;
    this.outbox.onSaved = null;
  }

  /** Takes what was kept by an earlier page: the copy, and what was written on it and is still to be sent. */
  restore(copy: StoredCopy | null, unsent: readonly StoredEntry[]): void {
    const applyAll = () => {
      for (const update of copy?.updates ?? []) Y.applyUpdate(this.doc, update, this);
      for (const { update } of unsent) Y.applyUpdate(this.doc, update, this);
    };
    Y.transact(this.doc, applyAll, this, false);
    for (const entry of unsent) this.outbox.adopt(entry);
    this.epoch = Math.max(copy?.epoch ?? 0, ...unsent.map(({ epoch }) => epoch));
    this.seq = copy?.seq ?? 0;
    this.proof = copy?.proof ?? new Uint8Array();
  }

  /** Takes what an earlier page kept of this very document, beside what is here: what is unsaved as another tab's. */
  restoreBeside(copy: StoredCopy | null, unsent: readonly StoredEntry[]): void {
    const applyAll = () => {
      for (const update of copy?.updates ?? []) Y.applyUpdate(this.doc, update, this);
    };
    Y.transact(this.doc, applyAll, this, false);
    for (const { update, changes } of unsent) this.takeOver(update, changes);
  }

  /** What the server tells next follows this entry, also when the replica, asking for everything, holds more. */
  beginsAfter(seq: number, proof: Uint8Array): void {
    this.seq = seq;
    this.proof = proof;
    this.#tape?.beginsAfter(seq);
  }

  /**
   * Applies the entries `firstSeq`, `firstSeq` + 1, … that are not part of the document yet.
   * @returns false when some before them are missing; nothing is applied then
   */
  applyEntries(firstSeq: number, updates: readonly Uint8Array[]): boolean {
    if (firstSeq > this.seq + 1) return false;
    const fresh = updates.slice(this.seq + 1 - firstSeq);
    if (fresh.length === 0) return true;
    const applyAll = ({ meta }: Y.Transaction) => {
      const received: Received = { updates: fresh, unsaved: this.outbox.written };
      meta.set(RECEIVED, received);
      for (const update of fresh) Y.applyUpdate(this.doc, update, this);
    };
    // One transaction, so that an editor draws once per frame.
    Y.transact(this.doc, applyAll, this, false);
    this.seq += fresh.length;
    this.#tape?.entries(fresh);
    return true;
  }

  /** Applies an update that was made elsewhere: what is new in it counts as written here. @param changes how many it stands for */
  takeOver(update: Uint8Array, changes = 1): void {
    const { clientID } = this.doc;
    // Yjs chooses another id when it receives something under its own. 0 is nobody's.
    this.doc.clientID = 0;
    this.#taking = changes;
    try {
      Y.applyUpdate(this.doc, update, this.outbox);
    } finally {
      // Whoever watches the Y.Doc may throw: nobody is to go on writing as nobody.
      this.#taking = 1;
      this.doc.clientID = clientID;
    }
  }

  /** Writes here what another Y.Doc holds and this one lacks. @returns whether there was anything; null where it does not fit */
  bringIn(from: Y.Doc): boolean | null {
    const updates = broughtIn(from, this.doc, this.#newClientId);
    for (const update of updates ?? []) this.takeOver(update);
    return updates && updates.length > 0;
  }

  /** Everything up to `seq` is part of `doc`, as the server says. */
  reached(seq: number, proof: Uint8Array): void {
    if (seq < this.seq) return;
    this.seq = seq;
    // A view into a whole frame would keep it.
    this.proof = proof.slice();
  }

  /** Whether something is written in `doc` that `other` does not have. */
  holdsMoreThan(other: Replica): boolean {
    const held = Y.decodeStateVector(Y.encodeStateVector(this.doc));
    return [...held].some(([client, clock]) => clock > Y.getState(other.doc.store, client));
  }

  /** Whether it shows what whoever has every entry up to `seq` has to show (G3). It takes time with the document. */
  shows(hash: Uint8Array): boolean {
    const own = contentHash(this.doc);
    return own.every((byte, at) => byte === hash[at]);
  }

  /** Whether Yjs keeps something aside that builds on what is not there: never so with a sound server (I7). */
  get hasPending(): boolean {
    return this.doc.store.pendingStructs !== null || this.doc.store.pendingDs !== null;
  }

  /** Stops watching the Y.Doc, which stays as it is. */
  release(): void {
    this.doc.off('update', this.#collectLocal);
    this.doc.off('afterTransaction', this.#leaveUntidy);
  }
}
