// Takes whole messages out of what a socket has read. Nearly everything that is sent here is a short message in one frame that
// came in one piece: it is read in place. What is anything else goes on to `ws` as it is, frame by frame: control frames, fragments,
// what spans two readings, and whatever is wrong, which is for `ws` to find (RFC 6455, §5.2).

/** The last frame of a message, and its first; binary; no extension. */
const WHOLE_BINARY = 0x82;
const FIN = 0x80;
const OPCODE = 0x0f;
/** Opcodes from here on are control frames, which may come between the fragments of a message. */
const FIRST_CONTROL = 0x8;
const MASKED = 0x80;
const LENGTH = 0x7f;
const MASK_BYTES = 4;

export interface MessageReceiver {
  /** A whole binary message. The bytes are the receiver's. */
  received(message: Buffer): void;
  /** The next of the bytes that are not read here; they are the receiver's, and begin or go on with a frame. */
  passOn(bytes: Buffer): void;
}

export class MessageReader {
  readonly #receiver: MessageReceiver;
  /** What is still to come of a frame that is passed on. */
  #passingBytes = 0;
  /** A message has begun that is passed on in fragments. */
  #isFragmented = false;
  /** The beginning of a frame that does not say yet how long it is. */
  #begun: Buffer | null = null;

  constructor(receiver: MessageReceiver) {
    this.#receiver = receiver;
  }

  /** @param bytes the first `length` of them are what was read, and are not touched after the call */
  read(bytes: Buffer, length: number): void {
    if (this.#begun === null) return this.#read(bytes, length);
    const whole = Buffer.concat([this.#begun, bytes.subarray(0, length)]);
    this.#begun = null;
    this.#read(whole, whole.length);
  }

  #read(bytes: Buffer, length: number): void {
    let at = 0;
    while (at < length) {
      if (this.#passingBytes > 0) {
        const end = Math.min(length, at + this.#passingBytes);
        this.#passingBytes -= end - at;
        this.#receiver.passOn(Buffer.from(bytes.subarray(at, end)));
        at = end;
        continue;
      }
      const contentAt = contentOf(bytes, at, length);
      if (contentAt > length) {
        this.#begun = Buffer.from(bytes.subarray(at, length));
        return;
      }
      const end = contentAt + contentBytes(bytes, at);
      const isMasked = (bytes[at + 1]! & MASKED) !== 0;
      if (bytes[at] === WHOLE_BINARY && isMasked && !this.#isFragmented && end <= length) {
        this.#receiver.received(unmasked(bytes, contentAt, end));
        at = end;
        continue;
      }
      if ((bytes[at]! & OPCODE) < FIRST_CONTROL) this.#isFragmented = (bytes[at]! & FIN) === 0;
      this.#passingBytes = end - at;
    }
  }
}

/** Where the content of the frame at `at` begins; beyond `length` when that cannot be told yet, or is not here yet. */
function contentOf(bytes: Buffer, at: number, length: number): number {
  if (at + 2 > length) return Number.POSITIVE_INFINITY;
  const second = bytes[at + 1]!;
  const short = second & LENGTH;
  return at + 2 + (short < 126 ? 0 : short === 126 ? 2 : 8) + ((second & MASKED) === 0 ? 0 : MASK_BYTES);
}

function contentBytes(bytes: Buffer, at: number): number {
  const short = bytes[at + 1]! & LENGTH;
  if (short < 126) return short;
  return short === 126 ? bytes.readUInt16BE(at + 2) : Number(bytes.readBigUInt64BE(at + 2));
}

/** A copy: what was read is overwritten by the next reading, of any socket. @param at of the content, after its mask */
function unmasked(bytes: Buffer, at: number, end: number): Buffer {
  const content = Buffer.allocUnsafe(end - at);
  const maskAt = at - MASK_BYTES;
  for (let i = 0; i < content.length; i++) content[i] = bytes[at + i]! ^ bytes[maskAt + (i & 3)]!;
  return content;
}
