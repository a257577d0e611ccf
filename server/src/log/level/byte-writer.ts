// A growing row of bytes in lib0's encoding, kept in one piece: a group is hashed and its lengths are filled in while it
// is written, which lib0's own encoder, a list of pieces, does not allow. The buffer is used again for the next group.

const FIRST_BYTES = 64 * 1024;
/** A buffer that one large group made longer than this is not kept. */
const KEPT_BYTES = 1024 * 1024;

export class ByteWriter {
  #bytes = Buffer.allocUnsafeSlow(FIRST_BYTES);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  clear(): void {
    this.#length = 0;
    if (this.#bytes.length > KEPT_BYTES) this.#bytes = Buffer.allocUnsafeSlow(FIRST_BYTES);
  }

  /** Leaves room for `count` bytes, filled with zeros. @returns where they start */
  skip(count: number): number {
    this.#makeRoom(count);
    const start = this.#length;
    this.#bytes.fill(0, start, start + count);
    this.#length += count;
    return start;
  }

  /** lib0 `writeVarUint`: seven bits a byte, the lowest first. */
  uint(value: number): void {
    this.#makeRoom(8);
    let rest = value;
    while (rest > 0x7f) {
      this.#bytes[this.#length++] = 0x80 | (rest & 0x7f);
      rest = Math.floor(rest / 128);
    }
    this.#bytes[this.#length++] = rest;
  }

  /** lib0 `writeVarString`. */
  string(text: string): void {
    const { length } = text;
    this.#makeRoom(length + 2);
    // Ids are short and ASCII: then a unit is a byte, and one byte holds the length.
    if (length < 0x80) {
      const bytes = this.#bytes;
      let at = this.#length;
      bytes[at++] = length;
      let units = 0;
      for (; units < length; units++) {
        const unit = text.charCodeAt(units);
        if (unit > 0x7f) break;
        bytes[at++] = unit;
      }
      if (units === length) {
        this.#length = at;
        return;
      }
    }
    this.block(Buffer.from(text, 'utf8'));
  }

  /** lib0 `writeVarUint8Array`. */
  block(bytes: Uint8Array): void {
    this.uint(bytes.length);
    this.raw(bytes);
  }

  raw(bytes: Uint8Array): void {
    this.#makeRoom(bytes.length);
    this.#bytes.set(bytes, this.#length);
    this.#length += bytes.length;
  }

  /** A view of what was written, valid until the next write. */
  view(start: number, end: number = this.#length): Uint8Array {
    return this.#bytes.subarray(start, end);
  }

  /** A copy of all that was written. */
  toBytes(): Uint8Array {
    return new Uint8Array(this.#bytes.subarray(0, this.#length));
  }

  #makeRoom(count: number): void {
    const needed = this.#length + count;
    if (needed <= this.#bytes.length) return;
    const larger = Buffer.allocUnsafeSlow(Math.max(needed, 2 * this.#bytes.length));
    larger.set(this.#bytes.subarray(0, this.#length));
    this.#bytes = larger;
  }
}
