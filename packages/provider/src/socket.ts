// One WebSocket as a pair of message streams, from its making to its end. Tells exactly once that it ended, and nothing
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

/** Messages that leave together share frames up to this size. */
const MAX_SHARED_FRAME_BYTES = 64 * 1024;

/** The part of the standard WebSocket that is used; browsers' own and the one of `ws` both fit. */
export interface WebSocketLike {
  binaryType: string;
  onopen: unknown;
  onmessage: unknown;
  onclose: unknown;
  onerror: unknown;
  send(data: Uint8Array<ArrayBuffer>): void;
  close(code?: number, reason?: string): void;
}
export type WebSocketConstructor = new (url: string) => WebSocketLike;

export interface SocketEnd {
  /** `server` also stands for the network; `client`: `end` was called, or we gave up on it. */
  readonly by: 'server' | 'client';
  readonly code: number;
  readonly reason: string;
}

export interface SocketListener {
  opened(): void;
  received(messages: readonly ServerMessage[]): void;
  ended(end: SocketEnd): void;
}

export class Socket {
  readonly #webSocket: WebSocketLike;
  readonly #listener: SocketListener;
  #ended = false;
  #isOpen = false;
  #heardAtMs = Date.now();
  /** When the unanswered Ping was sent. */
  #pingedAtMs: number | null = null;
  #pings = 0;
  #silenceTimer: ReturnType<typeof setTimeout>;

  constructor(url: string, WebSocket: WebSocketConstructor, listener: SocketListener) {
    this.#listener = listener;
    const webSocket = new WebSocket(url);
    this.#webSocket = webSocket;
    webSocket.binaryType = 'arraybuffer';
    webSocket.onopen = () => this.#opened();
    webSocket.onmessage = (event: { readonly data: unknown }) => this.#received(event.data);
    webSocket.onclose = (event: { readonly code: number; readonly reason: string }) => {
      this.#finish({ by: 'server', code: event.code, reason: event.reason });
    };
    // An error is always followed by close; without a listener `ws` would throw it.
    webSocket.onerror = () => {};
    this.#silenceTimer = setTimeout(() => this.#listen(), PONG_WITHIN_MS);
  }

  /** Sends messages in as few frames as their size allows. Dropped unless the socket is open. */
  send(messages: readonly ClientMessage[]): void {
    if (this.#ended || !this.#isOpen) return;
    let frame: Uint8Array<ArrayBuffer>[] = [];
    let bytes = 0;
    const flush = () => {
      if (frame.length > 0) this.#webSocket.send(frame.length === 1 ? frame[0]! : join(frame, bytes));
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
    this.#webSocket.close(code, reason);
    this.#finish({ by: 'client', code, reason });
  }

  #opened(): void {
    if (this.#ended) return;
    this.#isOpen = true;
    this.#heard();
    this.#listener.opened();
  }

  #received(data: unknown): void {
    if (this.#ended) return;
    this.#heard();
    let messages: ServerMessage[];
    try {
      if (typeof data === 'string') throw new BadFrameError('a frame is text');
      messages = serverCodec.decode(new Uint8Array(data as ArrayBuffer));
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

  #listen(): void {
    const now = Date.now();
    // A clock that was put back is not silence that lies ahead.
    this.#heardAtMs = Math.min(this.#heardAtMs, now);
    if (this.#pingedAtMs !== null) this.#pingedAtMs = Math.min(this.#pingedAtMs, now);
    if (!this.#isOpen || (this.#pingedAtMs !== null && now - this.#pingedAtMs >= PONG_WITHIN_MS)) {
      this.end(CloseCode.Timeout, 'nothing was heard for too long');
      return;
    }
    if (this.#pingedAtMs === null && now - this.#heardAtMs >= PING_AFTER_MS) {
      this.#pingedAtMs = now;
      this.#pings += 1;
      this.send([{ type: 'Ping', nonce: this.#pings }]);
    }
    const dueMs = this.#pingedAtMs === null ? this.#heardAtMs + PING_AFTER_MS : this.#pingedAtMs + PONG_WITHIN_MS;
    this.#silenceTimer = setTimeout(() => this.#listen(), dueMs - now);
  }

  #finish(end: SocketEnd): void {
    if (this.#ended) return;
    this.#ended = true;
    clearTimeout(this.#silenceTimer);
    this.#listener.ended(end);
  }
}

function join(parts: readonly Uint8Array[], bytes: number): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(bytes);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
