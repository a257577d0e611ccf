// The note in a data folder that its documents are in a database. While it lies there nobody begins a store on the disk beside
// them, which would look as if everything were gone.

import { existsSync } from 'node:fs';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { messageOf, SyncError } from '../sync-error.js';
import { putFile, syncFolder } from '../whole-file.js';

const noteFile = (dataFolder: string): string => join(dataFolder, 'store-address');

/** A store in a database without the person and the password. */
export function addressOf(url: string): string {
  const { protocol, host, pathname, searchParams } = new URL(url);
  const options = searchParams.get('options');
  return `${protocol}//${host}${pathname}${options === null ? '' : ` (${options})`}`;
}

/** @param url of which the person and the password are not kept */
export async function noteStore(dataFolder: string, url: string): Promise<void> {
  const address = addressOf(url);
  if ((await notedStore(dataFolder)) === address) return;
  await putFile(noteFile(dataFolder), (file) => file.writeFile(`${address}\n`));
}

/** The documents are in the folder from here on. */
export async function forgetStore(dataFolder: string): Promise<void> {
  await rm(noteFile(dataFolder), { force: true });
  await syncFolder(dataFolder);
}

/** Where the documents of a folder are; null when they are in it. @throws SyncError `NOT_PERMITTED` */
export async function notedStore(dataFolder: string): Promise<string | null> {
  try {
    return (await readFile(noteFile(dataFolder), 'utf8')).trim();
  } catch (error) {
    // Of a folder that cannot be looked into others say so.
    if (!existsSync(noteFile(dataFolder))) return null;
    throw new SyncError('NOT_PERMITTED', `${noteFile(dataFolder)} cannot be read: ${messageOf(error)}`, {
      cause: error,
    });
  }
}
