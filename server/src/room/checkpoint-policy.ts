// When a checkpoint is worth its work (L4): building one costs a copy of the whole document, reading a long tail costs
// everyone who joins, and holding it costs memory.

const MIN_TAIL_BYTES = 256 * 1024;
const MAX_TAIL_ENTRIES = 20_000;
const URGENT_TAIL_BYTES = 16 * 1024 * 1024;

/** `urgent`: the tail takes so much memory that the work is not put off for the sake of the processor (I6). */
export type CheckpointNeed = 'none' | 'due' | 'urgent';

/** Whether the tail of a room in use has grown long against its checkpoint. A room that closes changed is due anyway. */
export function checkpointNeed(room: {
  readonly head: number;
  readonly checkpoint: { readonly seq: number; readonly state: Uint8Array } | null;
  readonly tail: { bytesAfter(seq: number): number };
}): CheckpointNeed {
  const checkpointSeq = room.checkpoint?.seq ?? 0;
  const entries = room.head - checkpointSeq;
  if (entries === 0) return 'none';
  const bytes = room.tail.bytesAfter(checkpointSeq);
  if (bytes > URGENT_TAIL_BYTES) return 'urgent';
  const isLong = bytes > Math.max(MIN_TAIL_BYTES, (room.checkpoint?.state.length ?? 0) / 2);
  return isLong || entries >= MAX_TAIL_ENTRIES ? 'due' : 'none';
}
