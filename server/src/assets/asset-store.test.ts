// Files of documents on a real disk, with a log in memory: what is there after it was kept, refused, cut short or erased.

import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { DocumentLog, RecordChange, RecordStore } from '../log/document-log.js';
import { openMemoryLog } from '../log/memory-log.js';
import { documentName } from '../log/test/log-harness.js';
import { SyncError } from '../sync-error.js';
import { type AssetId, parseAssetId } from './asset-record.js';
import { AssetStore, type KeepOptions, type Received } from './asset-store.js';
import { png } from './test/pictures.js';

const notes = documentName('notes');
const plans = documentName('team/plans');
const keepOptions: KeepOptions = {
  document: notes,
  name: 'lamp.png',
  person: 'u-ann',
  addedAtMs: 5,
  mostBytes: 1e9,
  mostFiles: 100,
  exists: async () => true,
};

async function stage() {
  const dataFolder = await mkdtemp(path.join(tmpdir(), 'weft-assets-'));
  onTestFinished(() => rm(dataFolder, { recursive: true, force: true }));
  const log = await openMemoryLog();
  onTestFinished(() => log.close());
  const complaints: string[] = [];
  const open = (records: Pick<RecordStore, 'get' | 'list' | 'write'> = log.records): Promise<AssetStore> =>
    AssetStore.open({ dataFolder, records, complain: (sentence) => complaints.push(sentence) });
  return { dataFolder, log, complaints, open, store: await open() };
}

async function* inPieces(bytes: Uint8Array, pieceBytes = 10): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += pieceBytes) yield bytes.subarray(at, at + pieceBytes);
}

async function received(store: AssetStore, bytes: Uint8Array): Promise<Received> {
  const result = await store.receive(inPieces(bytes), 1e6);
  if (!result.ok) throw new Error(result.why);
  return result.received;
}

const keep = async (store: AssetStore, bytes: Uint8Array, options: Partial<KeepOptions> = {}) =>
  store.keep(await received(store, bytes), { ...keepOptions, ...options });

/** Every file below `assets`, without folders. */
async function filesIn(dataFolder: string): Promise<string[]> {
  const found = await readdir(path.join(dataFolder, 'assets'), { recursive: true, withFileTypes: true }).catch(
    () => [],
  );
  return found.filter((entry) => entry.isFile()).map(({ name, parentPath }) => `${path.basename(parentPath)}/${name}`);
}

const idOf = (bytes: Uint8Array): AssetId => parseAssetId(createHash('sha256').update(bytes).digest('hex'))!;
const placeOf = (bytes: Uint8Array): string => `${idOf(bytes).slice(0, 2)}/${idOf(bytes)}`;
const bytesOf = (dataFolder: string, bytes: Uint8Array): Promise<Buffer> =>
  readFile(path.join(dataFolder, 'assets', placeOf(bytes)));

test('nothing is made in a data folder before the first file comes', async () => {
  const { dataFolder } = await stage();
  expect(await readdir(dataFolder)).toEqual([]);
});

test('a file lies under its hash, belongs to its document, and does so after a restart', async () => {
  const { dataFolder, open, store } = await stage();
  const bytes = png(6, 4);
  const kept = await keep(store, bytes);
  const about = { name: 'lamp.png', person: 'u-ann', addedAtMs: 5 };
  const asset = { id: idOf(bytes), bytes: bytes.length, type: 'image/png', width: 6, height: 4, ...about };
  expect(kept).toEqual({ ok: true, asset, isNew: true });
  for (const opened of [store, await open()]) {
    expect(await opened.find(notes, idOf(bytes))).toEqual(asset);
    expect(await opened.find(plans, idOf(bytes))).toBeNull();
    expect(await opened.list(notes)).toEqual([asset]);
  }
  expect(await bytesOf(dataFolder, bytes)).toEqual(bytes);
  expect(await filesIn(dataFolder)).toEqual([placeOf(bytes)]);
});

test('the same bytes are one file, however often they come, and heal one that was damaged', async () => {
  const { dataFolder, store } = await stage();
  const bytes = png(6, 4);
  await keep(store, bytes);
  await writeFile(path.join(dataFolder, 'assets', placeOf(bytes)), 'something else');
  expect(await keep(store, bytes, { name: 'other.png' })).toMatchObject({ isNew: false, asset: { name: 'lamp.png' } });
  await keep(store, bytes, { document: plans });
  expect(await filesIn(dataFolder)).toEqual([placeOf(bytes)]);
  expect(await bytesOf(dataFolder, bytes)).toEqual(bytes);
  expect(await store.usage(notes)).toEqual({ files: 1, bytes: bytes.length });
});

test('what is too large is read no further, and leaves nothing', async () => {
  const { dataFolder, store } = await stage();
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

test('a source that breaks off leaves nothing', async () => {
  const { dataFolder, store } = await stage();
  async function* broken() {
    yield new Uint8Array(100);
    throw new Error('the line went dead');
  }
  await expect(store.receive(broken(), 1e6)).rejects.toThrow('the line went dead');
  expect(await filesIn(dataFolder)).toEqual([]);
});

test('a document takes so many bytes and files, whoever sends them at once, and no more', async () => {
  const { dataFolder, store } = await stage();
  const pictures = [1, 2, 3, 4].map((height) => png(50, height));
  const mostBytes = pictures[0]!.length * 2 + 30;
  const results = await Promise.all(pictures.map((bytes) => keep(store, bytes, { mostBytes })));
  const taken = results.filter(({ ok }) => ok);
  expect(taken).toHaveLength(2);
  expect(results.find(({ ok }) => !ok)).toEqual({ ok: false, why: 'full' });
  expect((await store.usage(notes)).bytes).toBeLessThanOrEqual(mostBytes);
  expect(await keep(store, png(9, 9), { mostFiles: 2 })).toEqual({ ok: false, why: 'full' });
  // What it has already takes no more room.
  const index = results.findIndex(({ ok }) => ok);
  expect(await keep(store, pictures[index]!, { mostFiles: 2 })).toMatchObject({ ok: true, isNew: false });
  expect(await filesIn(dataFolder)).toHaveLength(2);
});

test('a document that is gone by then gets none', async () => {
  const { dataFolder, store, log } = await stage();
  expect(await keep(store, png(6, 4), { exists: async () => false })).toEqual({ ok: false, why: 'no-document' });
  expect(await filesIn(dataFolder)).toEqual([]);
  expect(await log.records.list('asset')).toEqual([]);
});

test('erasing a document removes the files that no other has, and waits for none that comes', async () => {
  const { dataFolder, store, log } = await stage();
  const [own, shared] = [png(6, 4), png(7, 4)];
  for (const name of [notes, plans]) await log.createDocument(name, 1);
  const exists = async (): Promise<boolean> => (await log.document(notes)) !== null;
  await keep(store, own);
  await keep(store, shared);
  await keep(store, shared, { document: plans });
  const late = await received(store, png(8, 4));
  const erased = store.whileErasing(notes, () => log.eraseDocument(notes));
  const kept = store.keep(late, { ...keepOptions, exists });
  await erased;
  expect(await kept).toEqual({ ok: false, why: 'no-document' });
  expect(await filesIn(dataFolder)).toEqual([placeOf(shared)]);
  expect(await store.list(notes)).toEqual([]);
  expect(await store.list(plans)).toHaveLength(1);
  await store.whileErasing(plans, () => log.eraseDocument(plans));
  expect(await filesIn(dataFolder)).toEqual([]);
});

/** Records whose next write fails, before or after it was done. */
const failing = (log: DocumentLog, isWritten: boolean): Pick<RecordStore, 'get' | 'list' | 'write'> => ({
  get: (table, key) => log.records.get(table, key),
  list: (table, options) => log.records.list(table, options),
  write: async (changes: readonly RecordChange[]) => {
    if (isWritten) await log.records.write(changes);
    throw new Error('the power went');
  },
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
  const { store } = await stage();
  let [ended, syncing, most] = [0, 0, 0];
  let release = (): void => {};
  const released = new Promise<void>((resolve) => {
    release = resolve;
  });
  const begin = store.files.begin.bind(store.files);
  store.files.begin = async () => {
    const begun = await begin();
    const sync = begun.file.sync.bind(begun.file);
    begun.file.sync = async () => {
      syncing += 1;
      most = Math.max(most, syncing);
      await released;
      await sync();
      syncing -= 1;
    };
    return begun;
  };
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
