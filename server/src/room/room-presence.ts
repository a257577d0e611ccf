// Who is in a room and where, told to those in it: changes are gathered, and leave as one update that is encoded once per
// dialect. Never logged (I5); the latest state wins, so who has no room for it now is told of everybody once it has.

import type { Seq } from '../log/document-log.js';
import type { Dialect, Outgoing, RoomOnWire } from './member.js';
import { PresenceTable } from './presence-table.js';
import type { Seat } from './seat.js';

/** Carets of one room are sent at most this often. */
const PRESENCE_EVERY_MS = 25;

export class RoomPresence {
  readonly #room: RoomOnWire & { readonly seats: ReadonlySet<Seat>; readonly head: Seq };
  readonly #table = new PresenceTable();
  #timer: NodeJS.Timeout | null = null;
  #sentAtMs = Number.NEGATIVE_INFINITY;

  constructor(room: RoomOnWire & { readonly seats: ReadonlySet<Seat>; readonly head: Seq }) {
    this.#room = room;
  }

  set(seat: Seat, id: number, json: string): void {
    if (this.#table.set(id, json, seat)) this.#changed();
  }

  clear(seat: Seat, id: number): void {
    if (this.#table.delete(id, seat)) this.#changed();
  }

  /** Whom others see here. */
  shownIds(): readonly number[] {
    return this.#table.shownIds();
  }

  /** Everybody's state, or null when nobody is here. @param seen ids that were shown before: who is gone is said to be */
  states(seen: readonly number[] = []): Uint8Array | null {
    const ids = new Set([...seen, ...this.#table.ids()]);
    return ids.size === 0 ? null : this.#table.encode([...ids]);
  }

  /**
   * The same under new clocks. Stock clients remember the clocks of those they saw over a connection that broke, and ignore
   * what does not exceed them.
   */
  statesAnew(seen: readonly number[] = []): Uint8Array | null {
    this.#table.renew();
    return this.states(seen);
  }

  /** Stock clients forget whom they have not heard of for 30 s; the server speaks for everybody (G6). */
  renew(): void {
    let out: Outgoing | null = null;
    for (const { member, live } of this.#room.seats) {
      // Who has no room now is told of everybody when it has caught up.
      if (!live || !member.hasRoom || !member.dialect.forgetsTheQuiet) continue;
      if (out === null) {
        this.#table.renew();
        out = member.dialect.presence(this.#room, this.#table.encode(this.#table.ids()));
      }
      member.send(out);
    }
  }

  /** Sends nothing more by itself. */
  release(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
  }

  /** Sends changed carets at once, or gathers them until the last sending is long enough ago. */
  #changed(): void {
    if (this.#timer !== null) return;
    const dueInMs = Math.max(0, this.#sentAtMs + PRESENCE_EVERY_MS - performance.now());
    this.#timer = setTimeout(() => this.#send(), dueInMs);
  }

  #send(): void {
    this.#timer = null;
    this.#sentAtMs = performance.now();
    const changed = this.#table.takeChanges();
    if (changed.length === 0) return;
    const shared = new Map<Dialect, Outgoing>();
    for (const seat of this.#room.seats) {
      if (!seat.live) continue;
      if (!seat.member.hasRoom) {
        seat.fallBehind(this.#room.head);
        continue;
      }
      const { dialect } = seat.member;
      // An echo of an older caret would move a stock client's own one back: it gets a frame without itself.
      const self = seat.presenceId;
      if (dialect.echoes && self !== null && changed.includes(self)) {
        const others = changed.filter((id) => id !== self);
        if (others.length > 0) seat.member.send(dialect.presence(this.#room, this.#table.encode(others)));
        continue;
      }
      let out = shared.get(dialect);
      if (!out) {
        out = dialect.presence(this.#room, this.#table.encode(changed));
        shared.set(dialect, out);
      }
      seat.member.send(out);
    }
  }
}
