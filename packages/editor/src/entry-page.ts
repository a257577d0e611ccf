// A page of the entries of a document, as the server tells it (docs/api.md): a line of JSON, and the entries behind it.

export interface EntryPage {
  readonly epoch: number;
  /** The newest entry there is. */
  readonly head: number;
  /** The first one in this page. Where the past was trimmed it stands for all up to it. */
  readonly first: number;
  /** The newest one. */
  readonly last: number;
  readonly people: readonly { readonly person: string; readonly name: string | null }[];
  readonly timesMs: Float64Array<ArrayBuffer>;
  /** Places in `people`. */
  readonly authors: Uint32Array<ArrayBuffer>;
  /** Where each update begins in `bytes`, and where the last one ends. */
  readonly ends: Uint32Array<ArrayBuffer>;
  readonly starts: Uint32Array<ArrayBuffer>;
  readonly bytes: Uint8Array;
}

const NEWLINE = 10;

/** @throws Error when it is no such page */
export function readEntryPage(bytes: Uint8Array, after: number): EntryPage {
  const line = bytes.indexOf(NEWLINE);
  if (line < 0) throw new Error('a page of entries has no first line');
  const { epoch, head, first, last, people } = JSON.parse(new TextDecoder().decode(bytes.subarray(0, line)));
  const isRow = Number.isSafeInteger(first) && Number.isSafeInteger(last) && first > after && last >= first - 1;
  if (!isRow || last > head || !Array.isArray(people)) {
    throw new Error('the first line of a page of entries cannot be read');
  }
  const count = last - first + 1;
  const page = {
    timesMs: new Float64Array(count),
    authors: new Uint32Array(count),
    starts: new Uint32Array(count),
    ends: new Uint32Array(count),
  };
  let at = line + 1;
  const readUint = (): number => {
    for (let value = 0, unit = 1; ; unit *= 128) {
      const byte = bytes[at++];
      if (byte === undefined) throw new Error('a page of entries ends too early');
      value += (byte & 0x7f) * unit;
      if (byte < 0x80) return value;
    }
  };
  let timeMs = 0;
  for (let i = 0; i < count; i++) {
    timeMs += readUint();
    page.timesMs[i] = timeMs;
    page.authors[i] = readUint();
    const length = readUint();
    page.starts[i] = at;
    at += length;
    page.ends[i] = at;
  }
  if (at !== bytes.length) throw new Error('a page of entries has another length than it says');
  return { epoch, head, first, last, people, ...page, bytes };
}
