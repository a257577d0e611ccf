// The files that belong to documents: bytes in a store for files (file-store.ts), and in the log's records which document has which. A
// file is on disk before a record names it, and both are before anybody is told; a file goes when no record names it any more.

import { createHash } from 'node:crypto';
import type { DocumentName } from '@weft/protocol';
import type { RecordStore } from '../log/document-log.js';
import type { FileStore, IncomingFile } from '../log/file-store.js';
import { messageOf, type SyncError } from '../sync-error.js';
import { type Asset, type AssetId, assetKey, assetPrefix, parseAssetId, putAsset, readAsset } from './asset-record.js';
import { type AssetType, isPicture, TYPE_BYTES, typeOf } from './asset-type.js';
import { pictureSizeOf } from './picture-size.js';

type AssetRecords = Pick<RecordStore, 'get' | 'list' | 'write'>;

export interface AssetStoreOptions {
  readonly files: FileStore;
  readonly records: AssetRecords;
  /** Takes a sentence for whoever runs the server. */
  readonly complain: (sentence: string) => void;
}

/** A file that has come whole, and is synced, but belongs to nobody yet: it is to be kept or discarded. */
export interface Received extends Pick<Asset, 'id' | 'bytes' | 'type' | 'width' | 'height'> {
  /** What it is meanwhile. */
  readonly file: IncomingFile;
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

/** Records that are read at a time. */
const PAGE = 1000;

export class AssetStore {
  readonly files: FileStore;
  readonly #records: AssetRecords;
  readonly #complain: (sentence: string) => void;
  /** What puts files in their places or takes them away, one after the other. */
  #turn: Promise<unknown> = Promise.resolve();

  /** Of files that nothing was cut short in; otherwise see `open`. */
  constructor({ files, records, complain }: AssetStoreOptions) {
    this.files = files;
    this.#records = records;
    this.#complain = complain;
  }

  /** Of a store that this process has: removes what a crash has left. That is what was on its way then, and no more has to be looked at. */
  static async open(options: AssetStoreOptions): Promise<AssetStore> {
    const store = new AssetStore(options);
    await store.#inTurn(async () => {
      await store.files.discardLeft();
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
    const file = await this.files.begin();
    let isWhole = false;
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
        await file.write(piece);
      }
      const what = await judge(typeOf(start), file);
      if (!mayBe(what.type)) return { ok: false, why: 'unwanted-type' };
      const id = hash.digest('hex') as AssetId;
      await file.end(id);
      isWhole = true;
      return { ok: true, received: { file, id, bytes, ...what } };
    } finally {
      if (!isWhole) await file.discard().catch(() => undefined);
    }
  }

  discard({ file }: Received): Promise<void> {
    return file.discard();
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
        const { file, ...found } = received;
        const asset = there ?? { ...found, ...about };
        await file.keep(async () => {
          if (there === null) await this.#records.write([putAsset(document, asset)]);
        });
        if ((await this.find(document, received.id)) === null) return { ok: false, why: 'no-document' };
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
      await this.files.suspect(keys.map(idIn).filter((id) => id !== null));
      const result = await erase();
      await this.#settle();
      return result;
    });
  }

  /** Where the records cannot be listed, nothing is removed. */
  async #settle(): Promise<void> {
    let notListed: unknown = null;
    const listed = this.named();
    async function* named(): AsyncGenerator<string> {
      try {
        yield* listed;
      } catch (error) {
        notListed = error;
        throw error;
      }
    }
    try {
      await this.files.settle(named);
    } catch (error) {
      if (error !== notListed) throw error;
      this.#complain(`Files that may be nobody's any more are not removed: ${messageOf(error)}`);
    }
  }

  /** Files that records name, also damaged ones: whose a file is says the key. */
  async *named(): AsyncGenerator<string> {
    let after: string | undefined;
    do {
      const damagedKeys: string[] = [];
      const damaged = (_: SyncError, key: string): void => void damagedKeys.push(key);
      const page = await this.#records.list('asset', { limit: PAGE, damaged, ...(after !== undefined && { after }) });
      for (const key of [...damagedKeys, ...page.map((record) => record.key)]) yield key.split('\0')[1] ?? '';
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
async function judge(type: AssetType, file: IncomingFile): Promise<Pick<Asset, 'type' | 'width' | 'height'>> {
  if (!isPicture(type)) return { type, width: null, height: null };
  const size = await pictureSizeOf(type, (at, length) => file.read(at, length));
  return size === null ? { type: 'application/octet-stream', width: null, height: null } : { type, ...size };
}

const idIn = (key: string): AssetId | null => parseAssetId(key.split('\0')[1] ?? '');
