// The note that a whole backup is being brought back into this data folder. While it lies there, what the folder holds may
// be a part of the backup only: a start says so, and bringing back the same backup goes on instead of being refused.

import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { putFile } from '../whole-file.js';

const noteFile = (dataFolder: string): string => join(dataFolder, 'restoring');

/** @param backupFolder an absolute path */
export async function noteRestore(dataFolder: string, backupFolder: string): Promise<void> {
  await putFile(noteFile(dataFolder), (file) => file.writeFile(backupFolder));
}

/** The folder of the backup that was not brought back to the end; null when there is none. */
export async function unfinishedRestore(dataFolder: string): Promise<string | null> {
  const folder = await readFile(noteFile(dataFolder), 'utf8').catch(() => '');
  return folder === '' ? null : folder;
}

export async function restoreFinished(dataFolder: string): Promise<void> {
  await rm(noteFile(dataFolder), { force: true });
}
