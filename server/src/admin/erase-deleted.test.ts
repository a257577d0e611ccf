import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import * as Y from 'yjs';
import { verifyArchive } from '../archive/verify-archive.js';
import { FIRST_EPOCH } from '../log/document-log.js';
import { openLevelLog } from '../log/level/level-log.js';
import { openLevelStore } from '../log/level/level-store.js';
import { openMemoryLog } from '../log/memory-log.js';
import { filesWith } from '../log/test/files-with.js';
import { content, discussion, documentName, Ear, newEntry } from '../log/test/log-harness.js';
import type { VerifiableLog } from '../log/verify-report.js';
import { backup } from './backup.js';
import { eraseDeleted } from './erase-deleted.js';
import { exportDocument } from './export.js';
import { importDocument } from './import.js';
import { listVersions } from './past.js';
import { dayMs, faultsOf, writtenInFourDays } from './test/four-days.js';
import { testContext } from './test/test-context.js';
import { trimPast } from './trim.js';

const NOTES = documentName('notes');
const TEXT = 'kept by Ann, and Ben too';

async function newFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'weft-erase-deleted-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** What somebody wrote beside the text, and took back. */
async function saidAndTakenBack(log: VerifiableLog, secret: string): Promise<void> {
  const doc = new Y.Doc();
  const ear = new Ear();
  const channel = await log.open(discussion('notes'), ear);
  doc.on('update', (update: Uint8Array) =>
    channel.append(newEntry('', { update, author: 'u-cleo', timeMs: dayMs(3) })),
  );
  doc.getText('chat').insert(0, `Said: ${secret}.`);
  doc.getText('chat').delete(6, secret.length);
  await ear.hears(2);
  await channel.close();
}

async function stage() {
  const folder = await newFolder();
  const log = await openMemoryLog();
  onTestFinished(() => log.close());
  const context = testContext(log, join(folder, 'data'));
  await writtenInFourDays(log, context);
  const erase = (isDryRun = false) => eraseDeleted.run({ name: 'notes', isDryRun }, context);
  const textAt = async (at: Parameters<typeof context.past.moments.render>[1], of = context): Promise<string> => {
    const job = await of.past.moments.render(NOTES, at, 'update', '');
    const doc = new Y.Doc();
    Y.applyUpdate(doc, job.bytes);
    return doc.getText('prosemirror').toString();
  };
  return { folder, log, context, erase, textAt };
}

test('L5: what was deleted goes under a new epoch, with all that was before, and who wrote the rest stays', async () => {
  const { log, context, erase, textAt } = await stage();
  await saidAndTakenBack(log, 'Zvjp9Hdnr');
  const heads = { content: 4, discussion: 2 };
  expect(await erase(true)).toMatchObject({ name: 'notes', isDryRun: true, entries: 6, versions: 3 });
  expect(await textAt({ kind: 'seq', seq: 1 })).toContain('QkwxSecret');
  expect((await log.view(content('notes'))).epoch).toBe(FIRST_EPOCH);

  const done = await erase();
  expect(done).toMatchObject({ isDryRun: false, entries: 6, versions: 3, newestMs: dayMs(3) });
  expect(done.named.map(({ name }) => name)).toEqual(['Day 2', 'Day 1', 'Day 0']);
  expect(await textAt({ kind: 'now' })).toBe(TEXT);
  await expect(textAt({ kind: 'seq', seq: 3 })).rejects.toMatchObject({ code: 'PAST_TRIMMED' });
  for (const [id, owners] of [
    [content('notes'), ['u-ann', 'u-ben']],
    [discussion('notes'), ['u-cleo']],
  ] as const) {
    const view = await log.view(id);
    expect(view).toMatchObject({ head: heads[id.kind] });
    expect(view.epoch).toBeGreaterThan(FIRST_EPOCH);
    const { checkpoint } = (await view.base())!;
    expect(new Set(checkpoint.owners.values())).toEqual(new Set(owners));
  }
  const { versions } = await listVersions.run({ name: 'notes', limit: 10, before: null }, context);
  expect(versions.map(({ name }) => name)).toEqual(['Day 3']);
  expect(await faultsOf(log)).toEqual([]);

  // Where nothing is left to go nobody is sent out; devices let go of the epoch before whenever they come back.
  const { epoch } = await log.view(content('notes'));
  expect(await erase()).toMatchObject({ entries: 0, versions: 0, newestMs: null });
  expect((await log.view(content('notes'))).epoch).toBe(epoch);
  expect(await textAt({ kind: 'now' })).toBe(TEXT);
  expect(await faultsOf(log)).toEqual([]);
});

test('L5: names the backups that hold it until their next run, and takes the files of what was replaced', async () => {
  const { folder, log, context, erase, textAt } = await stage();
  const saved = join(folder, 'backup');
  const file = join(folder, 'notes.weft');
  await exportDocument.run({ name: 'notes', format: 'weft', seq: null, file }, context);
  await importDocument.run({ file, name: 'notes', replace: true }, context);
  await backup.run({ folder: saved }, context);
  const plan = await erase(true);
  expect(plan.backups).toMatchObject([{ folder: saved }]);
  expect(plan.replacedFiles).toEqual([expect.stringMatching(/replaced\/notes-.*\.weft$/)]);
  expect((await erase()).replacedFiles).toEqual(plan.replacedFiles);
  expect((await erase(true)).replacedFiles).toEqual([]);
  expect(await filesWith(context.dataFolder, 'QkwxSecret')).toEqual([]);

  expect(await backup.run({ folder: saved }, context)).toMatchObject({ faults: [] });
  expect(await verifyArchive(saved, {})).toMatchObject({ documents: 1, entries: 0, faults: [] });
  expect(await textAt({ kind: 'now' })).toBe(TEXT);
  expect(await faultsOf(log)).toEqual([]);
});

test('L5: a file of what was replaced that cannot be removed has nothing else go', async () => {
  const { log, context, erase, textAt } = await stage();
  await mkdir(join(context.dataFolder, 'replaced/notes-20260101T000000000Z.weft'), { recursive: true });
  await expect(erase()).rejects.toThrow();
  expect(await textAt({ kind: 'seq', seq: 1 })).toContain('QkwxSecret');
  expect((await log.view(content('notes'))).epoch).toBe(FIRST_EPOCH);
});

test('once it is erased there is nothing to erase until somebody writes, and nobody is sent out for nothing', async () => {
  const { log, context } = await stage();
  const closed: string[] = [];
  const withClosed: typeof context.withClosed = async (id, _code, _reason, action) => {
    closed.push(id.kind);
    return action();
  };
  const run = (isDryRun: boolean) => eraseDeleted.run({ name: 'notes', isDryRun }, { ...context, withClosed });
  expect(await run(true)).toMatchObject({ isNothing: false });
  expect(await run(false)).toMatchObject({ isNothing: false });
  expect(closed).toEqual(['content', 'discussion']);
  const { epoch } = await log.view(content('notes'));
  for (const isDryRun of [true, false]) expect(await run(isDryRun)).toMatchObject({ isNothing: true, entries: 0 });
  expect(closed).toHaveLength(2);
  expect((await log.view(content('notes'))).epoch).toBe(epoch);
  await saidAndTakenBack(log, 'Zvjp9Hdnr');
  expect(await run(false)).toMatchObject({ isNothing: false, entries: 2 });
  expect(closed).toHaveLength(4);
});

test('what was only trimmed may be on devices: it is erased, under a new epoch', async () => {
  const { log, context, erase } = await stage();
  await trimPast.run({ name: 'notes', beforeMs: dayMs(9), isDryRun: false }, context);
  expect(await erase()).toMatchObject({ entries: 0, isNothing: false });
  expect((await log.view(content('notes'))).epoch).toBeGreaterThan(FIRST_EPOCH);
});

test('an empty document has nothing to erase, and one that is not there is not erased', async () => {
  const { log, context } = await stage();
  await log.createDocument(documentName('empty'), 1);
  const run = (name: string) => eraseDeleted.run({ name, isDryRun: false }, context);
  expect(await run('empty')).toMatchObject({ entries: 0, versions: 0, isNothing: true });
  await expect(run('nothing')).rejects.toMatchObject({ code: 'NO_SUCH_DOCUMENT' });
});

test.each([
  ['in the journal', 8 * 1024 * 1024],
  ['in segments', 200],
])('L5: nothing of what was deleted is in any file: what was %s', async (_, journalMaxBytes) => {
  const folder = await newFolder();
  const store = join(folder, 'store');
  const onFailure = (error: Error): void => {
    throw error;
  };
  const open = () => openLevelLog(() => openLevelStore(store), { journalMaxBytes, onFailure });
  let log = await open();
  await writtenInFourDays(log, testContext(log, folder));
  await saidAndTakenBack(log, 'Zvjp9Hdnr');
  // As it was read while the secret stood there, and was not read since.
  const excerpt = 'Hmty7Line';
  await log.describeDocument({ name: NOTES, title: 'Notes', excerpt, characters: 3, updatedAtMs: dayMs(1) }, 1);
  await log.close();
  log = await open();
  const words = ['QkwxSecret', 'Zvjp9Hdnr', excerpt];
  for (const word of words) expect([word, await filesWith(store, word)]).not.toEqual([word, []]);
  await eraseDeleted.run({ name: 'notes', isDryRun: false }, testContext(log, folder));
  for (const word of words) expect([word, await filesWith(store, word)]).toEqual([word, []]);
  expect(await log.document(NOTES)).toMatchObject({ characters: TEXT.length, updatedAtMs: dayMs(1) });
  await log.close();
  log = await open();
  expect(await (await log.view(content('notes'))).entriesAfter(4)).toEqual([]);
  expect(await faultsOf(log)).toEqual([]);
  await log.close();
});
