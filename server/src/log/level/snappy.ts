// Decompresses what LevelDB compressed with Snappy: literals, and copies of what came before.
// Layout: google/snappy format_description.txt.

/** @throws Error when the bytes are not what Snappy writes */
export function decompressSnappy(bytes: Buffer): Buffer {
  let at = 0;
  const next = (count: number): number => {
    if (at + count > bytes.length) throw new Error('a compressed block ends too early');
    const value = count === 0 ? 0 : bytes.readUIntLE(at, count);
    at += count;
    return value;
  };
  const output = Buffer.alloc(readLength(next));
  let written = 0;
  while (at < bytes.length) {
    const tag = next(1);
    const upper = tag >>> 2;
    if ((tag & 3) === 0) {
      const length = 1 + (upper < 60 ? upper : next(upper - 59));
      if (at + length > bytes.length || written + length > output.length)
        throw new Error('a compressed block is too long');
      bytes.copy(output, written, at, at + length);
      at += length;
      written += length;
      continue;
    }
    const isShort = (tag & 3) === 1;
    const length = isShort ? 4 + (upper & 7) : 1 + upper;
    const offset = isShort ? ((tag >>> 5) << 8) | next(1) : next((tag & 3) === 2 ? 2 : 4);
    if (offset === 0 || offset > written || written + length > output.length) {
      throw new Error('a compressed block points outside itself');
    }
    // Byte by byte: a copy may begin in what it writes.
    for (const end = written + length; written < end; written++) output[written] = output[written - offset]!;
  }
  if (written !== output.length) throw new Error('a compressed block ends too early');
  return output;
}

/** Of a block of LevelDB, which has a few kilobytes, or one large value. */
const MAX_BYTES = 256 * 1024 * 1024;

function readLength(next: (count: number) => number): number {
  let length = 0;
  for (let shift = 0; shift < 35; shift += 7) {
    const byte = next(1);
    length += (byte & 0x7f) * 2 ** shift;
    if (byte < 0x80 && length <= MAX_BYTES) return length;
  }
  throw new Error('the length of a compressed block cannot be read');
}
