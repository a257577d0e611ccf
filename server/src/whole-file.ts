// Files that are there whole or not at all, also after a loss of power: written beside their place, synced, and only then
// put in it.

import { type FileHandle, open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';

/** What the name of a file ends in until it is whole. */
export const UNFINISHED = '.unfinished';

/**
 * Has `fill` write a file, and puts it in its place. What was there before stays until then, and for good when this throws.
 * @param path in a folder that exists; only the owner may read it
 * @returns what `fill` returns, once file and name are on disk
 * @throws what the disk has against it; what `fill` throws
 */
export async function putFile<T>(path: string, fill: (file: FileHandle) => Promise<T>): Promise<T> {
  const unfinished = path + UNFINISHED;
  const file = await open(unfinished, 'w', 0o600);
  try {
    const result = await fill(file);
    await file.sync();
    await file.close();
    await rename(unfinished, path);
    await syncFolder(dirname(path));
    return result;
  } catch (error) {
    await file.close().catch(() => undefined);
    await rm(unfinished, { force: true }).catch(() => undefined);
    throw error;
  }
}

/** So that the names in it survive a power cut. */
export async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r');
  await folder.sync().finally(() => folder.close());
}
