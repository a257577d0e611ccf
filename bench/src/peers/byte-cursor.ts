// Reads varints and byte strings in place. One cursor is set upon message after message: nothing is allocated for any of them.

const NOTHING = new Uint8Array();

export class ByteCursor {
  bytes: Uint8Array = NOTHING;
  at = 0;
  end = 0;

  set(bytes: Uint8Array, from: number, to: number): void {
    this.bytes = bytes;
    this.at = from;
    this.end = to;
  }

  byte(): number {
    if (this.at >= this.end) throw new Error('a message from the server ends in the middle');
    return this.bytes[this.at++]!;
  }

  uint(): number {
    let byte = this.byte();
    if (byte < 128) return byte;
    let value = byte & 127;
    let scale = 128;
    do {
      byte = this.byte();
      value += (byte & 127) * scale;
      scale *= 128;
    } while (byte >= 128);
    return value;
  }

  skip(count: number): void {
    this.at += count;
    if (this.at > this.end) throw new Error('a message from the server ends in the middle');
  }

  /** Steps over a length and that many bytes. @returns where they begin; `at` is where they end */
  run(): number {
    const length = this.uint();
    const start = this.at;
    this.skip(length);
    return start;
  }

  /** The same, as a copy. */
  copyRun(): Uint8Array {
    const start = this.run();
    return this.bytes.slice(start, this.at);
  }
}
