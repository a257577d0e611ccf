import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import * as Y from 'yjs';
import { verifyArchive } from '../archive/verify-archive.js';
import { FIRST_EPOCH } from '../log/document-log.js';
import { baseKey } from '../log/level/keys.js';
import { openLevelLog } from '../log/level/level-log.js';
import { openLevelStore } from '../log/level/level-store.js';
import { openMemoryLog } from '../log/memory-log.js';
import { MemoryStore } from '../log/memory-store.js';
import { filesWith } from '../log/test/files-with.js';
import { content, documentName, Ear, newEntry } from '../log/test/log-harness.js';
import { backup } from './backup.js';
import { exportDocument } from './export.js';
import { importDocument } from './import.js';
import { listVersions, type showMoment } from './past.js';
import { restoreBackup } from './restore-backup.js';
import { dayMs, faultsOf, writtenInFourDays } from './test/four-days.js';
import { testContext } from './test/test-context.js';
import { trimPast } from './trim.js';
import { Trims } from './trims.js';

const NOTES = documentName('notes');
async function newFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'weft-trim-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

async function stage() {
  const folder = await newFolder();
  const dataFolder = join(folder, 'data');
  const log = await openMemoryLog();
  onTestFinished(() => log.close());
  const context = testContext(log, dataFolder);
  await writtenInFourDays(log, context);
  const trim = (day: number, isDryRun = false) =>
    trimPast.run({ name: 'notes', beforeMs: dayMs(day), isDryRun }, context);
  const textAt = async (at: Parameters<typeof showMoment.run>[0]['at'], of = context): Promise<string> => {
    const job = await of.past.moments.render(NOTES, at, 'update', '');
    const doc = new Y.Doc();
    Y.applyUpdate(doc, job.bytes);
    return doc.getText('prosemirror').toString();
  };
  return { folder, dataFolder, log, context, trim, textAt };
}

test('L5: names the files that hold what the document was before something took its place', async () => {
  const { folder, context, dataFolder, trim } = await stage();
  const file = join(folder, 'notes.weft');
  await exportDocument.run({ name: 'notes', format: 'weft', seq: null, file }, context);
  expect((await trim(2, true)).replacedFiles).toEqual([]);
  await importDocument.run({ file, name: 'notes', replace: true }, context);
  const replacedFiles = [expect.stringMatching(`^${dataFolder}/replaced/notes-.*\\.weft$`)];
  expect((await trim(2, true)).replacedFiles).toEqual(replacedFiles);
  expect((await trim(2)).replacedFiles).toEqual(replacedFiles);
});

test('L5: says what would go and changes nothing, and then it goes', async () => {
  const { log, context, trim, textAt } = await stage();
  const trims = new Trims({ log, history: context.history, versions: context.past.versions });
  expect(await trims.extent(NOTES)).toEqual({ entries: 4, sinceMs: dayMs(0) });
  const plan = await trim(2, true);
  expect(plan).toMatchObject({ name: 'notes', entries: 2, newestMs: dayMs(1), versions: 1, isDryRun: true });
  expect(plan.named).toMatchObject([{ id: '1-1', name: 'Day 0' }]);
  expect(await textAt({ kind: 'seq', seq: 1 })).toContain('QkwxSecret');
  expect(await trim(2)).toMatchObject({ entries: 2, versions: 1, isDryRun: false });

  expect(await trims.extent(NOTES)).toEqual({ entries: 2, sinceMs: dayMs(1) });

  expect(await textAt({ kind: 'now' })).toBe('kept by Ann, and Ben too');
  expect(await textAt({ kind: 'seq', seq: 3 })).toBe('kept by Ann, and Ben ');
  // What is left of the past begins with what the last entry that went had left.
  for (const at of [
    { kind: 'seq', seq: 2 },
    { kind: 'time', timeMs: dayMs(1) },
    { kind: 'version', id: '2-1' },
  ] as const) {
    expect(await textAt(at)).toBe('kept by Ann, ');
  }
  for (const at of [
    { kind: 'seq', seq: 1 },
    { kind: 'time', timeMs: dayMs(0) },
    { kind: 'time', timeMs: 1 },
  ] as const) {
    await expect(textAt(at)).rejects.toMatchObject({ code: 'PAST_TRIMMED' });
  }
  await expect(textAt({ kind: 'version', id: '1-1' })).rejects.toMatchObject({ code: 'NO_SUCH_VERSION' });
  const comparing = context.past.comparisons.compare(NOTES, { kind: 'seq', seq: 1 }, { kind: 'now' }, '');
  await expect(comparing).rejects.toMatchObject({ code: 'PAST_TRIMMED' });
  const { people } = await context.past.comparisons.compare(NOTES, { kind: 'seq', seq: 2 }, { kind: 'now' }, '');
  expect(people).toMatchObject([{ id: 'u-ben', inserted: 11 }]);
  const { versions } = await listVersions.run({ name: 'notes', limit: 10, before: null }, context);
  expect(versions.map(({ name }) => name)).toEqual(['Day 3', 'Day 2', 'Day 1']);
  // All that is left is compared with what stands for the rest.
  expect(await context.past.comparisons.compare(NOTES, { kind: 'beginning' }, { kind: 'now' }, '')).toMatchObject({
    from: { seq: 2 },
    people,
  });
  // Each can be looked at beside what was there before it, as far as that is known.
  for (const { id, sinceSeq } of versions) {
    const since = { kind: 'seq', seq: sinceSeq } as const;
    await context.past.comparisons.compare(NOTES, since, { kind: 'version', id }, '');
  }

  const { checkpoint } = (await (await log.view(content('notes'))).base())!;
  expect([...checkpoint.owners.values()]).toEqual(['u-ann']);
  expect(await faultsOf(log)).toEqual([]);
  expect(await trim(2)).toMatchObject({ entries: 0, versions: 0, newestMs: null });
  await expect(trim(1e6)).rejects.toMatchObject({ code: 'BAD_USAGE' });
});

test('L5: when all of the past goes, versions and names go on from what is there', async () => {
  const { log, context, trim, textAt } = await stage();
  expect(await trim(4)).toMatchObject({ entries: 4, versions: 3 });
  expect(await textAt({ kind: 'now' })).toBe('kept by Ann, and Ben too');
  const naming = { name: 'Now', by: 'u-ann', asker: '', mayStill: () => true };
  const name = () => context.past.versions.name(NOTES, { seq: 4, epoch: FIRST_EPOCH }, naming);
  expect(await name()).toMatchObject({ seq: 4, timeMs: dayMs(3) });
  await log.records.write([{ table: 'version', key: 'notes\u00000000000000000004-01', value: null }]);
  expect(await name()).toMatchObject({ seq: 4, timeMs: dayMs(3) });
  context.past.versions.rested(NOTES);
  await context.past.versions.settled();
  expect(await faultsOf(log)).toEqual([]);
});

test('L5: a backup taken after holds only what is left, and can be brought back; so does a file', async () => {
  const { folder, log, context, trim, textAt } = await stage();
  const saved = join(folder, 'backup');
  const runBackup = () => backup.run({ folder: saved }, context);
  expect(await runBackup()).toMatchObject({ entriesWritten: 4, faults: [] });
  expect((await trim(2)).backups).toMatchObject([{ folder: saved }]);
  expect(await runBackup()).toMatchObject({ entriesWritten: 2, faults: [] });
  expect(await runBackup()).toMatchObject({ entriesWritten: 0, faults: [] });
  expect(await verifyArchive(saved, {})).toMatchObject({ documents: 1, entries: 2, faults: [] });
  await trim(4);
  expect(await runBackup()).toMatchObject({ entriesWritten: 0, faults: [] });
  expect(await verifyArchive(saved, {})).toMatchObject({ documents: 1, entries: 0, faults: [] });

  const file = join(folder, 'notes.weft');
  await exportDocument.run({ name: 'notes', format: 'weft', seq: null, file }, context);
  expect(await verifyArchive(file, {})).toMatchObject({ entries: 0, faults: [] });
  const was = (await (await log.view(content('notes'))).base())!;
  for (const bring of [
    (into: typeof context) => restoreBackup.run({ folder: saved, document: null, all: false }, into),
    (into: typeof context) => importDocument.run({ file, name: null, replace: false }, into),
  ]) {
    const other = await openMemoryLog();
    onTestFinished(() => other.close());
    const there = testContext(other, await newFolder());
    await bring(there);
    expect(await textAt({ kind: 'now' }, there)).toBe('kept by Ann, and Ben too');
    const base = (await (await other.view(content('notes'))).base())!;
    expect(base).toMatchObject({ checkpoint: was.checkpoint, link: was.link, timeMs: was.timeMs });
    expect(new Set(base.checkpoint.owners.values())).toEqual(new Set(['u-ann', 'u-ben']));
    expect(await faultsOf(other)).toEqual([]);
    expect((await other.documents())[0]).toMatchObject({ characters: 24 });
  }
});

test('L5: a backup that is made meanwhile goes on with what is left', async () => {
  const { folder, log, context, trim } = await stage();
  const before = await log.view(content('notes'));
  vi.spyOn(before, 'base').mockResolvedValueOnce(null);
  await trim(2);
  vi.spyOn(log, 'view').mockResolvedValueOnce(before);
  const saved = join(folder, 'backup');
  expect(await backup.run({ folder: saved }, context)).toMatchObject({ documents: 1, faults: [] });
  expect(await verifyArchive(saved, {})).toMatchObject({ documents: 1, entries: 2, faults: [] });
});

test('L5: a backup and a file that are made while all they were to hold is trimmed begin with what is left', async () => {
  const { folder, log, context, trim } = await stage();
  const file = join(folder, 'notes.weft');
  const saved = join(folder, 'backup');
  for (const [written, write] of [
    [saved, () => backup.run({ folder: saved }, context)],
    [file, () => exportDocument.run({ name: 'notes', format: 'weft', seq: null, file }, context)],
  ] as const) {
    const before = await log.view(content('notes'));
    const doc = new Y.Doc();
    doc.getText('prosemirror').insert(0, 'and more');
    const ear = new Ear();
    const channel = await log.open(content('notes'), ear);
    const timeMs = Math.max(channel.lastTimeMs, dayMs(4));
    await ear.hears(channel.append(newEntry('', { update: Y.encodeStateAsUpdate(doc), author: 'u-ann', timeMs })));
    await channel.close();
    await trim(5);
    vi.spyOn(log, 'view').mockResolvedValueOnce(before);
    await write();
    expect(await verifyArchive(written, {})).toMatchObject({ documents: 1, entries: 0, faults: [] });
  }
});

test('L5: a backup that is written on from a base is brought back with what came after', async () => {
  const { folder, context, log, trim, textAt } = await stage();
  const saved = join(folder, 'backup');
  await trim(2);
  await backup.run({ folder: saved }, context);
  const doc = new Y.Doc();
  const shown = await context.past.moments.render(NOTES, { kind: 'now' }, 'update', '');
  Y.applyUpdate(doc, shown.bytes);
  const ear = new Ear();
  const channel = await log.open(content('notes'), ear);
  doc.on('update', (update: Uint8Array) => channel.append(newEntry('', { update, author: 'u-ann', timeMs: dayMs(5) })));
  doc.getText('prosemirror').insert(0, 'x'.repeat(200_000));
  await ear.hears(5);
  await channel.close();
  await backup.run({ folder: saved }, context);
  expect(await verifyArchive(saved, {})).toMatchObject({ entries: 3, faults: [] });
  const other = await openMemoryLog();
  onTestFinished(() => other.close());
  const there = testContext(other, await newFolder());
  await restoreBackup.run({ folder: saved, document: null, all: false }, there);
  expect(await textAt({ kind: 'now' }, there)).toBe(`${'x'.repeat(200_000)}kept by Ann, and Ben too`);
  expect(await textAt({ kind: 'seq', seq: 3 }, there)).toBe('kept by Ann, and Ben ');
  expect(await faultsOf(other)).toEqual([]);
});

test('I10: a check tells of a base that is damaged, or gone', async () => {
  const store = new MemoryStore();
  const log = await openMemoryLog(store);
  onTestFinished(() => log.close());
  const context = testContext(log, await newFolder());
  await writtenInFourDays(log, context);
  await trimPast.run({ name: 'notes', beforeMs: dayMs(2), isDryRun: false }, context);
  const key = baseKey(content('notes'));
  const value = (await store.get(key))!;
  const changed = value.slice();
  changed[changed.length - 1]! ^= 1;
  await store.batch([{ type: 'put', key, value: changed }], { sync: true });
  expect(await faultsOf(log)).toEqual(['The record channel/notes content/base is damaged: its checksum is wrong.']);
  await store.batch([{ type: 'del', key }], { sync: true });
  expect(await faultsOf(log)).toEqual([expect.stringContaining('The entries 1–2 are missing')]);
  await store.batch([{ type: 'put', key, value }], { sync: true });
  expect(await faultsOf(log)).toEqual([]);
});

test.each([
  ['in the journal', 8 * 1024 * 1024],
  ['in segments', 200],
])('L5: nothing of what was deleted before is in any file: what was %s', async (_, journalMaxBytes) => {
  const folder = await newFolder();
  const store = join(folder, 'store');
  const onFailure = (error: Error): void => {
    throw error;
  };
  const open = () => openLevelLog(() => openLevelStore(store), { journalMaxBytes, onFailure });
  let log = await open();
  await writtenInFourDays(log, testContext(log, folder));
  await log.close();
  log = await open();
  // While somebody has it open.
  const channel = await log.open(content('notes'), new Ear());
  expect(await filesWith(store, 'QkwxSecret')).not.toEqual([]);
  await trimPast.run({ name: 'notes', beforeMs: dayMs(2), isDryRun: false }, testContext(log, folder));
  expect(await filesWith(store, 'QkwxSecret')).toEqual([]);
  await channel.close();
  await log.close();
  log = await open();
  expect(await (await log.view(content('notes'))).entriesAfter(2)).toHaveLength(2);
  expect(await faultsOf(log)).toEqual([]);
  await log.close();
});
