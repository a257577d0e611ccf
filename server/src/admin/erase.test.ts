import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { openMemoryLog } from '../log/memory-log.js';
import { documentName } from '../log/test/log-harness.js';
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
