// A shadow of a store: a folder that LevelDB may open and rearrange while the store itself stays as it is to the byte, since
// opening replays the write-ahead log and rewrites it. Tables never change, so they are shared by hard links; the rest,
// some megabytes, is copied.

import { copyFile, link, mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { SyncError } from '../../sync-error.js';

const PREFIX = 'verify-';
const isTable = (name: string): boolean => /\.(ldb|sst)$/.test(name);
/** The lock and LevelDB's own notes are of no use. */
const isStored = (name: string): boolean => /^(CURRENT|MANIFEST-\d+|\d+\.(log|ldb|sst))$/.test(name);

export interface Shadow {
  readonly folder: string;
  remove(): Promise<void>;
}

/**
 * Makes the shadow beside the store, on the same disk.
 * @throws SyncError `STORE_IN_USE` when somebody opens the store meanwhile, `NOT_PERMITTED`, `STORE_UNREADABLE`
 */
export async function makeShadow(storeFolder: string): Promise<Shadow> {
  const beside = dirname(storeFolder);
  await removeLeftovers(beside);
  let folder: string;
  try {
    folder = await mkdtemp(join(beside, `${PREFIX}${process.pid}-`));
  } catch (cause) {
    const sentence = `No folder can be made in ${beside}, which the check needs: ${(cause as Error).message}`;
    throw new SyncError('NOT_PERMITTED', sentence, { cause });
  }
  const remove = (): Promise<void> => rm(folder, { recursive: true, force: true });
  try {
    const before = await listing(storeFolder);
    for (const name of before.keys()) await take(join(storeFolder, name), join(folder, name), isTable(name));
    if (!sameListing(before, await listing(storeFolder))) throw changedMeanwhile(storeFolder);
    return { folder, remove };
  } catch (error) {
    await remove();
    if (error instanceof SyncError) throw error;
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') throw changedMeanwhile(storeFolder);
    const sentence = `The store ${storeFolder} cannot be read: ${(error as Error).message}`;
    throw new SyncError('STORE_UNREADABLE', sentence, { cause: error });
  }
}

async function take(from: string, to: string, shared: boolean): Promise<void> {
  if (shared) {
    try {
      await link(from, to);
      return;
    } catch (error) {
      // Some file systems have no hard links.
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') throw error;
    }
  }
  await copyFile(from, to);
}

/** By name: what changes when somebody writes. */
export async function listing(storeFolder: string): Promise<Map<string, string>> {
  const files = new Map<string, string>();
  for (const name of (await readdir(storeFolder)).filter(isStored).sort()) {
    const { size, mtimeMs } = await stat(join(storeFolder, name));
    files.set(name, `${size} ${mtimeMs}`);
  }
  return files;
}

const sameListing = (a: ReadonlyMap<string, string>, b: ReadonlyMap<string, string>): boolean =>
  a.size === b.size && [...a].every(([name, text]) => b.get(name) === text);

/** Those of processes that were killed. */
async function removeLeftovers(beside: string): Promise<void> {
  for (const name of await readdir(beside)) {
    const pid = new RegExp(`^${PREFIX}(\\d+)-`).exec(name)?.[1];
    if (pid !== undefined && !isAlive(Number(pid))) await rm(join(beside, name), { recursive: true, force: true });
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

const changedMeanwhile = (storeFolder: string): SyncError =>
  new SyncError(
    'STORE_IN_USE',
    `Somebody opened the store ${storeFolder} while it was copied for the check. Check again: a running server does it itself.`,
  );
