import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
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
