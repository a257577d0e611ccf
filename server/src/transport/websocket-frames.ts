// Unmasked binary frames of RFC 6455, §5.2, as a server sends them: many messages become one buffer and one write.

const FIN_BINARY = 0x82;

/** One buffer with a frame for each message. */
export function websocketFrames(messages: readonly Uint8Array[]): Buffer {
  let total = 0;
  for (const message of messages) total += headerLength(message.length) + message.length;
  const frames = Buffer.allocUnsafe(total);
  let at = 0;
  for (const message of messages) {
    at = writeHeader(frames, at, message.length);
    frames.set(message, at);
    at += message.length;
  }
  return frames;
}

function headerLength(length: number): number {
  return length < 126 ? 2 : length < 65_536 ? 4 : 10;
}

function writeHeader(frames: Buffer, at: number, length: number): number {
  frames[at] = FIN_BINARY;
  if (length < 126) {
    frames[at + 1] = length;
    return at + 2;
  }
  if (length < 65_536) {
    frames[at + 1] = 126;
    return frames.writeUInt16BE(length, at + 2);
  }
  frames[at + 1] = 127;
  return frames.writeBigUInt64BE(BigInt(length), at + 2);
}
