// Files of documents in a folder: a data folder, or a backup. A file that has a name is whole and on disk; what is still coming
// lies apart, without one. Which files are under suspicion, because nobody may know them, survives a crash as well.

import { randomBytes } from 'node:crypto';
import { constants, type FileHandle, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { FileStore, IncomingFile, StoredFile } from '../log/file-store.js';
import { makeFolder } from '../make-folder.js';
import { invariant, SyncError } from '../sync-error.js';
import { Turns } from '../turns.js';
import { syncFolder } from '../whole-file.js';
import { type AssetId, parseAssetId } from './asset-record.js';

/** In a data folder, and in a backup. */
export const ASSETS_FOLDER = 'assets';

/** Of the four threads that Node has for disks: everybody's edits wait for one of the others. */
const SYNCS_AT_ONCE = 2;

export class AssetFolder implements FileStore {
  readonly folder: string;
  readonly #incoming: string;
  readonly #suspects: string;
  readonly #syncs = new Turns({ atOnce: SYNCS_AT_ONCE });
  #made: Promise<void> | null = null;

  /** @param dataFolder or that of a backup: nothing is made in it before the first file comes */
  constructor(dataFolder: string) {
    this.folder = join(dataFolder, ASSETS_FOLDER);
    this.#incoming = join(this.folder, 'incoming');
    this.#suspects = join(this.folder, 'suspects');
  }

  async begin(): Promise<IncomingFile> {
    await this.#make();
    const path = join(this.#incoming, randomBytes(16).toString('hex'));
    const file = await open(path, 'wx+', 0o600);
    let id: AssetId | null = null;
    return {
      write: (piece) => writeAll(file, piece),
      read: async (at, length) => {
        const { bytesRead, buffer } = await file.read(Buffer.alloc(length), 0, length, at);
        return buffer.subarray(0, bytesRead);
      },
      end: async (text) => {
        id = parseAssetId(text);
        await this.#syncs.run(() => file.sync());
        await file.close();
      },
      keep: async (note) => {
        invariant(id !== null, 'a file is kept before it has ended');
        await this.suspect([id]);
        await this.#place(path, id);
        await note();
        await this.#clear([id]);
      },
      discard: async () => {
        await file.close().catch(() => undefined);
        await rm(path, { force: true });
      },
    };
  }

  async discardLeft(): Promise<void> {
    for (const name of await namesIn(this.#incoming)) await rm(join(this.#incoming, name), { force: true });
  }

  /** Gives a synced file its name; resolves once that is on disk. Of a file that is there the bytes are the same, or damaged. */
  async #place(path: string, id: AssetId): Promise<void> {
    const folder = this.#folderOf(id);
    if ((await stat(folder).catch(() => null)) === null) {
      await makeFolder(folder);
      await syncFolder(this.folder);
    }
    await rename(path, this.whereIs(id));
    await syncFolder(folder);
  }

  whereIs(id: string): string {
    return join(this.#folderOf(id), id);
  }

  async open(id: string): Promise<StoredFile> {
    const path = this.whereIs(id);
    try {
      const file = await open(path, constants.O_RDONLY);
      const { size } = await file.stat();
      return {
        bytes: size,
        stream: (range) => file.createReadStream(range && { start: range.first, end: range.last }),
        close: () => file.close(),
      };
    } catch (cause) {
      const reason = (cause as NodeJS.ErrnoException).code === 'ENOENT' ? 'is missing' : `cannot be read (${cause})`;
      const advice = 'Bring it back with weft restore-backup, or add it to the document once more.';
      throw new SyncError('STORE_UNREADABLE', `The file ${path} ${reason}. ${advice}`, { cause });
    }
  }

  /** Resolves once no power cut brings them back. */
  async remove(ids: Iterable<string>): Promise<void> {
    const folders = new Set<string>();
    for (const id of ids) {
      await rm(this.whereIs(id), { force: true });
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

  /** Resolves once that is on disk. */
  async suspect(ids: readonly string[]): Promise<void> {
    if (ids.length === 0) return;
    await this.#make();
    for (const id of ids) await (await open(join(this.#suspects, id), 'w', 0o600)).close();
    await syncFolder(this.#suspects);
  }

  /** It is known by now what becomes of them. Should a power cut bring the note back, it is looked at again. */
  async #clear(ids: Iterable<AssetId>): Promise<void> {
    for (const id of ids) await rm(join(this.#suspects, id), { force: true });
  }

  async settle(named: () => AsyncIterable<string>): Promise<void> {
    const suspects = await this.suspects();
    if (suspects.length === 0) return;
    const nobodys = new Set<string>(suspects);
    for await (const id of named()) nobodys.delete(id);
    await this.remove(nobodys);
    await this.#clear(suspects);
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
  #folderOf(id: string): string {
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

/** A disk that is filling up takes a part. */
async function writeAll(file: FileHandle, bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.length; ) at += (await file.write(bytes, at)).bytesWritten;
}
