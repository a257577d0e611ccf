// Opens the store of a data folder, or says in whose hands it is.

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { storeFolder } from '../log/data-folder.js';
import type { KeyValueStore } from '../log/key-value-store.js';
import { openLevelStore } from '../log/level/level-store.js';
import { notedStore } from '../log/store-note.js';
import { makeFolder } from '../make-folder.js';
import { messageOf, SyncError } from '../sync-error.js';
import { ControlClient } from './control-client.js';

/**
 * @param dataFolder an absolute path
 * @param onLoss     see openLevelStore
 * @throws SyncError `STORE_IN_USE`, naming the holder where it answers; `STORE_UNREADABLE`; `NO_STORE` when the documents are
 *         in a database
 */
export async function holdStore(dataFolder: string, onLoss: (sentence: string) => void): Promise<KeyValueStore> {
  const elsewhere = await notedStore(dataFolder);
  if (elsewhere !== null) throw isElsewhere(dataFolder, elsewhere);
  try {
    return await openLevelStore(storeFolder(dataFolder), onLoss);
  } catch (error) {
    if (!(error instanceof SyncError) || error.code !== 'STORE_IN_USE') throw error;
    const holder = await ControlClient.connect(dataFolder).catch(() => null);
    if (holder === null) throw error;
    holder.close();
    throw inUse(dataFolder, holder);
  }
}

export function inUse(dataFolder: string, { greeting: { holder, pid } }: Pick<ControlClient, 'greeting'>): SyncError {
  const advice =
    holder === 'weft serve'
      ? 'Stop that one first, or choose another folder.'
      : 'It ends by itself when it is done: try again then.';
  return new SyncError(
    'STORE_IN_USE',
    `The data folder ${dataFolder} is in use by another process: ${holder}, process ${pid}. ${advice}`,
  );
}

/** What is said to those who look for documents in a folder whose are in a database. */
export const isElsewhere = (dataFolder: string, address: string): SyncError =>
  new SyncError(
    'NO_STORE',
    `The documents of ${dataFolder} are in the database ${address}. Start the server with that address as its --store; ` +
      'commands ask the running server for them.',
  );

/**
 * Makes a data folder that of a store in a database, whose files, alarms and control socket it holds.
 * @throws SyncError `STORE_IN_USE`; `BAD_USAGE` when it holds documents of its own
 */
export async function holdFolder(dataFolder: string): Promise<void> {
  try {
    await makeFolder(dataFolder);
  } catch (cause) {
    throw new SyncError('NOT_PERMITTED', `${dataFolder} cannot be made a data folder: ${messageOf(cause)}.`, { cause });
  }
  if (existsSync(join(storeFolder(dataFolder), 'CURRENT'))) {
    throw new SyncError(
      'BAD_USAGE',
      `The data folder ${dataFolder} holds documents of its own, which --store would leave aside. ` +
        ((await notedStore(dataFolder)) === null
          ? 'Choose another folder; or move its documents to the database with "weft migrate".'
          : 'They were being moved with "weft migrate", which ended before its last step: give that command once more.'),
    );
  }
  const holder = await ControlClient.connect(dataFolder).catch(() => null);
  if (holder !== null) {
    holder.close();
    throw inUse(dataFolder, holder);
  }
}
