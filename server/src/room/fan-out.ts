// What a room has to tell those in it, and when: entries that are on disk, who is saved by them, carets. All of it waits for one
// flush and leaves together, in frames made once for all who lack the same. What waits is in the tail already: a flush gives
// each seat what it has not heard. Entries leave before the Saved that speaks of them, and before carets in them (S5).

import type { OpenChannel, Seq } from '../log/document-log.js';
import type { RoomMetrics } from '../metrics/metrics.js';
import { msSince, nowTicks } from '../metrics/ticks.js';
import type { Cadence } from './cadence.js';
import type { Deferred } from './flush-timer.js';
import type { Dialect, Outgoing, RoomOnWire } from './member.js';
import type { PresenceUpdate } from './presence-table.js';
import { RoomPresence } from './room-presence.js';
import type { Seat } from './seat.js';
import type { Tail } from './tail.js';

/** Carets alone are sent at most this often; with entries they go at any time. */
const CARETS_EVERY_MS = 25;
/** And who is here, where many come at once, so seldom that telling it takes a fifth of the time at most. */
const PAUSE_PER_TELLING = 4;
/** Bytes of who is here that are told in one turn of the event loop: a thousand who come at once are told by many turns. */
const GREETING_BYTES = 2 * 1024 * 1024;
/** A stock client's echo tells nobody anything (K2): it waits at most this long for something else that goes there. */
const ECHO_WAITS_MS = 100;
/** How long before a flush entries are to leave for the disk, to be there by then. */
const WRITE_AHEAD_MS = 4;

export interface ToldRoom extends RoomOnWire {
  readonly seats: ReadonlySet<Seat>;
  /** Newest seq on disk. */
  readonly head: Seq;
  readonly tail: Tail;
  readonly channel: Pick<OpenChannel, 'sayToOthers'>;
  readonly metrics: RoomMetrics;
}

/** News of one flush, for all of one dialect who have heard everything up to `after`, and are told of the same people. */
interface SharedNews {
  readonly dialect: Dialect;
  readonly after: Seq;
  readonly presence: Uint8Array | null;
  readonly out: Outgoing;
}

export class FanOut implements Deferred {
  readonly presence: RoomPresence;
  #flushDueAtMs = Number.POSITIVE_INFINITY;
  #greetingDueAtMs = Number.POSITIVE_INFINITY;
  #isReleased = false;
  readonly #room: ToldRoom;
  readonly #cadence: Cadence;
  /** Seats of which something was written that they have not been told. */
  #owed: Seat[] = [];
  #flushedAtMs = Number.NEGATIVE_INFINITY;
  /** When carets alone, and who is here, may be told next. */
  #caretsFromMs = Number.NEGATIVE_INFINITY;
  #greetingFromMs = Number.NEGATIVE_INFINITY;
  /** Since when those are greeted who have not all been yet. */
  #greetingSinceMs: number | null = null;
  /** When the echo that waits longest has to go. */
  #echoesDueAtMs = Number.POSITIVE_INFINITY;
  #toldSeq: Seq;
  /** Since when the oldest entry that was not told is on disk. */
  #waitsSinceTicks: number | null = null;

  constructor(room: ToldRoom, cadence: Cadence) {
    this.#room = room;
    this.#cadence = cadence;
    this.#toldSeq = room.head;
    this.presence = new RoomPresence(
      room,
      () => this.#flushBy(this.#caretsFromMs),
      () => this.#greetBy(this.#greetingFromMs),
      (message) => room.channel.sayToOthers(message),
    );
  }

  get dueAtMs(): number {
    return Math.min(this.#flushDueAtMs, this.#greetingDueAtMs);
  }

  /** Everything the seat submitted up to `clientSeq` is on disk: it is told so by the next flush. */
  owe(seat: Seat, clientSeq: number): void {
    if (seat.owedClientSeq === 0) this.#owed.push(seat);
    seat.owedClientSeq = Math.max(seat.owedClientSeq, clientSeq);
  }

  /** There are entries to tell, or there is something owed. */
  tell(): void {
    // That something was known already is nobody else's news.
    if (this.#room.head === this.#toldSeq) return this.#tellOwed();
    this.#waitsSinceTicks ??= nowTicks();
    const nowMs = performance.now();
    const everyMs = this.#cadence.flushEveryMs(this.#room.seats.size);
    if (nowMs >= this.#flushedAtMs + everyMs) this.#flush(nowMs, nowMs + everyMs);
    else this.#flushBy(this.#flushedAtMs + everyMs);
  }

  /**
   * How long what is written now may wait, and be told all the same by the first flush that can tell it.
   *
   * @param isWriting whether something is on its way to the disk already, which the next flush will tell
   */
  writeMayWaitMs(isWriting: boolean): number {
    const everyMs = this.#cadence.flushEveryMs(this.#room.seats.size);
    if (everyMs <= WRITE_AHEAD_MS) return 0;
    const nowMs = performance.now();
    const leftMs = this.#flushedAtMs + everyMs - WRITE_AHEAD_MS - nowMs;
    if (leftMs > 0) return leftMs;
    // A flush that is about to leave leaves without it, and it is for the one after that. Else the next waits for it alone.
    return isWriting || this.#flushDueAtMs < nowMs + WRITE_AHEAD_MS ? everyMs - WRITE_AHEAD_MS : 0;
  }

  due(nowMs: number): void {
    if (this.#flushDueAtMs <= nowMs) this.#flush(nowMs, nowMs + this.#cadence.flushEveryMs(this.#room.seats.size));
    // Only then, for their carets may be in what was just told (S5).
    if (this.#greetingDueAtMs <= nowMs) this.#greetSome(nowMs);
    if (this.dueAtMs < Number.POSITIVE_INFINITY) this.#cadence.timer.add(this);
  }

  /** Tells everything now, echoes as well. */
  tellAll(): void {
    this.#flush(performance.now(), Number.POSITIVE_INFINITY);
  }

  /** Tells nothing more by itself, whatever the room still hears: a last write, or that somebody leaves. */
  release(): void {
    this.#isReleased = true;
    this.#flushDueAtMs = Number.POSITIVE_INFINITY;
    this.#greetingDueAtMs = Number.POSITIVE_INFINITY;
    this.#cadence.timer.remove(this);
  }

  /** To those whose clients compare, what they have to show now. */
  tellContentHash(hash: Uint8Array): void {
    const { seats, head } = this.#room;
    const encoded = new Map<Dialect, Outgoing | null>();
    for (const { live, member } of seats) {
      const { dialect, hasRoom } = member;
      if (!live || !hasRoom) continue;
      const out = encoded.has(dialect) ? encoded.get(dialect)! : dialect.contentHash(this.#room, head, hash);
      encoded.set(dialect, out);
      if (out) member.send(out);
    }
  }

  /** Everything it speaks of was told. */
  #tellOwed(): void {
    for (const seat of this.#noteOwed()) seat.tellSaved();
  }

  /** @returns those who are to be told, once what they wrote was told to the others */
  #noteOwed(): readonly Seat[] {
    const owed = this.#owed.filter((seat) => this.#room.seats.has(seat));
    this.#owed = [];
    for (const seat of owed) seat.noteSaved();
    return owed;
  }

  #flushBy(atMs: number): void {
    if (this.#isReleased || atMs >= this.#flushDueAtMs) return;
    this.#flushDueAtMs = atMs;
    this.#cadence.timer.add(this);
  }

  #greetBy(atMs: number): void {
    if (this.#isReleased || atMs >= this.#greetingDueAtMs) return;
    this.#greetingDueAtMs = atMs;
    this.#cadence.timer.add(this);
  }

  /** Those who came are told who is here: together, as those who wait may be many, and no more of them than one turn takes. */
  #greetSome(nowMs: number): void {
    this.#greetingDueAtMs = Number.POSITIVE_INFINITY;
    this.#greetingSinceMs ??= nowMs;
    this.presence.greetSome(GREETING_BYTES);
    if (this.presence.hasNewcomers) return this.#greetBy(nowMs);
    this.#greetingFromMs = this.#nextAtMs(this.#greetingSinceMs);
    this.#greetingSinceMs = null;
  }

  /** @param startedAtMs of a telling that has just ended @returns when the next may come */
  #nextAtMs(startedAtMs: number): number {
    const tookMs = performance.now() - startedAtMs;
    const everyMs = Math.max(CARETS_EVERY_MS, this.#cadence.flushEveryMs(this.#room.seats.size));
    return startedAtMs + Math.max(everyMs, PAUSE_PER_TELLING * tookMs);
  }

  /** @param nextAtMs when the next flush may come: what cannot wait for that goes now */
  #flush(nowMs: number, nextAtMs: number): void {
    // What is shown from here on is taken by this very flush.
    this.#flushDueAtMs = Number.NEGATIVE_INFINITY;
    const owed = this.#noteOwed();
    const carets = this.presence.take();
    this.#flushDueAtMs = Number.POSITIVE_INFINITY;

    const { head } = this.#room;
    if (carets !== null || head > this.#toldSeq) this.#flushedAtMs = nowMs;
    this.#toldSeq = head;
    const hasHeldEchoes = this.#tellNews(carets, nextAtMs >= this.#echoesDueAtMs);
    if (carets !== null) this.#caretsFromMs = this.#nextAtMs(nowMs);
    for (const seat of owed) seat.tellSaved();
    if (this.#waitsSinceTicks !== null) this.#room.metrics.fanOut.observe(msSince(this.#waitsSinceTicks));
    this.#waitsSinceTicks = null;
    if (!hasHeldEchoes) this.#echoesDueAtMs = Number.POSITIVE_INFINITY;
    else {
      this.#echoesDueAtMs = Math.min(this.#echoesDueAtMs, nowMs + ECHO_WAITS_MS);
      this.#flushBy(this.#echoesDueAtMs);
    }
  }

  /** Gives each seat what it has not heard. @returns whether echoes are held back */
  #tellNews(carets: PresenceUpdate | null, sendsEchoes: boolean): boolean {
    const { seats, head } = this.#room;
    const shared: SharedNews[] = [];
    let hasHeldEchoes = false;
    for (const seat of seats) {
      const lacks = head - seat.heardSeq;
      // Who is about to be told of everybody needs no changes.
      const moved = carets !== null && this.presence.isNewcomer(seat) ? null : carets;
      if (!seat.live || (lacks === 0 && moved === null)) continue;
      const { member, presenceId } = seat;
      if (!member.hasRoom) {
        seat.fallBehind();
        continue;
      }
      const { dialect } = member;
      // An echo of an older caret would move a stock client's own one back: it gets a frame without itself.
      const isMoved = dialect.echoes && presenceId !== null && moved?.has(presenceId) === true;
      const presence = isMoved ? moved.without(presenceId) : (moved?.all ?? null);
      // Whoever wrote all of it has it, and needs it only as an acknowledgement.
      const isOwn = lacks === seat.unheardOwn;
      if (isOwn && lacks > 0 && presence === null && dialect.echoes && !sendsEchoes) {
        hasHeldEchoes = true;
        continue;
      }
      const after = isOwn && !dialect.echoes ? head : seat.heardSeq;
      if (after < head || presence !== null) {
        member.send(isMoved ? this.#encode(dialect, after, presence) : this.#share(shared, dialect, after, presence));
      }
      seat.hear(head);
    }
    return hasHeldEchoes;
  }

  #share(shared: SharedNews[], dialect: Dialect, after: Seq, presence: Uint8Array | null): Outgoing {
    const same = shared.find((one) => one.dialect === dialect && one.after === after && one.presence === presence);
    if (same) return same.out;
    const out = this.#encode(dialect, after, presence);
    shared.push({ dialect, after, presence, out });
    return out;
  }

  #encode(dialect: Dialect, after: Seq, presence: Uint8Array | null): Outgoing {
    // Nothing leaves the tail before everybody has heard it: see `Room.checkpointed`.
    const updates = this.#room.tail.after(after)!;
    return dialect.news(this.#room, { firstSeq: after + 1, updates, presence });
  }
}
