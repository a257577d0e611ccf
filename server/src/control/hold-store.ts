// Opens the store of a data folder, or says in whose hands it is.

import { storeFolder } from '../log/data-folder.js';
import type { KeyValueStore } from '../log/key-value-store.js';
import { openLevelStore } from '../log/level/level-store.js';
import { SyncError } from '../sync-error.js';
import { ControlClient } from './control-client.js';

/**
 * @param dataFolder an absolute path
 * @param onLoss     see openLevelStore
 * @throws SyncError `STORE_IN_USE`, naming the holder where it answers; `STORE_UNREADABLE`
 */
export async function holdStore(dataFolder: string, onLoss: (sentence: string) => void): Promise<KeyValueStore> {
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
