// Messages that have begun and do not end. Each may be as long as the largest update, what came of it is kept until it is
// whole, and who sends pings in between looks alive: over all connections there is a limit, and the oldest have to go.

/** A connection, as far as this goes. */
export interface Sending {
  /** Bytes held of a message that is not whole. */
  readonly unfinishedBytes: number;
  /** When it began, by the clock of `performance.now`. */
  readonly unfinishedSinceMs: number;
  drop(): void;
}

/** Of all connections together: beyond it those that wait longest are dropped. */
const MAX_UNFINISHED_BYTES = 256 * 1024 * 1024;
/** Less than this is not looked at. */
const LEAST_BYTES = 4 * 1024;

/** What came of them is kept outside of the heap: while all that is there is less, nobody has to be looked at. */
export const mayBeUnfinished = (): boolean => process.memoryUsage().arrayBuffers > MAX_UNFINISHED_BYTES;

export function dropUnfinished(connections: Iterable<Sending>, maxBytes: number = MAX_UNFINISHED_BYTES): void {
  const sending = [...connections].filter(({ unfinishedBytes }) => unfinishedBytes >= LEAST_BYTES);
  let bytes = sending.reduce((sum, { unfinishedBytes }) => sum + unfinishedBytes, 0);
  if (bytes <= maxBytes) return;
  sending.sort((a, b) => a.unfinishedSinceMs - b.unfinishedSinceMs);
  for (const connection of sending) {
    if (bytes <= maxBytes) return;
    bytes -= connection.unfinishedBytes;
    connection.drop();
  }
}
