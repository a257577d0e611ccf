import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openMemoryLog } from '../memory-log.js';
import { MemoryStore } from '../memory-store.js';
import { copyOfStore } from '../test/copy-of-store.js';
import { checkpointAt, content, Ear, newEntry, textOf } from '../test/log-harness.js';
import { type AcceptLoss, keepInFile } from './accept-loss.js';
import { journalKey } from './keys.js';

type Kept = Parameters<AcceptLoss['keep']>[0];
const [A, B] = [content('a'), content('b')];
let folder: string;
let alarms: string[];
let kept: Kept;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'weft-cut-'));
  alarms = [];
  kept = [];
});
afterEach(() => rm(folder, { recursive: true }));

const acceptLoss: AcceptLoss = {
  keep: (records) => {
    kept = records;
    return keepInFile(folder, records, Date.UTC(2026, 0, 2, 3, 4, 5));
  },
  alarm: (sentence) => void alarms.push(sentence),
};

/** Ten records: entry n of `a` in record 2n - 1, of `b` in record 2n; checkpoints of both at 4, and of `a` at 5. */
async function usedStore(): Promise<MemoryStore> {
  const store = new MemoryStore();
  const log = await openMemoryLog(store);
  const ears = [new Ear(), new Ear()] as const;
  const channels = [await log.open(A, ears[0]), await log.open(B, ears[1])] as const;
  for (let entry = 1; entry <= 5; entry++) {
    for (const which of [0, 1] as const) {
      channels[which].append(newEntry(`${'ab'[which]}${entry}`));
      await ears[which].hears(entry);
      if (entry === 2 || (entry === 5 && which === 0)) await channels[which].putCheckpoint(checkpointAt(entry));
    }
  }
  await log.close();
  return store.reopen();
}

async function damage(store: MemoryStore, number: number): Promise<void> {
  const key = journalKey(number);
  const value = (await store.get(key))!.slice();
  value[value.length - 1]! ^= 1;
  await store.batch([{ type: 'put', key, value }], { sync: true });
}

test('a damaged journal is refused, with what there is to do', async () => {
  const store = await usedStore();
  await damage(store, 6);
  await expect(openMemoryLog(store)).rejects.toMatchObject({
    code: 'STORE_UNREADABLE',
    message: expect.stringMatching(
      /journal\/6 is damaged.*"weft verify".*"weft restore-backup".*"weft serve --accept-loss"/,
    ),
  });
});

test('accepting the loss leaves a prefix, keeps what is cut, and says so', async () => {
  const store = await usedStore();
  await damage(store, 6);
  const log = await openMemoryLog(store, { acceptLoss });
  const [a, b] = [await log.open(A, new Ear()), await log.open(B, new Ear())];
  expect((await a.entriesAfter(0)).map(textOf)).toEqual(['a1', 'a2', 'a3']);
  expect((await b.entriesAfter(0)).map(textOf)).toEqual(['b1', 'b2']);
  // The one at 5 was of entries that are gone, and would come to stand for others.
  expect([a.checkpoint, b.checkpoint?.seq]).toEqual([null, 2]);
  const [file] = await readdir(folder);
  expect(alarms).toEqual([
    expect.stringMatching(`from its damaged record 6 on, 5 records .* 1 checkpoints .* kept in .*${file}`),
  ]);
  await log.close();
});

test('what was cut can be put back byte by byte', async () => {
  const store = await usedStore();
  await damage(store, 9);
  const before = await copyOfStore(store);
  await (await openMemoryLog(store, { acceptLoss })).close();
  const bytes = await readFile(join(folder, 'cut-2026-01-02T03-04-05.000Z'));
  const parts: Uint8Array[] = [];
  for (let at = 0; at < bytes.length; at += 4 + bytes.readUInt32BE(at)) {
    parts.push(Uint8Array.from(bytes.subarray(at + 4, at + 4 + bytes.readUInt32BE(at))));
  }
  expect(parts).toEqual(kept.flat());
  expect(kept).toHaveLength(3);
  for (const [key, value] of kept) expect(await before.get(key)).toEqual(value);
});

test('after it writing goes on under the numbers that are free, and the next start is sound', async () => {
  const store = await usedStore();
  await damage(store, 6);
  const log = await openMemoryLog(store, { acceptLoss });
  const ear = new Ear();
  const channel = await log.open(A, ear);
  for (const text of ['new 4', 'new 5', 'new 6']) channel.append(newEntry(text));
  await ear.hears(6);
  await log.close();
  const again = await (await openMemoryLog(store.reopen())).open(A, new Ear());
  expect((await again.entriesAfter(0)).map(textOf)).toEqual(['a1', 'a2', 'a3', 'new 4', 'new 5', 'new 6']);
});

test('a record that is missing is cut at as well', async () => {
  const store = await usedStore();
  await store.batch([{ type: 'del', key: journalKey(3) }], { sync: true });
  const log = await openMemoryLog(store, { acceptLoss });
  expect((await log.view(A)).head).toBe(1);
});

test('a checkpoint of entries that are missing keeps its document from opening, until the loss is accepted', async () => {
  const store = await usedStore();
  for (const number of [9, 10]) await store.batch([{ type: 'del', key: journalKey(number) }], { sync: true });
  const refusing = await openMemoryLog(store);
  await expect(refusing.open(A, new Ear())).rejects.toThrow(/before its checkpoint at 5: .*--accept-loss/);
  expect((await refusing.view(B)).head).toBe(4);
  await refusing.close();
  const log = await openMemoryLog(store.reopen(), { acceptLoss });
  const channel = await log.open(A, new Ear());
  expect((await channel.entriesAfter(0)).map(textOf)).toEqual(['a1', 'a2', 'a3', 'a4']);
  expect(alarms).toEqual([expect.stringContaining('1 checkpoints of entries that are missing')]);
});

test('a journal that is sound loses nothing', async () => {
  const log = await openMemoryLog(await usedStore(), { acceptLoss });
  expect([(await log.view(A)).head, (await log.view(B)).head, alarms, await readdir(folder)]).toEqual([5, 5, [], []]);
});

test('what cannot be kept is not cut', async () => {
  const store = await usedStore();
  await damage(store, 6);
  const refuse: AcceptLoss = { ...acceptLoss, keep: () => Promise.reject(new Error('no space left')) };
  const untouched = await copyOfStore(store);
  await expect(openMemoryLog(store, { acceptLoss: refuse })).rejects.toThrow('no space left');
  const log = await openMemoryLog(untouched, { acceptLoss });
  expect(kept).toHaveLength(6);
  await log.close();
});
