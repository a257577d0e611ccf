// The files of all documents in a data folder: each once, under its hash. A file that has a name is whole and on disk; what is
// still coming lies apart, without one. Which files are under suspicion, because nobody may know them, survives a crash as well.

import { randomBytes } from 'node:crypto';
import { constants, type FileHandle, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { makeFolder } from '../make-folder.js';
import { SyncError } from '../sync-error.js';
import { syncFolder } from '../whole-file.js';
import { type AssetId, parseAssetId } from './asset-record.js';

/** In a data folder, and in a backup. */
export const ASSETS_FOLDER = 'assets';

export class AssetFiles {
  readonly folder: string;
  readonly #incoming: string;
  readonly #suspects: string;
  #made: Promise<void> | null = null;

  /** @param dataFolder or that of a backup: nothing is made in it before the first file comes */
  constructor(dataFolder: string) {
    this.folder = join(dataFolder, ASSETS_FOLDER);
    this.#incoming = join(this.folder, 'incoming');
    this.#suspects = join(this.folder, 'suspects');
  }

  /** A new file to write to, which is nobody's until it is put in its place. @throws what the disk has against it */
  async begin(): Promise<{ readonly path: string; readonly file: FileHandle }> {
    await this.#make();
    const path = join(this.#incoming, randomBytes(16).toString('hex'));
    return { path, file: await open(path, 'wx+', 0o600) };
  }

  discard(path: string): Promise<void> {
    return rm(path, { force: true });
  }

  /** Removes what a process has left that ended while files came. */
  async discardAll(): Promise<void> {
    for (const name of await namesIn(this.#incoming)) await this.discard(join(this.#incoming, name));
  }

  /** Gives a synced file its name; resolves once that is on disk. Of a file that is there the bytes are the same, or damaged. */
  async place(path: string, id: AssetId): Promise<void> {
    const folder = this.#folderOf(id);
    if ((await stat(folder).catch(() => null)) === null) {
      await makeFolder(folder);
      await syncFolder(this.folder);
    }
    await rename(path, this.pathOf(id));
    await syncFolder(folder);
  }

  pathOf(id: AssetId): string {
    return join(this.#folderOf(id), id);
  }

  /** For reading. @throws SyncError `STORE_UNREADABLE` */
  async open(id: AssetId): Promise<FileHandle> {
    const path = this.pathOf(id);
    try {
      return await open(path, constants.O_RDONLY);
    } catch (cause) {
      const reason = (cause as NodeJS.ErrnoException).code === 'ENOENT' ? 'is missing' : `cannot be read (${cause})`;
      const advice = 'Bring it back with weft restore-backup, or add it to the document once more.';
      throw new SyncError('STORE_UNREADABLE', `The file ${path} ${reason}. ${advice}`, { cause });
    }
  }

  /** Resolves once no power cut brings them back. */
  async remove(ids: Iterable<AssetId>): Promise<void> {
    const folders = new Set<string>();
    for (const id of ids) {
      await rm(this.pathOf(id), { force: true });
      folders.add(this.#folderOf(id));
    }
    for (const folder of folders) {
      // Of a file that never came there may be no folder.
      if ((await stat(folder).catch(() => null)) !== null) await syncFolder(folder);
    }
  }

  /** Those of all files, a folder at a time. */
  async *list(): AsyncGenerator<AssetId> {
    for (const folder of await namesIn(this.folder)) {
      if (!/^[0-9a-f]{2}$/.test(folder)) continue;
      yield* idsAmong(await namesIn(join(this.folder, folder))).filter((id) => id.startsWith(folder));
    }
  }

  /** Notes that these may be nobody's, from now on; resolves once that is on disk. */
  async suspect(ids: readonly AssetId[]): Promise<void> {
    await this.#make();
    for (const id of ids) await (await open(join(this.#suspects, id), 'w', 0o600)).close();
    await syncFolder(this.#suspects);
  }

  /** It is known by now what becomes of them. Should a power cut bring the note back, it is looked at again. */
  async clear(ids: Iterable<AssetId>): Promise<void> {
    for (const id of ids) await rm(join(this.#suspects, id), { force: true });
  }

  async suspects(): Promise<AssetId[]> {
    return idsAmong(await namesIn(this.#suspects));
  }

  #make(): Promise<void> {
    this.#made ??= this.#makeFolders().catch((error: unknown) => {
      this.#made = null;
      throw error;
    });
    return this.#made;
  }

  async #makeFolders(): Promise<void> {
    await makeFolder(this.#incoming);
    await makeFolder(this.#suspects);
    await syncFolder(this.folder);
    await syncFolder(join(this.folder, '..'));
  }

  /** Some file systems take their time with many thousand names in one folder. */
  #folderOf(id: AssetId): string {
    return join(this.folder, id.slice(0, 2));
  }
}

const idsAmong = (names: readonly string[]): AssetId[] => names.map(parseAssetId).filter((id) => id !== null);

/** None where there is no folder. @throws what else the disk has against it */
async function namesIn(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}
