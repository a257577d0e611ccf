// Whether every file that a record names is there and is what it was. A record and its file are looked at apart: the records come with
// the walk through the store, the files after it.

import { createHash } from 'node:crypto';
import type { DocumentName } from '@weft/protocol';
import type { Table } from '../log/document-log.js';
import type { FileStore } from '../log/file-store.js';
import { messageOf, SyncError } from '../sync-error.js';
import { type Asset, type AssetId, readAsset } from './asset-record.js';

/** One file, and a document that has it. */
export interface NamedAsset {
  readonly document: DocumentName;
  readonly asset: Asset;
}

/**
 * Reads all of it.
 * @param rest awaited between pieces
 * @returns what is wrong with it, or null
 * @throws SyncError `CANCELLED` of `rest`: that says nothing of the file
 */
export async function faultOfFile(
  files: FileStore,
  { id, bytes, name }: Pick<Asset, 'id' | 'bytes' | 'name'>,
  rest: () => Promise<void>,
): Promise<string | null> {
  const hash = createHash('sha256');
  let read = 0;
  try {
    const file = await files.open(id);
    for await (const piece of file.stream()) {
      hash.update(piece as Uint8Array);
      read += (piece as Uint8Array).length;
      await rest();
    }
  } catch (error) {
    if (error instanceof SyncError && error.code === 'CANCELLED') throw error;
    return `"${name}": ${messageOf(error)}`;
  }
  if (read === bytes && hash.digest('hex') === id) return null;
  return `"${name}": The file ${files.whereIs(id)} is damaged: its bytes are not those that its name stands for.`;
}

/** Gathers what the records say (RecordChecks). */
export class AssetCheck {
  /** One document of those that have it stands for all. */
  readonly #named = new Map<AssetId, NamedAsset>();
  /** Of all records, also those that cannot be read. */
  readonly #mentioned = new Set<string>();
  /** Files that were there, in their places, before the records were read. */
  #there: readonly string[] = [];

  /** To be called before the records are read: what is put in its place later is nobody's mistake. */
  async begin(files: FileStore): Promise<void> {
    const there: string[] = [];
    for await (const id of files.list()) there.push(id);
    // One that is no suspect any more has its record by now.
    const suspects = new Set<string>(await files.suspects());
    this.#there = there.filter((id) => !suspects.has(id));
  }

  take(table: Table, key: string, value: Uint8Array | null): string | null {
    if (table !== 'asset') return null;
    this.#mentioned.add(key.split('\0')[1] ?? '');
    if (value === null) return null;
    try {
      const named = readAsset({ key, value });
      this.#named.set(named.asset.id, named);
      return null;
    } catch (error) {
      return messageOf(error);
    }
  }

  get named(): readonly NamedAsset[] {
    return [...this.#named.values()];
  }

  /** Files that no record names, and that nobody will remove by himself. */
  get nobodys(): readonly string[] {
    return this.#there.filter((id) => !this.#mentioned.has(id));
  }
}
