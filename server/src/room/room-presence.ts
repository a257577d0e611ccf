// Who is in a room and where. Changes are gathered, and leave with what else the room has to tell. Never logged (I5); the latest
// state wins, so who has no room for it now is told of everybody once it has.

import type { Outgoing, RoomOnWire } from './member.js';
import { type PresenceChanges, PresenceTable } from './presence-table.js';
import type { Seat } from './seat.js';

/** Stock clients forget a quiet person after 30 s. */
const RENEW_EVERY_MS = 20_000;
/** Rooms that were opened at once renew at so many different times of that. */
const RENEWAL_TURNS = 40;

export class RoomPresence {
  readonly #room: RoomOnWire & { readonly seats: ReadonlySet<Seat> };
  readonly #onChange: () => void;
  readonly #table = new PresenceTable();
  #renewedAtMs: number;

  /** @param onChange called when there is something to take */
  constructor(room: RoomOnWire & { readonly seats: ReadonlySet<Seat> }, onChange: () => void) {
    this.#room = room;
    this.#onChange = onChange;
    this.#renewedAtMs = performance.now() - (room.number % RENEWAL_TURNS) * (RENEW_EVERY_MS / RENEWAL_TURNS);
  }

  set(seat: Seat, id: number, json: string): void {
    if (this.#table.set(id, json, seat)) this.#onChange();
  }

  clear(seat: Seat, id: number): void {
    if (this.#table.delete(id, seat)) this.#onChange();
  }

  /** What has changed since the last call; null when nothing has. */
  take(): PresenceChanges | null {
    return this.#table.takeChanges();
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

  /**
   * The server speaks for everybody who is quiet (G6). To be called twice a second or so: a process that is late with that is
   * not later with this.
   */
  renew(nowMs: number): void {
    if (nowMs - this.#renewedAtMs < RENEW_EVERY_MS) return;
    this.#renewedAtMs = nowMs;
    let out: Outgoing | null = null;
    for (const { member, live } of this.#room.seats) {
      // Who has no room now is told of everybody when it has caught up.
      if (!live || !member.hasRoom || !member.dialect.forgetsTheQuiet) continue;
      if (out === null) {
        this.#table.renew();
        out = member.dialect.news(this.#room, {
          firstSeq: 0,
          updates: [],
          presence: this.#table.encode(this.#table.ids()),
        });
      }
      member.send(out);
    }
  }
}
