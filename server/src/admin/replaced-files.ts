// The files in which documents lie that something took the place of: one for each time, in the data folder. They are there to
// undo a replacement, and go when the document is erased.

import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { DocumentName } from '@weft/protocol';
import { readArchive } from '../archive/archive-reader.js';
import { readPieces } from '../archive/files.js';

const REPLACED_FOLDER = 'replaced';
const MAX_STEM_LENGTH = 120;

/** Where what stands under a name now is kept. */
export function replacedFile(dataFolder: string, name: DocumentName, nowMs: number): string {
  const time = new Date(nowMs).toISOString().replace(/[-:.]/g, '');
  return join(dataFolder, REPLACED_FOLDER, `${stemOf(name)}-${time}.weft`);
}

/** Removes the files of a document. @returns how many there were */
export async function removeReplacedFiles(dataFolder: string, name: DocumentName): Promise<number> {
  const folder = join(dataFolder, REPLACED_FOLDER);
  let removed = 0;
  for (const file of await readdir(folder).catch(() => [])) {
    // Long names share a beginning: what is in the file counts. One that cannot be read any more may be the document's.
    if (!file.startsWith(`${stemOf(name)}-`)) continue;
    const inFile = await nameIn(join(folder, file));
    if (inFile !== null && inFile !== name) continue;
    await rm(join(folder, file));
    removed += 1;
  }
  return removed;
}

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
