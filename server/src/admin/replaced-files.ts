// The files in which documents lie that something took the place of: one for each time, in the data folder. They are there to
// undo a replacement, and go when the document is erased: at once where that is asked for, and within a day at other servers.

import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { DocumentName } from '@weft/protocol';
import { readArchive } from '../archive/archive-reader.js';
import { readPieces } from '../archive/files.js';
import type { DocumentLog } from '../log/document-log.js';
import { messageOf, SyncError } from '../sync-error.js';
import type { DailyPass } from './daily.js';

const REPLACED_FOLDER = 'replaced';
const MAX_STEM_LENGTH = 120;
/** What follows the name: of `notes-2` it is more. */
const TIME = /^-\d{8}T\d{9}Z\.weft/;

/** Where what stands under a name now is kept. */
export function replacedFile(dataFolder: string, name: DocumentName, nowMs: number): string {
  const time = new Date(nowMs).toISOString().replace(/[-:.]/g, '');
  return join(dataFolder, REPLACED_FOLDER, `${stemOf(name)}-${time}.weft`);
}

/** The files of a document, the oldest first. */
export async function replacedFilesOf(dataFolder: string, name: DocumentName): Promise<string[]> {
  const folder = join(dataFolder, REPLACED_FOLDER);
  const files: string[] = [];
  const stem = stemOf(name);
  for (const file of (await readdir(folder).catch(() => [])).sort()) {
    // Long names share a beginning: what is in the file counts. One that cannot be read any more may be the document's.
    if (!file.startsWith(stem) || !TIME.test(file.slice(stem.length))) continue;
    const path = join(folder, file);
    const inFile = await nameIn(path);
    if (inFile === null || inFile === name) files.push(path);
  }
  return files;
}

/** Removes the files of a document. @returns how many there were */
export async function removeReplacedFiles(dataFolder: string, name: DocumentName): Promise<number> {
  const files = await replacedFilesOf(dataFolder, name);
  for (const file of files) await rm(file);
  return files.length;
}

/** Removes those of documents that were erased: at another server, or here, where that was cut short. */
async function removeFilesOfErased(
  dataFolder: string,
  log: Pick<DocumentLog, 'document' | 'wasErased'>,
): Promise<void> {
  const folder = join(dataFolder, REPLACED_FOLDER);
  for (const file of await readdir(folder).catch(() => [])) {
    const name = await nameIn(join(folder, file));
    if (name === null || !(await log.wasErased(name)) || (await log.document(name)) !== null) continue;
    await rm(join(folder, file), { force: true });
  }
}

/** At every server that has the store, for each has a folder of its own. */
export const dailyReplacedFiles =
  (
    dataFolder: string,
    log: Pick<DocumentLog, 'document' | 'wasErased'>,
    complain: (sentence: string) => void,
  ): DailyPass =>
  () =>
    removeFilesOfErased(dataFolder, log).catch((error: unknown) => {
      if (error instanceof SyncError && error.code === 'LOG_CLOSED') return;
      const what = `What erased documents left in ${join(dataFolder, REPLACED_FOLDER)}`;
      complain(`${what} could not be removed: ${messageOf(error)} It is tried again tomorrow.`);
    });

/** @returns null when it cannot be read */
async function nameIn(path: string): Promise<DocumentName | null> {
  try {
    for await (const item of readArchive(readPieces(path, path), path)) {
      return item.type === 'document' ? item.document.name : null;
    }
  } catch {
    // It says nothing any more.
  }
  return null;
}

const stemOf = (name: DocumentName): string => encodeURIComponent(name).slice(0, MAX_STEM_LENGTH);
