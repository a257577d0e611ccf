import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { openLevelLog } from '../log/level/level-log.js';
import { openLevelStore } from '../log/level/level-store.js';
import { openMemoryLog } from '../log/memory-log.js';
import { filesWith } from '../log/test/files-with.js';
import { content, documentName, Ear, newEntry } from '../log/test/log-harness.js';
import { backup } from './backup.js';
import { eraseDocument } from './erase.js';
import { testContext } from './test/test-context.js';

async function newFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'weft-erase-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

test('a backup that seems older than the document, as after a clock was set back, is named all the same', async () => {
  const folder = await newFolder();
  const log = await openMemoryLog();
  onTestFinished(() => log.close());
  const context = testContext(log, join(folder, 'data'));
  await log.createDocument(documentName('plan'), Date.now() + 3_600_000);
  await backup.run({ folder: join(folder, 'backup') }, context);
  const { backups } = await eraseDocument.run({ name: 'plan' }, context);
  expect(backups).toMatchObject([{ folder: join(folder, 'backup') }]);
});

test('L5: an erasure that was cut short before the text was off the disk is finished by the next one', async () => {
  const folder = await newFolder();
  const store = join(folder, 'store');
  let isCutShort = true;
  const open = () =>
    openLevelLog(
      async () => {
        const opened = await openLevelStore(store);
        const compact = opened.compact.bind(opened);
        opened.compact = (range) => (isCutShort ? Promise.reject(new Error('cut short')) : compact(range));
        return opened;
      },
      {
        onFailure: (error) => {
          throw error;
        },
      },
    );
  const first = await open();
  const channel = await first.open(content('plan'), new Ear());
  channel.append(newEntry('QkwxUpdate'));
  await channel.close();
  await expect(eraseDocument.run({ name: 'plan' }, testContext(first, folder))).rejects.toThrow('cut short');
  await first.close();

  isCutShort = false;
  const log = await open();
  onTestFinished(() => log.close());
  const context = testContext(log, folder);
  expect(await log.documents()).toEqual([]);
  expect(await filesWith(store, 'QkwxUpdate')).not.toEqual([]);
  expect(await eraseDocument.run({ name: 'plan' }, context)).toMatchObject({ name: 'plan', wasErasedBefore: true });
  expect(await filesWith(store, 'QkwxUpdate')).toEqual([]);
  const unknown = eraseDocument.run({ name: 'never' }, context);
  await expect(unknown).rejects.toMatchObject({ code: 'NO_SUCH_DOCUMENT' });
});
