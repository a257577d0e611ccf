// What a client sends, read as RFC 6455 §5 says: masked frames become messages, pings, pongs and a close. Between two frames a
// reader holds nothing; of a message that is not whole it holds one buffer, at most twice as long as what has come of it.

import { isUtf8 } from 'node:buffer';
import { CloseCode, MAX_FRAME_BYTES } from '@weft/protocol';

const CONTINUATION = 0x0;
const TEXT = 0x1;
const BINARY = 0x2;
const CLOSE = 0x8;
const PING = 0x9;
const PONG = 0xa;

const FIN = 0x80;
const RESERVED = 0x70;
const MASKED = 0x80;
const MASK_BYTES = 4;
const MAX_CONTROL_BYTES = 125;
/** Of one message: each may be empty, and is work. */
const MAX_FRAGMENTS = 16 * 1024;
const FIRST_BUFFER_BYTES = 1024;

const PROTOCOL_ERROR = 1002;
const NO_UTF8 = 1007;
/** RFC 6455 §7.1.5: a close frame without a code. */
export const NO_CODE = 1005;

const NOTHING = new Uint8Array();

/** Who is told what was read. */
export interface FrameListener {
  /** @param data the listener's; of a text, its valid UTF-8 */
  message(data: Uint8Array, isBinary: boolean): void;
  /** @param data at most 125 bytes, the listener's */
  pinged(data: Uint8Array): void;
  ponged(): void;
  /** The other side closes: nothing more is read. @param reason valid UTF-8, at most 123 bytes */
  closed(code: number, reason: Uint8Array): void;
  /** What came breaks the standard or a limit: nothing more is read. @param code to close with */
  broken(code: number, reason: string): void;
}

/** A message that has begun and is not whole. */
interface Unfinished {
  readonly isBinary: boolean;
  /** When it began, by the clock of `performance.now`. */
  readonly sinceMs: number;
  fragments: number;
  /** What came of it, without masks, at the beginning of it. */
  data: Uint8Array;
  bytes: number;
  /** Of the fragment that is being read: whether it is the last one, what is still to come of it, and its mask from there on. */
  isLast: boolean;
  toCome: number;
  mask: number;
}

export class FrameReader {
  readonly #listener: FrameListener;
  /** The beginning of a frame of which too little has come: at most a header and what a control frame holds. */
  #begun: Uint8Array | null = null;
  #unfinished: Unfinished | null = null;
  #isEnded = false;

  constructor(listener: FrameListener) {
    this.#listener = listener;
  }

  /** Bytes held of a message that is not whole. */
  get unfinishedBytes(): number {
    return this.#unfinished?.data.length ?? 0;
  }
  /** Since when, by the clock of `performance.now`. */
  get unfinishedSinceMs(): number {
    return this.#unfinished?.sinceMs ?? Number.POSITIVE_INFINITY;
  }

  /** @param chunk the first `length` bytes of it are what came next; not touched after the call */
  push(chunk: Uint8Array, length = chunk.length): void {
    let bytes = chunk;
    let end = length;
    if (this.#begun !== null) {
      bytes = Buffer.concat([this.#begun, chunk.subarray(0, length)]);
      end = bytes.length;
      this.#begun = null;
    }
    let at = 0;
    while (at < end && !this.#isEnded) {
      const next = this.#unfinished?.toCome
        ? this.#readOn(this.#unfinished, bytes, at, end)
        : this.#readFrame(bytes, at, end);
      if (next === at) {
        this.#begun = Uint8Array.from(bytes.subarray(at, end));
        return;
      }
      at = next;
    }
  }

  /** @returns where what was read ends; `at` when too little has come */
  #readFrame(bytes: Uint8Array, at: number, end: number): number {
    if (end - at < 2) return at;
    const first = bytes[at]!;
    const second = bytes[at + 1]!;
    const opcode = first & 0x0f;
    const isLast = (first & FIN) !== 0;
    const short = second & 0x7f;
    if ((first & RESERVED) !== 0 || (second & MASKED) === 0 || !this.#mayCome(opcode, isLast, short)) {
      return this.#break(PROTOCOL_ERROR, '', end);
    }
    const lengthBytes = short < 126 ? 0 : short === 126 ? 2 : 8;
    const start = at + 2 + lengthBytes + MASK_BYTES;
    if (end < start) return at;
    const length = lengthBytes === 0 ? short : readLength(bytes, at + 2, lengthBytes);
    const mask = readMask(bytes, start - MASK_BYTES);
    if (opcode >= CLOSE) {
      if (end - start < length) return at;
      this.#control(opcode, unmasked(bytes, start, length, mask));
      return start + length;
    }
    const message = this.#unfinished;
    if (length + (message?.bytes ?? 0) > MAX_FRAME_BYTES || (message?.fragments ?? 0) >= MAX_FRAGMENTS) {
      return this.#break(CloseCode.TooMuch, 'This frame is larger than the server accepts.', end);
    }
    if (message === null && isLast && end - start >= length) {
      this.#message(unmasked(bytes, start, length, mask), opcode === BINARY);
      return start + length;
    }
    this.#unfinished ??= {
      isBinary: opcode === BINARY,
      sinceMs: performance.now(),
      fragments: 0,
      data: NOTHING,
      bytes: 0,
      isLast: false,
      toCome: 0,
      mask: 0,
    };
    this.#unfinished.fragments += 1;
    this.#unfinished.isLast = isLast;
    this.#unfinished.toCome = length;
    this.#unfinished.mask = mask;
    return this.#readOn(this.#unfinished, bytes, start, end);
  }

  #mayCome(opcode: number, isLast: boolean, short: number): boolean {
    if (opcode === CONTINUATION) return this.#unfinished !== null;
    if (opcode === TEXT || opcode === BINARY) return this.#unfinished === null;
    if (opcode !== CLOSE && opcode !== PING && opcode !== PONG) return false;
    return isLast && short <= MAX_CONTROL_BYTES && !(opcode === CLOSE && short === 1);
  }

  /** More of a fragment, and the end of the message with that of its last one. */
  #readOn(message: Unfinished, bytes: Uint8Array, at: number, end: number): number {
    const taken = Math.min(message.toCome, end - at);
    reserve(message, taken);
    unmask(bytes, at, taken, message.mask, message.data, message.bytes);
    message.bytes += taken;
    message.toCome -= taken;
    message.mask = turned(message.mask, taken);
    if (message.toCome === 0 && message.isLast) {
      this.#unfinished = null;
      this.#message(message.data.subarray(0, message.bytes), message.isBinary);
    }
    return at + taken;
  }

  #message(data: Uint8Array, isBinary: boolean): void {
    if (isBinary || isUtf8(data)) this.#listener.message(data, isBinary);
    else this.#break(NO_UTF8, '');
  }

  #control(opcode: number, data: Uint8Array): void {
    if (opcode === PING) return this.#listener.pinged(data);
    if (opcode === PONG) return this.#listener.ponged();
    const code = data.length === 0 ? NO_CODE : data[0]! * 256 + data[1]!;
    const reason = data.subarray(2);
    if (data.length > 0 && !maySay(code)) this.#break(PROTOCOL_ERROR, '');
    else if (!isUtf8(reason)) this.#break(NO_UTF8, '');
    else {
      this.#end();
      this.#listener.closed(code, reason);
    }
  }

  #end(): void {
    this.#isEnded = true;
    this.#unfinished = null;
  }

  /** @returns `end` */
  #break(code: number, reason: string, end = 0): number {
    this.#end();
    this.#listener.broken(code, reason);
    return end;
  }
}

/** RFC 6455 §7.4: what a close frame may say. */
function maySay(code: number): boolean {
  if (code >= 3000) return code <= 4999;
  return code >= 1000 && code <= 1014 && (code < 1004 || code > 1006);
}

/** More than a number can hold is too much as well. */
function readLength(bytes: Uint8Array, at: number, lengthBytes: number): number {
  let length = 0;
  for (let i = 0; i < lengthBytes; i++) length = length * 256 + bytes[at + i]!;
  return length;
}

/** The byte for what comes next is the lowest. */
const readMask = (bytes: Uint8Array, at: number): number =>
  bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24);

/** The mask from so many bytes on. */
function turned(mask: number, bytes: number): number {
  const bits = (bytes % MASK_BYTES) * 8;
  return bits === 0 ? mask : (mask >>> bits) | (mask << (32 - bits));
}

/** A copy: what was read is overwritten by what is read next. */
function unmasked(bytes: Uint8Array, start: number, length: number, mask: number): Uint8Array {
  const data = Buffer.allocUnsafe(length);
  unmask(bytes, start, length, mask, data, 0);
  return data;
}

function unmask(bytes: Uint8Array, start: number, length: number, mask: number, to: Uint8Array, toStart: number): void {
  let rest = mask;
  for (let i = 0; i < length; i++) {
    to[toStart + i] = bytes[start + i]! ^ (rest & 0xff);
    rest = (rest >>> 8) | (rest << 24);
  }
}

/** Makes room for so many more. */
function reserve(message: Unfinished, more: number): void {
  const bytes = message.bytes + more;
  if (bytes <= message.data.length) return;
  const longer = new Uint8Array(
    Math.max(bytes, Math.min(2 * message.data.length, MAX_FRAME_BYTES), FIRST_BUFFER_BYTES),
  );
  longer.set(message.data.subarray(0, message.bytes));
  message.data = longer;
}
