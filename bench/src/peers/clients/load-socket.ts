// A WebSocket client on a plain socket, made to take two million frames a second: all sockets read into one buffer, frames
// are read where they lie, and what is sent in one go leaves in one write.

import { randomBytes } from 'node:crypto';
import { connect, type Socket } from 'node:net';
import { type FrameListener, FrameReader } from './frame-reader.js';

const JOIN_WITHIN_MS = 30_000;
const OPCODE_BINARY = 2;
const OPCODE_CLOSE = 8;
const OPCODE_PING = 9;
const OPCODE_PONG = 10;
/** RFC 6455 §7.4.1: the connection broke without a close frame. */
const CLOSED_WITHOUT_A_WORD = 1006;

/** Whoever reads is done with it before the next one does. */
const readBuffer = new Uint8Array(256 * 1024);

export interface Target {
  readonly port: number;
  readonly path: string;
  readonly localAddress: string;
}

export interface LoadSocketEvents {
  readonly onMessage: (bytes: Uint8Array, from: number, to: number) => void;
  readonly onClosed: (code: number, reason: string) => void;
}

export class LoadSocket {
  receivedBytes = 0;
  readonly #socket: Socket;
  readonly #events: LoadSocketEvents;
  readonly #mask = randomBytes(4);
  readonly #reader: FrameReader;
  #out = Buffer.allocUnsafe(1024);
  #outBytes = 0;
  #head = '';
  #isOpen = false;
  #isEnded = false;
  #opened!: (error?: Error) => void;
  /** Resolves once the server has answered the upgrade; messages may have come with the answer. */
  readonly opened: Promise<void>;

  constructor({ port, path, localAddress }: Target, events: LoadSocketEvents) {
    this.opened = new Promise((resolve, reject) => {
      const late = (): void => this.#fail(new Error(`There was no answer to an upgrade within ${JOIN_WITHIN_MS} ms.`));
      const timer = setTimeout(late, JOIN_WITHIN_MS);
      this.#opened = (error) => {
        clearTimeout(timer);
        if (error) reject(error);
        else resolve();
      };
    });
    this.#events = events;
    this.#reader = new FrameReader(this.#frame);
    const callback = (count: number): boolean => {
      this.#read(count);
      return true;
    };
    this.#socket = connect({
      host: '127.0.0.1',
      port,
      localAddress,
      noDelay: true,
      onread: { buffer: readBuffer, callback },
    });
    const key = randomBytes(16).toString('base64');
    this.#socket.write(
      `GET ${path} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n` +
        `Sec-WebSocket-Key: ${key}\r\nSec-WebSocket-Version: 13\r\n\r\n`,
    );
    this.#socket.on('error', (error) => this.#opened(error));
    this.#socket.on('close', () => this.#closed(CLOSED_WITHOUT_A_WORD, 'The connection broke.'));
  }

  /** One binary message: `head`, then `body`. It leaves when what runs now has run. */
  send(head: Uint8Array, body: Uint8Array): void {
    this.#write(OPCODE_BINARY, head, body);
  }

  /** Resolves when what was sent has left for the system's buffers. */
  whenDrained(): Promise<void> {
    this.#flush();
    if (this.#socket.writableLength === 0 || this.#isEnded) return Promise.resolve();
    return new Promise((resolve) => {
      const done = (): void => {
        this.#socket.off('drain', done).off('close', done);
        resolve();
      };
      if (this.#socket.writableNeedDrain) this.#socket.once('drain', done).once('close', done);
      else this.#socket.write('', () => resolve());
    });
  }

  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }

  end(): void {
    this.#isEnded = true;
    this.#socket.destroy();
  }

  #read(count: number): void {
    this.receivedBytes += count;
    try {
      if (this.#isOpen) this.#reader.push(readBuffer, 0, count);
      else this.#readAnswer(count);
    } catch (error) {
      this.#fail(error as Error);
    }
  }

  #readAnswer(count: number): void {
    const before = this.#head.length;
    this.#head += Buffer.from(readBuffer.buffer, 0, count).toString('latin1');
    const end = this.#head.indexOf('\r\n\r\n');
    if (end < 0) return;
    if (!this.#head.startsWith('HTTP/1.1 101')) throw new Error(`turned away: ${this.#head.slice(0, 300)}`);
    this.#isOpen = true;
    this.#opened();
    this.#reader.push(readBuffer, end + 4 - before, count);
  }

  readonly #frame: FrameListener = (opcode, bytes, from, to) => {
    if (opcode === OPCODE_BINARY) this.#events.onMessage(bytes, from, to);
    else if (opcode === OPCODE_PING) this.#write(OPCODE_PONG, bytes.subarray(from, to), new Uint8Array());
    else if (opcode === OPCODE_CLOSE) {
      const said = Buffer.from(bytes.subarray(from, to));
      const code = said.length >= 2 ? said.readUInt16BE(0) : CLOSED_WITHOUT_A_WORD;
      this.#closed(code, said.subarray(2).toString('utf8'));
    }
  };

  #closed(code: number, reason: string): void {
    this.#opened(new Error(`the connection ended before it had begun: ${code} ${reason}`));
    if (this.#isEnded) return;
    this.end();
    this.#events.onClosed(code, reason);
  }

  #fail(error: Error): void {
    this.#opened(error);
    this.#closed(CLOSED_WITHOUT_A_WORD, error.message);
  }

  #write(opcode: number, head: Uint8Array, body: Uint8Array): void {
    if (this.#isEnded) return;
    const length = head.length + body.length;
    const start = this.#reserve(length + 14);
    const out = this.#out;
    let at = start;
    out[at++] = 0x80 | opcode;
    if (length < 126) out[at++] = 0x80 | length;
    else if (length < 65_536) {
      out[at++] = 0xfe;
      at = out.writeUInt16BE(length, at);
    } else {
      out[at++] = 0xff;
      at = out.writeUInt32BE(0, at);
      at = out.writeUInt32BE(length, at);
    }
    out.set(this.#mask, at);
    at += 4;
    out.set(head, at);
    out.set(body, at + head.length);
    for (let i = 0; i < length; i++) out[at + i] = out[at + i]! ^ this.#mask[i & 3]!;
    this.#outBytes = at + length;
    if (start === 0) queueMicrotask(() => this.#flush());
  }

  /** @returns where to write */
  #reserve(bytes: number): number {
    if (this.#outBytes + bytes > this.#out.length) {
      const larger = Buffer.allocUnsafe(Math.max(2 * this.#out.length, this.#outBytes + bytes));
      larger.set(this.#out.subarray(0, this.#outBytes));
      this.#out = larger;
    }
    return this.#outBytes;
  }

  #flush(): void {
    if (this.#outBytes === 0 || this.#isEnded) return;
    // Copied: the system may take it later.
    this.#socket.write(Buffer.from(this.#out.subarray(0, this.#outBytes)));
    this.#outBytes = 0;
  }
}
