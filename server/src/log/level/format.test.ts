import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { openMemoryLog } from '../memory-log.js';
import { MemoryStore } from '../memory-store.js';
import { content, Ear, newEntry } from '../test/log-harness.js';
import { formatKey, printableKey } from './keys.js';
import { packColumns } from './segment.js';

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
const text = (value: string): Uint8Array => new TextEncoder().encode(value);

async function storeWith(key: Uint8Array, value: Uint8Array): Promise<MemoryStore> {
  const store = new MemoryStore();
  await store.batch([{ type: 'put', key, value }], { sync: true });
  return store;
}

test('a new store is marked, and opened again', async () => {
  const store = new MemoryStore();
  await (await openMemoryLog(store)).close();
  const again = store.reopen();
  expect(await again.get(formatKey)).toEqual(text('weft log 1'));
  await (await openMemoryLog(again)).close();
});

test('a store of a newer version is left alone, with a sentence that says what to do', async () => {
  const store = await storeWith(formatKey, text('weft log 2'));
  await expect(openMemoryLog(store)).rejects.toMatchObject({
    code: 'STORE_UNREADABLE',
    message:
      'The data was written by a newer version of Weft (format 2; this version reads 1). Start that version, or a later one.',
  });
  // The store is released, for whoever opens it next.
  await expect(store.get(formatKey)).rejects.toThrow('closed');
});

test.each(['', 'weft log', 'weft log 0', 'weft log +1', 'weft log 1.5', 'something else'])(
  'a store marked "%s" is not ours',
  async (mark) => {
    const refusal = { code: 'STORE_UNREADABLE', message: expect.stringContaining('is not a log of Weft') };
    await expect(openMemoryLog(await storeWith(formatKey, text(mark)))).rejects.toMatchObject(refusal);
  },
);

test('a store with something in it and no mark is not ours', async () => {
  const refusal = { code: 'STORE_UNREADABLE', message: expect.stringContaining('is not a log of Weft') };
  await expect(openMemoryLog(await storeWith(text('users'), text('ann')))).rejects.toMatchObject(refusal);
});

test('a store that cannot be written is not opened', async () => {
  const store = new MemoryStore({
    beforeBatch: () => {
      throw new Error('read-only file system');
    },
  });
  await expect(openMemoryLog(store)).rejects.toMatchObject({
    code: 'STORE_UNREADABLE',
    message: 'The log cannot be opened: read-only file system',
  });
});

/** The fields of a record's header: name and length in bytes. */
const header: readonly (readonly [string, number])[] = [
  ['version', 1],
  ['checksum', 4],
  ['kind', 1],
  ['length', 4],
  ['number', 8],
  ['hash', 16],
];

function drawRecord(key: Uint8Array, value: Uint8Array): string[] {
  const lines = [printableKey(key), `  key       ${hex(key)}`];
  if (printableKey(key) === 'format') return [...lines, `  value     ${hex(value)}`];
  let at = 0;
  for (const [name, length] of header) {
    lines.push(`  ${name.padEnd(9)} ${hex(value.subarray(at, at + length))}`);
    at += length;
  }
  for (let row = 0; at < value.length; at += 32, row++) {
    lines.push(`  ${(row === 0 ? 'content' : '').padEnd(9)} ${hex(value.subarray(at, at + 32))}`);
  }
  return lines;
}

test('FORMAT.md shows what is written', async () => {
  const store = new MemoryStore();
  const log = await openMemoryLog(store, { newSecret: () => Uint8Array.from({ length: 32 }, (_, at) => at) });
  const ear = new Ear();
  const channel = await log.open(content('notes'), ear);
  channel.append(newEntry('one', { clientSeq: 1 }));
  channel.append(newEntry('two', { clientSeq: 2, timeMs: 1_760_000_000_250 }));
  await ear.hears(2);
  const lines: string[] = [];
  for await (const [key, value] of store.range({ gte: Uint8Array.of(0), lt: Uint8Array.of(255) })) {
    lines.push(...drawRecord(key, value));
  }
  const columns = packColumns(await channel.entriesAfter(0));
  lines.push('columns of a segment of both entries, before compression', `            ${hex(columns)}`);
  await log.close();
  const page = await readFile(new URL('../FORMAT.md', import.meta.url), 'utf8');
  expect(page).toContain(['```', ...lines, '```'].join('\n'));
});
