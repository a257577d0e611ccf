// One group of a room, told to those in it: one encoding per dialect, shared by all its members.
// An author whose group it wholly was knows the bytes already and only hears that they are saved, unless the dialect's
// clients wait for their echo. Entries leave before the Saved that speaks of them.

import type { Seq } from '../log/document-log.js';
import type { Dialect, Outgoing, RoomOnWire } from './member.js';
import type { Seat } from './seat.js';

/** To those whose clients compare, what they have to show. */
export function tellContentHash(
  room: RoomOnWire & { readonly seats: ReadonlySet<Seat> },
  seq: Seq,
  hash: Uint8Array,
): void {
  const encoded = new Map<Dialect, Outgoing | null>();
  for (const { live, member } of room.seats) {
    const { dialect, hasRoom } = member;
    if (!live || !hasRoom) continue;
    const out = encoded.has(dialect) ? encoded.get(dialect)! : dialect.contentHash(room, seq, hash);
    encoded.set(dialect, out);
    if (out) member.send(out);
  }
}

export function tellGroup(
  room: RoomOnWire & { readonly seats: ReadonlySet<Seat> },
  firstSeq: Seq,
  updates: readonly Uint8Array[],
): void {
  if (updates.length === 0) return;
  const encoded = new Map<Dialect, Outgoing>();
  for (const seat of room.seats) {
    const { dialect, hasRoom } = seat.member;
    if (!seat.live) continue;
    if (!hasRoom) {
      seat.fallBehind(firstSeq - 1);
      continue;
    }
    if (seat.ownInGroup === updates.length && !dialect.echoes) continue;
    let out = encoded.get(dialect);
    if (!out) {
      out = dialect.entries(room, firstSeq, updates);
      encoded.set(dialect, out);
    }
    seat.member.send(out);
  }
}
