// Pages of entries as a server tells them (docs/api.md), for tests.

import type { Doc } from 'yjs';
import { encodeStateAsUpdate } from 'yjs';

export interface TestEntry {
  readonly author: string;
  readonly timeMs: number;
  readonly update: Uint8Array;
}

/** The page of the entries after `after`, of `size` at most. @param before  the number of the entry before them all */
export function pageOf(
  entries: readonly TestEntry[],
  after: number,
  size: number,
  { before = 0, head: newest = entries.length } = {},
): Uint8Array<ArrayBuffer> {
  const some = entries.slice(after, after + size);
  const people = [...new Set(some.map(({ author }) => author))];
  const head = {
    epoch: 1,
    head: newest,
    first: before + after + 1,
    last: before + after + some.length,
    people: people.map((person) => ({ person, name: person === '' ? null : `Name of ${person}` })),
  };
  const bytes: number[] = [];
  const writeUint = (value: number): void => {
    let rest = value;
    for (; rest > 0x7f; rest = Math.floor(rest / 128)) bytes.push(0x80 | (rest & 0x7f));
    bytes.push(rest);
  };
  let beforeMs = 0;
  for (const { author, timeMs, update } of some) {
    writeUint(timeMs - beforeMs);
    writeUint(people.indexOf(author));
    writeUint(update.length);
    for (const byte of update) bytes.push(byte);
    beforeMs = timeMs;
  }
  const line = new TextEncoder().encode(`${JSON.stringify(head)}\n`);
  const page = new Uint8Array(line.length + bytes.length);
  page.set(line);
  page.set(bytes, line.length);
  return page;
}

/** Takes down what people write into a document, an entry for each change. */
export class Recorder {
  readonly entries: TestEntry[] = [];
  author = 'u-ann';
  timeMs = Date.UTC(2026, 10, 20, 9);

  record(doc: Doc): void {
    const before = encodeStateAsUpdate(doc);
    if (before.length > 2) throw new Error('from the beginning, or not at all');
    doc.on('update', (update: Uint8Array) => {
      this.timeMs += 200;
      this.entries.push({ author: this.author, timeMs: this.timeMs, update });
    });
  }
}
