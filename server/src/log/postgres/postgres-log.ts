// DocumentLog on Postgres: entries reach it in the groups of the same journal as a disk of ours, one transaction each. One
// server has the store at a time; another one that takes it over makes the first one fall silent, and nothing is lost. Or
// several share it, and each entry stands where the first of them to write put it (others.ts).

import type { DocumentName } from '@weft/protocol';
import { LogMetrics } from '../../metrics/metrics.js';
import { SyncError } from '../../sync-error.js';
import type {
  ChannelId,
  ChannelListener,
  ChannelView,
  DocumentInfo,
  DocumentUsage,
  OnProgress,
  OpenChannel,
  Rearranging,
  RecordStore,
  Table,
} from '../document-log.js';
import { type Duty, OwnDuties } from '../duties.js';
import type { FileStore } from '../file-store.js';
import type { Operation } from '../key-value-store.js';
import { ChannelState } from '../level/channel-state.js';
import { ChannelTable } from '../level/channel-table.js';
import { DocumentIndex, type DocumentSlot, listedAgain, newDocument } from '../level/document-index.js';
import { staysForHistory } from '../level/history-checkpoints.js';
import { type GroupStore, Journal } from '../level/journal.js';
import { type ChannelHost, LevelChannel, type Writing } from '../level/level-channel.js';
import { LevelRecords } from '../level/level-records.js';
import { LevelView, replaced, type ViewHost } from '../level/level-view.js';
import { ReadGate } from '../level/read-gate.js';
import { zlibCompression } from '../level/segment.js';
import { type Meta, putAnchor, putDocument, type StoredCheckpoint } from '../level/stored-values.js';
import { verifyStore } from '../level/verify.js';
import { compareWithWatermark, printMark, WatermarkKeeper, type WatermarkOptions } from '../level/watermark.js';
import type { MovableStore } from '../moving/movable-store.js';
import type { Relay } from '../relay.js';
import type { StorageState } from '../storage-health.js';
import type { StorePlace, VerifiableLog, VerifyOptions } from '../verify-report.js';
import { commitDerived } from './commit-rearranged.js';
import { planGroup } from './group-plan.js';
import { News } from './news.js';
import { Others } from './others.js';
import { PostgresMaintenance } from './postgres-maintenance.js';
import { PostgresMovable } from './postgres-movable.js';
import { PostgresReader, type Standing } from './postgres-reader.js';
import { PostgresSnapshot } from './postgres-snapshot.js';
import { type OpenedStore, openPostgresStore, type PostgresStore } from './postgres-store.js';
import { LEASE_TIMES, type LeaseTimes, SharedDuties } from './shared-duties.js';
import { PostgresSharedRecords } from './shared-records.js';
import { readUsage } from './usage.js';

export interface PostgresLogOptions {
  /** Called once, when writing was given up: nothing is acknowledged any more, and the process should end. */
  readonly onFailure: (error: SyncError) => void;
  /** Told at the first failed write, and at the next one that succeeds. */
  readonly onHealth?: (state: StorageState) => void;
  /** Takes a sentence for whoever runs the server. */
  readonly complain?: (sentence: string) => void;
  /**
   * How long the database may refuse to write, unless it does not answer at all or has no room, which is waited out. Default
   * a minute. With 0 the first failed write is the last, whatever it failed for.
   */
  readonly giveUpAfterMs?: number;
  /** Least time between the starts of two groups. Default 4. */
  readonly paceMs?: number;
  /** Default 4 MiB. */
  readonly maxGroupBytes?: number;
  /** When more than this was written, it is packed into segments. Default 8 MiB. */
  readonly journalMaxBytes?: number;
  readonly metrics?: LogMetrics;
  /** What tells at the start whether something was lost since the last one here, and is kept up with the journal (L3). */
  readonly watermark?: WatermarkOptions;
  /**
   * Other servers may have the store as well, who say so, too. Given is how often the heads
   * of all open channels are compared, and what carries news besides, which is the log's from here on.
   */
  readonly shared?: { readonly compareEveryMs: number; readonly relay?: Relay; readonly leases?: LeaseTimes };
  /** How often the one of several servers that packs looks how much there is. Default 10 s. */
  readonly packEveryMs?: number;
  /** See PostgresStoreOptions. */
  readonly copyOf?: Uint8Array;
  readonly mayBeRetired?: boolean;
  /** Runs before each group is sent. Given by tests that delay or fail it. */
  readonly beforeWrite?: () => Promise<void> | void;
}

/**
 * Opens a log. Its tables are made if there are none.
 * @param url `postgres://user:password@host:port/database`; its tables are in the first schema of the search path
 * @throws SyncError `STORE_IN_USE` while another server has it; `STORE_UNREADABLE` when the database cannot be
 *         used, or holds something newer
 */
export async function openPostgresLog(url: string, options: PostgresLogOptions): Promise<PostgresLog> {
  const metrics = options.metrics ?? new LogMetrics();
  const opened = await openPostgresStore(url, {
    isShared: options.shared !== undefined,
    ...(options.copyOf && { copyOf: options.copyOf }),
    mayBeRetired: options.mayBeRetired ?? false,
    onHealth: options.onHealth ?? (() => undefined),
    complain: options.complain ?? (() => undefined),
    giveUpAfterMs: options.giveUpAfterMs ?? 60_000,
    nowMs: () => performance.now(),
    metrics,
    beforeWrite: options.beforeWrite ?? (() => undefined),
  });
  try {
    if (options.watermark && !options.shared)
      await compareMark(opened, options.watermark, options.complain ?? (() => undefined));
    return new PostgresLog(opened, { ...options, metrics });
  } catch (error) {
    await opened.store.close();
    throw error;
  }
}

export const placeOf = (log: PostgresLog): StorePlace => ({
  bytes: () => log.storedBytes(),
  checkFiles: async () => async () => undefined,
});

/** A server that comes to a store for the first time has no watermark of it, and nothing to doubt. */
async function compareMark(
  { extent }: OpenedStore,
  watermark: WatermarkOptions,
  complain: (sentence: string) => void,
): Promise<void> {
  if ((await watermark.file.read()) === null) return watermark.file.write(printMark(extent));
  const newestOnly = { get: async () => putAnchor(extent).value, range: async function* () {} };
  await compareWithWatermark(newestOnly, extent, watermark, complain);
}

export class PostgresLog implements VerifiableLog, ChannelHost, ViewHost {
  readonly journal: Journal;
  readonly reader: PostgresReader;
  readonly staysForHistory = staysForHistory;
  readonly secret: Uint8Array;
  readonly records: RecordStore;
  readonly duties: OwnDuties | SharedDuties;
  readonly files: FileStore;
  readonly #store: PostgresStore;
  readonly #index: DocumentIndex;
  readonly #channels = new ChannelTable(new Map());
  readonly #maintenance: PostgresMaintenance;
  /** Of what this server alone writes. */
  readonly #watermark: WatermarkKeeper | null;
  /** Null where one server has the store. */
  readonly #others: Others | null;
  /** Null without a relay. */
  readonly #news: News | null;
  /** Null where one server has the store. */
  readonly #sharedRecords: PostgresSharedRecords | null;
  /** Whoever closes the log or erases a document waits for those who read. */
  readonly #gate = new ReadGate();
  readonly #complain: (sentence: string) => void;
  #closed: Promise<void> | null = null;

  constructor(
    { store, secret, extent, toldNumber }: OpenedStore,
    options: PostgresLogOptions & { readonly metrics: LogMetrics },
  ) {
    const complain = options.complain ?? (() => undefined);
    this.#store = store;
    this.#complain = complain;
    this.files = store.files;
    this.secret = secret;
    this.#index = new DocumentIndex(store, complain);
    this.reader = new PostgresReader(store, zlibCompression.inflate, complain);
    const relay = options.shared?.relay;
    this.journal = new Journal(relay ? { write: (...group) => this.#writeAndTell(...group) } : store, extent, {
      paceMs: options.paceMs ?? 4,
      maxGroupBytes: options.maxGroupBytes ?? 4 * 1024 * 1024,
      nowMs: () => performance.now(),
      metrics: options.metrics,
      onGroup: (channels, recordNumber) => {
        // Entries are found by their numbers, and not by the record they came in.
        for (const channel of channels) channel.recordsRolled(recordNumber, channel.durable);
        this.#watermark?.moved();
        if (this.#others === null) this.#maintenance.packIfMuch();
      },
      onRefused: (channels) => void this.#others?.refused(channels),
      onFailure: options.onFailure,
    });
    store.onLost = (error) => this.journal.fail(error);
    this.#maintenance = new PostgresMaintenance({
      store,
      journal: this.journal,
      reader: this.reader,
      gate: this.#gate,
      channels: this.#channels,
      index: this.#index,
      deflate: zlibCompression.deflate,
      journalMaxBytes: options.journalMaxBytes ?? 8 * 1024 * 1024,
      isShared: options.shared !== undefined,
      catchUp: (state) => this.catchUp(state),
      packEveryMs: options.packEveryMs ?? 10_000,
      checkOpen: () => this.checkOpen(),
      complain,
    });
    this.duties = options.shared
      ? new SharedDuties(store, options.shared.leases ?? LEASE_TIMES, (error) => this.journal.fail(error))
      : new OwnDuties();
    if (options.shared) this.duties.undertake('packing', (duty) => void this.#maintenance.packWhile(duty));
    this.#sharedRecords = options.shared
      ? new PostgresSharedRecords(store, this.journal, toldNumber, (id) => {
          // Who cannot ask now compares all that is open in a moment.
          void this.#others?.told(id).catch(() => undefined);
        })
      : null;
    this.records = new LevelRecords(this, store, this.#sharedRecords);
    const file = options.shared ? undefined : options.watermark?.file;
    this.#watermark = file ? new WatermarkKeeper(file, () => this.journal.newest, complain) : null;
    this.#others = options.shared
      ? new Others({
          store,
          reader: this.reader,
          journal: this.journal,
          ...options.shared,
          complain,
        })
      : null;
    this.#news =
      relay && this.#others ? new News({ relay, secret, others: this.#others, journal: this.journal }) : null;
  }

  get queuedBytes(): number {
    return this.journal.queuedBytes;
  }

  async open(id: ChannelId, listener: ChannelListener): Promise<OpenChannel> {
    this.checkOpen();
    this.#channels.take(id);
    try {
      return await this.operation(async () => {
        const { meta, newest, state } = await this.#lookUp(id);
        state.baseSeq = meta.baseSeq;
        const document = this.#others === null ? await this.#index.acquire(id.document) : null;
        const info = document ? document.info : await this.#index.get(id.document);
        state.owner = { listener, epoch: meta.epoch, document };
        this.#channels.keep(state);
        this.#others?.opened(state);
        this.#news?.opened(state);
        if (info === null && state.durable > 0) this.#listAgain(state, document);
        return new LevelChannel(this, state, meta.epoch, newest);
      });
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
      const read = action(this.stateOf(id, meta));
      // Another content that took its place meanwhile has another epoch.
      await read.catch(() => undefined);
      if ((await this.reader.metaOf(id)).epoch !== epoch) throw replaced(id);
      return read;
    });
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

  usage(): Promise<ReadonlyMap<DocumentName, DocumentUsage>> {
    return this.operation(() => readUsage(this.#store));
  }

  /** What the tables take on the disk of the database. */
  storedBytes(): Promise<number> {
    return this.operation(async () => {
      const rows = await this.#store.reading.query<{ bytes: string }>(
        `select sum(pg_total_relation_size(oid)) as bytes from pg_class
          where relnamespace = current_schema()::regnamespace and relkind = 'r' and relname like 'weft\\_%'`,
      );
      return Number(rows[0]!.bytes);
    });
  }

  createDocument(name: DocumentName, nowMs: number): Promise<boolean> {
    return this.#changeDocument(
      name,
      (existing) => (existing ? null : newDocument(name, nowMs)),
      (slot, info) => this.#putFirst(slot, info),
    );
  }

  async describeDocument(
    info: Pick<DocumentInfo, 'name' | 'title' | 'excerpt' | 'characters' | 'updatedAtMs'>,
    epoch: number,
  ): Promise<void> {
    await this.#changeDocument(
      info.name,
      (existing) => existing && { ...info, createdAtMs: existing.createdAtMs },
      (slot, info) => this.#putDerived(slot, info, epoch),
    );
  }

  async verify(totalBytes: number, options: VerifyOptions): Promise<void> {
    this.checkOpen();
    // One snapshot sees one moment, and may take long: nobody waits for it.
    const snapshot = await this.#store.reading.snapshot();
    try {
      const { deflate, inflate } = zlibCompression;
      await verifyStore(new PostgresSnapshot(snapshot, deflate), inflate, totalBytes, options);
    } finally {
      snapshot.close();
    }
  }

  rearrange<T>(action: (moves: Rearranging) => Promise<T>, duty: Duty | null = null): Promise<T> {
    return this.#maintenance.rearrange(action, duty);
  }

  replaceChannel(...replaced: Parameters<Rearranging['replaceChannel']>): Promise<number | null> {
    return this.rearrange((moves) => moves.replaceChannel(...replaced));
  }

  trim(...trim: Parameters<Rearranging['trim']>): Promise<boolean> {
    return this.rearrange((moves) => moves.trim(...trim));
  }

  eraseRecord(table: Table, key: string): Promise<void> {
    return this.rearrange((moves) => moves.eraseRecord(table, key));
  }

  eraseDocument(...erased: Parameters<Rearranging['eraseDocument']>): Promise<boolean> {
    return this.rearrange((moves) => moves.eraseDocument(...erased));
  }

  async compact(onProgress: OnProgress): Promise<void> {
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

  catchUp(state: ChannelState): Promise<void> | null {
    return this.#others?.catchUp(state) ?? null;
  }

  sayToOthers(state: ChannelState, message: Uint8Array): boolean {
    this.#news?.say(state, message);
    return this.#news !== null;
  }

  async writeDerived(state: ChannelState, operations: readonly Operation[]): Promise<void> {
    if (this.#others === null) return this.journal.write(operations);
    const { id, owner } = state;
    if (owner !== null && (await this.#writeOf(id, owner.epoch, operations))) return;
    throw replaced(id);
  }

  released(state: ChannelState): void {
    this.#others?.closed(state);
    this.#news?.closed(state);
    if (state.owner?.document) this.#index.release(state.id.document);
    state.owner = null;
    state.trimmed = null;
    this.#channels.giveBack(state.id);
  }

  movable(): MovableStore {
    return new PostgresMovable(this, this.#store);
  }

  /** Others may have written since it was last heard of: then what was just read is newer. */
  stateOf(id: ChannelId, meta: Meta): ChannelState {
    const known = this.#others === null ? this.#channels.get(id) : undefined;
    return known ?? ChannelState.fromMeta(id, meta);
  }

  async #writeAndTell(...group: Parameters<GroupStore['write']>): Promise<readonly ChannelState[]> {
    const refused = await this.#store.write(...group);
    const [, , channels] = group;
    for (const state of channels) if (!refused.includes(state)) this.#news?.written(state);
    return refused;
  }

  /** What is known of a channel, checked against each other. */
  async #lookUp(id: ChannelId): Promise<{ meta: Standing; newest: StoredCheckpoint | null; state: ChannelState }> {
    // The checkpoint first: the head, which moves meanwhile, is then never before it.
    const newest = await this.reader.checkpointAt(id);
    const meta = await this.reader.standingOf(id);
    const state = this.stateOf(id, meta);
    const checkpointSeq = newest?.checkpoint.seq ?? 0;
    if (checkpointSeq > state.durable) {
      const again = this.#others && (await this.reader.checkpointAt(id));
      // Another server has erased it or put something in its place meanwhile.
      if (this.#others !== null && again?.checkpoint.seq !== checkpointSeq) return this.#lookUp(id);
      throw new SyncError(
        'STORE_UNREADABLE',
        `The ${id.kind} of ${id.document} ends at entry ${state.durable}, before its checkpoint at ${checkpointSeq}: newer ` +
          'ones are lost. Bring back a backup with "weft restore-backup".',
      );
    }
    return { meta, newest, state };
  }

  /** A document with entries is in the list, whatever became of its record there. */
  #listAgain(state: ChannelState, slot: DocumentSlot | null): void {
    const { document } = state.id;
    const info = newDocument(document, state.lastTimeMs);
    if (slot) slot.info = info;
    // Should it fail, everything does, or it was erased meanwhile, or the next opening does it.
    this.writeDerived(state, [putDocument(info)]).then(
      () => this.#complain(listedAgain(document)),
      () => undefined,
    );
  }

  /** @returns false when `change` found nothing to do */
  #changeDocument(
    name: DocumentName,
    change: (existing: DocumentInfo | null) => DocumentInfo | null,
    putShared: (slot: DocumentSlot, info: DocumentInfo) => Promise<boolean>,
  ): Promise<boolean> {
    return this.write(async () => {
      const slot = await this.#index.acquire(name);
      const info = change(slot.info);
      if (info !== null) slot.info = info;
      const written = info !== null && this.#sharedRecords ? putShared(slot, info) : this.#put(info);
      return { written: written.finally(() => this.#index.release(name)) };
    });
  }

  async #put(info: DocumentInfo | null): Promise<boolean> {
    // Without a change, too: what the slot says may still be on its way, and so may the document.
    await this.journal.write(info === null ? [] : [putDocument(info)]);
    return info !== null;
  }

  /** @returns false when another server has made it meanwhile */
  async #putFirst(slot: DocumentSlot, info: DocumentInfo): Promise<boolean> {
    const put = putDocument(info);
    const isFirst = await this.#sharedRecords!.writeIf([{ type: 'del', key: put.key }], [put]);
    if (!isFirst) slot.info = await this.#index.get(slot.name);
    return isFirst;
  }

  /** @returns false when the text it was derived from is there no longer */
  async #putDerived(slot: DocumentSlot, info: DocumentInfo, epoch: number): Promise<boolean> {
    const isWritten = await this.#writeOf({ document: slot.name, kind: 'content' }, epoch, [putDocument(info)]);
    if (!isWritten) slot.info = await this.#index.get(slot.name);
    return isWritten;
  }

  /** What is on its way to the disk goes first: it may be what was derived from. */
  async #writeOf(id: ChannelId, epoch: number, operations: readonly Operation[]): Promise<boolean> {
    await this.journal.write([]);
    const plan = planGroup(operations);
    try {
      return await this.#store.asOneOfSeveral((client, head) => commitDerived(client, id, epoch, plan, head));
    } catch (error) {
      this.journal.fail(error);
      throw error;
    }
  }

  async #drainThenRelease(): Promise<void> {
    this.#others?.close();
    this.#sharedRecords?.close();
    this.#store.stopTrying();
    const givenBack = this.duties.close();
    await this.#maintenance.close();
    await this.#gate.alone(async () => {
      await this.journal.drained();
      await this.#watermark?.close();
      await this.#news?.close();
      await givenBack;
      await this.#store.close();
    });
  }
}
