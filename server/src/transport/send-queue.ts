// What waits to be sent over one socket. The socket is given only so much at a time, so that what waits can be counted and
// dropped, and that a reader who takes nothing at all can be told from a slow one. What is given ends with a whole frame:
// control frames are written in between.

import type { Writable } from 'node:stream';
import type { SocketMetrics } from '../metrics/metrics.js';
import { frameEnd } from './websocket-frames.js';

/** Bytes the socket is given before it has taken those before; one frame may go over it. */
const PIECE_BYTES = 64 * 1024;
/** Bytes of answers to a client that reads none of them, beyond which nothing more is heard from it until it does. */
export const MAX_UNREAD_ANSWER_BYTES = 256 * 1024;

/** The same for every queue. */
export interface SendLimits {
  readonly metrics: Pick<SocketMetrics, 'writes' | 'fellBehind'>;
  /** Bytes that may wait; at the limit there is no room until all of it was taken (I6). */
  readonly maxWaitingBytes: number;
  /** How long a full queue may stand still. */
  readonly stalledAfterMs: number;
}

/** Whom a queue is for. */
export interface Reader {
  /** The socket has taken something while more was waiting: somebody reads there. */
  moved(): void;
  /** A full queue has stood still for too long. Called once. */
  stalled(): void;
}

export class SendQueue {
  readonly #socket: Writable;
  readonly #limits: SendLimits;
  readonly #reader: Reader;
  /** null, like the other list: nothing and nobody waits, as for most connections most of the time. */
  #waiting: Uint8Array[] | null = null;
  /** What of the first one the socket was given. */
  #firstAt = 0;
  #waitingBytes = 0;
  #isFull = false;
  #isEnded = false;
  #whenDrained: (() => void)[] | null = null;
  #stallTimer: NodeJS.Timeout | null = null;

  constructor(socket: Writable, limits: SendLimits, reader: Reader) {
    this.#socket = socket;
    this.#limits = limits;
    this.#reader = reader;
  }

  /** False from when as much waits as may, until all of it was taken. What is pushed all the same is sent all the same. */
  get hasRoom(): boolean {
    return !this.#isFull;
  }

  /** Bytes that were pushed and not taken. */
  get bytes(): number {
    return this.#waitingBytes + this.#socket.writableLength;
  }

  /** @param frames made by `websocketFrames`; shared, and never written to again */
  push(frames: Uint8Array): void {
    if (this.#isEnded) return;
    if (this.#waiting === null && frames.length <= PIECE_BYTES && this.#socket.writableLength < PIECE_BYTES) {
      this.#give(frames);
    } else {
      this.#waiting ??= [];
      this.#waiting.push(frames);
      this.#waitingBytes += frames.length;
      this.#pump();
    }
    if (!this.#isFull && this.bytes > this.#limits.maxWaitingBytes) {
      this.#isFull = true;
      this.#limits.metrics.fellBehind += 1;
      this.#watch();
    }
  }

  /** Calls back once nothing waits: at once, if so now. In the order of asking; each may push before the next is called. */
  whenDrained(callback: () => void): void {
    if (this.#isEnded) return;
    if (this.#whenDrained !== null) {
      this.#whenDrained.push(callback);
      return;
    }
    this.#whenDrained = [callback];
    this.#settle();
  }

  /** Makes sure that it does not stand still for too long from here on, also if it is not full. */
  hurry(): void {
    if (this.#stallTimer === null && this.bytes > 0) this.#watch();
  }

  /** Forgets what waits, and takes nothing more. */
  end(): void {
    this.#isEnded = true;
    this.#isFull = false;
    this.#waiting = null;
    this.#waitingBytes = 0;
    this.#whenDrained = null;
    this.#endWatch();
  }

  #pump(): void {
    while (this.#waiting !== null && this.#socket.writableLength < PIECE_BYTES)
      this.#give(this.#takePiece(this.#waiting));
  }

  #give(piece: Uint8Array): void {
    this.#limits.metrics.writes += 1;
    this.#socket.write(piece, this.#onTaken);
  }

  #takePiece(waiting: Uint8Array[]): Uint8Array {
    const first = waiting[0]!;
    const start = this.#firstAt;
    let end = first.length;
    if (end - start > PIECE_BYTES) {
      end = frameEnd(first, start);
      for (let next = end; next < first.length && next - start <= PIECE_BYTES; next = frameEnd(first, next)) end = next;
    }
    this.#waitingBytes -= end - start;
    this.#firstAt = end;
    if (end === first.length) {
      waiting.shift();
      if (waiting.length === 0) this.#waiting = null;
      this.#firstAt = 0;
    }
    return start === 0 && end === first.length ? first : first.subarray(start, end);
  }

  readonly #onTaken = (error?: Error | null): void => {
    // A socket that broke closes its connection by itself.
    if (error) this.end();
    if (this.#isEnded) return;
    if (this.#waiting !== null) {
      this.#reader.moved();
      this.#stallTimer?.refresh();
    }
    this.#pump();
    this.#settle();
  };

  /** If nothing waits, whoever waited for that is called. */
  #settle(): void {
    while (this.bytes === 0) {
      this.#isFull = false;
      this.#endWatch();
      const next = this.#whenDrained?.[0];
      if (next === undefined) {
        this.#whenDrained = null;
        return;
      }
      next();
      // It may have ended the connection.
      this.#whenDrained?.shift();
    }
  }

  #watch(): void {
    this.#stallTimer ??= setTimeout(() => this.#reader.stalled(), this.#limits.stalledAfterMs);
  }

  #endWatch(): void {
    if (this.#stallTimer !== null) clearTimeout(this.#stallTimer);
    this.#stallTimer = null;
  }
}
