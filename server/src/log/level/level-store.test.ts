import { mkdtemp, readdir, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { openLevelStore } from './level-store.js';

async function newFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'weft-store-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  return folder;
}

test('creates its folder, and the folders it is in', async () => {
  const folder = join(await newFolder(), 'deep', 'store');
  await (await openLevelStore(folder)).close();
  expect(await readdir(folder)).toContain('CURRENT');
});

test('lets nobody but its owner look into the folders it makes', async () => {
  const data = join(await newFolder(), 'deep');
  await (await openLevelStore(join(data, 'store'))).close();
  for (const made of [data, join(data, 'store')]) expect((await stat(made)).mode & 0o777).toBe(0o700);
});

test('says who is in the way when the folder is in use', async () => {
  const folder = await newFolder();
  const store = await openLevelStore(folder);
  await expect(openLevelStore(folder)).rejects.toMatchObject({
    code: 'STORE_IN_USE',
    message: `The data folder ${folder} is in use by another process. Stop that one first, or choose another folder.`,
  });
  await store.close();
  await (await openLevelStore(folder)).close();
});

test('says what is wrong when the folder cannot be opened', async () => {
  const folder = await newFolder();
  const file = join(folder, 'file');
  await writeFile(file, 'not a folder');
  const refusal = { code: 'STORE_UNREADABLE', message: expect.stringContaining(`${file} cannot be opened: `) };
  await expect(openLevelStore(file)).rejects.toMatchObject(refusal);
  await writeFile(join(folder, 'CURRENT'), 'MANIFEST-000099\n');
  await expect(openLevelStore(folder)).rejects.toMatchObject({ code: 'STORE_UNREADABLE' });
});

/** A store of some synced writes, closed, and LevelDB's log of them. */
async function writtenStore(): Promise<{ readonly folder: string; readonly logFile: string }> {
  const folder = await newFolder();
  const store = await openLevelStore(folder);
  for (let i = 0; i < 60; i++) {
    await store.batch([{ type: 'put', key: Uint8Array.of(i), value: new Uint8Array(1000).fill(i) }], { sync: true });
  }
  await store.close();
  const name = (await readdir(folder)).find((file) => file.endsWith('.log'))!;
  return { folder, logFile: join(folder, name) };
}

test('L3: a flipped byte at which LevelDB silently drops what follows is told', async () => {
  const { folder, logFile } = await writtenStore();
  const bytes = await readFile(logFile);
  bytes[40_000]! ^= 0x55;
  await writeFile(logFile, bytes);
  const told: string[] = [];
  await (await openLevelStore(folder, (sentence) => told.push(sentence))).close();
  expect(told).toEqual([expect.stringMatching(/^LevelDB dropped \d{4,} damaged bytes of /)]);
});

test('nothing is told of a sound store, nor of a last write cut short, which nobody was told of either', async () => {
  const { folder, logFile } = await writtenStore();
  await truncate(logFile, (await readFile(logFile)).length - 500);
  const told: string[] = [];
  for (let i = 0; i < 2; i++) await (await openLevelStore(folder, (sentence) => told.push(sentence))).close();
  expect(told).toEqual([]);
});
