import { readFile } from 'node:fs/promises';
import { deflateRawSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { DocumentLog, Entry, NewEntry } from '../log/document-log.js';
import { CHAIN_START } from '../log/level/chain.js';
import { openMemoryLog } from '../log/memory-log.js';
import { content, discussion, documentName, Ear, newEntry } from '../log/test/log-harness.js';
import { readArchive } from './archive-reader.js';
import { ArchiveWriter } from './archive-writer.js';
import { readDocumentArchive } from './archived-document.js';
import { ArchiveRecord, RecordWriter } from './records.js';

/** Keeps what is written. */
class MemorySink {
  readonly #pieces: Uint8Array[] = [];
  async write(bytes: Uint8Array): Promise<void> {
    this.#pieces.push(bytes.slice());
  }
  get bytes(): Uint8Array {
    return new Uint8Array(Buffer.concat(this.#pieces));
  }
}

/** In pieces of a length, as a file comes. */
async function* pieces(bytes: Uint8Array, length = 1000): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += length) yield bytes.subarray(at, at + length);
}

const read = (bytes: Uint8Array) => readDocumentArchive(pieces(bytes), 'notes.weft');

async function logWith(entries: readonly NewEntry[], talk: readonly NewEntry[] = []): Promise<DocumentLog> {
  const log = await openMemoryLog();
  await log.createDocument(documentName('notes'), 1000);
  for (const [id, row] of [
    [content('notes'), entries],
    [discussion('notes'), talk],
  ] as const) {
    if (row.length === 0) continue;
    const ear = new Ear();
    const channel = await log.open(id, ear);
    for (const entry of row) channel.append(entry);
    await ear.hears(row.length);
    await channel.close();
  }
  return log;
}

async function archiveOf(log: DocumentLog): Promise<Uint8Array> {
  const sink = new MemorySink();
  const writer = await ArchiveWriter.begin(sink);
  await writer.document((await log.document(documentName('notes')))!);
  for (const id of [content('notes'), discussion('notes')]) {
    const view = await log.view(id);
    if (view.head > 0) await writer.channel(view, 0, CHAIN_START);
  }
  const bytes = await writer.end();
  expect(bytes).toBe(sink.bytes.length);
  return sink.bytes;
}

/** Entries as rooms make them: time never goes backwards. */
const rows: fc.Arbitrary<NewEntry[]> = fc
  .array(
    fc.record({
      pauseMs: fc.nat({ max: 100_000 }),
      author: fc.constantFrom('', 'ann', 'böb'),
      outboxId: fc.constantFrom('', 'box-1', 'box-2'),
      clientSeq: fc.nat(),
      update: fc.uint8Array({ minLength: 1, maxLength: 90 }),
    }),
    { maxLength: 60 },
  )
  .map((all) => {
    let timeMs = 1_760_000_000_000;
    return all.map(({ pauseMs, ...entry }) => {
      timeMs += pauseMs;
      return { ...entry, timeMs };
    });
  });

const numbered = (entries: readonly NewEntry[]): Entry[] => entries.map((entry, i) => ({ ...entry, seq: i + 1 }));

test('L1: whatever a document holds comes out of its archive as it was', async () => {
  await fc.assert(
    fc.asyncProperty(rows, rows, async (text, talk) => {
      const log = await logWith(text, talk);
      const { document, channels } = await read(await archiveOf(log));
      expect(document).toEqual(await log.document(documentName('notes')));
      expect(channels.get('content') ?? []).toEqual(numbered(text));
      expect(channels.get('discussion') ?? []).toEqual(numbered(talk));
      await log.close();
    }),
    { numRuns: 60 },
  );
});

test('long histories are cut into parts of a bounded length', async () => {
  const row = Array.from({ length: 300 }, (_, i) => newEntry('x'.repeat(7000), { clientSeq: i }));
  const log = await logWith(row);
  const archive = await archiveOf(log);
  const lengths: number[] = [];
  for await (const item of readArchive(pieces(archive, 65_536), 'notes.weft')) {
    if (item.type === 'entries') lengths.push(item.entries.length);
  }
  expect(lengths.length).toBeGreaterThan(3);
  expect(Math.max(...lengths) * 7000).toBeLessThan(600_000);
  await log.close();
});

test("an archive of entries that do not lead to the log's link is not written to its end", async () => {
  const log = await logWith([newEntry('one'), newEntry('two')]);
  const view = await log.view(content('notes'));
  const forged = Object.create(view, {
    entriesAfter: { value: async () => numbered([newEntry('one'), newEntry('twp')]) },
    id: { value: view.id },
    epoch: { value: view.epoch },
    head: { value: view.head },
    link: { value: view.link },
  });
  const writer = await ArchiveWriter.begin(new MemorySink());
  await expect(writer.channel(forged, 0, CHAIN_START)).rejects.toMatchObject({
    code: 'STORE_UNREADABLE',
    message: expect.stringContaining('The content of notes is damaged: its entries 1 to 2 do not match their chain'),
  });
  await log.close();
});

describe('an archive that is not what was written', async () => {
  const log = await logWith([newEntry('one'), newEntry('two'), newEntry('three')], [newEntry('remark')]);
  const whole = await archiveOf(log);
  await log.close();

  test('I10: is refused whichever of its bytes is changed', async () => {
    for (let at = 0; at < whole.length; at++) {
      const changed = whole.slice();
      changed[at]! ^= 1 << (at % 8);
      await expect(read(changed), `byte ${at}`).rejects.toMatchObject({ code: 'ARCHIVE_UNREADABLE' });
    }
  });

  test('I10: is refused wherever it is cut', async () => {
    for (let length = 0; length < whole.length; length++) {
      await expect(read(whole.slice(0, length)), `cut at ${length}`).rejects.toMatchObject({
        code: 'ARCHIVE_UNREADABLE',
      });
    }
  });

  test('is refused when something follows it, or records are missing, doubled or swapped', async () => {
    const records = cut(whole);
    const [first, document, text, part, talk, remark, end] = records as [Uint8Array, ...Uint8Array[]];
    expect(records.length).toBe(7);
    const orders: (Uint8Array | undefined)[][] = [
      [first, document, text, part, talk, remark, end, end],
      [first, document, text, part, talk, remark, end, Uint8Array.of(1)],
      [first, document, text, talk, remark, end],
      [first, document, talk, remark, end],
      [first, document, text, part, part, talk, remark, end],
      [first, document, talk, remark, text, part, end],
      [first, document, part, text, talk, remark, end],
      [first, text, part, talk, remark, end],
      [first, document, document, text, part, talk, remark, end],
    ];
    for (const order of orders) {
      const bytes = new Uint8Array(Buffer.concat(order as Uint8Array[]));
      await expect(read(bytes)).rejects.toMatchObject({ code: 'ARCHIVE_UNREADABLE' });
    }
  });

  test('is named, with what is wrong and what to do', async () => {
    const changed = whole.slice();
    changed[whole.length - 60]! ^= 1;
    await expect(read(changed)).rejects.toThrow(
      /^notes\.weft is damaged: the checksum of its record \d is wrong\. Nothing of it was used; take another copy of it\.$/,
    );
    await expect(read(new TextEncoder().encode('# Notes\n'))).rejects.toThrow(
      'is not a document that Weft has exported',
    );
    await expect(read(new TextEncoder().encode('weft archive 2\n'))).rejects.toThrow(
      'was written by a newer version of Weft (archive 2; this version reads 1)',
    );
  });
});

/** The first line and the records of an archive. */
function cut(archive: Uint8Array): Uint8Array[] {
  const parts = [archive.slice(0, archive.indexOf(0x0a) + 1)];
  for (let at = parts[0]!.length; at < archive.length; ) {
    const length = 9 + new DataView(archive.buffer, archive.byteOffset).getUint32(at + 1, true);
    parts.push(archive.slice(at, at + length));
    at += length;
  }
  return parts;
}

describe('an archive made to do harm', () => {
  const name = [5, ...new TextEncoder().encode('notes')];
  const document = Uint8Array.from([...name, 0, 0, 0, 0, 0]);
  const link = new Array(16).fill(0);
  /** A channel `notes` with the given last entry, as varUint bytes. */
  const channel = (last: number[]) => Uint8Array.from([...name, 0, 1, 0, ...link, ...last, ...link]);
  const part = (count: number[], columnsLength: number[], deflated: Uint8Array) =>
    Uint8Array.from([1, ...count, ...columnsLength, ...link, ...deflated]);
  const MANY = [0xff, 0xff, 0xff, 0xff, 0x0f];

  async function archive(...records: (readonly [ArchiveRecord, Uint8Array])[]): Promise<Uint8Array> {
    const sink = new MemorySink();
    const writer = new RecordWriter(sink);
    await writer.begin();
    for (const [kind, bytes] of records) await writer.record(kind, bytes);
    return sink.bytes;
  }

  test.each([
    ['that claims four billion entries', [...MANY], [0x80, 1], new Uint8Array(128)],
    ['whose columns are said to have gigabytes', [1], [...MANY], new Uint8Array(10_000_000)],
    ['that decompresses to more than it says', [1], [0x80, 8], new Uint8Array(10_000_000)],
    [
      'with an update of gigabytes',
      [1],
      [32],
      Uint8Array.from([0, 1, 0, 0, 1, 0, 0, 0, ...MANY, ...new Array(19).fill(0)]),
    ],
    ['with a table of four billion names', [1], [32], Uint8Array.from([0, ...MANY, ...new Array(26).fill(0)])],
  ])('a part %s is refused at once', async (_what, count, columnsLength, columns) => {
    const bytes = await archive(
      [ArchiveRecord.document, document],
      [ArchiveRecord.channel, channel([...MANY])],
      [ArchiveRecord.part, part(count, columnsLength, deflateRawSync(columns))],
    );
    const before = process.memoryUsage().rss;
    await expect(read(bytes)).rejects.toMatchObject({ code: 'ARCHIVE_UNREADABLE' });
    expect(process.memoryUsage().rss - before).toBeLessThan(64 * 1024 * 1024);
  });

  test('a record that claims to be longer than any is refused before it is read', async () => {
    const bytes = await archive([ArchiveRecord.document, document]);
    const lying = bytes.slice();
    new DataView(lying.buffer).setUint32(bytes.indexOf(0x0a) + 2, 0xffff_fff0, true);
    await expect(read(lying)).rejects.toThrow('more than any has');
  });

  test.each([
    ['whole', (bytes: Uint8Array) => bytes],
    ['damaged', (bytes: Uint8Array) => bytes.map((byte, at) => (at === 40 ? byte ^ 1 : byte))],
  ])('what it is read from is let go of, also before its end: %s', async (_, change) => {
    const bytes = change(await archiveOf(await logWith([newEntry('one')])));
    let isOpen = true;
    async function* source(): AsyncGenerator<Uint8Array> {
      try {
        yield* pieces(bytes, 20);
      } finally {
        isOpen = false;
      }
    }
    const firstOf = async (): Promise<void> => {
      for await (const _item of readArchive(source(), 'notes.weft')) return;
    };
    await firstOf().catch(() => undefined);
    expect(isOpen).toBe(false);
  });

  test('a history that is too long for memory is refused while it is read', async () => {
    const log = await logWith(Array.from({ length: 200 }, () => newEntry('x'.repeat(1000))));
    const bytes = await archiveOf(log);
    await log.close();
    const limit = 100 * 1024;
    await expect(readDocumentArchive(pieces(bytes), 'notes.weft', limit)).rejects.toThrow('beyond the limit');
  });

  test('a time there is no date for is refused: every list that shows it would fail', async () => {
    const log = await logWith([{ ...newEntry('one'), timeMs: 8.64e15 + 1 }]);
    const bytesOfLog = await archiveOf(log);
    await log.close();
    await expect(read(bytesOfLog)).rejects.toThrow('entry 1 is not one that a server would have taken');
    const late = [0x81, 0x80, 0xf0, 0x96, 0x8c, 0xc1, 0xac, 0x0f];
    const bytes = await archive([ArchiveRecord.document, Uint8Array.from([...name, 0, 0, 0, 0, ...late])]);
    await expect(read(bytes)).rejects.toThrow('a time there is no date for');
  });

  test('a name outside the grammar is refused', async () => {
    const bytes = await archive([ArchiveRecord.document, Uint8Array.from([2, 0x2e, 0x2e, 0, 0, 0, 0, 0])]);
    await expect(read(bytes)).rejects.toMatchObject({ code: 'ARCHIVE_UNREADABLE' });
  });
});

test('FORMAT.md shows what is written', async () => {
  const log = await logWith([
    newEntry('one', { clientSeq: 1 }),
    newEntry('two', { clientSeq: 2, timeMs: 1_760_000_000_250 }),
  ]);
  const [firstLine, ...records] = cut(await archiveOf(log));
  await log.close();
  const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
  const names = ['', 'document', 'channel', 'part', 'end'];
  const lines = ['first line', `            ${hex(firstLine!)}`];
  for (const record of records) {
    const kind = record[0]!;
    // What compressors make of the same columns may differ, and with it all that is counted over it.
    const isCompressed = kind === ArchiveRecord.part;
    const content = record.subarray(
      9,
      isCompressed ? 9 + PART_HEADER_BYTES : kind === ArchiveRecord.end ? 11 : undefined,
    );
    lines.push(names[kind]!);
    lines.push(`  kind      ${hex(record.subarray(0, 1))}`);
    lines.push(`  length    ${isCompressed ? '…' : hex(record.subarray(1, 5))}`);
    lines.push(`  checksum  ${content.length < record.length - 9 ? '…' : hex(record.subarray(5, 9))}`);
    for (let at = 0; at < content.length; at += 32) {
      lines.push(`  ${(at === 0 ? 'content' : '').padEnd(9)} ${hex(content.subarray(at, at + 32))}`);
    }
    if (content.length < record.length - 9) lines[lines.length - 1] += '…';
  }
  const page = await readFile(new URL('./FORMAT.md', import.meta.url), 'utf8');
  expect(page).toContain(['```', ...lines, '```'].join('\n'));
});

/** First entry, count, length of the columns, link: here each number is a byte. */
const PART_HEADER_BYTES = 19;
