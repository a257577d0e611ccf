// DocumentLog on a store of ordered keys: a journal that every entry reaches first, segments it leaves for, checkpoints
// and the index of documents. Layout and meaning of every key: FORMAT.md.

import { randomBytes } from 'node:crypto';
import { promisify } from 'node:util';
import { deflateRaw, inflateRaw } from 'node:zlib';
import type { DocumentName } from '@weft/protocol';
import { invariant, SyncError } from '../../sync-error.js';
import type {
  ChannelId,
  ChannelListener,
  ChannelView,
  Checkpoint,
  DocumentInfo,
  DocumentUsage,
  OpenChannel,
} from '../document-log.js';
import type { KeyValueStore } from '../key-value-store.js';
import type { StorageState } from '../storage-health.js';
import type { VerifiableLog, VerifyOptions } from '../verify-report.js';
import { ChannelReader } from './channel-reader.js';
import { ChannelState, channelName } from './channel-state.js';
import { DocumentIndex, newDocument } from './document-index.js';
import { checkFormat } from './format.js';
import { Journal } from './journal.js';
import { type ScannedJournal, scanJournal } from './journal-scan.js';
import { metaKey, printableKey, secretKey, segmentRange } from './keys.js';
import { type ChannelHost, LevelChannel, type Writing } from './level-channel.js';
import { LevelView, type ViewHost } from './level-view.js';
import { Maintenance } from './maintenance.js';
import { Proofs, SECRET_BYTES } from './proofs.js';
import { ReadGate } from './read-gate.js';
import { badRecord } from './record.js';
import { type OpenStore, ReopeningStore } from './reopening-store.js';
import { packOldest } from './roll.js';
import type { Compression, Deflate, Inflate } from './segment.js';
import { type Meta, putDocument, putMeta, readMeta, readSecret } from './stored-values.js';
import { readUsage } from './usage.js';
import { verifyStore } from './verify.js';

export interface LevelLogOptions {
  /** Called once, when writing was given up: nothing is acknowledged any more, and the process should end. */
  readonly onFailure: (error: SyncError) => void;
  /** Told at the first failed write, and at the next one that succeeds. */
  readonly onHealth?: (state: StorageState) => void;
  /** Takes a sentence for whoever runs the server. */
  readonly complain?: (sentence: string) => void;
  /**
   * Writes may fail for this long, unless it is for want of room. Default a minute: what heals by itself, a path that is
   * switched or a volume that is mounted again, has by then; what has not is for a supervisor to move elsewhere. With 0
   * the first failed write is the last, whatever it failed for.
   */
  readonly giveUpAfterMs?: number;
  /** Throws when the store could not be opened again now and take this many bytes. Without it the store itself is tried. */
  readonly tryDisk?: (bytes: number) => Promise<void>;
  /** Frees what is kept for the case that there is no room. */
  readonly makeRoom?: () => Promise<void>;
  /** Least time between the starts of two groups. Default 4. */
  readonly paceMs?: number;
  /** Default 4 MiB. */
  readonly maxGroupBytes?: number;
  /** When the journal is longer than this, its older half is put away in segments. Default 8 MiB. */
  readonly journalMaxBytes?: number;
  /** Raw DEFLATE. Given by tests that decide when it ends. */
  readonly deflate?: Deflate;
  /** Its inverse, given for the same reason. */
  readonly inflate?: Inflate;
  /** Milliseconds of a clock that never goes back. */
  readonly nowMs?: () => number;
  /** Makes the secret of a new store; default: by chance. */
  readonly newSecret?: () => Uint8Array;
}

const zlibDeflate: Deflate = promisify<Uint8Array, Uint8Array>(deflateRaw);
const zlibInflate: Inflate = promisify<Uint8Array, Uint8Array>(inflateRaw);

/**
 * Opens a log. Its store is opened at once, and after a failed write again (I8); it is closed when the log is.
 * @throws SyncError `STORE_UNREADABLE` when the store holds something else, something newer, or is damaged
 */
export async function openLevelLog(open: OpenStore, options: LevelLogOptions): Promise<VerifiableLog> {
  const store = await open();
  try {
    await checkFormat(store, options.newSecret ?? (() => randomBytes(SECRET_BYTES)));
    const proofs = new Proofs(readSecret(await store.get(secretKey)));
    return new LevelLog(store, open, proofs, await scanJournal(store), options);
  } catch (error) {
    await store.close().catch(() => undefined);
    if (error instanceof SyncError) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    throw new SyncError('STORE_UNREADABLE', `The log cannot be opened: ${reason}`, { cause: error });
  }
}

class LevelLog implements VerifiableLog, ChannelHost, ViewHost {
  readonly journal: Journal;
  readonly reader: ChannelReader;
  readonly proofs: Proofs;
  readonly #store: ReopeningStore;
  readonly #journalMaxBytes: number;
  readonly #compression: Compression;
  readonly #gate = new ReadGate();
  readonly #index: DocumentIndex;
  /** By channelName: the channels that are open or have entries in the journal. */
  readonly #channels: Map<string, ChannelState>;
  /** By channelName: the channels that are open, being opened or being closed. */
  readonly #open = new Set<string>();
  readonly #maintenance = new Maintenance();
  readonly #complain: (sentence: string) => void;
  #isRollDue = false;
  /** The length of the journal at which a roll that could not read it is tried again. */
  #rollAgainAtBytes = 0;
  #closed: Promise<void> | null = null;

  constructor(
    opened: KeyValueStore,
    open: OpenStore,
    proofs: Proofs,
    scanned: ScannedJournal,
    options: LevelLogOptions,
  ) {
    const nowMs = options.nowMs ?? (() => performance.now());
    this.#complain = options.complain ?? (() => undefined);
    const store = new ReopeningStore(opened, {
      open,
      nowMs,
      complain: this.#complain,
      onHealth: options.onHealth ?? (() => undefined),
      tryDisk: options.tryDisk ?? (async () => undefined),
      makeRoom: options.makeRoom ?? (async () => undefined),
      giveUpAfterMs: options.giveUpAfterMs ?? 60_000,
      letReadersIn: (pause) => this.#gate.interlude(pause),
    });
    this.#store = store;
    this.proofs = proofs;
    this.#index = new DocumentIndex(store);
    this.#channels = scanned.channels;
    this.#journalMaxBytes = options.journalMaxBytes ?? 8 * 1024 * 1024;
    this.#compression = { deflate: options.deflate ?? zlibDeflate, inflate: options.inflate ?? zlibInflate };
    this.reader = new ChannelReader(store, this.#compression.inflate);
    this.journal = new Journal(store, scanned.extent, {
      paceMs: options.paceMs ?? 4,
      maxGroupBytes: options.maxGroupBytes ?? 4 * 1024 * 1024,
      nowMs,
      onGroup: () => this.#rollIfLong(),
      onFailure: options.onFailure,
    });
  }

  get queuedBytes(): number {
    return this.journal.queuedBytes;
  }

  async open(id: ChannelId, listener: ChannelListener): Promise<OpenChannel> {
    this.checkOpen();
    const name = channelName(id);
    invariant(!this.#open.has(name), `the ${id.kind} of ${id.document} is open already`);
    this.#open.add(name);
    try {
      return await this.operation(() => this.#openChannel(id, listener));
    } catch (error) {
      this.#open.delete(name);
      throw error;
    }
  }

  view(id: ChannelId): Promise<ChannelView> {
    return this.operation(async () => {
      const { meta, checkpoint, state } = await this.#lookUp(id);
      return new LevelView(this, state, meta.epoch, checkpoint);
    });
  }

  beginEpoch(id: ChannelId): Promise<number> {
    return this.#maintenance.run(() =>
      this.write(async () => {
        const isOpen = this.#open.has(channelName(id));
        invariant(!isOpen, `the ${id.kind} of ${id.document} is open: its epoch cannot change`);
        const meta = await this.#metaOf(id);
        const epoch = epochAfter(meta.epoch);
        return { written: this.journal.write([putMeta(id, { ...meta, epoch })]).then(() => epoch) };
      }),
    );
  }

  readAsOf<T>(id: ChannelId, epoch: number, action: (state: ChannelState) => Promise<T>): Promise<T> {
    return this.operation(async () => {
      const meta = await this.#metaOf(id);
      if (meta.epoch !== epoch) {
        throw new SyncError(
          'CHANNEL_REPLACED',
          `The ${id.kind} of ${id.document} was replaced or erased while it was read. Nothing is wrong with it: read it again.`,
        );
      }
      return action(this.#channels.get(channelName(id)) ?? ChannelState.fromMeta(id, meta));
    });
  }

  documents(): Promise<DocumentInfo[]> {
    return this.operation(() => this.#index.all());
  }

  document(name: DocumentName): Promise<DocumentInfo | null> {
    return this.operation(() => this.#index.get(name));
  }

  async usage(): Promise<ReadonlyMap<DocumentName, DocumentUsage>> {
    this.checkOpen();
    // One walk sees one moment, and may take long: whoever wants to move entries does not wait for it.
    return readUsage(this.#store);
  }

  createDocument(name: DocumentName, nowMs: number): Promise<boolean> {
    return this.#changeDocument(name, (existing) => (existing ? null : newDocument(name, nowMs)));
  }

  async describeDocument(
    info: Pick<DocumentInfo, 'name' | 'title' | 'excerpt' | 'characters' | 'updatedAtMs'>,
  ): Promise<void> {
    await this.#changeDocument(info.name, (existing) => existing && { ...info, createdAtMs: existing.createdAtMs });
  }

  async verify(totalBytes: number, options: VerifyOptions): Promise<void> {
    // Nothing moves from the journal to segments meanwhile; writing goes on.
    await this.#maintenance.run(async () => {
      this.checkOpen();
      await verifyStore(this.#store, this.#compression.inflate, totalBytes, options);
    });
  }

  close(): Promise<void> {
    this.#closed ??= this.#drainThenRelease();
    return this.#closed;
  }

  checkOpen(): void {
    if (this.#closed) throw new SyncError('LOG_CLOSED', 'The log was closed and cannot be used.');
  }

  async operation<T>(action: () => Promise<T>): Promise<T> {
    this.checkOpen();
    return this.#gate.read(action);
  }

  async write<T>(prepare: () => Promise<Writing<T>>): Promise<T> {
    const { written } = await this.operation(prepare);
    return written;
  }

  released(state: ChannelState): void {
    const { id, owner } = state;
    const name = channelName(id);
    if (owner) this.#index.release(id.document);
    state.owner = null;
    this.#open.delete(name);
    if (!state.isInJournal) this.#channels.delete(name);
  }

  async #openChannel(id: ChannelId, listener: ChannelListener): Promise<OpenChannel> {
    const { meta, checkpoint, state } = await this.#lookUp(id);
    const document = await this.#index.acquire(id.document);
    state.owner = { listener, document };
    this.#channels.set(channelName(id), state);
    return new LevelChannel(this, state, meta.epoch, checkpoint);
  }

  /** What is known of a channel, checked against each other. */
  async #lookUp(id: ChannelId): Promise<{ meta: Meta; checkpoint: Checkpoint | null; state: ChannelState }> {
    const newest = this.reader.checkpointAt(id, Number.MAX_SAFE_INTEGER - 1);
    const [meta, checkpoint] = await Promise.all([this.#metaOf(id), newest]);
    const state = this.#channels.get(channelName(id)) ?? ChannelState.fromMeta(id, meta);
    if (state.rolled !== meta.lastSeq) {
      throw badRecord(metaKey(id), `it ends at entry ${meta.lastSeq}, and the journal goes on at ${state.rolled + 1}`);
    }
    if (checkpoint && checkpoint.seq > state.durable) {
      throw new SyncError(
        'STORE_UNREADABLE',
        `The ${id.kind} of ${id.document} ends at entry ${state.durable}, before its checkpoint at ${checkpoint.seq}.`,
      );
    }
    return { meta, checkpoint, state };
  }

  async #metaOf(id: ChannelId): Promise<Meta> {
    const value = await this.#store.get(metaKey(id));
    if (value === undefined) await this.#checkNeverRolled(id);
    return readMeta(id, value);
  }

  /** A channel without meta has no segments: else its meta was lost, and it would seem to be new. */
  async #checkNeverRolled(id: ChannelId): Promise<void> {
    for await (const [key] of this.#store.range({ ...segmentRange(id, 0), limit: 1 })) {
      throw badRecord(metaKey(id), `it is gone, although ${printableKey(key)} is there`);
    }
  }

  /** @returns false when `change` found nothing to do */
  #changeDocument(
    name: DocumentName,
    change: (existing: DocumentInfo | null) => DocumentInfo | null,
  ): Promise<boolean> {
    return this.write(async () => {
      const slot = await this.#index.acquire(name);
      const info = change(slot.info);
      if (info !== null) slot.info = info;
      // Without a change, too: what the slot says may still be on its way to the disk, and so may the document.
      const write = this.journal.write(info === null ? [] : [putDocument(info)]);
      return { written: write.then(() => info !== null).finally(() => this.#index.release(name)) };
    });
  }

  #rollIfLong(): void {
    const { hasFailed, storedBytes } = this.journal;
    if (this.#isRollDue || this.#closed || hasFailed) return;
    if (storedBytes <= Math.max(this.#journalMaxBytes, this.#rollAgainAtBytes)) return;
    this.#isRollDue = true;
    this.#maintenance
      .run(() => this.#rollOldestHalf())
      .catch((error: unknown) => this.#rollFailed(error))
      .finally(() => {
        this.#isRollDue = false;
        this.#rollIfLong();
      });
  }

  async #rollOldestHalf(): Promise<void> {
    const { firstNumber, storedBytes } = this.journal;
    const roll = await packOldest(this.#store, firstNumber, storedBytes / 2, this.#compression);
    await this.#gate.alone(async () => {
      await this.journal.write(roll.operations);
      this.journal.recordsRolled(roll.lastNumber, roll.bytes);
      for (const [name, lastSeq] of roll.lastSeqs) {
        const state = this.#channels.get(name)!;
        state.recordsRolled(roll.lastNumber, lastSeq);
        if (!state.isInJournal && !this.#open.has(name)) this.#channels.delete(name);
      }
    });
  }

  /** What the journal holds is as good as before, and entries go on being written: only it does not get shorter. */
  #rollFailed(error: unknown): void {
    if (this.journal.hasFailed) return;
    this.#rollAgainAtBytes = this.journal.storedBytes + this.#journalMaxBytes / 2;
    this.#complain(
      `The oldest entries could not be put away in segments: ${(error as Error).message} Nothing is lost and writing goes ` +
        'on, but the journal grows, and starts get slower. It is tried again when the journal has grown by half.',
    );
  }

  async #drainThenRelease(): Promise<void> {
    this.#store.stopTrying();
    await this.#maintenance.ended();
    await this.#gate.alone(async () => {
      await this.journal.drained();
      if (this.journal.hasFailed) await this.#store.close().catch(() => undefined);
      else await this.#store.close();
    });
  }
}

/** Numbered by the second, so that two histories that part ways never share one. */
const epochAfter = (epoch: number): number => Math.max(epoch + 1, Math.floor(Date.now() / 1000));
