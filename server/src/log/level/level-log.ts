// DocumentLog on a store of ordered keys: a journal that every entry reaches first, segments it leaves for, checkpoints
// and the index of documents. Layout and meaning of every key: FORMAT.md.

import { randomBytes } from 'node:crypto';
import type { DocumentName } from '@weft/protocol';
import { LogMetrics } from '../../metrics/metrics.js';
import { messageOf, SyncError } from '../../sync-error.js';
import type {
  ChannelContent,
  ChannelId,
  ChannelListener,
  ChannelTrim,
  ChannelView,
  DocumentInfo,
  DocumentUsage,
  OnProgress,
  OpenChannel,
  Rearranging,
  RecordChange,
  RecordStore,
  Table,
} from '../document-log.js';
import { OwnDuties } from '../duties.js';
import type { KeyValueStore, Operation } from '../key-value-store.js';
import type { MovableStore } from '../moving/movable-store.js';
import type { StorageState } from '../storage-health.js';
import type { VerifiableLog, VerifyOptions } from '../verify-report.js';
import { type AcceptLoss, cutDamage } from './accept-loss.js';
import { ChannelReader } from './channel-reader.js';
import { ChannelState } from './channel-state.js';
import { ChannelTable } from './channel-table.js';
import { DocumentIndex, type DocumentSlot, listedAgain, newDocument } from './document-index.js';
import { beginCopy, checkFormat } from './format.js';
import { staysForHistory } from './history-checkpoints.js';
import { Journal } from './journal.js';
import { type ScannedJournal, scanJournal } from './journal-scan.js';
import { metaKey, secretKey } from './keys.js';
import { type ChannelHost, LevelChannel, type Writing } from './level-channel.js';
import { LevelMovable } from './level-movable.js';
import { LevelRecords } from './level-records.js';
import { LevelView, replaced, type ViewHost } from './level-view.js';
import { Maintenance } from './maintenance.js';
import { SECRET_BYTES } from './proofs.js';
import { ReadGate } from './read-gate.js';
import { badRecord } from './record.js';
import { type OpenStore, ReopeningStore } from './reopening-store.js';
import { type Compression, type Deflate, type Inflate, zlibCompression } from './segment.js';
import { type Meta, putDocument, readSecret, type StoredCheckpoint } from './stored-values.js';
import { readUsage } from './usage.js';
import { verifyStore } from './verify.js';
import { compareWithWatermark, WatermarkKeeper, type WatermarkOptions } from './watermark.js';

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
  readonly metrics?: LogMetrics;
  /** Goes on without what a damaged journal has lost, instead of refusing to open it. */
  readonly acceptLoss?: AcceptLoss;
  /** What tells at the start whether something was lost since the last one, and is kept up with the journal (L3). */
  readonly watermark?: WatermarkOptions;
  /** Which checkpoints stay when a newer one is put. Given by tests that want many. */
  readonly staysForHistory?: (stateBytes: number, bytesAround: number) => boolean;
  /** Makes the store a copy of the one with this secret, or goes on with it; else it is served. */
  readonly copyOf?: Uint8Array;
  /** Makes the secret of a new store; default: by chance. */
  readonly newSecret?: () => Uint8Array;
}

/**
 * Opens a log. Its store is opened at once, and after a failed write again (I8); it is closed when the log is.
 * @throws SyncError `STORE_UNREADABLE` when the store holds something else, something newer, or is damaged
 */
export async function openLevelLog(open: OpenStore, options: LevelLogOptions): Promise<VerifiableLog> {
  const store = await open();
  try {
    if (options.copyOf) await beginCopy(store, options.copyOf);
    else await checkFormat(store, options.newSecret ?? (() => randomBytes(SECRET_BYTES)));
    const secret = readSecret(await store.get(secretKey));
    if (options.acceptLoss) await cutDamage(store, options.acceptLoss);
    const scanned = await scanJournal(store);
    if (options.watermark) {
      await compareWithWatermark(store, scanned.extent, options.watermark, options.complain ?? (() => undefined));
    }
    return new LevelLog(store, open, secret, scanned, options);
  } catch (error) {
    await store.close().catch(() => undefined);
    if (error instanceof SyncError) throw error;
    throw new SyncError('STORE_UNREADABLE', `The log cannot be opened: ${messageOf(error)}`, { cause: error });
  }
}

class LevelLog implements VerifiableLog, ChannelHost, ViewHost {
  readonly journal: Journal;
  readonly reader: ChannelReader;
  readonly staysForHistory: ChannelHost['staysForHistory'];
  readonly secret: Uint8Array;
  readonly records: RecordStore;
  readonly duties = new OwnDuties();
  readonly #store: ReopeningStore;
  readonly #compression: Compression;
  readonly #gate = new ReadGate();
  readonly #index: DocumentIndex;
  readonly #channels: ChannelTable;
  readonly #maintenance: Maintenance;
  readonly #watermark: WatermarkKeeper | null;
  readonly #complain: (sentence: string) => void;
  #closed: Promise<void> | null = null;

  constructor(
    opened: KeyValueStore,
    open: OpenStore,
    secret: Uint8Array,
    scanned: ScannedJournal,
    options: LevelLogOptions,
  ) {
    const nowMs = options.nowMs ?? (() => performance.now());
    const complain = options.complain ?? (() => undefined);
    this.#complain = complain;
    const metrics = options.metrics ?? new LogMetrics();
    const store = new ReopeningStore(opened, {
      open,
      nowMs,
      metrics,
      complain,
      onHealth: options.onHealth ?? (() => undefined),
      tryDisk: options.tryDisk ?? (async () => undefined),
      makeRoom: options.makeRoom ?? (async () => undefined),
      giveUpAfterMs: options.giveUpAfterMs ?? 60_000,
      letReadersIn: (pause) => this.#gate.interlude(pause),
    });
    this.#store = store;
    this.staysForHistory = options.staysForHistory ?? staysForHistory;
    this.secret = secret;
    this.#index = new DocumentIndex(store, complain);
    this.#channels = new ChannelTable(scanned.channels);
    this.#compression = {
      deflate: options.deflate ?? zlibCompression.deflate,
      inflate: options.inflate ?? zlibCompression.inflate,
    };
    this.reader = new ChannelReader(store, this.#compression.inflate, complain);
    this.journal = new Journal(store, scanned.extent, {
      paceMs: options.paceMs ?? 4,
      maxGroupBytes: options.maxGroupBytes ?? 4 * 1024 * 1024,
      nowMs,
      metrics,
      onGroup: () => {
        this.#watermark?.moved();
        this.#maintenance.rollIfLong();
      },
      onFailure: options.onFailure,
    });
    this.#maintenance = new Maintenance({
      store,
      journal: this.journal,
      reader: this.reader,
      gate: this.#gate,
      channels: this.#channels,
      index: this.#index,
      compression: this.#compression,
      journalMaxBytes: options.journalMaxBytes ?? 8 * 1024 * 1024,
      checkOpen: () => this.checkOpen(),
      complain,
    });
    this.records = new LevelRecords(this, store);
    const file = options.watermark?.file;
    this.#watermark = file ? new WatermarkKeeper(file, () => this.journal.newest, complain) : null;
  }

  get queuedBytes(): number {
    return this.journal.queuedBytes;
  }

  async open(id: ChannelId, listener: ChannelListener): Promise<OpenChannel> {
    this.checkOpen();
    this.#channels.take(id);
    try {
      return await this.operation(() => this.#openChannel(id, listener));
    } catch (error) {
      this.#channels.giveBack(id);
      throw error;
    }
  }

  view(id: ChannelId): Promise<ChannelView> {
    return this.operation(async () => {
      const { meta, newest, state } = await this.#lookUp(id);
      return new LevelView(this, state, meta.epoch, newest?.checkpoint ?? null);
    });
  }

  async beginEpoch(id: ChannelId, after = 0): Promise<number> {
    this.checkOpen();
    return this.#maintenance.beginEpoch(id, after);
  }

  readAsOf<T>(id: ChannelId, epoch: number, action: (state: ChannelState) => Promise<T>): Promise<T> {
    return this.operation(async () => {
      const meta = await this.reader.metaOf(id);
      if (meta.epoch !== epoch) throw replaced(id);
      return action(this.stateOf(id, meta));
    });
  }

  stateOf(id: ChannelId, meta: Meta): ChannelState {
    return this.#channels.get(id) ?? ChannelState.fromMeta(id, meta);
  }

  movable(): MovableStore {
    return new LevelMovable(this, this.#store, () => this.#channels.ids());
  }

  documents(): Promise<DocumentInfo[]> {
    return this.operation(() => this.#index.all());
  }

  document(name: DocumentName): Promise<DocumentInfo | null> {
    return this.operation(() => this.#index.get(name));
  }

  wasErased(name: DocumentName): Promise<boolean> {
    return this.operation(() => this.reader.wasErased(name));
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
    await this.#maintenance.check(() => verifyStore(this.#store, this.#compression.inflate, totalBytes, options));
  }

  rearrange<T>(action: (moves: Rearranging) => Promise<T>): Promise<T> {
    return this.#maintenance.rearrange(action);
  }

  replaceChannel(id: ChannelId, content: ChannelContent): Promise<number | null> {
    return this.rearrange((moves) => moves.replaceChannel(id, content));
  }

  trim(trims: readonly ChannelTrim[], forget: readonly RecordChange[]): Promise<boolean> {
    return this.rearrange((moves) => moves.trim(trims, forget));
  }

  eraseRecord(table: Table, key: string): Promise<void> {
    return this.rearrange((moves) => moves.eraseRecord(table, key));
  }

  eraseDocument(name: DocumentName): Promise<boolean> {
    return this.rearrange((moves) => moves.eraseDocument(name));
  }

  compact(onProgress: OnProgress): Promise<void> {
    return this.#maintenance.compact(onProgress);
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

  writeDerived(_state: ChannelState, operations: readonly Operation[]): Promise<void> {
    return this.journal.write(operations);
  }

  released(state: ChannelState): void {
    if (state.owner) this.#index.release(state.id.document);
    state.owner = null;
    state.trimmed = null;
    this.#channels.giveBack(state.id);
  }

  async #openChannel(id: ChannelId, listener: ChannelListener): Promise<OpenChannel> {
    const { meta, newest, state } = await this.#lookUp(id);
    const document = await this.#index.acquire(id.document);
    state.owner = { listener, epoch: meta.epoch, document };
    this.#channels.keep(state);
    if (document.info === null && state.durable > 0) this.#listAgain(state, document);
    return new LevelChannel(this, state, meta.epoch, newest);
  }

  /** A document with entries is in the list, whatever became of its record there. */
  #listAgain({ id, lastTimeMs }: ChannelState, document: DocumentSlot): void {
    document.info = newDocument(id.document, lastTimeMs);
    // Should it fail, everything does, or the next opening does it.
    this.journal.write([putDocument(document.info)]).catch(() => undefined);
    this.#complain(listedAgain(id.document));
  }

  /** What is known of a channel, checked against each other. */
  async #lookUp(id: ChannelId): Promise<{ meta: Meta; newest: StoredCheckpoint | null; state: ChannelState }> {
    const [meta, newest] = await Promise.all([this.reader.metaOf(id), this.reader.checkpointAt(id)]);
    const state = this.stateOf(id, meta);
    if (state.rolled !== meta.lastSeq) {
      throw badRecord(metaKey(id), `it ends at entry ${meta.lastSeq}, and the journal goes on at ${state.rolled + 1}`);
    }
    const checkpointSeq = newest?.checkpoint.seq ?? 0;
    if (checkpointSeq > state.durable) {
      throw new SyncError(
        'STORE_UNREADABLE',
        `The ${id.kind} of ${id.document} ends at entry ${state.durable}, before its checkpoint at ${checkpointSeq}: newer ` +
          'ones are lost. Bring back a backup with "weft restore-backup"; or start with "weft serve --accept-loss", which ' +
          'puts the checkpoint aside and serves the entries.',
      );
    }
    return { meta, newest, state };
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

  async #drainThenRelease(): Promise<void> {
    this.duties.close();
    this.#store.stopTrying();
    await this.#maintenance.close();
    await this.#gate.alone(async () => {
      await this.journal.drained();
      await this.#watermark?.close();
      if (this.journal.hasFailed) await this.#store.close().catch(() => undefined);
      else await this.#store.close();
    });
  }
}
