// `weft backup`: brings a backup folder up to what the log holds, while people write. One channel at a time, each as of one
// moment; only what is new is written. The manifest comes last: until it is in its place, the backup before it is whole.

import { randomBytes } from 'node:crypto';
import { readdir, readFile, realpath, rm } from 'node:fs/promises';
import { basename, dirname, isAbsolute, join, relative, sep } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { backUpChannel, piecesIn } from '../archive/backup-writer.js';
import { writeWholeText } from '../archive/files.js';
import {
  type BackedUpChannel,
  type BackedUpDocument,
  MANIFEST_FILE,
  type Manifest,
  PIECES_FOLDER,
  readManifest,
  writeManifest,
} from '../archive/manifest.js';
import { ASSETS_FOLDER } from '../assets/asset-folder.js';
import { hasAlarms } from '../log/alarms.js';
import { asOfOneMoment } from '../log/as-of-one-moment.js';
import { alarmsFile } from '../log/data-folder.js';
import { channelsOf, type DocumentInfo, type DocumentLog } from '../log/document-log.js';
import { SyncError } from '../sync-error.js';
import { UNFINISHED } from '../whole-file.js';
import { backUpAssets, removeAssets } from './backup-assets.js';
import { checkMayTakeThePlaceOf, whyKept } from './backup-losses.js';
import { backUpRecords } from './backup-records.js';
import { type AdminContext, checkWanted, type Operation } from './operation.js';
import { readObject, readText } from './read-args.js';

export interface BackupArgs {
  /** An absolute path. */
  readonly folder: string;
}

export interface BackupResult {
  readonly folder: string;
  readonly documents: number;
  /** What this run has written: new entries, and those of small files that it took up. */
  readonly entriesWritten: number;
  readonly bytesWritten: number;
  /** Of the whole backup. */
  readonly bytes: number;
  /** What could not be backed up, in sentences: of these the backup has what it had before. */
  readonly faults: readonly string[];
}

/** A backup and where it went, as `DATA/backups.json` remembers it. */
export interface KnownBackup {
  readonly folder: string;
  readonly firstMs: number;
  readonly lastMs: number;
}

interface BackupBook {
  /** A random id, by which a backup folder knows what it is the backup of. */
  readonly store: string;
  readonly backups: readonly KnownBackup[];
}

const BOOK_FILE = 'backups.json';
const README_FILE = 'README.txt';
/** After each slice the backup rests for as long as the slice took, times this: the rest belongs to those who write. */
const REST_FACTOR = 1;

const README = `This folder is a backup that "weft backup" has made; it holds every document with its whole history.
To look whether it is sound:     weft verify THIS-FOLDER
To bring everything back:        weft restore-backup THIS-FOLDER --data NEW-FOLDER
To bring one document back:      weft restore-backup THIS-FOLDER --document NAME
Do not change or rename anything in here; "weft backup" adds what is new, and a copy of the folder is as good as the folder.
`;

export const backup: Operation<BackupArgs, BackupResult> = {
  name: 'backup',
  readArgs: (input) => ({ folder: readText(readObject(input), 'folder') }),
  run: async (args, context) => {
    if (running.has(context.log)) {
      throw new SyncError(
        'BACKUP_REFUSED',
        'A backup of this data folder is being made already. Try again when it is done.',
      );
    }
    running.add(context.log);
    try {
      return await runBackup(args, context);
    } finally {
      running.delete(context.log);
    }
  },
};

/** Two at once would remove each other's files. */
const running = new WeakSet<DocumentLog>();

async function runBackup({ folder }: BackupArgs, context: AdminContext): Promise<BackupResult> {
  const { dataFolder, log, onProgress } = context;
  await checkPlace(folder, dataFolder);
  const before = await readManifest(folder);
  if (before === null) await checkIsFree(folder);
  const book = await readBook(dataFolder);
  if (before && before.store !== book.store) {
    throw new SyncError(
      'BACKUP_REFUSED',
      `${folder} holds the backup of another data folder, which this one would take the place of. Choose another folder.`,
    );
  }
  await writeWholeText(join(folder, README_FILE), README);
  // Remembered before anything is written: an interrupted backup holds documents, too.
  const startedMs = Date.now();
  await writeBook(dataFolder, remember(book, folder, startedMs));

  const infos = await log.documents();
  const known = new Map(before?.documents.map((document) => [document.info.name, document]));
  const faults: string[] = [];
  const inDoubt = await hasAlarms(alarmsFile(dataFolder));
  let entriesWritten = 0;
  const onEntries = (count: number): void => {
    entriesWritten += count;
  };
  const betweenSlices = restsBetween(() => checkWanted(context));
  const documents: BackedUpDocument[] = [];
  for (const [index, { name }] of infos.entries()) {
    onProgress({ doing: 'Backing up', done: index, total: infos.length });
    const had = known.get(name);
    try {
      checkWanted(context);
      const info = await log.document(name);
      // Erased meanwhile.
      if (info === null) continue;
      documents.push(await backUpDocument(folder, log, info, had, { onEntries, betweenSlices, inDoubt }));
    } catch (error) {
      const fault = faultOfOneDocument(error);
      // What refuses says all of it; a damaged record does not know of the backup.
      const isDamage = (error as SyncError).code === 'STORE_UNREADABLE';
      const kept = had ? 'The backup keeps what it had of it.' : 'It is not in the backup.';
      faults.push(isDamage ? `"${name}" could not be backed up. ${fault} ${kept}` : fault);
      if (had) documents.push(had);
    }
  }
  const names = new Set(infos.map(({ name }) => name));
  for (const had of before?.documents ?? []) {
    if (names.has(had.info.name)) continue;
    const fault = await whyKept(had, log).catch(faultOfOneDocument);
    if (fault === null) continue;
    faults.push(fault);
    documents.push(had);
  }
  const { records, fault } = await backUpRecords(folder, log, before?.records ?? null, betweenSlices);
  if (fault !== null) faults.push(fault);
  const files = await backUpAssets(folder, records, context.assets, betweenSlices);
  faults.push(...files.faults);
  const manifest: Manifest = { store: book.store, timeMs: startedMs, documents, records };
  await writeManifest(folder, manifest);
  await removeUnnamed(folder, manifest);
  // What the backup keeps of a document that was lost, its records do not name any more.
  if (faults.length === 0) await removeAssets(folder, files.unnamed);
  const { bytes, bytesWritten } = measure(manifest, before);
  const sizes = { bytes: bytes + files.bytes, bytesWritten: bytesWritten + files.bytesWritten };
  return { folder, documents: documents.length, entriesWritten, ...sizes, faults };
}

/** What is wrong with one document, and lets the others be backed up. */
const costsOneDocument: ReadonlySet<string> = new Set(['STORE_UNREADABLE', 'BACKUP_REFUSED']);

function faultOfOneDocument(error: unknown): string {
  if (!(error instanceof SyncError) || !costsOneDocument.has(error.code)) throw error;
  return error.message;
}

interface Pace {
  readonly onEntries: (count: number) => void;
  readonly betweenSlices: () => Promise<void>;
  readonly inDoubt: boolean;
}

async function backUpDocument(
  folder: string,
  log: DocumentLog,
  info: DocumentInfo,
  had: BackedUpDocument | undefined,
  pace: Pace,
): Promise<BackedUpDocument> {
  const channels: BackedUpChannel[] = [];
  for (const id of channelsOf(info.name)) {
    const before = had?.channels.find((channel) => channel.kind === id.kind) ?? null;
    const channel = await asOfOneMoment(async () => {
      const view = await log.view(id);
      checkMayTakeThePlaceOf(before, view, pace.inDoubt);
      return backUpChannel(folder, view, before, pace);
    });
    if (channel) channels.push(channel);
  }
  return { info, channels };
}

/** @returns to be awaited between slices of work */
function restsBetween(check: () => void): () => Promise<void> {
  let workSinceMs = performance.now();
  return async () => {
    check();
    await sleep((performance.now() - workSinceMs) * REST_FACTOR);
    workSinceMs = performance.now();
  };
}

async function checkPlace(folder: string, dataFolder: string): Promise<void> {
  const way = relative(await withoutLinks(dataFolder), await withoutLinks(folder));
  if (way === '' || !(way.startsWith(`..${sep}`) || way === '..' || isAbsolute(way))) {
    throw new SyncError(
      'BACKUP_REFUSED',
      `${folder} lies in the data folder itself, and would be lost with it. Choose another folder, best on another disk.`,
    );
  }
}

/** Where a path leads to, also when the end of it is not there yet. */
async function withoutLinks(path: string): Promise<string> {
  try {
    return await realpath(path);
  } catch {
    const parent = dirname(path);
    return parent === path ? path : join(await withoutLinks(parent), basename(path));
  }
}

/** Nothing that somebody put there may be mixed with a backup; what an interrupted first one left may stay. */
async function checkIsFree(folder: string): Promise<void> {
  let names: string[];
  try {
    names = await readdir(folder);
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    if (code === 'ENOENT') return;
    throw new SyncError('FILE_NOT_WRITTEN', `${folder} cannot be used for a backup: ${message}.`, { cause });
  }
  const ours = [PIECES_FOLDER, README_FILE, MANIFEST_FILE, ASSETS_FOLDER];
  const stranger = names.find(
    (name) => !ours.includes(name.endsWith(UNFINISHED) ? name.slice(0, -UNFINISHED.length) : name),
  );
  if (stranger !== undefined) {
    throw new SyncError(
      'BACKUP_REFUSED',
      `${folder} is not empty and holds no backup ("${stranger}" is there). Choose an empty folder, or a new one.`,
    );
  }
}

async function removeUnnamed(folder: string, manifest: Manifest): Promise<void> {
  const named = new Set(filesOf(manifest).map(({ file }) => file));
  for (const path of await piecesIn(folder)) {
    if (!named.has(path)) await rm(join(folder, path), { force: true });
  }
}

const filesOf = ({ documents, records }: Manifest): { readonly file: string; readonly bytes: number }[] => [
  ...documents.flatMap(({ channels }) => channels.flatMap(({ pieces }) => pieces)),
  ...(records ? [records] : []),
];

function measure(manifest: Manifest, before: Manifest | null): Pick<BackupResult, 'bytes' | 'bytesWritten'> {
  const sizes = (of: Manifest): Map<string, number> => new Map(filesOf(of).map(({ file, bytes }) => [file, bytes]));
  const had = before ? sizes(before) : new Map<string, number>();
  let bytes = 0;
  let bytesWritten = 0;
  for (const [file, length] of sizes(manifest)) {
    bytes += length;
    if (!had.has(file)) bytesWritten += length;
  }
  return { bytes, bytesWritten };
}

/** The backups a data folder knows of, by the time of the last run. */
export async function knownBackups(dataFolder: string): Promise<readonly KnownBackup[]> {
  return (await readBook(dataFolder)).backups;
}

async function readBook(dataFolder: string): Promise<BackupBook> {
  const path = join(dataFolder, BOOK_FILE);
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    if (code === 'ENOENT') return { store: randomBytes(16).toString('hex'), backups: [] };
    throw new SyncError('STORE_UNREADABLE', `${path} cannot be read: ${message}.`, { cause });
  }
  try {
    const { store, backups } = readObject(JSON.parse(text));
    if (typeof store !== 'string' || !Array.isArray(backups)) throw new Error('it has other fields');
    return { store, backups };
  } catch (cause) {
    const sentence = `${path} is damaged. Move it away; the next backup then needs a folder of its own.`;
    throw new SyncError('STORE_UNREADABLE', sentence, { cause });
  }
}

const writeBook = (dataFolder: string, book: BackupBook): Promise<void> =>
  writeWholeText(join(dataFolder, BOOK_FILE), `${JSON.stringify(book, null, 2)}\n`);

function remember({ store, backups }: BackupBook, folder: string, nowMs: number): BackupBook {
  const firstMs = backups.find((known) => known.folder === folder)?.firstMs ?? nowMs;
  const others = backups.filter((known) => known.folder !== folder);
  return { store, backups: [...others, { folder, firstMs, lastMs: nowMs }] };
}
