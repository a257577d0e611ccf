// One transport as a pair of message streams, from its making to its end. Tells exactly once that it ended, and nothing
// after that. A connection on which nothing is heard is pinged, then taken for dead: one timer, re-armed when it fires.

import {
  BadFrameError,
  type ClientMessage,
  CloseCode,
  clientCodec,
  PING_AFTER_MS,
  PONG_WITHIN_MS,
  type ServerMessage,
  serverCodec,
} from '@weft/protocol';
import { joinBytes } from './join-bytes.js';
import type { OpenTransport, Transport } from './transport.js';

/** Messages that leave together share frames up to this size. */
const MAX_SHARED_FRAME_BYTES = 64 * 1024;

/** A page that is shown again asks whether anybody is there; who lives answers a question of that kind at once. */
const PROMPT_WITHIN_MS = 5_000;

export interface SocketEnd {
  /** `server` also stands for the network; `client`: `end` was called, or we gave up on it. */
  readonly by: 'server' | 'client';
  readonly code: number;
  readonly reason: string;
  readonly retryAfterMs?: number;
  /** Whether a frame came before. */
  readonly hasHeard: boolean;
}

/** It is the network that does not carry this transport: there is one, not a frame came, and nobody said why. */
export const isBlocked = ({ hasHeard, code, retryAfterMs }: SocketEnd): boolean =>
  globalThis.navigator?.onLine !== false &&
  !hasHeard &&
  retryAfterMs === undefined &&
  (code < 4400 || code === CloseCode.Timeout);

export interface SocketOptions {
  readonly url: string;
  readonly open: OpenTransport;
  /** From its making until it is open and the first frame has come; else it is given up. */
  readonly firstFrameWithinMs?: number;
  /** Told when it wants to `look` next, for timers that are late. */
  readonly remind?: (afterMs: number) => void;
}

export interface SocketListener {
  opened(): void;
  received(messages: readonly ServerMessage[]): void;
  ended(end: SocketEnd): void;
}

export class Socket {
  readonly #transport: Transport;
  #listener: SocketListener;
  #ended = false;
  #isOpen = false;
  #hasHeard = false;
  #heardAtMs = Date.now();
  /** When the unanswered Ping was sent, and how long its answer may take. */
  #pingedAtMs: number | null = null;
  #answerWithinMs = PONG_WITHIN_MS;
  #pings = 0;
  #silenceTimer: ReturnType<typeof setTimeout> | undefined;
  #lookAtMs = 0;
  readonly #remind: ((afterMs: number) => void) | undefined;
  readonly #firstFrameTimer: ReturnType<typeof setTimeout> | undefined;

  constructor({ url, open, firstFrameWithinMs, remind }: SocketOptions, listener: SocketListener) {
    this.#listener = listener;
    this.#remind = remind;
    this.#lookIn(PONG_WITHIN_MS);
    if (firstFrameWithinMs !== undefined) this.#firstFrameTimer = setTimeout(() => this.#silent(), firstFrameWithinMs);
    this.#transport = open(url, {
      opened: () => this.#opened(),
      received: (frame) => this.#received(frame),
      heard: () => this.#heard(),
      closed: (end) => this.#finish({ by: 'server', ...end, hasHeard: this.#hasHeard }),
    });
  }

  /** Of what was sent: what has not left yet. */
  get unsentBytes(): number {
    return this.#ended ? 0 : this.#transport.unsentBytes;
  }

  /** Sends messages in as few frames as their size allows. Dropped unless the socket is open. */
  send(messages: readonly ClientMessage[]): void {
    if (this.#ended || !this.#isOpen) return;
    let frame: Uint8Array<ArrayBuffer>[] = [];
    let bytes = 0;
    const flush = () => {
      if (frame.length > 0) this.#transport.send(joinBytes(frame, bytes));
      frame = [];
      bytes = 0;
    };
    for (const message of messages) {
      const encoded = clientCodec.encode(message);
      if (bytes + encoded.length > MAX_SHARED_FRAME_BYTES) flush();
      frame.push(encoded);
      bytes += encoded.length;
    }
    flush();
  }

  /** Ends it from our side; the listener hears of it before this returns. */
  end(code: number, reason: string): void {
    if (this.#ended) return;
    this.#transport.close(code, reason);
    this.#finish({ by: 'client', code, reason, hasHeard: this.#hasHeard });
  }

  /** Tells somebody else from here on. */
  handOver(listener: SocketListener): void {
    this.#listener = listener;
  }

  /** Asks whether anybody is there, now: after a sleep, or in another network, the connection may be dead without a word. */
  check(): void {
    const isAsked = this.#pingedAtMs !== null && this.#answerWithinMs === PROMPT_WITHIN_MS;
    if (this.#ended || !this.#isOpen || isAsked) return;
    this.#ping(Date.now(), PROMPT_WITHIN_MS);
    this.#lookIn(PROMPT_WITHIN_MS);
  }

  /** The time may have come to see whether anybody is there, though no timer said so. */
  look(): void {
    if (this.#ended) return;
    const leftMs = this.#lookAtMs - Date.now();
    if (leftMs <= 0) this.#listen();
    else this.#remind?.(leftMs);
  }

  #opened(): void {
    if (this.#ended) return;
    this.#isOpen = true;
    this.#heard();
    this.#listener.opened();
  }

  #received(frame: Uint8Array): void {
    if (this.#ended) return;
    this.#heard();
    this.#hasHeard = true;
    clearTimeout(this.#firstFrameTimer);
    let messages: ServerMessage[];
    try {
      messages = serverCodec.decode(frame);
    } catch (error) {
      if (!(error instanceof BadFrameError)) throw error;
      this.end(CloseCode.BadFrame, error.message);
      return;
    }
    try {
      this.#listener.received(messages);
    } catch (error) {
      // A listener threw, ours or an application's: messages may be lost, so that only a new connection is whole again.
      this.end(CloseCode.InternalError, 'a message could not be handled');
      throw error;
    }
  }

  #heard(): void {
    this.#heardAtMs = Date.now();
    this.#pingedAtMs = null;
  }

  #silent(): void {
    this.end(CloseCode.Timeout, 'nothing was heard at all');
  }

  #ping(nowMs: number, withinMs: number): void {
    this.#pingedAtMs = nowMs;
    this.#answerWithinMs = withinMs;
    this.#pings += 1;
    this.send([{ type: 'Ping', nonce: this.#pings }]);
  }

  #listen(): void {
    const now = Date.now();
    // A clock that was put back is not silence that lies ahead.
    this.#heardAtMs = Math.min(this.#heardAtMs, now);
    if (this.#pingedAtMs !== null) this.#pingedAtMs = Math.min(this.#pingedAtMs, now);
    if (!this.#isOpen || (this.#pingedAtMs !== null && now - this.#pingedAtMs >= this.#answerWithinMs)) {
      this.end(CloseCode.Timeout, 'nothing was heard for too long');
      return;
    }
    if (this.#pingedAtMs === null && now - this.#heardAtMs >= PING_AFTER_MS) this.#ping(now, PONG_WITHIN_MS);
    const dueMs = this.#pingedAtMs === null ? this.#heardAtMs + PING_AFTER_MS : this.#pingedAtMs + this.#answerWithinMs;
    this.#lookIn(dueMs - now);
  }

  #lookIn(delayMs: number): void {
    clearTimeout(this.#silenceTimer);
    this.#lookAtMs = Date.now() + delayMs;
    this.#silenceTimer = setTimeout(() => this.#listen(), delayMs);
    this.#remind?.(delayMs);
  }

  #finish(end: SocketEnd): void {
    if (this.#ended) return;
    this.#ended = true;
    clearTimeout(this.#silenceTimer);
    clearTimeout(this.#firstFrameTimer);
    this.#listener.ended(end);
  }
}
