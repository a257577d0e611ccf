// A WebSocket on a socket that is ours from the upgrade on: what is read from it, control frames, and the closing of RFC 6455 §7.
// Messages to the client are given to the socket by others, whole frames at a time.

import type { Duplex } from 'node:stream';
import { type DirectReader, readDirectly } from './direct-reading.js';
import { type FrameListener, FrameReader, NO_CODE } from './frame-reader.js';

/** For the other side to answer a close frame, and to end the connection. */
const CLOSE_WITHIN_MS = 30_000;
/** RFC 6455 §5.5: a control frame has at most 125 bytes, two of which are the code. */
const MAX_REASON_BYTES = 123;

/** First bytes of control frames, which are never fragments. */
const CLOSE = 0x88;
const PONG = 0x8a;
/** A ping that says nothing. */
const PING = Uint8Array.of(0x89, 0);

/** Who is told what comes, and how it ends. */
export interface WebSocketListener {
  /** @param data the listener's */
  received(data: Uint8Array, isBinary: boolean): void;
  /** @param data the listener's */
  pinged(data: Uint8Array): void;
  ponged(): void;
  /** Whoever of the two ends it: nothing may be written after this. */
  closing(): void;
  /** The connection is gone. Called once. */
  closed(): void;
}

/** Whose socket it is. With it, sockets share their functions: there are thousands. */
const owner = Symbol('owner');
interface OwnedSocket extends Duplex {
  [owner]: ServedWebSocket;
}

export class ServedWebSocket implements FrameListener, DirectReader {
  readonly #socket: Duplex;
  readonly #listener: WebSocketListener;
  readonly #reader = new FrameReader(this);
  /** Neither side has said that it closes. */
  #isOpen = true;
  #isCloseSent = false;
  /** Whatever still comes is passed over. */
  #readsNoMore = false;
  #closeTimer: NodeJS.Timeout | null = null;

  constructor(socket: Duplex, listener: WebSocketListener) {
    this.#socket = socket;
    this.#listener = listener;
    (socket as OwnedSocket)[owner] = this;
    readDirectly(socket, this);
    // Where it is read directly there is no data, and listening for it sets the reading off all the same.
    socket.on('close', onClose).on('data', onData).on('end', onEnd).on('error', onError);
  }

  get isOpen(): boolean {
    return this.#isOpen;
  }
  /** Bytes held of a message that is not whole. */
  get unfinishedBytes(): number {
    return this.#reader.unfinishedBytes;
  }
  /** Since when, by the clock of `performance.now`. */
  get unfinishedSinceMs(): number {
    return this.#reader.unfinishedSinceMs;
  }

  /** @param bytes the first `length` of them have come; not touched after the call */
  read(bytes: Uint8Array, length: number): void {
    this.#reader.push(bytes, length);
  }

  pause(): void {
    if (!this.#readsNoMore) this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }

  ping(): void {
    if (this.#isOpen) this.#socket.write(PING);
  }

  /** @param data at most 125 bytes */
  sendPong(data: Uint8Array): void {
    if (this.#isOpen) this.#socket.write(controlFrame(PONG, data));
  }

  /** @param reason what is too long of it is left out */
  sendClose(code: number, reason: string): void {
    let short = reason;
    while (Buffer.byteLength(short) > MAX_REASON_BYTES) short = short.slice(0, -1);
    this.#sendClose(code, Buffer.from(short));
  }

  /** Ends it without a word. */
  terminate(): void {
    this.#socket.destroy();
  }

  message(data: Uint8Array, isBinary: boolean): void {
    this.#listener.received(data, isBinary);
  }

  pinged(data: Uint8Array): void {
    this.#listener.pinged(data);
  }

  ponged(): void {
    this.#listener.ponged();
  }

  closed(code: number, reason: Uint8Array): void {
    this.#readNoMore();
    this.#sendClose(code, reason);
  }

  broken(code: number, reason: string): void {
    this.#readNoMore();
    this.sendClose(code, reason);
  }

  /** The other side has ended the connection, with a close frame or without. */
  halfGone(): void {
    this.#shut();
    this.#socket.end();
  }

  gone(): void {
    if (this.#closeTimer !== null) clearTimeout(this.#closeTimer);
    this.#isOpen = false;
    this.#listener.closed();
  }

  /** The end of the connection is waited for, and comes after what nobody reads. */
  #readNoMore(): void {
    this.#readsNoMore = true;
    this.#socket.resume();
  }

  #sendClose(code: number, reason: Uint8Array): void {
    if (!this.#isCloseSent && !this.#socket.writableEnded) {
      this.#isCloseSent = true;
      this.#shut();
      const said = code === NO_CODE ? [] : [code >>> 8, code & 0xff, ...reason];
      this.#socket.write(controlFrame(CLOSE, said));
    }
    if (this.#readsNoMore) this.#socket.end();
  }

  #shut(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.#listener.closing();
    this.#closeTimer = setTimeout(() => this.terminate(), CLOSE_WITHIN_MS);
  }
}

function controlFrame(first: number, data: ArrayLike<number>): Uint8Array {
  const frame = new Uint8Array(2 + data.length);
  frame[0] = first;
  frame[1] = data.length;
  frame.set(data, 2);
  return frame;
}

function onData(this: Duplex, chunk: Buffer): void {
  (this as OwnedSocket)[owner].read(chunk, chunk.length);
}

function onEnd(this: Duplex): void {
  (this as OwnedSocket)[owner].halfGone();
}

/** It broke: its close follows. */
function onError(this: Duplex): void {
  this.destroy();
}

function onClose(this: Duplex): void {
  (this as OwnedSocket)[owner].gone();
}
