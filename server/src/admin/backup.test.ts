import { mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { readBackedUpDocument } from '../archive/backup-reader.js';
import { readManifest } from '../archive/manifest.js';
import { verifyArchive } from '../archive/verify-archive.js';
import type { ChannelView, DocumentLog, OpenChannel } from '../log/document-log.js';
import { openMemoryLog } from '../log/memory-log.js';
import { content, discussion, Ear, newEntry, textOf } from '../log/test/log-harness.js';
import type { VerifiableLog } from '../log/verify-report.js';
import { SyncError } from '../sync-error.js';
import { backup, knownBackups } from './backup.js';
import { testContext } from './test/test-context.js';

async function ownFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'weft-backup-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** A log with a data folder of its own, whose backups go to `folder`. */
async function stage() {
  const root = await ownFolder();
  const log = await openMemoryLog();
  onTestFinished(() => log.close());
  const dataFolder = join(root, 'data');
  const folder = join(root, 'backup');
  const run = (changed: Partial<Parameters<typeof backup.run>[1]> = {}) =>
    backup.run({ folder }, { ...testContext(log, dataFolder), ...changed });
  return { log, dataFolder, folder, run };
}

interface Writer {
  readonly channel: OpenChannel;
  write(...texts: string[]): Promise<void>;
}

async function writerOf(log: DocumentLog, id: ReturnType<typeof content>): Promise<Writer> {
  const ear = new Ear();
  const channel = await log.open(id, ear);
  return {
    channel,
    async write(...texts) {
      let seq = 0;
      for (const text of texts) seq = channel.append(newEntry(text));
      await ear.hears(seq);
    },
  };
}

async function textsIn(folder: string, name: string): Promise<{ content?: string[]; discussion?: string[] }> {
  const manifest = await readManifest(folder);
  const document = manifest?.documents.find(({ info }) => info.name === name);
  if (!document) return {};
  const { channels } = await readBackedUpDocument(folder, document);
  return Object.fromEntries([...channels].map(([kind, entries]) => [kind, entries.map(textOf)]));
}

const filesIn = async (folder: string): Promise<string[]> =>
  (await readdir(folder, { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();

test('a backup holds every entry of every channel, and says how to bring it back', async () => {
  const { log, folder, dataFolder, run } = await stage();
  const notes = await writerOf(log, content('notes'));
  await notes.write('one', 'two');
  await (await writerOf(log, discussion('notes'))).write('remark');
  await (await writerOf(log, content('a/b'))).write('three');
  await log.createDocument(content('empty').document, 5000);

  expect(await run()).toMatchObject({ documents: 3, entriesWritten: 4, faults: [] });
  expect(await textsIn(folder, 'notes')).toEqual({ content: ['one', 'two'], discussion: ['remark'] });
  expect(await textsIn(folder, 'a/b')).toEqual({ content: ['three'] });
  expect(await textsIn(folder, 'empty')).toEqual({});
  expect((await readManifest(folder))!.documents.map(({ info }) => info)).toEqual(await log.documents());
  expect(await readFile(join(folder, 'README.txt'), 'utf8')).toContain('weft restore-backup');
  expect(await verifyArchive(folder)).toEqual({ what: 'backup', documents: 3, entries: 4, faults: [] });
  expect(await knownBackups(dataFolder)).toMatchObject([{ folder }]);
});

test('a second backup writes only what is new', async () => {
  const { log, folder, run } = await stage();
  const long = await writerOf(log, content('long'));
  // Random bytes, that compression leaves as long as they are.
  const noise = () => Buffer.from(Array.from({ length: 3000 }, () => Math.random() * 256)).toString('base64');
  await long.write(...Array.from({ length: 40 }, noise));
  await (await writerOf(log, content('still'))).write('as it was');
  const first = await run();
  const before = await filesIn(folder);
  const { mtimeMs } = await stat(before.find((file) => file.endsWith('.piece'))!);

  expect(await run()).toMatchObject({ entriesWritten: 0, bytesWritten: 0, bytes: first.bytes });
  expect(await filesIn(folder)).toEqual(before);
  await long.write('new');
  const third = await run();
  expect(third).toMatchObject({ entriesWritten: 1, faults: [] });
  expect(third.bytesWritten).toBeLessThan(300);
  expect(await filesIn(folder)).toHaveLength(before.length + 1);
  expect((await stat(before.find((file) => file.endsWith('.piece'))!)).mtimeMs).toBe(mtimeMs);
  expect((await textsIn(folder, 'long')).content?.at(-1)).toBe('new');
});

test('many backups in a row leave few files', async () => {
  const { log, folder, run } = await stage();
  const notes = await writerOf(log, content('notes'));
  const noise = 'x'.repeat(200);
  for (let day = 0; day < 120; day++) {
    await notes.write(`${day} ${Buffer.from(Array.from(noise, () => Math.random() * 256)).toString('base64')}`);
    if (day % 4 === 3) await run();
  }
  expect((await filesIn(folder)).filter((file) => file.endsWith('.piece')).length).toBeLessThan(6);
  expect((await textsIn(folder, 'notes')).content).toHaveLength(120);
  expect((await verifyArchive(folder)).faults).toEqual([]);
});

test('a backup that was interrupted leaves the one before it whole, and the next one cleans up', async () => {
  const { log, folder, run } = await stage();
  const names = ['a', 'b', 'c'];
  const writers = await Promise.all(names.map((name) => writerOf(log, content(name))));
  for (const writer of writers) await writer.write('old');
  await run();
  for (const writer of writers) await writer.write('new');
  const interrupted = new AbortController();
  const onProgress = ({ done }: { done: number }): void => void (done === 2 && interrupted.abort());
  await expect(run({ signal: interrupted.signal, onProgress })).rejects.toMatchObject({ code: 'CANCELLED' });

  expect((await verifyArchive(folder)).faults).toEqual([]);
  for (const name of names) expect(await textsIn(folder, name)).toEqual({ content: ['old'] });
  expect(await run()).toMatchObject({ faults: [] });
  for (const name of names) expect(await textsIn(folder, name)).toEqual({ content: ['old', 'new'] });
  expect((await filesIn(folder)).filter((file) => file.endsWith('.piece'))).toHaveLength(3);
});

test('a first backup that was interrupted is begun again in its folder', async () => {
  const { log, run } = await stage();
  await (await writerOf(log, content('a'))).write('text');
  await (await writerOf(log, content('b'))).write('text');
  const interrupted = new AbortController();
  const onProgress = ({ done }: { done: number }): void => void (done === 1 && interrupted.abort());
  await expect(run({ signal: interrupted.signal, onProgress })).rejects.toMatchObject({ code: 'CANCELLED' });
  expect(await run()).toMatchObject({ documents: 2, faults: [] });
});

test('a document that was erased leaves the backup with the next run', async () => {
  const { log, folder, run } = await stage();
  const notes = await writerOf(log, content('notes'));
  await notes.write('text');
  await run();
  await notes.channel.close();
  await log.eraseDocument(content('notes').document);
  expect(await run()).toMatchObject({ documents: 0, bytes: 0, faults: [] });
  expect((await filesIn(folder)).filter((file) => file.endsWith('.piece'))).toEqual([]);
});

test('L3: a document that is gone and was not erased stays in the backup, and is named', async () => {
  const { log, dataFolder, folder, run } = await stage();
  await (await writerOf(log, content('notes'))).write('text');
  await run();
  const setBack = await openMemoryLog();
  onTestFinished(() => setBack.close());
  const { faults } = await backup.run({ folder }, testContext(setBack, dataFolder));
  expect(faults).toEqual([expect.stringContaining('no document notes any more, and it was not erased')]);
  expect(await textsIn(folder, 'notes')).toEqual({ content: ['text'] });
  expect((await verifyArchive(folder)).faults).toEqual([]);
});

test('L3: what is left under an older epoch does not take the place of what the backup has', async () => {
  const { log, folder, run } = await stage();
  await (await writerOf(log, content('notes'))).write('one', 'two');
  await run({ log: showing(log, () => ({ epoch: 1_800_000_000 })) });
  const { faults } = await run();
  expect(faults).toEqual([expect.stringContaining('a newer content of notes than the data folder')]);
  expect((await readManifest(folder))!.documents[0]!.channels[0]).toMatchObject({ epoch: 1_800_000_000 });
});

test('L3: a new epoch does not take the place of what the backup has while there are alarms', async () => {
  const { log, dataFolder, folder, run } = await stage();
  const notes = await writerOf(log, content('notes'));
  await notes.write('one');
  const left = await log.view(content('notes'));
  await notes.write('lost');
  await run();
  const begun = showing(log, () => ({
    head: left.head,
    link: left.link,
    epoch: 1_800_000_000,
    linkAt: (seq) => left.linkAt(seq),
    entriesAfter: (after, upTo) => left.entriesAfter(after, upTo),
  }));
  const alarms = join(dataFolder, 'alarms.log');
  await writeFile(alarms, 'a loss was noticed\n');
  const { faults } = await run({ log: begun });
  expect(faults).toEqual([expect.stringContaining('alarms.log in the data folder tells of losses')]);
  expect(await textsIn(folder, 'notes')).toEqual({ content: ['one', 'lost'] });

  await rm(alarms);
  expect(await run({ log: begun })).toMatchObject({ faults: [] });
  expect(await textsIn(folder, 'notes')).toMatchObject({ content: ['one'] });
});

test('files that no backup has made are left alone', async () => {
  const { log, dataFolder, folder, run } = await stage();
  await (await writerOf(log, content('notes'))).write('one');
  await mkdir(join(folder, 'pieces', 'music'), { recursive: true });
  const stranger = join(folder, 'pieces', 'music', 'quartet.piece');
  await writeFile(stranger, 'score');
  await run();
  expect(await readFile(stranger, 'utf8')).toBe('score');

  const taken = await ownFolder();
  await writeFile(join(taken, 'pieces-of-mine.txt'), 'mine');
  await expect(backup.run({ folder: taken }, testContext(log, dataFolder))).rejects.toMatchObject({
    code: 'BACKUP_REFUSED',
  });
});

/** A log that shows one channel as something else. */
function showing(log: VerifiableLog, change: (view: ChannelView) => Partial<ChannelView>): VerifiableLog {
  const view: VerifiableLog['view'] = async (id) => {
    const real = await log.view(id);
    const shown: ChannelView = {
      id,
      epoch: real.epoch,
      head: real.head,
      link: real.link,
      checkpoint: null,
      entriesAfter: (after, upTo) => real.entriesAfter(after, upTo),
      linkAt: (seq) => real.linkAt(seq),
      checkpointAt: (seq) => real.checkpointAt(seq),
      base: () => real.base(),
    };
    return id.document === 'notes' ? { ...shown, ...change(real) } : shown;
  };
  const proxy: VerifiableLog = Object.create(log, {
    view: { value: view },
    documents: { value: () => log.documents() },
    document: { value: (name: ReturnType<typeof content>['document']) => log.document(name) },
  });
  return proxy;
}

test('L5: a channel in a new epoch is written anew', async () => {
  const { log, folder, run } = await stage();
  await (await writerOf(log, content('notes'))).write('one', 'two');
  await run();
  expect(await run({ log: showing(log, () => ({ epoch: 1_800_000_000 })) })).toMatchObject({
    entriesWritten: 2,
    faults: [],
  });
  const [document] = (await readManifest(folder))!.documents;
  expect(document!.channels[0]).toMatchObject({ epoch: 1_800_000_000, pieces: [{ after: 0, last: 2 }] });
});

test('L3: a data folder that was set back does not take newer entries out of its backup', async () => {
  const { log, folder, run } = await stage();
  const notes = await writerOf(log, content('notes'));
  await notes.write('one');
  const older = await log.view(content('notes'));
  await notes.write('two');
  await (await writerOf(log, content('other'))).write('text');
  await run();
  const { faults } = await run({ log: showing(log, () => older) });
  expect(faults).toEqual([expect.stringContaining('2 entries of the content of notes, and the data folder only 1')]);
  expect(await textsIn(folder, 'notes')).toEqual({ content: ['one', 'two'] });
  expect((await verifyArchive(folder)).faults).toEqual([]);

  const other = await run({ log: showing(log, () => ({ linkAt: async () => new Uint8Array(16) })) });
  expect(other.faults).toEqual([expect.stringContaining('other entries of the content of notes')]);
  expect(await textsIn(folder, 'notes')).toEqual({ content: ['one', 'two'] });
});

test('I10: a document that does not match its chain is named and kept as the backup had it, and the others go on', async () => {
  const { log, folder, run } = await stage();
  const notes = await writerOf(log, content('notes'));
  await notes.write('one');
  const other = await writerOf(log, content('other'));
  await other.write('old');
  await run();
  await notes.write('two');
  await other.write('new');
  const { faults } = await run({
    log: showing(log, (view) => ({
      entriesAfter: async (after, upTo) =>
        (await view.entriesAfter(after, upTo)).map((entry) => ({ ...entry, author: 'eve' })),
    })),
  });
  expect(faults).toEqual([expect.stringContaining('The content of notes is damaged: its entries 1 to 2')]);
  expect(await textsIn(folder, 'notes')).toEqual({ content: ['one'] });
  expect(await textsIn(folder, 'other')).toEqual({ content: ['old', 'new'] });
});

test('I10: a document that cannot be read is named, with what the backup has of it', async () => {
  const { log, run } = await stage();
  const notes = await writerOf(log, content('notes'));
  await notes.write('one');
  const damaged = showing(log, () => ({
    entriesAfter: () => Promise.reject(new SyncError('STORE_UNREADABLE', 'The record x is damaged.')),
  }));
  const fault = '"notes" could not be backed up. The record x is damaged.';
  expect(await run({ log: damaged })).toMatchObject({ documents: 0, faults: [`${fault} It is not in the backup.`] });
  await run();
  await notes.write('two');
  expect(await run({ log: damaged })).toMatchObject({ faults: [`${fault} The backup keeps what it had of it.`] });
});

test('a channel that is replaced while it is read is read again', async () => {
  const { log, folder, run } = await stage();
  await (await writerOf(log, content('notes'))).write('one');
  let reads = 0;
  const replacedOnce = showing(log, (view) => ({
    entriesAfter: async (after, upTo) => {
      reads += 1;
      if (reads === 1) throw new SyncError('CHANNEL_REPLACED', 'it was replaced');
      return view.entriesAfter(after, upTo);
    },
  }));
  expect(await run({ log: replacedOnce })).toMatchObject({ entriesWritten: 1, faults: [] });
  expect(await textsIn(folder, 'notes')).toEqual({ content: ['one'] });
});

test('a folder that is not for backups of this data folder is refused', async () => {
  const { log, dataFolder, folder, run } = await stage();
  await (await writerOf(log, content('notes'))).write('one');
  const into = (path: string) => backup.run({ folder: path }, testContext(log, dataFolder));
  const refusal = (words: string) => ({ code: 'BACKUP_REFUSED', message: expect.stringContaining(words) });

  await expect(into(join(dataFolder, 'backups'))).rejects.toMatchObject(refusal('lies in the data folder itself'));
  await expect(into(dataFolder)).rejects.toMatchObject(refusal('lies in the data folder itself'));
  await mkdir(dataFolder, { recursive: true });
  const link = join(await ownFolder(), 'link');
  await symlink(dataFolder, link);
  await expect(into(join(link, 'backups'))).rejects.toMatchObject(refusal('lies in the data folder itself'));
  const taken = await ownFolder();
  await writeFile(join(taken, 'letter.txt'), 'Dear Ann');
  await expect(into(taken)).rejects.toMatchObject(refusal('"letter.txt" is there'));
  await run();
  const elsewhere = testContext(log, join(folder, '../other-data'));
  await expect(backup.run({ folder }, elsewhere)).rejects.toMatchObject(refusal('the backup of another data folder'));
  const file = join(await ownFolder(), 'file');
  await writeFile(file, '');
  await expect(into(file)).rejects.toMatchObject({
    code: expect.stringMatching(/ARCHIVE_UNREADABLE|FILE_NOT_WRITTEN/),
  });
});

test('where no folder can be made, that is said, and the next backup may begin', async () => {
  const { log, dataFolder, run } = await stage();
  // What /proc answers to whoever makes a folder in it has Node try again for ever; so has a disk of the network that is off.
  const nowhere = backup.run({ folder: '/proc/weft/backup' }, testContext(log, dataFolder));
  await expect(nowhere).rejects.toMatchObject({ code: 'FILE_NOT_WRITTEN' });
  await run();
});

test('what is no backup and no document is said to be neither, and not to be damaged', async () => {
  const folder = await ownFolder();
  await writeFile(join(folder, 'letter.md'), 'Dear Ann');
  await expect(verifyArchive(join(folder, 'letter.md'))).rejects.toThrow('is neither a backup of Weft nor a document');
  await expect(verifyArchive(join(folder, 'gone.weft'))).rejects.toThrow('There is nothing at ');
  await expect(verifyArchive(folder)).rejects.toThrow('Choose another folder.');
  await mkdir(join(folder, 'store'));
  await expect(verifyArchive(folder)).rejects.toThrow('say where it is with --data');
  await mkdir(join(folder, 'pieces'));
  await expect(verifyArchive(folder)).rejects.toThrow('was never finished');
});

test('only one backup of a data folder is made at a time', async () => {
  const { log, run } = await stage();
  await (await writerOf(log, content('notes'))).write('one');
  const both = await Promise.allSettled([run(), run()]);
  expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
  expect(await run()).toMatchObject({ faults: [] });
});

test('I10: whichever byte of a backup is changed, verify names the document, or the manifest', async () => {
  const { log, folder, run } = await stage();
  await (await writerOf(log, content('notes'))).write('one', 'two');
  await log.records.write([{ table: 'access', key: 'notes', value: Buffer.from('who may') }]);
  await run();
  for (const file of (await filesIn(folder)).filter((path) => !path.endsWith('README.txt'))) {
    const whole = await readFile(file);
    for (let at = 0; at < whole.length; at++) {
      const changed = Buffer.from(whole);
      changed[at]! ^= 1;
      await writeFile(file, changed);
      const found = await verifyArchive(folder).then(
        ({ faults }) => faults,
        (error: SyncError) => [error.message],
      );
      const words = !file.endsWith('.piece')
        ? 'is damaged'
        : file.includes('records-')
          ? 'who may do what'
          : 'the entries 1–2 of the content of notes';
      expect(found.join(), `byte ${at} of ${file}`).toContain(words);
    }
    await writeFile(file, whole);
  }
  await rm((await filesIn(folder)).find((file) => file.endsWith('.piece'))!);
  expect((await verifyArchive(folder)).faults.join()).toContain('There is no file');
  await log.close();
  await expect(verifyArchive(join(folder, 'pieces'))).rejects.toThrow('is neither a backup of Weft nor');
});
