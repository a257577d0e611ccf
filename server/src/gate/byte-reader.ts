// Reads bytes that nobody vouches for, in the encoding of lib0, and never past their end.
// Strings and values are walked over, not made: a caller learns their length and that Yjs will be able to read them.

/** The bytes cannot be what they claim to be. The message says why, for the person who sent them. */
export class MalformedError extends Error {
  override readonly name = 'MalformedError';
}

/** Containers within containers in JSON and lib0's "any"; deeper ones overflow the stack of whoever encodes them again. */
const MAX_DEPTH = 32;
/** A varUint above 2^53 cannot be told from its neighbours: the eighth byte, worth 2^49, is the last. */
const LAST_FACTOR = 2 ** 49;

/** As lib0 decodes: a byte order mark is a character. */
const strictUtf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

export class ByteReader {
  readonly bytes: Uint8Array;
  pos = 0;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
  }

  get remaining(): number {
    return this.bytes.length - this.pos;
  }

  byte(): number {
    if (this.pos >= this.bytes.length) throw new MalformedError('it ends in the middle');
    return this.bytes[this.pos++]!;
  }

  uint(): number {
    let byte = this.byte();
    if (byte < 0x80) return byte;
    let value = byte & 0x7f;
    let factor = 0x80;
    do {
      byte = this.byte();
      value += (byte & 0x7f) * factor;
      if (value > Number.MAX_SAFE_INTEGER || (byte >= 0x80 && factor >= LAST_FACTOR)) {
        throw new MalformedError('a number is above 2^53');
      }
      factor *= 0x80;
    } while (byte >= 0x80);
    return value;
  }

  /** A number of things that take at least `bytesEach`: a count the rest cannot hold is a lie, not a reason to allocate. */
  count(bytesEach: number): number {
    const count = this.uint();
    if (count * bytesEach > this.remaining)
      throw new MalformedError(`it claims ${count} parts in ${this.remaining} bytes`);
    return count;
  }

  skip(length: number): void {
    if (length > this.remaining) throw new MalformedError('it ends in the middle');
    this.pos += length;
  }

  /** Walks over a string. Refuses what a strict UTF-8 decoder refuses. @returns its length in UTF-16 units */
  string(): number {
    const length = this.uint();
    const start = this.pos;
    this.skip(length);
    return length - surplusOfUtf8(this.bytes, start, this.pos);
  }

  /** Walks over a string that must be JSON; `undefined` is a value where Yjs writes that word. */
  json(mayBeUndefined = false): void {
    const length = this.uint();
    const start = this.pos;
    this.skip(length);
    checkJsonDepth(this.bytes, start, this.pos);
    try {
      const text = strictUtf8.decode(this.bytes.subarray(start, this.pos));
      if (!(mayBeUndefined && text === 'undefined')) JSON.parse(text);
    } catch (cause) {
      throw new MalformedError('a value is not JSON', { cause });
    }
  }

  /** Walks over one value in lib0's "any" encoding. */
  any(depth = 0): void {
    const type = this.byte();
    switch (type) {
      case 127: // undefined
      case 126: // null
      case 121: // false
      case 120: // true
        return;
      case 125:
        // A signed integer: like a varUint, with one bit less in the first byte.
        this.uint();
        return;
      case 124:
        return this.skip(4);
      case 123: // float64
      case 122: // bigint
        return this.skip(8);
      case 119:
        this.string();
        return;
      case 118: {
        checkDepth(depth + 1);
        for (let left = this.count(2); left > 0; left--) {
          this.string();
          this.any(depth + 1);
        }
        return;
      }
      case 117: {
        checkDepth(depth + 1);
        for (let left = this.count(1); left > 0; left--) this.any(depth + 1);
        return;
      }
      case 116:
        return this.skip(this.uint());
      default:
        throw new MalformedError(`no value has the type ${type}`);
    }
  }
}

function checkDepth(depth: number): void {
  if (depth > MAX_DEPTH) throw new MalformedError(`a value is more than ${MAX_DEPTH} deep`);
}

/** Counts open brackets outside of strings; whether the text is JSON at all is for JSON.parse to say. */
function checkJsonDepth(bytes: Uint8Array, start: number, end: number): void {
  let depth = 0;
  let inString = false;
  for (let pos = start; pos < end; pos++) {
    const byte = bytes[pos]!;
    if (byte === 0x22) inString = !inString;
    else if (inString) {
      if (byte === 0x5c) pos++;
    } else if (byte === 0x5b || byte === 0x7b) checkDepth(++depth);
    else if (byte === 0x5d || byte === 0x7d) depth--;
  }
}

/** @returns how many bytes there are above one per UTF-16 unit */
function surplusOfUtf8(bytes: Uint8Array, start: number, end: number): number {
  let surplus = 0;
  let pos = start;
  while (pos < end) {
    const lead = bytes[pos++]!;
    if (lead < 0x80) continue;
    // The second byte's range keeps out overlong forms, surrogates and what lies above U+10FFFF (Unicode, table 3-7).
    let low = 0x80;
    let high = 0xbf;
    let more: number;
    if (lead >= 0xc2 && lead <= 0xdf) more = 1;
    else if (lead >= 0xe0 && lead <= 0xef) {
      more = 2;
      if (lead === 0xe0) low = 0xa0;
      else if (lead === 0xed) high = 0x9f;
    } else if (lead >= 0xf0 && lead <= 0xf4) {
      more = 3;
      if (lead === 0xf0) low = 0x90;
      else if (lead === 0xf4) high = 0x8f;
    } else throw new MalformedError('a text is not UTF-8');
    if (pos + more > end) throw new MalformedError('a text is not UTF-8');
    const second = bytes[pos]!;
    if (second < low || second > high) throw new MalformedError('a text is not UTF-8');
    for (let i = 1; i < more; i++) {
      if ((bytes[pos + i]! & 0xc0) !== 0x80) throw new MalformedError('a text is not UTF-8');
    }
    pos += more;
    // Two bytes are one unit, three are one, four are two.
    surplus += more === 1 ? 1 : 2;
  }
  return surplus;
}
