// WebSocket messages out of the chunks a socket reads, in place: only a frame that a chunk cut in two is copied, and a long
// message that its server sent in fragments. Servers here do not compress; one that does is a fault of the bench, and says so.

/** Gives one message, or one control frame. Its payload is valid during the call only. */
export type FrameListener = (opcode: number, bytes: Uint8Array, from: number, to: number) => void;

const LARGEST_HEADER_BYTES = 10;
const FIN = 0x80;
const CONTINUATION = 0;
const FIRST_CONTROL_OPCODE = 8;

export class FrameReader {
  readonly #onFrame: FrameListener;
  /** The beginning of a frame whose rest has not come. */
  #cut: Uint8Array = new Uint8Array(0);
  #cutBytes = 0;
  /** Of a message of which more is to come. */
  #fragments: Uint8Array[] = [];
  #opcode = 0;

  constructor(onFrame: FrameListener) {
    this.#onFrame = onFrame;
  }

  /** @param bytes may be used again once this returns */
  push(bytes: Uint8Array, from: number, to: number): void {
    let at = from;
    while (this.#cutBytes > 0 && at < to) at = this.#complete(bytes, at, to);
    while (at < to) {
      const size = frameSize(bytes, at, to);
      if (size === 0 || at + size > to) {
        this.#keep(bytes, at, to);
        return;
      }
      this.#hand(bytes, at, at + size);
      at += size;
    }
  }

  /** @returns how far the frame that was cut has taken of these bytes */
  #complete(bytes: Uint8Array, from: number, to: number): number {
    // A header is completed first, for only then it is known how much is missing.
    const size = frameSize(this.#cut, 0, this.#cutBytes);
    const wanted = size === 0 ? 1 : size - this.#cutBytes;
    const taken = Math.min(wanted, to - from);
    this.#keep(bytes, from, from + taken, size);
    if (this.#cutBytes === frameSize(this.#cut, 0, this.#cutBytes)) {
      const end = this.#cutBytes;
      this.#cutBytes = 0;
      this.#hand(this.#cut, 0, end);
    }
    return from + taken;
  }

  #keep(bytes: Uint8Array, from: number, to: number, size = 0): void {
    const needed = Math.max(size, this.#cutBytes + to - from, LARGEST_HEADER_BYTES);
    if (this.#cut.length < needed) {
      const larger = new Uint8Array(needed);
      larger.set(this.#cut.subarray(0, this.#cutBytes));
      this.#cut = larger;
    }
    this.#cut.set(bytes.subarray(from, to), this.#cutBytes);
    this.#cutBytes += to - from;
  }

  #hand(bytes: Uint8Array, from: number, to: number): void {
    const first = bytes[from]!;
    if ((first & 0x70) !== 0) throw new Error('the server compressed a message');
    const opcode = first & 0x0f;
    const start = from + headerSize(bytes[from + 1]!);
    if (opcode >= FIRST_CONTROL_OPCODE || (first >= FIN && opcode !== CONTINUATION)) {
      return this.#onFrame(opcode, bytes, start, to);
    }
    if (opcode !== CONTINUATION) this.#opcode = opcode;
    this.#fragments.push(bytes.slice(start, to));
    if (first < FIN) return;
    const message = Buffer.concat(this.#fragments);
    this.#fragments = [];
    this.#onFrame(this.#opcode, message, 0, message.length);
  }
}

/** RFC 6455 §5.2; what a server sends is not masked. */
const headerSize = (second: number): number => (second < 126 ? 2 : second === 126 ? 4 : LARGEST_HEADER_BYTES);

/** Bytes of the frame that begins at `at`, header and all; 0 while that cannot be told. */
function frameSize(bytes: Uint8Array, at: number, end: number): number {
  if (end - at < 2) return 0;
  const second = bytes[at + 1]!;
  const header = headerSize(second);
  if (header === 2) return 2 + second;
  if (end - at < header) return 0;
  let length = 0;
  for (let i = at + 2; i < at + header; i++) length = length * 256 + bytes[i]!;
  return header + length;
}
