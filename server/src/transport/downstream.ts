// The way from the server to a client that has no WebSocket: an event stream, or the answers to its polls. What comes up from
// the client is the same for both, see http-connection.ts.

import type { Transport } from '../metrics/metrics.js';
import type { Outgoing } from '../room/member.js';
import type { Reader } from './send-queue.js';

export interface Downstream {
  readonly transport: Transport;
  /** Bytes that were pushed and not taken. */
  readonly bytes: number;
  /** False from when as much waits as may, until all of it was taken (I6). */
  readonly hasRoom: boolean;
  /** @returns bytes on the wire */
  push(out: Outgoing): number;
  /** As of `SendQueue`. */
  whenDrained(callback: () => void): void;
  /** Asks the client whether it is there, if it can be asked. */
  ping(): void;
  /** Says why it is over, after what was pushed, and tells the reader that it is gone then. */
  close(code: number, reason: string): void;
  /** Forgets what waits and ends it without a word. */
  end(): void;
}

/** Whom it is for. */
export interface DownstreamReader extends Reader {
  /** Nothing can be sent on it any more. */
  gone(): void;
}
