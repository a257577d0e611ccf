// Brings a store up to what another one is, once: every channel, then the documents' records, the small records and what is left of
// erased documents, and reads back what it wrote. While the first store is written it comes close; once nobody writes it any more,
// it is the same. What is there already is told by the target itself, so it may be ended anywhere and done again.

import type { DocumentName } from '@weft/protocol';
import { messageOf, SyncError } from '../../sync-error.js';
import { asOfOneMoment } from '../as-of-one-moment.js';
import { type ChannelId, channelName, channelsOf } from '../document-log.js';
import type { KeyRange, Operation } from '../key-value-store.js';
import { documentRange, erasedRange, recordsRange, uncomparedKey } from '../level/keys.js';
import { readKey } from '../level/read-key.js';
import { zlibCompression } from '../level/segment.js';
import { type CopiedChannel, type CopyParts, compareChannel, copyChannel, isUpToDate } from './copy-channel.js';
import { copyFiles, type FileEnds, fileIn } from './copy-files.js';
import { differences } from './copy-values.js';
import type { MovableStore } from './movable-store.js';
import { WriteBatch } from './write-batch.js';

export interface CopyOptions {
  /** Nobody writes the source any more: at the end both are compared. */
  readonly isAtRest: boolean;
  /** @throws to end it, where it may be gone on with */
  readonly onProgress: (progress: CopyProgress) => void;
  /** Where files of documents are, and where they go. */
  readonly files?: FileEnds;
  /** Written at a time; given by tests that end it after each. */
  readonly batchBytes?: number;
}

export interface CopyProgress {
  readonly channels: number;
  readonly allChannels: number;
  /** Written so far. */
  readonly bytes: number;
}

export interface CopyResult {
  readonly channels: number;
  readonly entries: number;
  /** As they were written. */
  readonly bytes: number;
  /** Small records, and documents' records, that were put or removed. */
  readonly values: number;
  readonly files: number;
  /** What could not be read, in sentences: these are not in the target. */
  readonly faults: readonly string[];
  /** What was left out and is made anew. */
  readonly remarks: readonly string[];
}

/** Compared at a time: until then what was copied of so many channels is remembered by their heads. */
const COMPARED_AT_ONCE = 200;
/** What is not in channels. */
const VALUES: readonly KeyRange[] = [documentRange, erasedRange, recordsRange];
/** Of most channels there is nothing to do, and what takes time is to ask. */
const ASKED_AT_ONCE = 64;

/** @throws SyncError `LOG_FAILED` when the target cannot be written or read, or does not give back what was written */
export async function copyStore(source: MovableStore, into: MovableStore, options: CopyOptions): Promise<CopyResult> {
  return new StoreCopy(source, blamed(into), options).run();
}

class StoreCopy {
  readonly #source: MovableStore;
  readonly #target: MovableStore;
  readonly #options: CopyOptions;
  readonly #batch: WriteBatch;
  readonly #parts: CopyParts;
  readonly #faults: string[] = [];
  readonly #remarks: string[] = [];
  readonly #damaged = new Set<DocumentName>();
  #copied: CopiedChannel[] = [];
  /** A pass before was ended before it had read back what it wrote. */
  #comparesAll = false;
  /** It stands in the target that what was written there may not have been read back. */
  #isNoted = false;
  #channels = 0;
  #allChannels = 0;
  #entries = 0;
  #values = 0;
  #files = 0;
  /** Keys of records of files. */
  readonly #leftOut = new Set<string>();

  constructor(source: MovableStore, target: MovableStore, options: CopyOptions) {
    this.#source = source;
    this.#target = target;
    this.#options = options;
    this.#batch = new WriteBatch((operations) => this.#write(operations), options.batchBytes);
    this.#parts = {
      ...{ source, target, batch: this.#batch, deflate: zlibCompression.deflate },
      comparesAll: () => this.#comparesAll,
      onEntries: (count) => {
        this.#entries += count;
        this.#tell();
      },
      remark: (sentence) => void this.#remarks.push(sentence),
    };
  }

  async run(): Promise<CopyResult> {
    this.#comparesAll = (await this.#target.get(uncomparedKey)) !== undefined;
    this.#isNoted = this.#comparesAll;
    await this.#copyChannels();
    // A file comes to a document that is there, with the record that names it.
    await this.#copyValues([documentRange]);
    await this.#copyFiles();
    await this.#copyValues([erasedRange, recordsRange]);
    if (this.#options.isAtRest) await this.#expectNoMore();
    if (this.#isNoted) await this.#target.write([{ type: 'del', key: uncomparedKey }]);
    return {
      channels: this.#channels,
      entries: this.#entries,
      bytes: this.#batch.writtenBytes,
      values: this.#values,
      files: this.#files,
      faults: this.#faults,
      remarks: this.#remarks,
    };
  }

  /** The first write of a pass says in the target that it is under way. */
  async #write(operations: readonly Operation[]): Promise<void> {
    const note: Operation = { type: 'put', key: uncomparedKey, value: Uint8Array.of(1) };
    await this.#target.write(this.#isNoted ? operations : [note, ...operations]);
    this.#isNoted = true;
  }

  async #copyChannels(): Promise<void> {
    const ids = await this.#source.channelIds();
    const known = new Set(ids.map(channelName));
    this.#allChannels = ids.length;
    for (const id of await this.#target.channelIds()) if (!known.has(channelName(id))) await this.#remove(id);
    for (let at = 0; at < ids.length; at += ASKED_AT_ONCE) {
      const some = ids.slice(at, at + ASKED_AT_ONCE);
      // What is wrong with one is found when it is copied.
      const areDone = this.#comparesAll
        ? []
        : await Promise.all(some.map((id) => isUpToDate(id, this.#parts).catch(() => false)));
      for (const [index, id] of some.entries()) {
        this.#tell();
        if (!areDone[index] && !this.#damaged.has(id.document)) await this.#copyChannel(id);
        this.#channels += 1;
      }
    }
    await this.#compare();
  }

  async #copyChannel(id: ChannelId): Promise<void> {
    try {
      const copied = await asOfOneMoment(async () => {
        const queued = this.#batch.mark();
        try {
          return await copyChannel(id, this.#parts);
        } catch (error) {
          // What is erased by now goes nowhere. What was written of it already, the next try sees and removes.
          this.#batch.backTo(queued);
          throw error;
        }
      });
      if (copied === null) return;
      this.#copied.push(copied);
      if (this.#copied.length >= COMPARED_AT_ONCE) await this.#compare();
    } catch (error) {
      if (!(error instanceof SyncError) || error.code !== 'STORE_UNREADABLE') throw error;
      await this.#leaveOut(id.document, error);
    }
  }

  /** A document comes whole or not at all: half of one would be taken for all of it. */
  async #leaveOut(document: DocumentName, error: SyncError): Promise<void> {
    this.#damaged.add(document);
    this.#faults.push(
      `"${document}" is damaged and does not come along: ${error.message} Who may open it does: bring its text back from a backup ` +
        'once the new store is served (weft restore-backup DIR --document NAME).',
    );
    this.#copied = this.#copied.filter(({ view }) => view.id.document !== document);
    for (const id of channelsOf(document)) await this.#remove(id);
  }

  async #remove(id: ChannelId): Promise<void> {
    await this.#batch.flush();
    const operations = (await this.#target.keysOfChannel(id)).map((key): Operation => ({ type: 'del', key }));
    if (operations.length > 0) await this.#batch.add(operations);
  }

  /** Reads back what was written of channels since the last time. */
  async #compare(): Promise<void> {
    await this.#batch.flush();
    for (const copied of this.#copied) {
      await compareChannel(copied, this.#target);
      this.#tell();
    }
    this.#copied = [];
  }

  async #copyFiles(): Promise<void> {
    const { files } = this.#options;
    if (!files) return;
    this.#files = await copyFiles({
      ...{ ...files, source: this.#source, target: this.#target },
      isLeftOut: (key) => this.#isLeftOut(key),
      leaveOut: (key, sentence) => {
        this.#leftOut.add(key);
        this.#faults.push(sentence);
      },
      onFile: () => this.#tell(),
    });
  }

  /** @param key of a record of the table `asset` */
  #isLeftOut(key: string): boolean {
    return this.#leftOut.has(key) || this.#damaged.has(key.split('\0')[0] as DocumentName);
  }

  async #copyValues(ranges: readonly KeyRange[]): Promise<void> {
    for await (const operation of this.#differences(ranges, (sentence) => void this.#faults.push(sentence))) {
      this.#values += 1;
      await this.#suspect(operation);
      await this.#batch.add([operation]);
      this.#tell();
    }
    await this.#batch.flush();
  }

  /** Of a file whose record goes nobody knows whether another one names it. */
  async #suspect({ type, key }: Operation): Promise<void> {
    const known = type === 'del' ? readKey(key) : null;
    if (known?.kind === 'record' && known.table === 'asset') await this.#options.files?.to.suspect([fileIn(known.key)]);
  }

  async #expectNoMore(): Promise<void> {
    for await (const { key } of this.#differences(VALUES, () => undefined)) {
      throw new SyncError(
        'LOG_FAILED',
        `The new store did not keep what was written of ${Buffer.from(key).toString('latin1')}.`,
      );
    }
  }

  async *#differences(ranges: readonly KeyRange[], fault: (sentence: string) => void): AsyncGenerator<Operation> {
    for (const range of ranges) {
      yield* differences(this.#source.values(range), this.#target.values(range), {
        isLeftOut: (known) =>
          known.kind === 'document'
            ? this.#damaged.has(known.name)
            : known.kind === 'record' && known.table === 'asset' && this.#isLeftOut(known.key),
        fault,
      });
    }
  }

  #tell(): void {
    this.#options.onProgress({
      channels: this.#channels,
      allChannels: this.#allChannels,
      bytes: this.#batch.writtenBytes,
    });
  }
}

/** What goes wrong with the target is never taken for damage of a document. */
function blamed(target: MovableStore): MovableStore {
  const attempt = async <T>(action: () => Promise<T>): Promise<T> => {
    try {
      return await action();
    } catch (cause) {
      if (cause instanceof SyncError && cause.code !== 'STORE_UNREADABLE') throw cause;
      throw new SyncError('LOG_FAILED', `The new store cannot be used: ${messageOf(cause)}`, { cause });
    }
  };
  return {
    secret: target.secret,
    newest: target.newest,
    isWhole: () => attempt(() => target.isWhole()),
    channelIds: () => attempt(() => target.channelIds()),
    view: async (id) => {
      const view = await attempt(() => target.view(id));
      return {
        ...{ id, epoch: view.epoch, head: view.head, link: view.link, checkpoint: null },
        entriesAfter: (...args) => attempt(() => view.entriesAfter(...args)),
        linkAt: (seq) => attempt(() => view.linkAt(seq)),
        checkpointAt: (seq) => attempt(() => view.checkpointAt(seq)),
        base: () => attempt(() => view.base()),
      };
    },
    get: (key) => attempt(() => target.get(key)),
    values: (range) => target.values(range),
    keysIn: (range) => attempt(() => target.keysIn(range)),
    keysOfChannel: (id) => attempt(() => target.keysOfChannel(id)),
    write: (operations) => attempt(() => target.write(operations)),
    retire: () => attempt(() => target.retire()),
    finish: (newest) => attempt(() => target.finish(newest)),
  };
}
