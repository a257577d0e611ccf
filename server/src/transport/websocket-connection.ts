// A WebSocket carrying one session. `ws` reads frames, answers pings and closes; what is sent is framed once for all
// receivers and written straight to the socket. That is sound because nothing is compressed: `ws` then writes its own
// control frames at once as well, so that both keep their order.

import type { Duplex } from 'node:stream';
import { CloseCode } from '@weft/protocol';
import type { WebSocket } from 'ws';
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

export class WebSocketConnection implements Connection, Beating {
  unansweredPings = 0;
  readonly #websocket: WebSocket;
  readonly #socket: Duplex;
  readonly #session: Session;
  #maxQueuedBytes = MAX_QUEUED_BYTES;

  constructor(
    websocket: WebSocket,
    socket: Duplex,
    openSession: OpenSession,
    onClosed: (self: WebSocketConnection) => void,
  ) {
    this.#websocket = websocket;
    this.#socket = socket;
    this.#session = openSession(this);
    websocket.on('message', (data: Buffer, isBinary: boolean) => {
      this.unansweredPings = 0;
      if (isBinary) this.#session.receive(data);
      else this.close(CloseCode.BadFrame, 'Only binary frames are read here.');
    });
    websocket.on('pong', () => {
      this.unansweredPings = 0;
    });
    // The reason of an error (a frame too large, say) is sent in the close frame by `ws` itself.
    websocket.on('error', () => {});
    websocket.on('close', () => {
      this.#session.closed();
      onClosed(this);
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

  ping(): void {
    this.#websocket.ping();
  }

  drop(): void {
    this.#websocket.terminate();
  }
}
