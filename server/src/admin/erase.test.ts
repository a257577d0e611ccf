import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { openLevelLog } from '../log/level/level-log.js';
import { openLevelStore } from '../log/level/level-store.js';
import { openMemoryLog } from '../log/memory-log.js';
import { filesWith } from '../log/test/files-with.js';
import { content, discussion, documentName, Ear, newEntry } from '../log/test/log-harness.js';
import { backup } from './backup.js';
import { eraseDocument, eraseUnfinished } from './erase.js';
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

test('I1: what could not be made is erased, unless somebody has written in it, also while it was being closed', async () => {
  const log = await openMemoryLog();
  onTestFinished(() => log.close());
  const context = testContext(log, await newFolder());
  const names = ['nobody', 'text', 'chat', 'last'].map(documentName);
  for (const name of names) await log.createDocument(name, 1);
  const write = async (id: ReturnType<typeof content>): Promise<void> => {
    const ear = new Ear();
    const channel = await log.open(id, ear);
    await ear.hears(channel.append(newEntry('one')));
    await channel.close();
  };
  await write(content('text'));
  await write(discussion('chat'));
  const closed: string[] = [];
  // As a room does that is closed: what it accepted is on disk before anything else happens.
  const withClosed: typeof context.withClosed = async (id, _code, _reason, action) => {
    closed.push(id.document);
    if (id.document === 'last' && id.kind === 'content') await write(id);
    return action();
  };
  for (const name of names) await eraseUnfinished(name, { ...context, withClosed });
  expect((await log.documents()).map(({ name }) => name)).toEqual(['chat', 'last', 'text']);
  expect((await log.view(content('last'))).head).toBe(1);
  expect(closed).toEqual(['nobody', 'nobody', 'last', 'last']);
});
