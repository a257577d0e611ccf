// A WebSocket carrying one session. `ws` reads frames, answers pings and closes; what is sent is framed once for all
// receivers and goes to the socket through a queue of ours. That is sound because nothing is compressed: `ws` then writes its
// own control frames at once as well, between whole frames of ours.

import type { Duplex } from 'node:stream';
import { CloseCode } from '@weft/protocol';
import { WebSocket } from 'ws';
import type { Connection, OpenSession, Session } from '../dialect/connection.js';
import type { SocketMetrics } from '../metrics/metrics.js';
import type { Outgoing } from '../room/member.js';
import { readDirectly } from './direct-reading.js';
import type { Beating } from './heartbeat.js';
import { MessageReader, type MessageReceiver } from './message-reader.js';
import { type Reader, type SendLimits, SendQueue } from './send-queue.js';
import type { Sending } from './unfinished-messages.js';
import { websocketFrames } from './websocket-frames.js';

/** Bytes of answers to a client that reads none of them, beyond which nothing more is heard from it until it does. */
const MAX_UNREAD_ANSWER_BYTES = 256 * 1024;
/** RFC 6455 §5.5: a control frame has at most 125 bytes, two of which are the code. */
const MAX_REASON_BYTES = 123;

/** RFC 6455 §5.5.2: a ping that says nothing. Given to the socket between whole frames, before what waits. */
const PING = Uint8Array.of(0x89, 0);

/** RFC 6455 §7.4.1: too big a message, and one of too many fragments. */
const TOO_MUCH: ReadonlySet<number | undefined> = new Set([1009, 1008]);

/** What a connection is told of the door it came in by, and tells it. */
export interface Host {
  readonly metrics: SocketMetrics;
  readonly sendLimits: SendLimits;
  /** Takes a sentence for whoever runs the server. */
  complain(sentence: string): void;
  /** It is gone. Called once. */
  closed(connection: WebSocketConnection): void;
}

/**
 * What `ws` makes of a socket. It hands everything on to its connection, without a function made for it: there are thousands.
 * After the codes `ws` closes with on too large a message a client would come back and send it again; not after ours.
 */
export class ServedWebSocket extends WebSocket {
  connection: WebSocketConnection | null = null;

  override close(code?: number, reason?: string | Buffer): void {
    this.connection?.closing();
    if (TOO_MUCH.has(code)) super.close(CloseCode.TooMuch, 'This frame is larger than the server accepts.');
    else super.close(code, reason);
  }

  /** Instead of listeners: who is told is always the same. Of an error `ws` says the reason in its close frame itself. */
  override emit(event: string | symbol, ...told: unknown[]): boolean {
    const connection = this.connection;
    if (connection === null) return false;
    if (event === 'message') connection.heard(told[0] as Buffer, told[1] as boolean);
    else if (event === 'ping') connection.pinged(told[0] as Buffer);
    else if (event === 'pong') connection.silentTurns = 0;
    else if (event === 'close') connection.closed();
    return true;
  }
}

export class WebSocketConnection implements Connection, Beating, Sending, Reader, MessageReceiver {
  readonly address: string;
  silentTurns = 0;
  readonly #host: Host;
  readonly #websocket: ServedWebSocket;
  readonly #socket: Duplex & { readonly bytesRead?: number };
  /** What the socket had read at the last whole message. */
  #readBytes = 0;
  unfinishedSinceMs = performance.now();
  readonly #queue: SendQueue;
  readonly #session: Session;
  #isClosing = false;
  /** Bytes it asked for since there is no room for anything else. */
  #unreadAnswerBytes = 0;
  /** What its newest ping said, when it has not read enough to be answered. */
  #unansweredPing: Buffer | null = null;

  /** @param address where it comes from */
  constructor(host: Host, websocket: ServedWebSocket, socket: Duplex, address: string, openSession: OpenSession) {
    this.address = address;
    this.#host = host;
    this.#websocket = websocket;
    this.#socket = socket;
    this.#queue = new SendQueue(socket, host.sendLimits, this);
    websocket.connection = this;
    readDirectly(socket, new MessageReader(this));
    this.#session = openSession(this);
  }

  get transport() {
    return 'websocket' as const;
  }

  get unfinishedBytes(): number {
    return (this.#socket.bytesRead ?? 0) - this.#readBytes;
  }

  /** Bytes that it was sent and has not taken. */
  get waitingBytes(): number {
    return this.#queue.bytes;
  }

  get hasRoom(): boolean {
    return this.#queue.hasRoom;
  }

  send(out: Outgoing): void {
    if (this.#isClosing || this.#websocket.readyState !== this.#websocket.OPEN) return;
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
    let short = reason;
    while (Buffer.byteLength(short) > MAX_REASON_BYTES) short = short.slice(0, -1);
    this.#queue.hurry();
    this.#queue.whenDrained(() => this.#websocket.close(code, short));
  }

  fail(error: unknown): void {
    this.#host.complain(`A connection was ended over a fault: ${error instanceof Error ? error.stack : error}`);
    this.close(CloseCode.InternalError, 'Something failed in the server. What was saved is unharmed.');
  }

  ping(): void {
    if (this.#websocket.readyState === this.#websocket.OPEN) this.#socket.write(PING);
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

  /** Read without `ws`. */
  received(message: Buffer): void {
    this.heard(message, true);
  }

  /** For `ws` to read. */
  passOn(bytes: Buffer): void {
    this.#socket.emit('data', bytes);
  }

  heard(data: Buffer, isBinary: boolean): void {
    this.silentTurns = 0;
    const { metrics } = this.#host;
    metrics.receivedFrames += 1;
    metrics.receivedBytes += data.length;
    this.#readBytes = this.#socket.bytesRead ?? 0;
    this.unfinishedSinceMs = performance.now();
    // After our own close: the client comes back and sends what was not acknowledged again.
    if (this.#isClosing || this.#websocket.readyState !== this.#websocket.OPEN) return;
    if (isBinary) this.#receive(data);
    else this.close(CloseCode.BadFrame, 'Only binary frames are read here.');
  }

  /** RFC 6455 §5.5.3: of the pings of somebody who does not read, the newest alone needs an answer. */
  pinged(data: Buffer): void {
    this.silentTurns = 0;
    if (this.#queue.bytes <= MAX_UNREAD_ANSWER_BYTES) {
      this.#websocket.pong(data);
      return;
    }
    if (this.#unansweredPing === null) {
      this.#queue.whenDrained(() => {
        this.#websocket.pong(this.#unansweredPing!);
        this.#unansweredPing = null;
      });
    }
    this.#unansweredPing = Buffer.from(data);
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
      this.#websocket.close(CloseCode.SlowReader, 'Nothing of what waited for this connection was read for too long.');
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
