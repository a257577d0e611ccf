// When a checkpoint is worth its work (L4): building one costs a copy of the whole document, reading a long tail costs
// everyone who joins, and holding it costs memory. When a document rests, it is time to compare what is shown where (G3).

const MIN_TAIL_BYTES = 256 * 1024;
const MAX_TAIL_ENTRIES = 20_000;
/** After this long without an entry, those who have the document open are told what it should look like. */
const QUIET_MS = 30_000;
const URGENT_TAIL_BYTES = 16 * 1024 * 1024;

/** `urgent`: the tail takes so much memory that the work is not put off for the sake of the processor (I6). */
export type CheckpointNeed = 'none' | 'due' | 'urgent';

/** Whether the tail of a room in use has grown long against its checkpoint, or nobody adds to it any more. A room that closes changed is due anyway. */
export function checkpointNeed(
  room: {
    readonly head: number;
    readonly checkpoint: { readonly seq: number; readonly state: Uint8Array } | null;
    readonly tail: { readonly freshBytes: number };
    /** By the clock of `nowMs`. */
    readonly quietSinceMs: number;
  },
  nowMs: number,
): CheckpointNeed {
  const checkpointSeq = room.checkpoint?.seq ?? 0;
  const entries = room.head - checkpointSeq;
  if (entries === 0) return 'none';
  const bytes = room.tail.freshBytes;
  if (bytes > URGENT_TAIL_BYTES) return 'urgent';
  const isLong = bytes > Math.max(MIN_TAIL_BYTES, (room.checkpoint?.state.length ?? 0) / 2);
  const isQuiet = nowMs - room.quietSinceMs >= QUIET_MS;
  return isLong || isQuiet || entries >= MAX_TAIL_ENTRIES ? 'due' : 'none';
}
