// Files that lie in a data folder whose documents are in a database, from before files were kept there: brought into it when the server
// starts, each read there and checked against its name, and only then removed from the folder.

import { messageOf } from '../sync-error.js';
import { faultOfFile } from './asset-check.js';
import type { AssetFolder } from './asset-folder.js';
import type { AssetId } from './asset-record.js';
import type { AssetStore } from './asset-store.js';

/** @param complain takes a sentence for whoever runs the server */
export async function moveFiles(
  folder: AssetFolder,
  assets: AssetStore,
  complain: (sentence: string) => void,
): Promise<void> {
  const there: AssetId[] = [];
  for await (const id of folder.list()) there.push(id);
  if (there.length === 0) return;
  complain(`The files in ${folder.folder} are being brought into the database, where all files of documents are kept.`);
  const named = new Set<string>();
  for await (const id of assets.named()) named.add(id);
  let moved = 0;
  for (const id of there.filter((one) => named.has(one))) {
    try {
      await bring(folder, assets, id);
      await folder.remove([id]);
      moved += 1;
    } catch (error) {
      complain(
        `The file ${folder.whereIs(id)} could not be brought into the database: ${messageOf(error)}. It stays there.`,
      );
    }
  }
  complain(`${moved} files were brought into the database. What is left in ${folder.folder} is not used any more.`);
}

/** @throws unless all of it is in the database, and on disk there */
async function bring(folder: AssetFolder, assets: AssetStore, id: AssetId): Promise<void> {
  const result = await assets.receive((await folder.open(id)).stream(), Number.POSITIVE_INFINITY);
  if (!result.ok) throw new Error(result.why);
  const { file, id: found, bytes } = result.received;
  try {
    if (found !== id) throw new Error('it is damaged there');
    await file.keep(async () => undefined);
  } finally {
    await file.discard();
  }
  const fault = await faultOfFile(assets.files, { id, bytes, name: id }, async () => undefined);
  if (fault !== null) throw new Error(fault);
}
