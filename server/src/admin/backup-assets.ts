// The files of documents in a backup: each once, under its hash, as in a data folder. Those that the records of the backup name are
// copied once these are written, and read again byte by byte on the way.

import { createHash } from 'node:crypto';
import { stat } from 'node:fs/promises';
import type { DocumentName } from '@weft/protocol';
import { writeWhole } from '../archive/files.js';
import type { BackedUpRecords } from '../archive/manifest.js';
import { readRecordsFile } from '../archive/records-file.js';
import { faultOfFile } from '../assets/asset-check.js';
import { AssetFolder } from '../assets/asset-folder.js';
import { assetName } from '../assets/asset-name.js';
import { type Asset, type AssetId, readAsset } from '../assets/asset-record.js';
import type { AssetStore } from '../assets/asset-store.js';
import type { FileStore } from '../log/file-store.js';
import { SyncError } from '../sync-error.js';
import type { AdminContext } from './operation.js';

export interface AssetsBackup {
  readonly bytes: number;
  readonly bytesWritten: number;
  /** What could not be copied, in sentences. */
  readonly faults: readonly string[];
  /** Files of the backup that its records do not name. */
  readonly unnamed: readonly AssetId[];
}

/** @param records as they lie in the backup now */
export async function backUpAssets(
  folder: string,
  records: BackedUpRecords | null,
  assets: AssetStore,
  betweenSlices: () => Promise<void>,
): Promise<AssetsBackup> {
  const target = new AssetFolder(folder);
  const named = new Set<AssetId>();
  const faults: string[] = [];
  let bytes = 0;
  let bytesWritten = 0;
  if (records !== null) {
    for await (const record of readRecordsFile(folder, records)) {
      if (record.table !== 'asset') continue;
      try {
        const { asset } = readAsset(record);
        if (named.has(asset.id)) continue;
        named.add(asset.id);
        bytes += asset.bytes;
        const there = await stat(target.whereIs(asset.id)).catch(() => null);
        if (there?.size === asset.bytes) continue;
        await copy(assets.files, target, asset, betweenSlices);
        bytesWritten += asset.bytes;
      } catch (error) {
        if (!(error instanceof SyncError) || error.code !== 'STORE_UNREADABLE') throw error;
        faults.push(`A file of "${record.key.split('\0')[0]}" could not be backed up. ${error.message}`);
      }
    }
  }
  const unnamed: AssetId[] = [];
  for await (const id of target.list()) if (!named.has(id)) unnamed.push(id);
  return { bytes, bytesWritten, faults, unnamed };
}

/** Files that nobody has any more. */
export const removeAssets = (folder: string, ids: readonly AssetId[]): Promise<void> =>
  new AssetFolder(folder).remove(ids);

async function copy(from: FileStore, to: AssetFolder, asset: Asset, betweenSlices: () => Promise<void>): Promise<void> {
  const { id } = asset;
  await writeWhole(to.whereIs(id), async (sink) => {
    const hash = createHash('sha256');
    for await (const piece of (await from.open(id)).stream()) {
      hash.update(piece as Uint8Array);
      await sink.write(piece as Uint8Array);
      await betweenSlices();
    }
    if (hash.digest('hex') === id) return;
    throw new SyncError(
      'STORE_UNREADABLE',
      `The file ${from.whereIs(id)} is damaged. Add it to the document once more.`,
    );
  });
}

/** Brings the files of a document back that it does not have, or not as they were. @returns what could not come, in sentences */
export async function bringBackAssets(
  folder: string,
  document: DocumentName,
  wanted: readonly Asset[],
  context: Pick<AdminContext, 'assets' | 'log'>,
): Promise<string[]> {
  const source = new AssetFolder(folder);
  const faults: string[] = [];
  for (const asset of wanted) {
    const isKnown = (await context.assets.find(document, asset.id).catch(() => null)) !== null;
    // Byte by byte: who restores may do so because verify found one of them damaged.
    if (isKnown && (await faultOfFile(context.assets.files, asset, async () => undefined)) === null) continue;
    const open = async () => (await source.open(asset.id)).stream();
    const fault = await bringBackAsset(document, asset, open, context);
    if (fault !== null) faults.push(fault);
  }
  return faults;
}

/** However many there are: a document is brought in whole. @returns why it could not come, in a sentence */
export async function bringBackAsset(
  document: DocumentName,
  { id, name, person, addedAtMs }: Asset,
  open: () => Promise<AsyncIterable<Uint8Array>>,
  { assets, log }: Pick<AdminContext, 'assets' | 'log'>,
): Promise<string | null> {
  const endless = Number.POSITIVE_INFINITY;
  try {
    const result = await assets.receive(await open(), endless);
    if (!result.ok) throw new SyncError('STORE_UNREADABLE', 'It is not what it was.');
    const { received } = result;
    if (received.id !== id) {
      await assets.discard(received);
      throw new SyncError('STORE_UNREADABLE', 'It is damaged there.');
    }
    const about = { document, name: assetName(name, received.type), person, addedAtMs };
    const exists = async (): Promise<boolean> => (await log.document(document)) !== null;
    await assets.keep(received, { ...about, mostBytes: endless, mostFiles: endless, exists });
    return null;
  } catch (error) {
    if (!(error instanceof SyncError) || error.code !== 'STORE_UNREADABLE') throw error;
    return `"${name}" of "${document}" could not be brought back. ${error.message}`;
  }
}
