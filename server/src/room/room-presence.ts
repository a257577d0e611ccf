// Who is in a room and where. Changes are gathered, and leave with what else the room has to tell; so does everybody's state
// for those who have come. Never logged (I5); the latest state wins, so who has no room for it now is told of everybody once
// it has.

import { Elsewhere } from './elsewhere.js';
import type { Dialect, Outgoing, RoomOnWire } from './member.js';
import { PresenceTable, type PresenceUpdate } from './presence-table.js';
import type { Seat } from './seat.js';

/** Stock clients forget a quiet person after 30 s. */
const RENEW_EVERY_MS = 20_000;
/** More people than whom each who comes may be told by a frame of its own. */
const CROWD = 64;
/** Rooms that were opened at once renew at so many different times of that. */
const RENEWAL_TURNS = 40;

export class RoomPresence {
  readonly #room: RoomOnWire & { readonly seats: ReadonlySet<Seat> };
  readonly #onChange: () => void;
  readonly #onNewcomer: () => void;
  readonly #table = new PresenceTable();
  /** Null where there is no way to other servers. */
  readonly #elsewhere: Elsewhere | null;
  /** Those to be told who is here, and whom each was shown before. */
  readonly #newcomers = new Map<Seat, readonly number[]>();
  #renewedAtMs: number;

  /**
   * @param onChange called when there is something to take @param onNewcomer and when there is somebody to greet
   * @param sayToOthers gives a message to the same room at other servers; false where there is no way to them
   */
  constructor(
    room: RoomOnWire & { readonly seats: ReadonlySet<Seat> },
    onChange: () => void,
    onNewcomer: () => void,
    sayToOthers: (message: Uint8Array) => boolean,
  ) {
    this.#room = room;
    this.#onChange = onChange;
    this.#onNewcomer = onNewcomer;
    const elsewhere = new Elsewhere(this.#table, sayToOthers, performance.now());
    this.#elsewhere = elsewhere.ask() ? elsewhere : null;
    this.#renewedAtMs = performance.now() - (room.number % RENEWAL_TURNS) * (RENEW_EVERY_MS / RENEWAL_TURNS);
  }

  set(seat: Seat, id: number, json: string): void {
    if (!this.#table.set(id, json, seat)) return;
    this.#elsewhere?.note(id, json);
    this.#onChange();
  }

  clear(seat: Seat, id: number): void {
    if (!this.#table.delete(id, seat)) return;
    this.#elsewhere?.note(id, '');
    this.#onChange();
  }

  /** From the same room at another server. @throws what lib0 throws of bytes that make no sense */
  hear(server: string, message: Uint8Array): void {
    if (this.#elsewhere?.hear(server, message, performance.now())) this.#onChange();
  }

  /** What has changed since the last call; null when nothing has. */
  take(): PresenceUpdate | null {
    this.#elsewhere?.sayChanges();
    return this.#table.takeChanges();
  }

  /**
   * Whom somebody may show who was told everything until now: those who are gone, and whose going it was not told, as well.
   * From here on it is not going to be told of everybody, until it is greeted again, with these.
   */
  shownTo(seat: Seat): readonly number[] {
    const before = this.#newcomers.get(seat) ?? [];
    this.#newcomers.delete(seat);
    return [...new Set([...before, ...this.#table.shownIds()])];
  }

  /** Whether it takes so long to tell who is here that all who come are to be told together. */
  get isCrowd(): boolean {
    return this.#table.size > CROWD;
  }

  /** Everybody's state, or null when nobody is here. @param seen ids that were shown before: who is gone is said to be */
  states(seen: readonly number[] = []): Uint8Array | null {
    const ids = new Set([...seen, ...this.#table.ids()]);
    return ids.size === 0 ? null : this.#table.update(ids).all;
  }

  /** A live seat is to be told who is here, a little later, with all who came by then. @param seen as of `states` */
  greet(seat: Seat, seen: readonly number[] = []): void {
    if (seen.length === 0 && this.#table.size === 0) return;
    this.#newcomers.set(seat, seen);
    this.#onNewcomer();
  }

  get hasNewcomers(): boolean {
    return this.#newcomers.size > 0;
  }

  /** Whether it is going to be told of everybody, and so of every change. */
  isNewcomer(seat: Seat): boolean {
    return this.#newcomers.has(seat);
  }

  /**
   * Tells some of those who have come who is here, in a frame that is shared by all to whom the same is said. It is said
   * under new clocks: stock clients remember those of whom they saw over a connection that broke, and ignore what does not
   * exceed them.
   *
   * @param maxBytes is enough for now; the others are told by the next call
   */
  greetSome(maxBytes: number): void {
    this.#table.renew();
    const everybody = this.#table.update(this.#table.ids());
    const shared = new Map<Dialect, Outgoing>();
    let bytes = 0;
    for (const [seat, seen] of this.#newcomers) {
      if (bytes >= maxBytes) return;
      const { member, presenceId } = seat;
      const isHere = this.#room.seats.has(seat) && seat.live;
      // Who has no room now is told when it has caught up. Whom it was shown it asks for as it falls behind.
      if (isHere && !member.hasRoom) seat.fallBehind();
      this.#newcomers.delete(seat);
      if (!isHere || !seat.live) continue;
      const { dialect } = member;
      const isAnyGone = seen.some((id) => !everybody.has(id));
      const states = isAnyGone ? this.#table.update(new Set([...seen, ...this.#table.ids()])) : everybody;
      // Its own older state would move a stock client's caret back.
      const isIn = dialect.echoes && presenceId !== null && states.has(presenceId);
      const presence = isIn ? states.without(presenceId) : states.all;
      if (presence === null) continue;
      const kept = states === everybody && !isIn ? shared.get(dialect) : undefined;
      const out = kept ?? dialect.news(this.#room, { firstSeq: 0, updates: [], presence });
      if (states === everybody && !isIn) shared.set(dialect, out);
      member.send(out);
      bytes += presence.length;
    }
  }

  /**
   * The server speaks for everybody who is quiet (G6). To be called twice a second or so: a process that is late with that is
   * not later with this.
   */
  renew(nowMs: number): void {
    if (this.#elsewhere?.tick(nowMs)) this.#onChange();
    if (nowMs - this.#renewedAtMs < RENEW_EVERY_MS) return;
    this.#renewedAtMs = nowMs;
    let out: Outgoing | null = null;
    for (const seat of this.#room.seats) {
      const { member, live } = seat;
      // Who has no room now is told of everybody when it has caught up, and a newcomer a little later: changes it is not told.
      if (!live || !member.hasRoom || !member.dialect.forgetsTheQuiet || this.isNewcomer(seat)) continue;
      if (out === null) {
        this.#table.renew();
        out = member.dialect.news(this.#room, {
          firstSeq: 0,
          updates: [],
          presence: this.#table.update(this.#table.ids()).all,
        });
      }
      member.send(out);
    }
  }
}
