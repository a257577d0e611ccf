// TCP connections to a server for what no library would send: bytes as they are, and what is answered, read as HTTP or as
// the frames of RFC 6455.

import { connect, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';

export class RawSocket {
  readonly socket: Socket;
  readonly closed: Promise<void>;
  #received = Buffer.alloc(0);
  #isClosed = false;
  #wake: () => void = () => {};

  constructor({ url }: { readonly url: string }) {
    const { hostname, port } = new URL(url);
    this.socket = connect(Number(port), hostname);
    // Whoever is closed while it still sends is reset.
    this.socket.on('error', () => {});
    this.socket.on('data', (data: Buffer) => {
      this.#received = Buffer.concat([this.#received, data]);
      this.#wake();
    });
    this.closed = new Promise((resolve) => {
      this.socket.once('close', () => {
        this.#isClosed = true;
        this.#wake();
        resolve();
      });
    });
    onTestFinished(() => void this.socket.destroy());
  }

  send(bytes: Uint8Array | string): void {
    this.socket.write(bytes);
  }

  /** The status and the text of an answer, once its head is there or the server closes; 0 for no answer. */
  async answer(): Promise<{ readonly status: number; readonly text: string }> {
    while (!this.#isClosed && !this.#received.includes('\r\n\r\n')) await this.#more();
    const text = this.#received.toString('latin1');
    return { status: Number(/^HTTP\/1\.1 (\d{3})/.exec(text)?.[1] ?? 0), text };
  }

  /** Becomes a WebSocket. */
  async upgrade(path: string, headers: readonly string[] = []): Promise<void> {
    this.send(`${upgradeHead(path, headers)}\r\n`);
    const { status, text } = await this.answer();
    if (status !== 101) throw new Error(`no upgrade: ${text}`);
    this.#received = this.#received.subarray(this.#received.indexOf('\r\n\r\n') + 4);
  }

  /** The next frame; null when the server closes without one. */
  async frame(): Promise<{ readonly opcode: number; readonly payload: Buffer } | null> {
    for (;;) {
      const whole = readFrame(this.#received);
      if (whole) {
        this.#received = this.#received.subarray(whole.end);
        return { opcode: whole.opcode, payload: whole.payload };
      }
      if (this.#isClosed) return null;
      await this.#more();
    }
  }

  /** The code of the close frame, frames before it aside; 1005 when it has none, 1006 when there is no close frame. */
  async closeCode(): Promise<number> {
    for (let frame = await this.frame(); frame !== null; frame = await this.frame()) {
      if (frame.opcode === OPCODE.close) return frame.payload.length < 2 ? 1005 : frame.payload.readUInt16BE(0);
    }
    return 1006;
  }

  #more(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve;
    });
  }
}

export const OPCODE = { continuation: 0, text: 1, binary: 2, close: 8, ping: 9, pong: 10 } as const;

export const upgradeHead = (path: string, headers: readonly string[] = []): string =>
  [
    `GET ${path} HTTP/1.1`,
    'Host: 127.0.0.1',
    'Connection: Upgrade',
    'Upgrade: websocket',
    'Sec-WebSocket-Version: 13',
    'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
    ...headers,
    '',
  ].join('\r\n');

export interface FrameInit {
  readonly opcode: number;
  readonly payload?: Uint8Array | string;
  readonly fin?: boolean;
  /** Bits of RSV1 to RSV3: 4, 2, 1. */
  readonly reserved?: number;
  readonly masked?: boolean;
  /** What the header says, whatever the payload is. */
  readonly length?: bigint;
}

/** A frame of a client, sound unless it is told otherwise. */
export function frame({ opcode, payload = '', fin = true, reserved = 0, masked = true, length }: FrameInit): Buffer {
  const body = Buffer.from(payload);
  const said = length ?? BigInt(body.length);
  const mask = masked ? 0x80 : 0;
  const first = (fin ? 0x80 : 0) | (reserved << 4) | opcode;
  const header =
    said < 126n
      ? Buffer.from([first, mask | Number(said)])
      : said < 65_536n
        ? Buffer.from([first, mask | 126, Number(said >> 8n), Number(said & 0xffn)])
        : Buffer.concat([Buffer.from([first, mask | 127]), bigEndian(said)]);
  if (!masked) return Buffer.concat([header, body]);
  const key = [0x12, 0x34, 0x56, 0x78];
  return Buffer.concat([header, Buffer.from(key), body.map((byte, i) => byte ^ key[i % 4]!)]);
}

function bigEndian(value: bigint): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(value);
  return bytes;
}

function readFrame(bytes: Buffer): { readonly opcode: number; readonly payload: Buffer; readonly end: number } | null {
  if (bytes.length < 2) return null;
  const short = bytes[1]! & 0x7f;
  const headerBytes = short === 127 ? 10 : short === 126 ? 4 : 2;
  if (bytes.length < headerBytes) return null;
  const length = short === 127 ? Number(bytes.readBigUInt64BE(2)) : short === 126 ? bytes.readUInt16BE(2) : short;
  const end = headerBytes + length;
  if (bytes.length < end) return null;
  return { opcode: bytes[0]! & 0x0f, payload: bytes.subarray(headerBytes, end), end };
}
