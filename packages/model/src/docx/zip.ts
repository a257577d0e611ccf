// A .docx is a zip file. It is read as if somebody meant harm: only the parts that are asked for are inflated, a little at a
// time, and no further than a limit for all of them together, whatever the file says of their sizes.

import { tooMuch } from './xml.js';

const MAX_PARTS = 10_000;
/** What is handed to the inflater at once: it makes a thousand times as much of it at most, before the limit is looked at. */
const PIECE_BYTES = 4 * 1024;

const END_OF_DIRECTORY = 0x06054b50;
const DIRECTORY_ENTRY = 0x02014b50;
const LOCAL_HEADER = 0x04034b50;
const STORED = 0;
const DEFLATED = 8;
const END_BYTES = 22;
const ENTRY_BYTES = 46;
const HEADER_BYTES = 30;
const MAX_COMMENT_BYTES = 0xffff;
/** Of the MS-DOS calendar: files are the same whenever they are written. */
const FIRST_DAY = 0x0021;
const UTF8_NAMES = 0x0800;
const ENCRYPTED = 0x0001;

const damaged = (what: string, cause?: unknown): Error =>
  new Error(`It is damaged: ${what}. Ask whoever sent it for another copy.`, { cause });

interface Entry {
  readonly method: number;
  readonly flags: number;
  readonly crc: number;
  readonly storedBytes: number;
  readonly headerAt: number;
}

export class ZipFile {
  readonly #view: DataView<ArrayBuffer>;
  readonly #entries: ReadonlyMap<string, Entry>;
  #leftBytes: number;

  /** @param maxBytes  what all that is read may come to, inflated @throws Error with a sentence */
  constructor(bytes: Uint8Array<ArrayBuffer>, maxBytes: number) {
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#entries = readDirectory(this.#view);
    this.#leftBytes = maxBytes;
  }

  has(name: string): boolean {
    return this.#entries.has(name);
  }

  /** Null when there is no such part. @throws Error with a sentence */
  async read(name: string): Promise<Uint8Array<ArrayBuffer> | null> {
    const entry = this.#entries.get(name);
    if (!entry) return null;
    if (entry.flags & ENCRYPTED) throw new Error('It is protected by a password. Save it without one.');
    const stored = this.#stored(name, entry);
    if (entry.method !== STORED && entry.method !== DEFLATED) throw damaged(`"${name}" is packed in an unknown way`);
    const pieces = entry.method === STORED ? [stored] : inflate(stored);
    const read: Uint8Array[] = [];
    try {
      for await (const piece of pieces) {
        this.#leftBytes -= piece.length;
        if (this.#leftBytes < 0) break;
        read.push(piece);
      }
    } catch (cause) {
      throw damaged(`"${name}" cannot be unpacked`, cause);
    }
    if (this.#leftBytes < 0) throw tooMuch();
    const whole = joined(read);
    if (crc32(whole) !== entry.crc) throw damaged(`"${name}" is not what was packed`);
    return whole;
  }

  #stored(name: string, { headerAt, storedBytes }: Entry): Uint8Array<ArrayBuffer> {
    const view = this.#view;
    if (headerAt + HEADER_BYTES > view.byteLength || view.getUint32(headerAt, true) !== LOCAL_HEADER) {
      throw damaged(`"${name}" is not where it should be`);
    }
    const start = headerAt + HEADER_BYTES + view.getUint16(headerAt + 26, true) + view.getUint16(headerAt + 28, true);
    if (start + storedBytes > view.byteLength) throw damaged('it ends too early');
    return new Uint8Array(view.buffer, view.byteOffset + start, storedBytes);
  }
}

function readDirectory(view: DataView): Map<string, Entry> {
  const end = findEnd(view);
  const count = view.getUint16(end + 10, true);
  if (count > MAX_PARTS) throw new Error(`It consists of more than ${MAX_PARTS} parts.`);
  const entries = new Map<string, Entry>();
  let at = view.getUint32(end + 16, true);
  for (let index = 0; index < count; index++) {
    if (at + ENTRY_BYTES > view.byteLength || view.getUint32(at, true) !== DIRECTORY_ENTRY) {
      throw damaged('its list of parts cannot be read');
    }
    const nameBytes = view.getUint16(at + 28, true);
    if (at + ENTRY_BYTES + nameBytes > view.byteLength) throw damaged('its list of parts cannot be read');
    const name = new TextDecoder().decode(new Uint8Array(view.buffer, view.byteOffset + at + ENTRY_BYTES, nameBytes));
    entries.set(name, {
      flags: view.getUint16(at + 8, true),
      method: view.getUint16(at + 10, true),
      crc: view.getUint32(at + 16, true),
      storedBytes: view.getUint32(at + 20, true),
      headerAt: view.getUint32(at + 42, true),
    });
    at += ENTRY_BYTES + nameBytes + view.getUint16(at + 30, true) + view.getUint16(at + 32, true);
  }
  return entries;
}

function findEnd(view: DataView): number {
  const last = view.byteLength - END_BYTES;
  for (let at = last; at >= Math.max(0, last - MAX_COMMENT_BYTES); at--) {
    if (view.getUint32(at, true) === END_OF_DIRECTORY) return at;
  }
  throw damaged('it ends too early');
}

async function* inflate(stored: Uint8Array<ArrayBuffer>): AsyncGenerator<Uint8Array> {
  let at = 0;
  const source = new ReadableStream<Uint8Array<ArrayBuffer>>({
    pull: (controller) => {
      if (at >= stored.length) return controller.close();
      controller.enqueue(stored.subarray(at, at + PIECE_BYTES));
      at += PIECE_BYTES;
    },
  });
  const reader = source.pipeThrough(new DecompressionStream('deflate-raw')).getReader();
  try {
    for (let { done, value } = await reader.read(); !done; { done, value } = await reader.read()) yield value!;
  } finally {
    await reader.cancel().catch(() => {});
  }
}

/** @param parts  by name, in the order in which they are to stand */
export async function writeZip(parts: ReadonlyMap<string, string>): Promise<Uint8Array<ArrayBuffer>> {
  const local: Uint8Array[] = [];
  const directory: Uint8Array[] = [];
  let at = 0;
  for (const [name, text] of parts) {
    const nameBytes = new TextEncoder().encode(name);
    const whole = new TextEncoder().encode(text);
    const stored = await deflate(whole);
    const common = new DataView(new ArrayBuffer(26));
    common.setUint16(0, 20, true);
    common.setUint16(2, UTF8_NAMES, true);
    common.setUint16(4, DEFLATED, true);
    common.setUint16(8, FIRST_DAY, true);
    common.setUint32(10, crc32(whole), true);
    common.setUint32(14, stored.length, true);
    common.setUint32(18, whole.length, true);
    common.setUint16(22, nameBytes.length, true);
    const header = joined([u32(LOCAL_HEADER), new Uint8Array(common.buffer), nameBytes, stored]);
    const entry = new DataView(new ArrayBuffer(ENTRY_BYTES));
    entry.setUint32(0, DIRECTORY_ENTRY, true);
    entry.setUint16(4, 20, true);
    new Uint8Array(entry.buffer).set(new Uint8Array(common.buffer), 6);
    entry.setUint32(42, at, true);
    local.push(header);
    directory.push(new Uint8Array(entry.buffer), nameBytes);
    at += header.length;
  }
  const end = new DataView(new ArrayBuffer(END_BYTES));
  end.setUint32(0, END_OF_DIRECTORY, true);
  end.setUint16(8, parts.size, true);
  end.setUint16(10, parts.size, true);
  end.setUint32(
    12,
    directory.reduce((sum, { length }) => sum + length, 0),
    true,
  );
  end.setUint32(16, at, true);
  return joined([...local, ...directory, new Uint8Array(end.buffer)]);
}

async function deflate(whole: Uint8Array<ArrayBuffer>): Promise<Uint8Array> {
  const stream = new Blob([whole]).stream().pipeThrough(new CompressionStream('deflate-raw'));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

function u32(value: number): Uint8Array {
  const view = new DataView(new ArrayBuffer(4));
  view.setUint32(0, value, true);
  return new Uint8Array(view.buffer);
}

function joined(pieces: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(pieces.reduce((sum, { length }) => sum + length, 0));
  let end = 0;
  for (const piece of pieces) {
    whole.set(piece, end);
    end += piece.length;
  }
  return whole;
}

const crcTable = Uint32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
  return crc;
});

function crc32(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) crc = (crc >>> 8) ^ crcTable[(crc ^ byte) & 0xff]!;
  return (crc ^ 0xffffffff) >>> 0;
}
