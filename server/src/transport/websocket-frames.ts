// Unmasked binary frames of RFC 6455, §5.2, as a server sends them: many messages become one buffer. A long message is
// several fragments (§5.4), so that pings pass between them, and so that what a slow reader takes can be watched.

const FIN = 0x80;
const CONTINUATION = 0x0;
const BINARY = 0x2;
/** Bytes of the content of one frame at most. */
const FRAGMENT_BYTES = 32 * 1024;

/** One buffer with the frames of each message. */
export function websocketFrames(messages: readonly Uint8Array[]): Buffer {
  let total = 0;
  for (const message of messages) total += framedLength(message.length);
  const frames = Buffer.allocUnsafe(total);
  let at = 0;
  for (const message of messages) at = writeMessage(frames, at, message);
  return frames;
}

/** Where the frame that begins at `at` ends. @param frames made by `websocketFrames` */
export function frameEnd(frames: Uint8Array, at: number): number {
  const length = frames[at + 1]!;
  return length < 126 ? at + 2 + length : at + 4 + frames[at + 2]! * 256 + frames[at + 3]!;
}

function framedLength(length: number): number {
  const whole = Math.floor(length / FRAGMENT_BYTES);
  const rest = length % FRAGMENT_BYTES;
  const wholeBytes = whole * (headerLength(FRAGMENT_BYTES) + FRAGMENT_BYTES);
  return rest === 0 && whole > 0 ? wholeBytes : wholeBytes + headerLength(rest) + rest;
}

const headerLength = (length: number): number => (length < 126 ? 2 : 4);

function writeMessage(frames: Buffer, start: number, message: Uint8Array): number {
  let at = start;
  let from = 0;
  do {
    const length = Math.min(FRAGMENT_BYTES, message.length - from);
    const isLast = from + length === message.length;
    frames[at] = (isLast ? FIN : 0) | (from === 0 ? BINARY : CONTINUATION);
    at = writeLength(frames, at + 1, length);
    frames.set(length === message.length ? message : message.subarray(from, from + length), at);
    at += length;
    from += length;
  } while (from < message.length);
  return at;
}

function writeLength(frames: Buffer, at: number, length: number): number {
  if (length < 126) {
    frames[at] = length;
    return at + 1;
  }
  frames[at] = 126;
  return frames.writeUInt16BE(length, at + 1);
}
