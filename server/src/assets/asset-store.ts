// The files that belong to documents: bytes in files beside the log, and in the log's records which document has which. A file
// is on disk before a record names it, and both are before anybody is told; a file goes when no record names it any more.

import { createHash } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';
import type { DocumentName } from '@weft/protocol';
import type { RecordStore } from '../log/document-log.js';
import { messageOf, type SyncError } from '../sync-error.js';
import { Turns } from '../turns.js';
import { AssetFiles } from './asset-files.js';
import { type Asset, type AssetId, assetKey, assetPrefix, parseAssetId, putAsset, readAsset } from './asset-record.js';
import { type AssetType, isPicture, TYPE_BYTES, typeOf } from './asset-type.js';
import { pictureSizeOf } from './picture-size.js';

type AssetRecords = Pick<RecordStore, 'get' | 'list' | 'write'>;

export interface AssetStoreOptions {
  readonly dataFolder: string;
  readonly records: AssetRecords;
  /** Takes a sentence for whoever runs the server. */
  readonly complain: (sentence: string) => void;
}

/** A file that has come whole, and is synced, but belongs to nobody yet: it is to be kept or discarded. */
export interface Received extends Pick<Asset, 'id' | 'bytes' | 'type' | 'width' | 'height'> {
  /** Where it lies meanwhile. */
  readonly path: string;
}

export type ReceiveResult =
  | { readonly ok: true; readonly received: Received }
  /** The rest of it was not asked for. */
  | { readonly ok: false; readonly why: 'too-large' | 'unwanted-type' };

export interface KeepOptions {
  readonly document: DocumentName;
  readonly name: string;
  readonly person: string;
  readonly addedAtMs: number;
  /** Of all files of the document. */
  readonly mostBytes: number;
  readonly mostFiles: number;
  /** Asked last: whether there still is a document. */
  readonly exists: () => Promise<boolean>;
}

export type KeepResult =
  | { readonly ok: true; readonly asset: Asset; readonly isNew: boolean }
  | { readonly ok: false; readonly why: 'no-document' | 'full' };

export interface AssetUsage {
  readonly files: number;
  readonly bytes: number;
}

/** Of the four threads that Node has for disks: everybody's edits wait for one of the others. */
const SYNCS_AT_ONCE = 2;
/** Records that are read at a time. */
const PAGE = 1000;

export class AssetStore {
  readonly files: AssetFiles;
  readonly #records: AssetRecords;
  readonly #complain: (sentence: string) => void;
  readonly #syncs = new Turns({ atOnce: SYNCS_AT_ONCE });
  /** What puts files in their places or takes them away, one after the other. */
  #turn: Promise<unknown> = Promise.resolve();

  /** Of a data folder that nothing was cut short in; otherwise see `open`. */
  constructor({ dataFolder, records, complain }: AssetStoreOptions) {
    this.files = new AssetFiles(dataFolder);
    this.#records = records;
    this.#complain = complain;
  }

  /**
   * Opens the files of a data folder, of which this process has the store, and removes what a crash has left: that is what was on
   * its way then, and no more has to be looked at.
   */
  static async open(options: AssetStoreOptions): Promise<AssetStore> {
    const store = new AssetStore(options);
    await store.#inTurn(async () => {
      await store.files.discardAll();
      await store.#settle();
    });
    return store;
  }

  /**
   * Writes what comes to the disk, whatever it is. Holds no more of it than the piece that comes.
   * @param mayBe asked once, as soon as enough has come to tell
   * @throws what `source` throws, and what the disk has against it: nothing of it is left
   */
  async receive(
    source: AsyncIterable<Uint8Array>,
    mostBytes: number,
    mayBe: (type: AssetType) => boolean = () => true,
  ): Promise<ReceiveResult> {
    const { path, file } = await this.files.begin();
    let isKept = false;
    try {
      const hash = createHash('sha256');
      let start = Buffer.alloc(0);
      let bytes = 0;
      for await (const piece of source) {
        const isKnown = start.length >= TYPE_BYTES;
        if (!isKnown) start = Buffer.concat([start, piece.subarray(0, TYPE_BYTES)]);
        if (!isKnown && start.length >= TYPE_BYTES && !mayBe(typeOf(start))) {
          return { ok: false, why: 'unwanted-type' };
        }
        bytes += piece.length;
        if (bytes > mostBytes) return { ok: false, why: 'too-large' };
        hash.update(piece);
        await writeAll(file, piece);
      }
      const what = await judge(typeOf(start), file);
      if (!mayBe(what.type)) return { ok: false, why: 'unwanted-type' };
      await this.#syncs.run(() => file.sync());
      isKept = true;
      return { ok: true, received: { path, id: hash.digest('hex') as AssetId, bytes, ...what } };
    } finally {
      await file.close().catch(() => undefined);
      if (!isKept) await this.files.discard(path).catch(() => undefined);
    }
  }

  discard({ path }: Received): Promise<void> {
    return this.files.discard(path);
  }

  /**
   * Makes a file belong to a document; resolves once that is on disk. One that it has already stays as it is known.
   * @throws SyncError of the log, and what the disk has against it: then it may belong to it or not, and may be sent again
   */
  keep(received: Received, { document, exists, mostBytes, mostFiles, ...about }: KeepOptions): Promise<KeepResult> {
    return this.#inTurn(async (): Promise<KeepResult> => {
      try {
        const there = await this.find(document, received.id);
        if (there === null) {
          const { files, bytes } = await this.usage(document);
          if (files >= mostFiles || bytes + received.bytes > mostBytes) return { ok: false, why: 'full' };
        }
        if (!(await exists())) return { ok: false, why: 'no-document' };
        const { path, ...found } = received;
        await this.files.suspect([received.id]);
        await this.files.place(path, received.id);
        const asset = there ?? { ...found, ...about };
        if (there === null) await this.#records.write([putAsset(document, asset)]);
        await this.files.clear([received.id]);
        return { ok: true, asset, isNew: there === null };
      } finally {
        await this.discard(received).catch(() => undefined);
      }
    });
  }

  /** A file of a document; null when it has none of this id. @throws SyncError `STORE_UNREADABLE` */
  async find(document: DocumentName, id: AssetId): Promise<Asset | null> {
    const key = assetKey(document, id);
    const value = await this.#records.get('asset', key);
    return value === null ? null : readAsset({ key, value }).asset;
  }

  /** The files of a document. @throws SyncError `STORE_UNREADABLE` */
  async list(document: DocumentName): Promise<Asset[]> {
    const records = await this.#records.list('asset', { prefix: assetPrefix(document) });
    return records.map((record) => readAsset(record).asset);
  }

  async usage(document: DocumentName): Promise<AssetUsage> {
    const assets = await this.list(document);
    return { files: assets.length, bytes: assets.reduce((sum, { bytes }) => sum + bytes, 0) };
  }

  /**
   * Has `erase` remove a document with its records, and then removes the files that no other document has. Nothing is kept
   * meanwhile. Should it be cut short, the next start removes them.
   */
  whileErasing<T>(document: DocumentName, erase: () => Promise<T>): Promise<T> {
    return this.#inTurn(async () => {
      const keys: string[] = [];
      // What a damaged record names goes as well.
      const damaged = (_: SyncError, key: string): void => void keys.push(key);
      const sound = await this.#records.list('asset', { prefix: assetPrefix(document), damaged });
      keys.push(...sound.map(({ key }) => key));
      const ids = keys.map((key) => parseAssetId(key.slice(assetPrefix(document).length))).filter((id) => id !== null);
      if (ids.length > 0) await this.files.suspect(ids);
      const result = await erase();
      await this.#settle();
      return result;
    });
  }

  /** Removes suspects that no record names. Where the records cannot be listed, none is removed. */
  async #settle(): Promise<void> {
    const suspects = await this.files.suspects();
    if (suspects.length === 0) return;
    const nobodys = new Set<string>(suspects);
    try {
      for await (const key of this.#keys()) nobodys.delete(key.split('\0')[1]!);
    } catch (error) {
      const sentence = `Files that may be nobody's any more stay in ${this.files.folder}: ${messageOf(error)}`;
      this.#complain(sentence);
      return;
    }
    await this.files.remove(suspects.filter((id) => nobodys.has(id)));
    await this.files.clear(suspects);
  }

  /** Also of records that are damaged: whose a file is says the key. */
  async *#keys(): AsyncGenerator<string> {
    let after: string | undefined;
    do {
      const damagedKeys: string[] = [];
      const damaged = (_: SyncError, key: string): void => void damagedKeys.push(key);
      const page = await this.#records.list('asset', { limit: PAGE, damaged, ...(after !== undefined && { after }) });
      yield* damagedKeys;
      for (const { key } of page) yield key;
      after = page.length === PAGE ? page.at(-1)!.key : undefined;
    } while (after !== undefined);
  }

  #inTurn<T>(action: () => Promise<T>): Promise<T> {
    const done = this.#turn.then(action);
    this.#turn = done.catch(() => undefined);
    return done;
  }
}

/** A picture whose header makes no sense is none: no page should try to show it. */
async function judge(type: AssetType, file: FileHandle): Promise<Pick<Asset, 'type' | 'width' | 'height'>> {
  if (!isPicture(type)) return { type, width: null, height: null };
  const size = await pictureSizeOf(type, async (at, length) => {
    const { bytesRead, buffer } = await file.read(Buffer.alloc(length), 0, length, at);
    return buffer.subarray(0, bytesRead);
  });
  return size === null ? { type: 'application/octet-stream', width: null, height: null } : { type, ...size };
}

/** A disk that is filling up takes a part. */
async function writeAll(file: FileHandle, bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.length; ) at += (await file.write(bytes, at)).bytesWritten;
}
