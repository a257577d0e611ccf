// Files of documents in backups: copied once, proven, brought back with all documents or with one, and gone with what was erased.

import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DocumentName } from '@weft/protocol';
import { expect, onTestFinished, test } from 'vitest';
import { verifyArchive } from '../archive/verify-archive.js';
import type { Asset } from '../assets/asset-record.js';
import { png } from '../assets/test/pictures.js';
import { openMemoryLog } from '../log/memory-log.js';
import { documentName } from '../log/test/log-harness.js';
import { SyncError } from '../sync-error.js';
import { backup } from './backup.js';
import { eraseDocument } from './erase.js';
import { exportDocument } from './export.js';
import { importDocument } from './import.js';
import { restoreBackup } from './restore-backup.js';
import { testContext } from './test/test-context.js';

const notes = documentName('notes');
const plans = documentName('team/plans');

async function newFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'weft-files-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

async function place(folder: string) {
  const log = await openMemoryLog();
  onTestFinished(() => log.close());
  const context = testContext(log, await newFolder());
  const { assets } = context;
  return {
    context,
    log,
    assets,
    async add(document: DocumentName, bytes: Uint8Array): Promise<Asset> {
      await log.createDocument(document, 1);
      const result = await assets.receive([bytes] as never, 1e6);
      if (!result.ok) throw new Error(result.why);
      const about = { document, name: 'lamp.png', person: 'u-ann', addedAtMs: 7, mostBytes: 1e6, mostFiles: 9 };
      const kept = await assets.keep(result.received, { ...about, exists: async () => true });
      if (!kept.ok) throw new Error(kept.why);
      return kept.asset;
    },
    backup: () => backup.run({ folder }, context),
    restore: (document: string | null = null, all = false) => restoreBackup.run({ folder, document, all }, context),
    erase: (name: string) => eraseDocument.run({ name }, context),
  };
}

const filesIn = async (folder: string): Promise<string[]> =>
  (await readdir(join(folder, 'assets'), { recursive: true, withFileTypes: true }).catch(() => []))
    .filter((entry) => entry.isFile())
    .map(({ name }) => name)
    .toSorted();

test('a backup has every file once, adds what is new, and brings all of them into a new data folder', async () => {
  const folder = await newFolder();
  const here = await place(folder);
  const pictures = [png(6, 4), png(7, 4), png(8, 4)];
  const [first, second] = [await here.add(notes, pictures[0]!), await here.add(notes, pictures[1]!)];
  await here.add(plans, pictures[1]!);
  const before = await here.backup();
  expect(before.faults).toEqual([]);
  expect(await filesIn(folder)).toEqual([first.id, second.id].toSorted());
  expect(await here.backup()).toMatchObject({ bytesWritten: 0, bytes: before.bytes, faults: [] });
  const third = await here.add(plans, pictures[2]!);
  expect((await here.backup()).bytesWritten).toBeGreaterThanOrEqual(third.bytes);
  expect(await verifyArchive(folder)).toMatchObject({ faults: [] });

  const there = await place(folder);
  expect(await there.restore()).toMatchObject({ faults: [] });
  expect(await there.assets.list(notes)).toEqual(await here.assets.list(notes));
  expect(await there.assets.list(plans)).toEqual(await here.assets.list(plans));
  for (const [index, { id }] of [first, second, third].entries()) {
    expect(await readFile(there.assets.files.whereIs(id))).toEqual(pictures[index]);
  }
});

test('one document comes with its files, which nobody else’s are touched for', async () => {
  const folder = await newFolder();
  const here = await place(folder);
  const own = await here.add(notes, png(6, 4));
  await here.add(plans, png(7, 4));
  await here.backup();
  await here.erase('notes');
  expect(await filesIn(here.context.dataFolder)).not.toContain(own.id);
  expect(await here.restore('notes')).toMatchObject({ faults: [] });
  expect(await here.assets.list(notes)).toEqual([own]);
  expect(await readFile(here.assets.files.whereIs(own.id))).toEqual(png(6, 4));
  const there = await place(folder);
  await there.restore('notes');
  expect(await filesIn(there.context.dataFolder)).toEqual([own.id]);
});

test('what was erased leaves the backup with its next run', async () => {
  const folder = await newFolder();
  const here = await place(folder);
  await here.add(notes, png(6, 4));
  const shared = await here.add(notes, png(7, 4));
  await here.add(plans, png(7, 4));
  await here.backup();
  await here.erase('notes');
  await here.backup();
  expect(await filesIn(folder)).toEqual([shared.id]);
});

test('a damaged file is named, and does not take the place of a whole one', async () => {
  const folder = await newFolder();
  const here = await place(folder);
  const [whole, lost] = [await here.add(notes, png(6, 4)), await here.add(notes, png(7, 4))];
  await here.backup();
  await writeFile(here.assets.files.whereIs(whole.id), 'other bytes');
  await rm(here.assets.files.whereIs(lost.id));
  const fresh = await here.add(notes, png(8, 4));
  await writeFile(here.assets.files.whereIs(fresh.id), 'other bytes');
  expect((await here.backup()).faults).toEqual([expect.stringMatching(/^A file of "notes" .* damaged/)]);
  expect(await filesIn(folder)).toEqual([whole.id, lost.id].toSorted());
  expect((await verifyArchive(folder)).faults).toEqual([
    expect.stringContaining('The backup has lost a file of notes.'),
  ]);
  // Brought back over what is damaged.
  const { faults } = await here.restore('notes');
  expect(faults).toEqual([expect.stringContaining('could not be brought back')]);
  for (const [asset, bytes] of [
    [whole, png(6, 4)],
    [lost, png(7, 4)],
  ] as const) {
    expect(await readFile(here.assets.files.whereIs(asset.id))).toEqual(bytes);
  }
});

test('a file that went bad in the backup is found, and is not brought back as another', async () => {
  const folder = await newFolder();
  const here = await place(folder);
  const asset = await here.add(notes, png(6, 4));
  await here.backup();
  const path = join(folder, 'assets', asset.id.slice(0, 2), asset.id);
  await writeFile(path, Buffer.from(png(6, 4)).fill(7, 40, 41));
  expect((await verifyArchive(folder)).faults).toEqual([expect.stringContaining('its bytes are not those')]);
  const there = await place(folder);
  expect((await there.restore()).faults).toEqual([expect.stringContaining('It is damaged there.')]);
  expect(await there.assets.list(notes)).toEqual([]);
  expect(await filesIn(there.context.dataFolder)).toEqual([]);
});

test('a document that is exported takes its files along, and an import brings them in', async () => {
  const folder = await newFolder();
  const here = await place(folder);
  const pictures = [png(6, 4), png(300, 300, Buffer.alloc(200_000, 7)), png(8, 4)];
  const added = [];
  for (const bytes of pictures) added.push(await here.add(notes, bytes));
  const gone = added.pop()!;
  await rm(here.assets.files.whereIs(gone.id));
  const file = join(folder, 'notes.weft');
  const exported = await exportDocument.run({ name: 'notes', format: 'weft', seq: null, file }, here.context);
  expect(exported.warnings).toEqual([expect.stringContaining(gone.id)]);
  expect(await verifyArchive(file)).toMatchObject({ faults: [] });

  const there = await place(folder);
  const imported = await importDocument.run({ file, name: 'other', replace: false }, there.context);
  expect(imported).toMatchObject({ name: 'other', warnings: [] });
  expect((await there.assets.list(documentName('other'))).toSorted(byBytes)).toEqual(added.toSorted(byBytes));
  for (const [index, { id }] of added.entries()) {
    expect(await readFile(there.assets.files.whereIs(id))).toEqual(pictures[index]);
  }

  // Cut anywhere, or with another byte in a picture, nothing of it is used.
  const whole = await readFile(file);
  const changed = Buffer.from(whole);
  changed[whole.length - 1000]! ^= 1;
  for (const bytes of [changed, whole.subarray(0, -100)]) {
    await writeFile(file, bytes);
    const elsewhere = await place(folder);
    const failed = importDocument.run({ file, name: null, replace: false }, elsewhere.context);
    await expect(failed).rejects.toMatchObject({ code: 'ARCHIVE_UNREADABLE' });
    expect(await filesIn(elsewhere.context.dataFolder)).toEqual([]);
  }
});

test('a file of which only the bytes are others is brought back, too', async () => {
  const folder = await newFolder();
  const here = await place(folder);
  const { id } = await here.add(notes, png(6, 4));
  await here.backup();
  const path = here.assets.files.whereIs(id);
  await writeFile(path, Buffer.from(png(6, 4)).fill(7, 40, 41));
  expect(await here.restore('notes')).toMatchObject({ faults: [] });
  expect(await readFile(path)).toEqual(png(6, 4));
});

test('whoever ends a check or an export is not told of damage, and gets no file without its pictures', async () => {
  const folder = await newFolder();
  const here = await place(folder);
  await here.add(notes, png(6, 4));
  await here.backup();
  let calls = 0;
  const whole = await verifyArchive(folder, { checkWanted: () => void calls++ });
  expect(whole.faults).toEqual([]);
  // At the last place where it can be ended: within the picture.
  const checkWanted = (): void => {
    calls -= 1;
    if (calls === 0) throw new SyncError('CANCELLED', 'It was ended before it was done.');
  };
  await expect(verifyArchive(folder, { checkWanted })).rejects.toMatchObject({ code: 'CANCELLED' });

  const file = join(await newFolder(), 'notes.weft');
  const ended = { ...here.context, signal: AbortSignal.abort() };
  const exported = exportDocument.run({ name: 'notes', format: 'weft', seq: null, file }, ended);
  await expect(exported).rejects.toMatchObject({ code: 'CANCELLED' });
  await expect(readFile(file)).rejects.toMatchObject({ code: 'ENOENT' });
});

const byBytes = (a: Asset, b: Asset): number => a.bytes - b.bytes;
