// A member's place in one room: what it may do there, what of its is still being written, where its caret is.
// The session holds the seat and speaks through it; the room holds it and speaks to its member.

import type { Seq } from '../log/document-log.js';
import type { RoomMetrics } from '../metrics/metrics.js';
import { msSince } from '../metrics/ticks.js';
import type { Member } from './member.js';

export type Access = 'read' | 'write';

/** What became of an update. `saved` follows for accepted and known ones, once everything it needs is on disk. */
export type Submission =
  | { readonly kind: 'accepted' }
  /** Nothing in it was new (J2). */
  | { readonly kind: 'known' }
  /**
   * Something in it builds on what is not here, or is other people's writing that they have not sent themselves; the rest was
   * taken (G4). `stateVector` is what is here (I7), `isPartTaken` whether any of it was new and is taken.
   */
  | { readonly kind: 'gap'; readonly stateVector: Uint8Array; readonly isPartTaken: boolean }
  /** The same, and the id that the session has named as its own is somebody else's by now. */
  | { readonly kind: 'client-id-taken' }
  /** The document has reached its largest size: what only deletes is still taken. */
  | { readonly kind: 'document-full' }
  | { readonly kind: 'malformed'; readonly reason: string }
  /** With it, the document would take everybody seconds to open. */
  | { readonly kind: 'tangled'; readonly reason: string }
  | { readonly kind: 'read-only' }
  /** Too much is waiting for the disk (I6). */
  | { readonly kind: 'busy' }
  /** Nothing can be written now; who has a session is told when that is over. */
  | { readonly kind: 'no-storage' };

/** What a room offers a seat. */
export interface SeatedRoom {
  /** Newest seq on disk. */
  readonly head: Seq;
  readonly lastTimeMs: number;
  readonly metrics: RoomMetrics;
  submit(seat: Seat, update: Uint8Array, clientSeq: number): Submission;
  /** Whether the seat's person may be the first to write these structs (G4). */
  mayWriteAs(seat: Seat, client: number): boolean;
  claimClientId(seat: Seat, id: number): boolean;
  releaseClientId(id: number): void;
  readonly presence: {
    set(seat: Seat, id: number, json: string): void;
    clear(seat: Seat, id: number): void;
  };
  leave(seat: Seat): void;
}

let seats = 0;

export class Seat {
  /** Later ones have higher numbers. */
  readonly number = ++seats;
  readonly member: Member;
  #access: Access;
  /** Opaque person id of the session, stored with its entries. */
  readonly author: string;
  /** '' for sessions whose updates carry no numbers of their own. */
  readonly outboxId: string;
  /** The Yjs client id it has named as its own, which its caret is shown under; null until it has (G6). */
  presenceId: number | null = null;

  savedClientSeq: number;
  unsavedBytes = 0;
  /** For the room: newest own number that is on disk, while the seat has not been told so; else 0. */
  owedClientSeq = 0;
  /** For the room: newest entry it was sent, once it is live; and how many of those after it are its own. */
  heardSeq: Seq = 0;
  unheardOwn = 0;

  #mayWriteAs: ((client: number) => boolean) | null = null;
  #live = false;
  #isWithdrawn = false;
  /** Something of its own was written that it was not told of. */
  #owesSaved = false;
  /** When the oldest that it was not told of had come; null: it was told of all that is on disk. */
  #waitsSinceTicks: number | null = null;
  readonly #room: SeatedRoom;
  /** A caret that must wait until the text it points to is on disk and sent (S5). */
  #held: { readonly clientSeq: number; readonly json: string } | null = null;

  constructor(room: SeatedRoom, init: Pick<Seat, 'member' | 'access' | 'author' | 'outboxId' | 'savedClientSeq'>) {
    this.#room = room;
    this.member = init.member;
    this.#access = init.access;
    this.author = init.author;
    this.outboxId = init.outboxId;
    this.savedClientSeq = init.savedClientSeq;
  }

  /** For the gate, which asks it for each client of an update; made for those who write. */
  get mayWriteAs(): (client: number) => boolean {
    this.#mayWriteAs ??= (client) => this.#room.mayWriteAs(this, client);
    return this.#mayWriteAs;
  }
  get access(): Access {
    return this.#access;
  }
  /** Whether something of its own is on its way to the disk, or on it and not acknowledged. */
  get isWriting(): boolean {
    return this.unsavedBytes > 0 || this.owedClientSeq > 0;
  }

  get isWithdrawn(): boolean {
    return this.#isWithdrawn;
  }

  /** What it may do from here on: what has its seq by now stands (G7). */
  allow(access: Access): void {
    this.#access = access;
  }

  /** Nothing more is taken from it, sent to it or shown of it; what has its seq by now is still acknowledged (G7). */
  withdraw(): void {
    this.#access = 'read';
    this.#live = false;
    this.#isWithdrawn = true;
    this.#held = null;
    if (this.presenceId !== null) this.#room.presence.clear(this, this.presenceId);
    this.#tellOwed();
  }

  /**
   * Names the session's Yjs client id, which nobody else can use from here on; to be called once at most.
   *
   * @returns false when it is somebody else's: the seat then goes on without one
   */
  claim(id: number): boolean {
    if (!this.#room.claimClientId(this, id)) return false;
    this.presenceId = id;
    return true;
  }

  /**
   * @param update Yjs v1 update; may be a view, it is copied when it is kept
   * @param clientSeq rises with every call
   */
  submit(update: Uint8Array, clientSeq: number): Submission {
    return this.#room.submit(this, update, clientSeq);
  }

  /** Shows a state, or none ('' for json), once everything up to `clientSeq` is on disk. The newest call wins. */
  showPresence(json: string, clientSeq: number): void {
    this.#held = { json, clientSeq };
    this.#showHeld();
  }

  /** Whether it is sent what happens: from the moment it has caught up, for as long as it has room. */
  get live(): boolean {
    return this.#live;
  }

  /** It has caught up: every entry up to the head was sent. What was written of its own meanwhile it is told now. */
  goLive(): void {
    this.hear(this.#room.head);
    this.#live = true;
    this.#tellOwed();
  }

  /** For the room: its member has no room for what happens now. */
  fallBehind(): void {
    this.#live = false;
    this.member.fellBehind(this.heardSeq);
  }

  /** For the room: it has been sent every entry up to `seq`, or wrote it. */
  hear(seq: Seq): void {
    this.heardSeq = seq;
    this.unheardOwn = 0;
  }

  /** For the room: what is owed is about to be told, and what was written before a caret with or before it. */
  noteSaved(): void {
    this.savedClientSeq = Math.max(this.savedClientSeq, this.owedClientSeq);
    this.owedClientSeq = 0;
    this.#owesSaved = true;
    this.#showHeld();
  }

  /** For the room: something of its own that came then is on disk, and it is to be told. To whom an echo says so, no Saved does. */
  waitsSince(ticks: number): void {
    if (!this.member.dialect.echoes) this.#waitsSinceTicks ??= ticks;
  }

  /** For the room: if it is live, every entry up to the head has been sent. */
  tellSaved(): void {
    if (this.#live || this.#isWithdrawn) this.#tellOwed();
  }

  leave(): void {
    this.#held = null;
    if (this.presenceId !== null) {
      this.#room.presence.clear(this, this.presenceId);
      this.#room.releaseClientId(this.presenceId);
      this.presenceId = null;
    }
    this.#room.leave(this);
  }

  #tellOwed(): void {
    if (!this.#owesSaved) return;
    this.#owesSaved = false;
    this.member.saved(this.savedClientSeq, this.#room.head, this.#room.lastTimeMs);
    if (this.#waitsSinceTicks !== null) this.#room.metrics.saved.observe(msSince(this.#waitsSinceTicks));
    this.#waitsSinceTicks = null;
  }

  #showHeld(): void {
    if (this.#held === null || this.presenceId === null || this.#held.clientSeq > this.savedClientSeq) return;
    const { json } = this.#held;
    this.#held = null;
    if (json === '') this.#room.presence.clear(this, this.presenceId);
    else this.#room.presence.set(this, this.presenceId, json);
  }
}
