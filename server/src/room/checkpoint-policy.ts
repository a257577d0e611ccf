// When a checkpoint is worth its work (L4): building one costs about a third of a microsecond per entry and a copy of the
// whole document, reading a long tail costs everyone who joins.

const MIN_TAIL_BYTES = 256 * 1024;
const MAX_TAIL_ENTRIES = 20_000;

/** Whether the tail of a room in use has grown long against its checkpoint. A room that closes changed is due anyway. */
export function checkpointIsDue(room: {
  readonly head: number;
  readonly checkpoint: { readonly seq: number; readonly state: Uint8Array } | null;
  readonly tail: { bytesAfter(seq: number): number };
}): boolean {
  const checkpointSeq = room.checkpoint?.seq ?? 0;
  const entries = room.head - checkpointSeq;
  if (entries === 0) return false;
  if (entries >= MAX_TAIL_ENTRIES) return true;
  return room.tail.bytesAfter(checkpointSeq) > Math.max(MIN_TAIL_BYTES, (room.checkpoint?.state.length ?? 0) / 2);
}
