// Where dialects and transports meet. A transport carries frames and knows nothing of what is in them; a dialect reads
// and writes frames and knows nothing of what carries them.

import type { Transport } from '../metrics/metrics.js';
import type { Outgoing } from '../room/member.js';

/** The sending side of one connection, given to a dialect's session by its transport. */
export interface Connection {
  /** Where it comes from; '' when that is not known. */
  readonly address: string;
  readonly transport: Transport;
  /** Queues it. Answers are asked for and may always be sent; what else happens only while there is room, see `hasRoom`. */
  send(out: Outgoing): void;
  /** False from when as much waits for a slow reader as may, until it has taken all of it (I6). */
  readonly hasRoom: boolean;
  /**
   * Calls back once nothing waits to be taken: at once, if so now. In the order of asking, one after the other. Nothing reads what
   * was sent before from then on: its memory may be given back. A connection that ends before never calls.
   */
  whenDrained(callback: () => void): void;
  /** Ends the connection after what was sent. @param code see PROTOCOL.md §closing */
  close(code: number, reason: string): void;
  /** Ends this connection over a fault of ours, which whoever runs the server is told of: nobody else pays for it. */
  fail(error: unknown): void;
}

/** The receiving side, given to a transport by a dialect. */
export interface Session {
  /** @param frame may be a view that is overwritten later: what is kept must be copied. @throws only faults of ours */
  receive(frame: Uint8Array): void;
  /** The connection is gone. Called once. */
  closed(): void;
}

/** Makes the session for a new connection. */
export type OpenSession = (connection: Connection) => Session;

/** Bytes of entries that somebody who catches up is sent before the next are looked at; one entry may go over it. */
export const CATCH_UP_PIECE_BYTES = 256 * 1024;
