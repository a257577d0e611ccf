// Where documents are moved to: opened as a copy that is not served, and made the place where they are once it is whole.

import { existsSync } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { ASSETS_FOLDER, AssetFolder } from '../assets/asset-folder.js';
import { storeFolder } from '../log/data-folder.js';
import type { FileStore } from '../log/file-store.js';
import { openLevelLog } from '../log/level/level-log.js';
import { openLevelStore } from '../log/level/level-store.js';
import type { MovableStore } from '../log/moving/movable-store.js';
import { addressOf, forgetStore, noteStore } from '../log/store-note.js';
import { syncFolder, UNFINISHED } from '../whole-file.js';

/** What stands for the data folder where an address of a database might stand. */
export const FOLDER = 'folder';

/** A store to move to. */
export interface End {
  readonly name: string;
  readonly store: MovableStore;
  /** Of documents. */
  readonly files: FileStore;
  /** May be called twice. */
  close(): Promise<void>;
  /** It is whole: from here on it is where the documents are. */
  settle(source: MovableStore): Promise<void>;
}

export async function openEnd(to: string, dataFolder: string, secret: Uint8Array): Promise<End> {
  // What fails is told by the call that needs it.
  const options = { copyOf: secret, giveUpAfterMs: 0, paceMs: 0, onFailure: () => undefined };
  return to === FOLDER ? folderEnd(dataFolder, options) : postgresEnd(to, dataFolder, options);
}

interface EndOptions {
  readonly copyOf: Uint8Array;
  readonly giveUpAfterMs: number;
  readonly paceMs: number;
  readonly onFailure: () => void;
}

async function postgresEnd(url: string, dataFolder: string, options: EndOptions): Promise<End> {
  // Loaded for those alone who have a database.
  const { openPostgresLog } = await import('../log/postgres/postgres-log.js');
  const log = await openPostgresLog(url, options);
  return {
    name: addressOf(url),
    store: log.movable(),
    files: log.files,
    close: () => log.close(),
    settle: async (source) => {
      // Nobody serves it from here on, wherever this ends; as long as the note stands, the command is given again.
      await source.retire();
      await noteStore(dataFolder, url);
    },
  };
}

/** Apart until it is whole: where the store is, documents would be taken to be. */
async function folderEnd(dataFolder: string, options: EndOptions): Promise<End> {
  const isThere = existsSync(join(storeFolder(dataFolder), 'CURRENT'));
  const apart = join(dataFolder, `migrating${UNFINISHED}`);
  const folder = isThere ? dataFolder : apart;
  const log = await openLevelLog(() => openLevelStore(storeFolder(folder)), options);
  return {
    name: storeFolder(dataFolder),
    store: log.movable(),
    files: new AssetFolder(folder),
    close: () => log.close(),
    settle: async (source) => {
      await source.retire();
      // The store comes last: then everything is there.
      if (!isThere) {
        await replaceFolder(join(apart, ASSETS_FOLDER), join(dataFolder, ASSETS_FOLDER));
        await replaceFolder(storeFolder(apart), storeFolder(dataFolder));
        await syncFolder(dataFolder);
      }
      await forgetStore(dataFolder);
      await rm(apart, { recursive: true, force: true });
    },
  };
}

async function replaceFolder(from: string, to: string): Promise<void> {
  if (!existsSync(from)) return;
  await putAside(to);
  await rename(from, to);
}

/** @returns where it is now, as it was; null when there is none */
export async function putAside(path: string): Promise<string | null> {
  if (!existsSync(path)) return null;
  for (let number = 1; ; number++) {
    const aside = `${path}-moved${number === 1 ? '' : `-${number}`}`;
    if (existsSync(aside)) continue;
    await rename(path, aside);
    return aside;
  }
}
