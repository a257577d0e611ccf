// A WebSocket carrying one session. `ws` reads frames, answers pings and closes; what is sent is framed once for all
// receivers and written straight to the socket. That is sound because nothing is compressed: `ws` then writes its own
// control frames at once as well, so that both keep their order.

import type { Duplex } from 'node:stream';
import { CloseCode } from '@weft/protocol';
import { WebSocket } from 'ws';
import type { Connection, OpenSession, Session } from '../dialect/connection.js';
import type { Outgoing } from '../room/member.js';
import type { Beating } from './heartbeat.js';
import { websocketFrames } from './websocket-frames.js';

/**
 * Bytes that may wait for a reader before it is closed; it comes back and is caught up from the log (I6). What finds
 * nothing waiting is not counted: a long document is no sign of a slow reader.
 */
const MAX_QUEUED_BYTES = 4 * 1024 * 1024;
/** RFC 6455 §5.5: a control frame has at most 125 bytes, two of which are the code. */
const MAX_REASON_BYTES = 123;

/** RFC 6455 §7.4.1: too big a message. */
const MESSAGE_TOO_BIG = 1009;

/** After the code `ws` closes with on too large a frame a client would come back and send it again; not after ours. */
export class ServedWebSocket extends WebSocket {
  override close(code?: number, reason?: string | Buffer): void {
    if (code === MESSAGE_TOO_BIG) super.close(CloseCode.TooMuch, 'This frame is larger than the server accepts.');
    else super.close(code, reason);
  }
}

export class WebSocketConnection implements Connection, Beating {
  unansweredPings = 0;
  readonly #websocket: WebSocket;
  readonly #socket: Duplex;
  readonly #session: Session;
  readonly #complain: (sentence: string) => void;
  #maxQueuedBytes = MAX_QUEUED_BYTES;

  constructor(options: {
    readonly websocket: WebSocket;
    readonly socket: Duplex;
    readonly openSession: OpenSession;
    /** Takes a sentence for whoever runs the server. */
    readonly complain: (sentence: string) => void;
    readonly onClosed: (self: WebSocketConnection) => void;
  }) {
    const { websocket } = options;
    this.#websocket = websocket;
    this.#socket = options.socket;
    this.#complain = options.complain;
    this.#session = options.openSession(this);
    websocket.on('message', (data: Buffer, isBinary: boolean) => {
      this.unansweredPings = 0;
      // After our own close: the client comes back and sends what was not acknowledged again.
      if (websocket.readyState !== websocket.OPEN) return;
      if (isBinary) this.#receive(data);
      else this.close(CloseCode.BadFrame, 'Only binary frames are read here.');
    });
    websocket.on('pong', () => {
      this.unansweredPings = 0;
    });
    // What the reason of an error is, `ws` says itself in its close frame.
    websocket.on('error', () => {});
    websocket.on('close', () => {
      this.#session.closed();
      options.onClosed(this);
    });
  }

  send(out: Outgoing): void {
    if (this.#websocket.readyState !== this.#websocket.OPEN) return;
    if (this.#socket.writableLength > this.#maxQueuedBytes) {
      this.close(CloseCode.SlowReader, 'This connection is too slow for what happens in the document.');
      return;
    }
    out.wire ??= websocketFrames(out.messages);
    if (this.#socket.writableLength === 0) this.#maxQueuedBytes = MAX_QUEUED_BYTES + out.wire.length;
    this.#socket.write(out.wire);
  }

  close(code: number, reason: string): void {
    let short = reason;
    while (Buffer.byteLength(short) > MAX_REASON_BYTES) short = short.slice(0, -1);
    this.#websocket.close(code, short);
  }

  fail(error: unknown): void {
    this.#complain(`A connection was ended over a fault: ${error instanceof Error ? error.stack : error}`);
    this.close(CloseCode.InternalError, 'Something failed in the server. What was saved is unharmed.');
  }

  ping(): void {
    this.#websocket.ping();
  }

  drop(): void {
    this.#websocket.terminate();
  }

  /** An exception that left the handler of `message` would end the process. */
  #receive(frame: Uint8Array): void {
    try {
      this.#session.receive(frame);
    } catch (error) {
      this.fail(error);
    }
  }
}
