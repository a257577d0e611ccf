// What waits to be sent over one socket. The socket is given only so much at a time, so that what waits can be counted and
// dropped, and that a reader who takes nothing at all can be told from a slow one. What is given ends with a whole frame:
// `ws` writes its own control frames in between.

import type { Writable } from 'node:stream';
import type { SocketMetrics } from '../metrics/metrics.js';
import { frameEnd } from './websocket-frames.js';

/** Bytes the socket is given before it has taken those before; one frame may go over it. */
const PIECE_BYTES = 64 * 1024;

export interface SendQueueOptions {
  readonly metrics: Pick<SocketMetrics, 'writes' | 'fellBehind'>;
  /** Bytes that may wait; at the limit there is no room until all of it was taken (I6). */
  readonly maxWaitingBytes: number;
  /** How long a full queue may stand still. */
  readonly stalledAfterMs: number;
  /** The socket has taken something while more was waiting: somebody reads there. */
  readonly onMoved: () => void;
  /** A full queue has stood still for too long. Called once. */
  readonly onStalled: () => void;
}

export class SendQueue {
  readonly #socket: Writable;
  readonly #options: SendQueueOptions;
  readonly #waiting: Uint8Array[] = [];
  /** What of the first one the socket was given. */
  #firstAt = 0;
  #waitingBytes = 0;
  #isFull = false;
  #isEnded = false;
  #whenDrained: (() => void)[] = [];
  #stallTimer: NodeJS.Timeout | null = null;

  constructor(socket: Writable, options: SendQueueOptions) {
    this.#socket = socket;
    this.#options = options;
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
    this.#waiting.push(frames);
    this.#waitingBytes += frames.length;
    this.#pump();
    if (!this.#isFull && this.bytes > this.#options.maxWaitingBytes) {
      this.#isFull = true;
      this.#options.metrics.fellBehind += 1;
      this.#watch();
    }
  }

  /** Calls back once nothing waits: at once, if so now. In the order of asking; each may push before the next is called. */
  whenDrained(callback: () => void): void {
    if (this.#isEnded) return;
    this.#whenDrained.push(callback);
    if (this.#whenDrained.length === 1) this.#settle();
  }

  /** Makes sure that it does not stand still for too long from here on, also if it is not full. */
  hurry(): void {
    if (this.#stallTimer === null && this.bytes > 0) this.#watch();
  }

  /** Forgets what waits, and takes nothing more. */
  end(): void {
    this.#isEnded = true;
    this.#isFull = false;
    this.#waiting.length = 0;
    this.#waitingBytes = 0;
    this.#whenDrained = [];
    this.#endWatch();
  }

  #pump(): void {
    while (this.#waiting.length > 0 && this.#socket.writableLength < PIECE_BYTES) {
      this.#options.metrics.writes += 1;
      this.#socket.write(this.#takePiece(), this.#onTaken);
    }
  }

  #takePiece(): Uint8Array {
    const first = this.#waiting[0]!;
    const start = this.#firstAt;
    let end = first.length;
    if (end - start > PIECE_BYTES) {
      end = frameEnd(first, start);
      for (let next = end; next < first.length && next - start <= PIECE_BYTES; next = frameEnd(first, next)) end = next;
    }
    this.#waitingBytes -= end - start;
    this.#firstAt = end;
    if (end === first.length) {
      this.#waiting.shift();
      this.#firstAt = 0;
    }
    return start === 0 && end === first.length ? first : first.subarray(start, end);
  }

  readonly #onTaken = (error?: Error | null): void => {
    // A socket that broke closes its connection by itself.
    if (error) this.end();
    if (this.#isEnded) return;
    if (this.#waiting.length > 0) {
      this.#options.onMoved();
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
      const next = this.#whenDrained[0];
      if (next === undefined) return;
      next();
      this.#whenDrained.shift();
    }
  }

  #watch(): void {
    this.#stallTimer ??= setTimeout(() => this.#options.onStalled(), this.#options.stalledAfterMs);
  }

  #endWatch(): void {
    if (this.#stallTimer !== null) clearTimeout(this.#stallTimer);
    this.#stallTimer = null;
  }
}
