// A WebSocket carrying one session. What is sent is framed once for all receivers and goes to the socket through a queue, which
// gives it whole frames: control frames are written between them.

import type { Duplex } from 'node:stream';
import { CloseCode } from '@weft/protocol';
import type { Connection, OpenSession, Session } from '../dialect/connection.js';
import type { SocketMetrics } from '../metrics/metrics.js';
import type { Outgoing } from '../room/member.js';
import type { Beating } from './heartbeat.js';
import { MAX_UNREAD_ANSWER_BYTES, type Reader, type SendLimits, SendQueue } from './send-queue.js';
import { ServedWebSocket, type WebSocketListener } from './served-websocket.js';
import type { Sending } from './unfinished-messages.js';
import { websocketFrames } from './websocket-frames.js';

/** What a connection is told of the door it came in by, and tells it. */
export interface Host {
  readonly metrics: SocketMetrics;
  readonly sendLimits: SendLimits;
  /** Takes a sentence for whoever runs the server. */
  complain(sentence: string): void;
  /** It is gone. Called once. */
  closed(connection: WebSocketConnection): void;
}

export class WebSocketConnection implements Connection, Beating, Sending, Reader, WebSocketListener {
  readonly address: string;
  silentTurns = 0;
  readonly #host: Host;
  readonly #websocket: ServedWebSocket;
  readonly #queue: SendQueue;
  readonly #session: Session;
  #isClosing = false;
  /** Bytes it asked for since there is no room for anything else. */
  #unreadAnswerBytes = 0;
  /** What its newest ping said, when it has not read enough to be answered. */
  #unansweredPing: Uint8Array | null = null;

  /** @param address where it comes from */
  constructor(host: Host, socket: Duplex, address: string, openSession: OpenSession) {
    this.address = address;
    this.#host = host;
    this.#websocket = new ServedWebSocket(socket, this);
    this.#queue = new SendQueue(socket, host.sendLimits, this);
    this.#session = openSession(this);
  }

  get transport() {
    return 'websocket' as const;
  }

  get unfinishedBytes(): number {
    return this.#websocket.unfinishedBytes;
  }
  get unfinishedSinceMs(): number {
    return this.#websocket.unfinishedSinceMs;
  }

  /** Bytes that it was sent and has not taken. */
  get waitingBytes(): number {
    return this.#queue.bytes;
  }

  get hasRoom(): boolean {
    return this.#queue.hasRoom;
  }

  send(out: Outgoing): void {
    if (this.#isClosing || !this.#websocket.isOpen) return;
    out.wire ??= websocketFrames(out.messages);
    if (!this.hasRoom) this.#countAnswer(out.wire.length);
    const { metrics } = this.#host;
    metrics.sentFrames += out.messages.length;
    metrics.sentBytes += out.wire.length;
    this.#queue.push(out.wire);
  }

  whenDrained(callback: () => void): void {
    this.#queue.whenDrained(() => {
      if (!this.#isClosing) this.#guard(callback);
    });
  }

  close(code: number, reason: string): void {
    if (this.#isClosing) return;
    this.#isClosing = true;
    this.#host.metrics.closed.add(`${code}`);
    this.#queue.hurry();
    this.#queue.whenDrained(() => this.#websocket.sendClose(code, reason));
  }

  fail(error: unknown): void {
    this.#host.complain(`A connection was ended over a fault: ${error instanceof Error ? error.stack : error}`);
    this.close(CloseCode.InternalError, 'Something failed in the server. What was saved is unharmed.');
  }

  ping(): void {
    this.#websocket.ping();
  }

  drop(): void {
    this.#websocket.terminate();
  }

  /** Who asks on and on, and reads nothing, is not heard until it has read: TCP tells it to stop. */
  #countAnswer(bytes: number): void {
    if (this.#unreadAnswerBytes === 0) {
      this.#queue.whenDrained(() => {
        this.#unreadAnswerBytes = 0;
        this.#websocket.resume();
      });
    }
    this.#unreadAnswerBytes += bytes;
    if (this.#unreadAnswerBytes > MAX_UNREAD_ANSWER_BYTES) this.#websocket.pause();
  }

  /** What came with the upgrade. */
  read(head: Uint8Array): void {
    this.#websocket.read(head, head.length);
  }

  received(data: Uint8Array, isBinary: boolean): void {
    this.silentTurns = 0;
    const { metrics } = this.#host;
    metrics.receivedFrames += 1;
    metrics.receivedBytes += data.length;
    // After our own close: the client comes back and sends what was not acknowledged again.
    if (this.#isClosing || !this.#websocket.isOpen) return;
    if (isBinary) this.#receive(data);
    else this.close(CloseCode.BadFrame, 'Only binary frames are read here.');
  }

  /** RFC 6455 §5.5.3: of the pings of somebody who does not read, the newest alone needs an answer. */
  pinged(data: Uint8Array): void {
    this.silentTurns = 0;
    if (this.#queue.bytes <= MAX_UNREAD_ANSWER_BYTES) {
      this.#websocket.sendPong(data);
      return;
    }
    if (this.#unansweredPing === null) {
      this.#queue.whenDrained(() => {
        this.#websocket.sendPong(this.#unansweredPing!);
        this.#unansweredPing = null;
      });
    }
    this.#unansweredPing = data;
  }

  ponged(): void {
    this.silentTurns = 0;
  }

  /** It has read some of what waits: its pong waits behind that. */
  moved(): void {
    this.silentTurns = 0;
  }

  /** It reads nothing of what waits. */
  stalled(): void {
    this.#host.metrics.stalled += 1;
    if (this.#isClosing) this.#websocket.terminate();
    else {
      this.#isClosing = true;
      this.#host.metrics.closed.add(`${CloseCode.SlowReader}`);
      this.#queue.end();
      this.#websocket.resume();
      this.#websocket.sendClose(
        CloseCode.SlowReader,
        'Nothing of what waited for this connection was read for too long.',
      );
    }
  }

  /** Whoever of the two ends it: nothing may follow the close frame that is now written. */
  closing(): void {
    this.#queue.end();
  }

  closed(): void {
    this.#queue.end();
    this.#session.closed();
    this.#host.closed(this);
  }

  #receive(frame: Uint8Array): void {
    try {
      this.#session.receive(frame);
    } catch (error) {
      this.fail(error);
    }
  }

  /** An exception that left the handler of an event would end the process. */
  #guard(work: () => void): void {
    try {
      work();
    } catch (error) {
      this.fail(error);
    }
  }
}
