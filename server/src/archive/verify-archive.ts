// Proves a backup folder or a .weft file whole: every checksum, every chain, every file the manifest names. What is
// damaged is named with its document and its entries; the rest is looked at all the same.

import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { AssetCheck, faultOfFile } from '../assets/asset-check.js';
import { AssetFolder } from '../assets/asset-folder.js';
import { SyncError } from '../sync-error.js';
import { readArchive } from './archive-reader.js';
import { readBackedUpChannel } from './backup-reader.js';
import { readPieces } from './files.js';
import { checkIsNotBegun, type Manifest, readManifest } from './manifest.js';
import { readRecordsFile } from './records-file.js';

const FIRST_WORDS = 'weft archive ';

export interface ArchiveVerdict {
  readonly what: 'backup' | 'document';
  readonly documents: number;
  /** Entries that were found whole. */
  readonly entries: number;
  /** One sentence for each thing that is damaged; none when all is well. */
  readonly faults: readonly string[];
}

export interface ArchiveCheckOptions {
  /** Documents looked at so far, and in all. */
  readonly onProgress?: (done: number, total: number) => void;
  /** Throws when nobody wants the verdict any more. */
  readonly checkWanted?: () => void;
}

/**
 * @param path a backup folder or a .weft file
 * @throws SyncError `ARCHIVE_UNREADABLE` when it is neither
 */
export async function verifyArchive(path: string, options: ArchiveCheckOptions = {}): Promise<ArchiveVerdict> {
  const found = await stat(path).catch(() => null);
  if (found === null) throw new SyncError('ARCHIVE_UNREADABLE', `There is nothing at ${path}.`);
  if (found.isFile()) {
    if (!(await beginsAsArchive(path))) throw neither(path, 'Choose another file.');
    return verifyFile(path, options);
  }
  const manifest = await readManifest(path);
  if (manifest) return verifyBackup(path, manifest, options);
  await checkIsNotBegun(path);
  const isData = (await stat(join(path, 'store')).catch(() => null)) !== null;
  throw neither(path, isData ? 'To check a data folder, say where it is with --data.' : 'Choose another folder.');
}

const neither = (path: string, advice: string): SyncError =>
  new SyncError(
    'ARCHIVE_UNREADABLE',
    `${path} is neither a backup of Weft nor a document that it has exported. ${advice}`,
  );

/** A file of something else is not a damaged one of ours. @throws SyncError `ARCHIVE_UNREADABLE` when it cannot be read */
async function beginsAsArchive(path: string): Promise<boolean> {
  for await (const piece of readPieces(path, path))
    return Buffer.from(piece).toString('latin1').startsWith(FIRST_WORDS);
  return false;
}

async function verifyFile(path: string, { checkWanted }: ArchiveCheckOptions): Promise<ArchiveVerdict> {
  let entries = 0;
  const faults: string[] = [];
  try {
    for await (const item of readArchive(readPieces(path, path), path)) {
      checkWanted?.();
      if (item.type === 'entries') entries += item.entries.length;
    }
  } catch (error) {
    faults.push(damage(error));
  }
  return { what: 'document', documents: 1, entries, faults };
}

async function verifyBackup(
  folder: string,
  { documents, records }: Manifest,
  { onProgress, checkWanted }: ArchiveCheckOptions,
): Promise<ArchiveVerdict> {
  let entries = 0;
  const faults: string[] = [];
  for (const [index, { info, channels }] of documents.entries()) {
    onProgress?.(index, documents.length);
    for (const channel of channels) {
      try {
        for await (const item of readBackedUpChannel(folder, { document: info.name, kind: channel.kind }, channel)) {
          checkWanted?.();
          if (item.type === 'entries') entries += item.entries.length;
        }
      } catch (error) {
        faults.push(damage(error));
      }
    }
  }
  const assets = new AssetCheck();
  try {
    for await (const { table, key, value } of records ? readRecordsFile(folder, records) : []) {
      checkWanted?.();
      const fault = assets.take(table, key, value);
      if (fault !== null) faults.push(fault);
    }
  } catch (error) {
    faults.push(damage(error));
  }
  const files = new AssetFolder(folder);
  for (const { document, asset } of assets.named) {
    const fault = await faultOfFile(files, asset, async () => checkWanted?.());
    if (fault !== null) faults.push(`The backup has lost a file of ${document}. ${fault}`);
  }
  return { what: 'backup', documents: documents.length, entries, faults };
}

/** The sentence of what is damaged; anything else is not ours to judge. */
function damage(error: unknown): string {
  if (error instanceof SyncError && error.code === 'ARCHIVE_UNREADABLE') return error.message;
  throw error;
}
