// Files of documents in a folder of a real disk, with a log in memory: what is there after it was kept, refused, cut short or erased.

import { type FileHandle, mkdir, mkdtemp, open, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import type { RecordStore } from '../log/document-log.js';
import { openMemoryLog } from '../log/memory-log.js';
import { SyncError } from '../sync-error.js';
import { AssetFolder } from './asset-folder.js';
import { parseAssetId } from './asset-record.js';
import { failing, idOf, inPieces, keep, notes, plans, received, testAssetStore } from './asset-store.contract.js';
import { AssetStore } from './asset-store.js';
import { png } from './test/pictures.js';

async function stage() {
  const dataFolder = await mkdtemp(path.join(tmpdir(), 'weft-assets-'));
  onTestFinished(() => rm(dataFolder, { recursive: true, force: true }));
  const log = await openMemoryLog();
  onTestFinished(() => log.close());
  const files = new AssetFolder(dataFolder);
  const complaints: string[] = [];
  const open = (records: Pick<RecordStore, 'get' | 'list' | 'write'> = log.records): Promise<AssetStore> =>
    AssetStore.open({ files, records, complain: (sentence) => complaints.push(sentence) });
  return { dataFolder, log, files, complaints, open, store: await open() };
}

/** Every file below `assets`, without folders. */
async function filesIn(dataFolder: string): Promise<string[]> {
  const found = await readdir(path.join(dataFolder, 'assets'), { recursive: true, withFileTypes: true }).catch(
    () => [],
  );
  return found.filter((entry) => entry.isFile()).map(({ name, parentPath }) => `${path.basename(parentPath)}/${name}`);
}

const placeOf = (bytes: Uint8Array): string => `${idOf(bytes).slice(0, 2)}/${idOf(bytes)}`;
testAssetStore('in a folder', async () => {
  const { dataFolder, log, files } = await stage();
  return {
    log,
    files,
    coming: async () => (await filesIn(dataFolder)).filter((name) => name.startsWith('incoming/')).length,
    damage: (id) => writeFile(files.whereIs(id), 'something else'),
  };
});

test('nothing is made in a data folder before the first file comes', async () => {
  const { dataFolder } = await stage();
  expect(await readdir(dataFolder)).toEqual([]);
});

test('what is too large is read no further, and leaves nothing', async () => {
  const { dataFolder, store } = await stage();
  // Its folders are made, and synced.
  await store.discard(await received(store, Uint8Array.of(0)));
  let pulled = 0;
  async function* endless() {
    for (;;) {
      pulled += 1;
      yield new Uint8Array(100);
    }
  }
  expect(await store.receive(endless(), 1000)).toMatchObject({ ok: false, why: 'too-large' });
  expect(pulled).toBe(11);
  expect(await filesIn(dataFolder)).toEqual([]);
});

test('what is no picture is read no further where a picture is wanted', async () => {
  const { dataFolder, store } = await stage();
  // Its folders are made, and synced.
  await store.discard(await received(store, Uint8Array.of(0)));
  let pulled = 0;
  async function* page() {
    for (;;) {
      pulled += 1;
      yield Buffer.from('<svg onload="alert(1)">'.padEnd(40));
    }
  }
  const result = await store.receive(page(), 1e6, (type) => type.startsWith('image/'));
  expect(result).toEqual({ ok: false, why: 'unwanted-type' });
  expect(pulled).toBe(2);
  // One that begins as a picture, and is none.
  const cut = png(6, 4).subarray(0, 20);
  expect(await store.receive(inPieces(cut), 1e6, (type) => type.startsWith('image/'))).toMatchObject({
    ok: false,
    why: 'unwanted-type',
  });
  expect(await filesIn(dataFolder)).toEqual([]);
});

test.each([false, true])(
  'a file whose record may not have been written is there exactly if it was (%s)',
  async (isWritten) => {
    const { dataFolder, log, open } = await stage();
    const bytes = png(6, 4);
    const store = await open(failing(log, isWritten));
    await expect(keep(store, bytes)).rejects.toThrow('the power went');
    expect(await filesIn(dataFolder)).toEqual(expect.arrayContaining([placeOf(bytes), `suspects/${idOf(bytes)}`]));
    const again = await open();
    expect(await again.list(notes)).toHaveLength(isWritten ? 1 : 0);
    expect(await filesIn(dataFolder)).toEqual(isWritten ? [placeOf(bytes)] : []);
  },
);

test('an erasure that was cut short is finished by the next start, whether its records went or not', async () => {
  for (const isErased of [false, true]) {
    const { dataFolder, log, open, store } = await stage();
    const bytes = png(6, 4);
    await log.createDocument(notes, 1);
    await keep(store, bytes);
    const cut = store.whileErasing(notes, async () => {
      if (isErased) await log.eraseDocument(notes);
      throw new Error('the power went');
    });
    await expect(cut).rejects.toThrow('the power went');
    await open();
    expect(await filesIn(dataFolder)).toEqual(isErased ? [] : [placeOf(bytes)]);
  }
});

test('what was coming when a process ended is removed, and what somebody else put there stays', async () => {
  const { dataFolder, open, store } = await stage();
  const bytes = png(6, 4);
  await keep(store, bytes);
  await received(store, png(7, 7));
  await mkdir(path.join(dataFolder, 'assets', 'mine'));
  await writeFile(path.join(dataFolder, 'assets', 'mine', 'note'), 'x');
  expect((await filesIn(dataFolder)).filter((name) => name.startsWith('incoming/'))).toHaveLength(1);
  await open();
  expect((await filesIn(dataFolder)).toSorted()).toEqual(['mine/note', placeOf(bytes)].toSorted());
});

test('while a record cannot be read, no file is taken for nobody’s', async () => {
  const { dataFolder, log, complaints, open } = await stage();
  const bytes = png(6, 4);
  const store = await open(failing(log, false));
  await expect(keep(store, bytes)).rejects.toThrow('the power went');
  const damaged: Pick<RecordStore, 'get' | 'list' | 'write'> = {
    ...failing(log, true),
    list: () => Promise.reject(new Error('a record is damaged')),
  };
  await open(damaged);
  expect(complaints).toEqual([expect.stringContaining('a record is damaged')]);
  expect(await filesIn(dataFolder)).toContain(placeOf(bytes));
  await open();
  expect(await filesIn(dataFolder)).toEqual([]);
});

test('erasing removes what damaged records name, and nothing that those of other documents do', async () => {
  const { dataFolder, store, log, open } = await stage();
  const [own, others] = [png(6, 4), png(7, 4)];
  for (const name of [notes, plans]) await log.createDocument(name, 1);
  await keep(store, own);
  await keep(store, others);
  await keep(store, others, { document: plans });
  const { records } = log;
  // As a log does with records that are damaged.
  const damaged: Pick<RecordStore, 'get' | 'list' | 'write'> = {
    get: (table, key) => records.get(table, key),
    write: (changes) => records.write(changes),
    list: async (table, { damaged, ...options } = {}) => {
      for (const { key } of await records.list(table, options)) {
        if (!damaged) throw new SyncError('STORE_UNREADABLE', 'a record is damaged');
        damaged(new SyncError('STORE_UNREADABLE', 'a record is damaged'), key);
      }
      return [];
    },
  };
  const again = await open(damaged);
  await again.whileErasing(notes, () => log.eraseDocument(notes));
  expect(await filesIn(dataFolder)).toEqual([placeOf(others)]);
});

test.each(['', '..', '../../x', 'A'.repeat(64), 'a'.repeat(63), `${'a'.repeat(64)}\n`, 'g'.repeat(64)])(
  '%j is no id of a file',
  (text) => {
    expect(parseAssetId(text)).toBeNull();
  },
);

test('two files at most are synced at a time, so that edits are not kept from the disk', async () => {
  const { dataFolder, store } = await stage();
  // Its folders are made, and synced.
  await store.discard(await received(store, Uint8Array.of(0)));
  const handle = await open(path.join(dataFolder, 'probe'), 'w');
  await handle.close();
  // All files have their functions from one object.
  const probe = Object.getPrototypeOf(handle) as FileHandle;
  onTestFinished(() => void vi.restoreAllMocks());
  let [ended, syncing, most] = [0, 0, 0];
  let release = (): void => {};
  const released = new Promise<void>((resolve) => {
    release = resolve;
  });
  const { sync } = probe;
  vi.spyOn(probe, 'sync').mockImplementation(async function (this: FileHandle) {
    syncing += 1;
    most = Math.max(most, syncing);
    await released;
    await sync.call(this);
    syncing -= 1;
  });
  async function* source(number: number): AsyncGenerator<Uint8Array> {
    yield Uint8Array.of(number);
    ended += 1;
  }
  const all = [1, 2, 3, 4, 5, 6].map((number) => store.receive(source(number), 10));
  await expect.poll(() => ended).toBe(6);
  await expect.poll(() => syncing).toBe(2);
  for (let round = 0; round < 10; round++) await new Promise(setImmediate);
  release();
  expect((await Promise.all(all)).every(({ ok }) => ok)).toBe(true);
  expect([most, syncing]).toEqual([2, 0]);
});
