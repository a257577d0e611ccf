// A room: the live side of one channel: what is accepted, the tail of its log, those in it.
// Members only ever hear of entries that are on disk; checkpoint + tail is the document, always (I1, I2, I4).

import type { CloseCode } from '@weft/protocol';
import type { Verdict } from '../gate/check-update.js';
import type { GateLimits } from '../gate/gate-limits.js';
import type { Change, KnownState } from '../gate/known-state.js';
import type { Owners } from '../gate/owners.js';
import type { ChannelListener, Checkpoint, Entry, OpenChannel, Seq } from '../log/document-log.js';
import { noteOutbox } from '../log/outboxes.js';
import type { RoomMetrics } from '../metrics/metrics.js';
import { nowTicks } from '../metrics/ticks.js';
import { SyncError } from '../sync-error.js';
import type { Cadence } from './cadence.js';
import type { ClientIds } from './client-ids.js';
import { FanOut } from './fan-out.js';
import { type JoinAnswer, JoinAnswers } from './join-answers.js';
import { keptCopy } from './kept-bytes.js';
import { Knowledge } from './knowledge.js';
import type { Loan, Shelf } from './loan.js';
import type { Member, RoomOnWire } from './member.js';
import { Pending } from './pending.js';
import type { RoomHistory, StateJob } from './room-history.js';
import type { RoomPresence } from './room-presence.js';
import { type Access, Seat, type SeatedRoom, type Submission } from './seat.js';
import type { Tail } from './tail.js';

/** Bytes one member may have waiting for the disk before it is told to wait. */
const MAX_UNSAVED_BYTES_PER_SEAT = 8 * 1024 * 1024;
/** What waits costs this much beside its bytes: the smallest updates and repetitions count, too. */
const PENDING_OVERHEAD_BYTES = 100;
/** Bytes of entries in memory, most of them in no checkpoint yet, beyond which writers are told to wait (I6). */
const MAX_TAIL_BYTES = 64 * 1024 * 1024;
/** Entries older than the checkpoint that are kept, for those who were away only briefly. */
const KEPT_TAIL_BYTES = 64 * 1024;
/** How long after the last thing that was new, taken or not, the next is judged at once, without reading the state again. */
const PLACES_KEPT_FOR_MS = 60_000;

/** Where a joining `weft` client begins: with the state at `base`, or with what it has up to there. */
export interface Start {
  readonly base: Seq;
  readonly checkpoint: Checkpoint | null;
}

export interface RoomInit {
  /** Unique in this process; the name of the room on the wire. */
  readonly number: number;
  readonly channel: OpenChannel;
  /** Of what is on disk; see Knowledge for what of it. */
  readonly known: KnownState;
  readonly tail: Tail;
  readonly outboxes: Map<string, number>;
  /** Whose each client id of `known` is. */
  readonly clientIds: ClientIds;
  readonly lastTimeMs: number;
  readonly history: Pick<RoomHistory, 'answerSyncStep1' | 'inflateState'>;
  readonly shelf: Shelf;
  readonly cadence: Cadence;
  readonly isOverloaded: () => boolean;
  /** Whether what is taken now can be written now. */
  readonly canStore: () => boolean;
  /** Bytes of the whole state from which on nothing more is taken but deletions. */
  readonly maxStateBytes: number;
  readonly gateLimits: GateLimits;
  readonly metrics: RoomMetrics;
  /** The state on disk turned out not to be readable, when somebody wrote: the room is to be closed. */
  readonly onUnreadable: (error: SyncError) => void;
  /** What is not on disk will not be, for others changed the document: the room is to be closed. */
  readonly onLetGo: (room: Room) => void;
}

export class Room implements SeatedRoom, ChannelListener, RoomOnWire {
  readonly number: number;
  readonly channel: OpenChannel;
  readonly seats = new Set<Seat>();
  readonly metrics: RoomMetrics;
  readonly tail: Tail;
  /** Newest entry whose text the document's title and excerpt were derived from (J4). */
  describedSeq: Seq;
  /** Since when nothing was written, by the clock of `performance.now`. */
  quietSinceMs = performance.now();

  #checkpoint: Checkpoint | null;
  /** Bytes of the state at the checkpoint; compressed, until this room has had one built. */
  #stateBytes: number;
  readonly #maxStateBytes: number;
  readonly #gateLimits: GateLimits;
  readonly #accepted: Knowledge;
  readonly #answers: JoinAnswers;
  readonly #outboxes: Map<string, number>;
  readonly #clientIds: ClientIds;
  readonly #isOverloaded: () => boolean;
  readonly #canStore: () => boolean;
  readonly #fanOut: FanOut;
  readonly #pending = new Pending();
  #acceptedSeq: Seq;
  #lastTimeMs: number;
  /** When something new was judged last: what is not taken costs reading the state as well. */
  #judgedAtMs = Number.NEGATIVE_INFINITY;
  readonly #onUnreadable: RoomInit['onUnreadable'];
  readonly #onLetGo: RoomInit['onLetGo'];
  #whenWritten: (() => void)[] = [];
  #isClosing = false;
  /** What is pending stays so: nobody is told that it is saved. */
  #isLetGo = false;
  /** Since when nobody is in it, by the clock of `performance.now`, which is never set. */
  #emptySinceMs = performance.now();

  constructor(init: RoomInit) {
    this.number = init.number;
    this.channel = init.channel;
    this.metrics = init.metrics;
    this.tail = init.tail;
    this.#checkpoint = init.channel.checkpoint;
    this.#stateBytes = init.channel.checkpoint?.state.length ?? 0;
    this.#maxStateBytes = init.maxStateBytes;
    this.#gateLimits = init.gateLimits;
    this.#accepted = new Knowledge(init.known, this);
    this.#answers = new JoinAnswers(this, init.history, init.shelf);
    this.#outboxes = init.outboxes;
    this.#clientIds = init.clientIds;
    this.#lastTimeMs = init.lastTimeMs;
    this.#onUnreadable = init.onUnreadable;
    this.#onLetGo = init.onLetGo;
    this.#isOverloaded = init.isOverloaded;
    this.#canStore = init.canStore;
    this.#acceptedSeq = init.tail.head;
    this.#fanOut = new FanOut(this, init.cadence);
    // What was written since the checkpoint may not have been described before the process ended.
    this.describedSeq = this.#checkpoint?.seq ?? 0;
  }

  /** Newest seq on disk. */
  get head(): Seq {
    return this.tail.head;
  }
  get checkpoint(): Checkpoint | null {
    return this.#checkpoint;
  }
  get presence(): RoomPresence {
    return this.#fanOut.presence;
  }
  /** What the document shows at the head, where that is known (G3). */
  get contentHash(): Uint8Array | null {
    return this.#checkpoint?.seq === this.head ? this.#checkpoint.contentHash : null;
  }
  /** What a client that was told of everything up to the head shows for it (L3). */
  get proof(): Uint8Array {
    return this.channel.proof;
  }
  /** Time of the newest accepted entry. */
  get lastTimeMs(): number {
    return this.#lastTimeMs;
  }

  /** How long it was of no use to anybody; 0 while it is. */
  idleForMs(nowMs: number): number {
    return this.seats.size === 0 && this.#pending.isEmpty ? nowMs - this.#emptySinceMs : 0;
  }

  /** Somebody is about to come. */
  touch(): void {
    this.#emptySinceMs = performance.now();
  }

  join(init: {
    readonly member: Member;
    readonly access: Access;
    readonly author: string;
    readonly outboxId: string;
  }): Seat {
    const seat = new Seat(this, { ...init, savedClientSeq: this.savedClientSeq(init.outboxId) });
    this.seats.add(seat);
    return seat;
  }

  leave(seat: Seat): void {
    if (this.seats.delete(seat) && this.seats.size === 0) this.touch();
  }

  /** What of this outbox is on disk: all that was accepted but for what is still being written. */
  savedClientSeq(outboxId: string): number {
    if (outboxId === '') return 0;
    return this.#pending.savedClientSeq(outboxId) ?? this.#outboxes.get(outboxId) ?? 0;
  }

  /**
   * Where to begin with somebody who has every entry up to `held`; what follows is taken from the tail. J1: deletes are not in
   * a state vector, so what a client has is said by a seq. Who has nothing gets the checkpoint: whatever Yjs makes of entries
   * one by one, that is what counts (G3).
   */
  startFor(held: Seq): Start {
    if (held >= this.tail.base && (held > 0 || this.#checkpoint === null)) return { base: held, checkpoint: null };
    const checkpoint = this.#checkpoint!;
    return { base: checkpoint.seq, checkpoint };
  }

  /** State vector of what is on disk (J3): what is accepted, less what is in flight. */
  durableStateVector(): Uint8Array {
    return this.#accepted.stateVectorAt(this.head, () => this.#pending.changes());
  }

  /**
   * What is held at the head (J2), for who holds the same to compare.
   * @param mayTake whether so much may be written down for it: clients, and ranges of deletions
   * @returns null: something is being written, or it would take too much
   */
  digest(mayTake: (work: number) => boolean): Uint8Array | null {
    const isToBeHad = this.#pending.isEmpty && mayTake(this.#accepted.digestWork);
    return isToBeHad ? this.#accepted.digest(this.durableStateVector()) : null;
  }

  /**
   * Whether whoever has this state vector holds nothing but what was written here, be it still on its way to the disk.
   * @throws MalformedError
   */
  hasStructsOf(stateVector: Uint8Array): boolean {
    return Buffer.compare(stateVector, this.durableStateVector()) === 0 || this.#accepted.hasStructsOf(stateVector);
  }

  /** The state on disk, for whoever works on it. */
  stateJob(): StateJob {
    const updates = this.tail.after(this.#checkpoint?.seq ?? 0)!;
    return { checkpointState: this.#checkpoint?.state ?? null, updates };
  }

  /** What a stock client lacks of what is on disk, with the whole delete set (J1). @throws MalformedError */
  answerSyncStep1(stateVector: Uint8Array): Loan<JoinAnswer> {
    return this.#answers.to(stateVector);
  }

  /** To be called now and then: what is only needed while people write is let go. */
  rest(nowMs: number): void {
    const usedAtMs = Math.max(this.quietSinceMs, this.#judgedAtMs);
    if (nowMs - usedAtMs > PLACES_KEPT_FOR_MS && this.#pending.isEmpty) this.#accepted.forgetPlaces();
  }

  /** Takes nothing more; once all that was taken is on disk and acknowledged, or let go, everybody is told to leave, and why. */
  async dismissAll(code: CloseCode, reason: string): Promise<void> {
    this.#isClosing = true;
    await this.whenWritten();
    const dismissed = [...this.seats];
    this.seats.clear();
    for (const { member } of dismissed) member.dismissed(code, reason);
  }

  /** Resolves once nothing submitted is waiting for the disk, or ever will be there, and everybody was told. */
  whenWritten(): Promise<void> {
    if (this.#pending.isEmpty || this.#isLetGo) {
      this.#fanOut.tellAll();
      return Promise.resolve();
    }
    return new Promise((resolve) => this.#whenWritten.push(resolve));
  }

  /** To be awaited before something is submitted that is not in a hurry: judging the first that is new would read the whole state at once. */
  prepareToJudge(): Promise<void> {
    this.#judgedAtMs = performance.now();
    return this.#accepted.readPlacesInTurns();
  }

  submit(seat: Seat, update: Uint8Array, clientSeq: number): Submission {
    if (seat.access !== 'write') return { kind: 'read-only' };
    if (this.#isLetGo) return { kind: 'busy' };
    if (seat.unsavedBytes > MAX_UNSAVED_BYTES_PER_SEAT) return { kind: 'busy' };
    if (seat.outboxId !== '' && clientSeq <= (this.#outboxes.get(seat.outboxId) ?? 0)) {
      this.#tellWhenDurable(seat, clientSeq, null);
      return { kind: 'known' };
    }
    if (this.#isClosing || this.tail.bytes > MAX_TAIL_BYTES || this.#isOverloaded()) return { kind: 'busy' };

    const verdict = this.#check(update, seat);
    if (verdict === null) return { kind: 'busy' };
    switch (verdict.kind) {
      case 'malformed':
      case 'tangled':
        return verdict;
      case 'gap':
        return this.#withheld(seat, false);
      case 'known':
        noteOutbox(this.#outboxes, { outboxId: seat.outboxId, clientSeq });
        this.#tellWhenDurable(seat, clientSeq, this.#needsEcho(seat, update) ? update.slice() : null);
        return { kind: 'known' };
      case 'new':
        if (!this.#canStore()) return { kind: 'no-storage' };
        if (this.#stateBytes > this.#maxStateBytes && verdict.change.structs.length > 0)
          return { kind: 'document-full' };
        if (verdict.withheld) {
          this.#append(seat, 0, verdict.update, verdict.change);
          return this.#withheld(seat, true);
        }
        this.#append(seat, clientSeq, verdict.update === update ? keptCopy(update) : verdict.update, verdict.change);
        return { kind: 'accepted' };
    }
  }

  /** From the log: the entries up to `lastSeq` are on disk. Peers get them, then their authors are told. */
  durable(lastSeq: Seq): void {
    const written = this.#pending.takeUpTo(lastSeq);
    this.quietSinceMs = performance.now();
    for (const { seat, seq, update, clientSeq, bytes, echo, receivedAtTicks } of written) {
      seat.unsavedBytes -= bytes;
      if (echo !== null) this.#sendEcho(seat, echo);
      if (clientSeq > 0) seat.waitsSince(receivedAtTicks);
      // A part of an update is acknowledged to nobody, but whoever was shut out goes once nothing of theirs is being written.
      if (clientSeq > 0 || seat.isWithdrawn) this.#fanOut.owe(seat, clientSeq);
      if (update === null) continue;
      if (clientSeq > 0) seat.unheardOwn += 1;
      this.tail.push(seq, update);
    }
    this.#fanOut.tell();
    if (this.#pending.isEmpty && this.#whenWritten.length > 0) this.#tellWhoWaits();
  }

  /**
   * From the log: others wrote these, and what is pending comes behind. Where that may hold some of it as well, as when it was
   * sent to two servers, the room is let go: who comes back brings what is not there.
   */
  overtaken(entries: readonly Entry[]): boolean {
    let changes: readonly (Change | null)[];
    try {
      if (this.#pending.overlaps(entries)) return false;
      changes = this.#accepted.take(entries.map(({ update }) => update));
    } catch {
      // Whoever opens the room anew is told what is wrong with it, if anything is.
      return false;
    }
    for (const [index, entry] of entries.entries()) {
      const change = changes[index]!;
      if (change !== null) this.#clientIds.note(change, entry.author);
      noteOutbox(this.#outboxes, entry);
      this.tail.push(entry.seq, entry.update);
    }
    this.#pending.moveBehind(entries.length);
    this.#acceptedSeq += entries.length;
    this.#lastTimeMs = Math.max(this.#lastTimeMs, entries.at(-1)!.timeMs);
    this.quietSinceMs = performance.now();
    this.#fanOut.tell();
    return true;
  }

  /** From the log: the same room at another server said something. */
  othersSaid(server: string, message: Uint8Array): void {
    this.presence.hear(server, message);
  }

  /** From the log: what is pending is never going to be on disk. */
  letGo(): void {
    this.#isClosing = true;
    this.#isLetGo = true;
    this.#tellWhoWaits();
    this.#onLetGo(this);
  }

  /** From the log: who comes from here on is given the base, and nothing of what it stands for. */
  trimmed(base: Checkpoint): void {
    // What has not been told is read from the tail.
    this.#fanOut.tellAll();
    if (base.seq > (this.#checkpoint?.seq ?? 0)) this.#checkpoint = base;
    this.#answers.forget();
    if (base.seq > this.tail.base) this.tail.trim(base.seq, 0);
  }

  #tellWhoWaits(): void {
    this.#fanOut.tellAll();
    for (const resolve of this.#whenWritten.splice(0)) resolve();
  }

  /** Tells nobody anything more. */
  release(): void {
    this.#fanOut.release();
  }

  /** Takes a newer checkpoint into use, which is on disk already. @param stateBytes of its state, not compressed */
  checkpointed(checkpoint: Checkpoint, stateBytes: number): void {
    // What has not been told is read from the tail, which is about to be trimmed.
    this.#fanOut.tellAll();
    this.#checkpoint = checkpoint;
    this.#stateBytes = stateBytes;
    this.describedSeq = Math.max(this.describedSeq, checkpoint.seq);
    this.tail.trim(checkpoint.seq, KEPT_TAIL_BYTES);
    if (this.contentHash) this.#fanOut.tellContentHash(this.contentHash);
  }

  /** What of each outbox is on disk: a checkpoint must not promise what is still being written. */
  durableOutboxes(): ReadonlyMap<string, number> {
    return this.#pending.durableOutboxes(this.#outboxes);
  }

  /** Whose the client ids are of which something is on disk. */
  durableOwners(): Owners {
    return this.#clientIds.owners(this.#pending.changes());
  }

  mayWriteAs({ author }: Seat, client: number): boolean {
    return this.#clientIds.mayUse(client, author);
  }

  claimClientId({ author }: Seat, id: number): boolean {
    return this.#clientIds.claim(id, author);
  }

  releaseClientId(id: number): void {
    this.#clientIds.release(id);
  }

  /** @returns null when nothing can be judged: the room is about to be closed */
  #check(update: Uint8Array, { mayWriteAs }: Seat): Verdict | null {
    try {
      const verdict = this.#accepted.check(update, { limits: this.#gateLimits, mayWriteAs });
      if (verdict.kind !== 'known') this.#judgedAtMs = performance.now();
      return verdict;
    } catch (error) {
      if (!(error instanceof SyncError)) throw error;
      this.#isClosing = true;
      this.#onUnreadable(error);
      return null;
    }
  }

  /** Something new in an update was not taken (G4). */
  #withheld({ presenceId, author }: Seat, isPartTaken: boolean): Submission {
    if (presenceId !== null && !this.#clientIds.mayUse(presenceId, author)) return { kind: 'client-id-taken' };
    // What it builds on may have come from another server: then it is here when this comes again (N1).
    this.channel.catchUp()?.catch(() => undefined);
    // Against what is on disk: what is in flight comes again and is found to be known.
    return { kind: 'gap', stateVector: this.durableStateVector(), isPartTaken };
  }

  /** @param clientSeq 0 for a part of an update: the number stays free, for it is to come again */
  #append(seat: Seat, clientSeq: number, update: Uint8Array, change: Change): void {
    this.#lastTimeMs = Math.max(this.#lastTimeMs, Date.now());
    const { author } = seat;
    const outboxId = clientSeq === 0 ? '' : seat.outboxId;
    const mayWaitMs = this.#fanOut.writeMayWaitMs(!this.#pending.isEmpty);
    const seq = this.channel.append({ timeMs: this.#lastTimeMs, author, outboxId, clientSeq, update }, mayWaitMs);
    this.#accepted.add(change);
    this.#clientIds.note(change, author);
    this.#acceptedSeq = seq;
    noteOutbox(this.#outboxes, { outboxId, clientSeq });
    const bytes = charge(seat, update.length);
    this.#pending.push({ seq, seat, clientSeq, update, change, echo: null, bytes, receivedAtTicks: nowTicks() });
  }

  /** A repetition may repeat what is still being written: it is acknowledged with or after that (I1). */
  #tellWhenDurable(seat: Seat, clientSeq: number, echo: Uint8Array | null): void {
    if (!this.#pending.isEmpty) {
      const bytes = charge(seat, echo?.length ?? 0);
      const seq = this.#acceptedSeq;
      const receivedAtTicks = nowTicks();
      this.#pending.push({ seq, seat, clientSeq, update: null, change: null, echo, bytes, receivedAtTicks });
      return;
    }
    if (echo !== null) this.#sendEcho(seat, echo);
    this.#fanOut.owe(seat, clientSeq);
    this.#fanOut.tell();
  }

  /** Who says no more than that it is in step with what is on disk has nothing to be told. */
  #needsEcho({ member }: Seat, update: Uint8Array): boolean {
    return member.dialect.echoes && !(this.#pending.isEmpty && this.#accepted.isWholeDeleteSet(update));
  }

  /** Who has no room for it gets what it is the echo of with the rest. */
  #sendEcho({ member }: Seat, echo: Uint8Array): void {
    if (!member.hasRoom) return;
    member.send(member.dialect.news(this, { firstSeq: this.head, updates: [echo], presence: null }));
  }
}

/** Counts against a seat what waits for the disk. @returns how much */
function charge(seat: Seat, length: number): number {
  const bytes = length + PENDING_OVERHEAD_BYTES;
  seat.unsavedBytes += bytes;
  return bytes;
}
