// What rearranges the rows: packing runs into segments, replacing and erasing channels. One job at a time; entries go on being
// written meanwhile, and readers are never kept out, since each batch is one transaction. Of several servers one packs, and
// nothing that another moved meanwhile; what else one of them does is the matter of shared-rearranging.ts.

import { setTimeout as pause } from 'node:timers/promises';
import type { DocumentName } from '@weft/protocol';
import { SyncError } from '../../sync-error.js';
import {
  type ChannelContent,
  type ChannelId,
  type ChannelTrim,
  channelsOf,
  type OnProgress,
  type Rearranging,
  type RecordChange,
  type Seq,
} from '../document-log.js';
import type { Duty } from '../duties.js';
import type { KeyRange, Operation } from '../key-value-store.js';
import type { ChannelState } from '../level/channel-state.js';
import type { ChannelTable } from '../level/channel-table.js';
import { type DocumentIndex, newDocument } from '../level/document-index.js';
import { nextEpoch } from '../level/epoch.js';
import { JobQueue } from '../level/job-queue.js';
import type { Journal } from '../level/journal.js';
import { accessRangeOf, documentKey, partRangesOf, pastRangesOf, recordRangeOf, segmentKey } from '../level/keys.js';
import { packContent } from '../level/pack-content.js';
import type { ReadGate } from '../level/read-gate.js';
import type { Deflate } from '../level/segment.js';
import { putDocument, putErased, putMeta } from '../level/stored-values.js';
import { type StoredRow, trimChannels } from '../level/trim-channels.js';
import { commitMoves } from './commit-moves.js';
import { planGroup } from './group-plan.js';
import { firstUnpacked, packRuns, runsFrom, unpackedBytes, unpackedChannels } from './packing.js';
import type { PostgresReader } from './postgres-reader.js';
import type { PostgresStore } from './postgres-store.js';
import { SharedRearranging } from './shared-rearranging.js';
import { surplusCheckpoints } from './surplus-checkpoints.js';

export interface PostgresMaintenanceParts {
  readonly store: PostgresStore;
  readonly journal: Journal;
  readonly reader: PostgresReader;
  readonly gate: ReadGate;
  readonly channels: ChannelTable;
  readonly index: DocumentIndex;
  readonly deflate: Deflate;
  readonly journalMaxBytes: number;
  /** Whether several servers write the store. */
  readonly isShared: boolean;
  /** See SharedRearrangingParts. */
  readonly catchUp: (state: ChannelState) => Promise<void> | null;
  /** How often the one of several servers that packs looks how much there is to be packed. */
  readonly packEveryMs: number;
  /** @throws SyncError `LOG_CLOSED` once the log is closing */
  readonly checkOpen: () => void;
  /** Takes a sentence for whoever runs the server. */
  readonly complain: (sentence: string) => void;
}

export class PostgresMaintenance {
  readonly #parts: PostgresMaintenanceParts;
  readonly #queue = new JobQueue();
  #isPackDue = false;
  /** How much has to be there before packing that failed is tried again. */
  #packAgainAtBytes = 0;
  #isClosing = false;

  constructor(parts: PostgresMaintenanceParts) {
    this.#parts = parts;
  }

  /** Packs what has come in groups when it has grown too much. */
  packIfMuch(): void {
    const { journal, journalMaxBytes } = this.#parts;
    const isMuch = (): boolean => journal.storedBytes > Math.max(journalMaxBytes, this.#packAgainAtBytes);
    if (this.#isPackDue || this.#isClosing || journal.hasFailed || !isMuch()) return;
    this.#isPackDue = true;
    this.#queue
      .run(() => this.#packAll(null))
      .catch((error: Error) => this.#failed(error, journal.storedBytes))
      .finally(() => {
        this.#isPackDue = false;
        this.packIfMuch();
      });
  }

  /** The same for what all servers wrote that have the store, as long as it is this one's to do. */
  async packWhile(duty: Duty): Promise<void> {
    const { journalMaxBytes, packEveryMs, store } = this.#parts;
    const { signal } = duty;
    while (!signal.aborted && !this.#isClosing) {
      let bytes = 0;
      try {
        bytes = await unpackedBytes(store);
        if (bytes > Math.max(journalMaxBytes, this.#packAgainAtBytes)) await this.#queue.run(() => this.#packAll(duty));
      } catch (error) {
        this.#failed(error as Error, bytes);
      }
      await pause(packEveryMs, undefined, { signal, ref: false }).catch(() => undefined);
    }
  }

  async compact(onProgress: OnProgress): Promise<void> {
    const { index } = this.#parts;
    await this.#run(() => this.#packAll(null));
    const documents = await index.all();
    let done = 0;
    onProgress({ done, total: documents.length });
    for (const { name } of documents) {
      await this.#run(async () => {
        for (const id of channelsOf(name)) await this.#pack(id, 1, null);
      });
      done += 1;
      onProgress({ done, total: documents.length });
    }
  }

  async beginEpoch(id: ChannelId, after: number): Promise<number> {
    const { channels, journal, reader } = this.#parts;
    channels.take(id);
    try {
      const meta = await reader.metaOf(id);
      const epoch = nextEpoch(Math.max(meta.epoch, after));
      await journal.write([putMeta(id, { ...meta, epoch })]);
      return epoch;
    } finally {
      channels.giveBack(id);
    }
  }

  /** @param duty of several servers: what it is done for; null: for whoever asked */
  rearrange<T>(action: (moves: Rearranging) => Promise<T>, duty: Duty | null): Promise<T> {
    const { isShared, journal } = this.#parts;
    return this.#run(async () => {
      if (isShared) {
        const moves = new SharedRearranging({ ...this.#parts, rowsOf: (id) => this.#rowsOf(id) }, duty);
        return action(moves).finally(() => moves.ended());
      }
      const within = new JobQueue();
      try {
        return await action({
          replaceChannel: (id, content) => within.run(() => this.#replaceChannel(id, content)),
          trim: (trims, forget) => within.run(() => this.#trim(trims, forget)).then(() => true),
          eraseRecord: (table, key) =>
            within.run(() => journal.write([{ type: 'del', key: recordRangeOf(table, key).gte }])),
          eraseDocument: (name) => within.run(() => this.#eraseDocument(name)).then(() => true),
        });
      } finally {
        await within.ended();
      }
    });
  }

  /** Takes no more jobs; resolves once those under way have ended. */
  async close(): Promise<void> {
    this.#isClosing = true;
    await this.#queue.ended();
  }

  async #replaceChannel(id: ChannelId, content: ChannelContent): Promise<number> {
    const { channels, gate, index, journal, reader, deflate } = this.#parts;
    channels.take(id);
    try {
      const epoch = nextEpoch((await reader.metaOf(id)).epoch);
      const operations = await packContent(id, epoch, content, deflate);
      // Nobody says something of its past between what is found and what is deleted.
      await gate.alone(async () => {
        const slot = await index.acquire(id.document);
        try {
          if (slot.info === null) {
            slot.info = newDocument(id.document, content.entries[0]?.timeMs ?? Date.now());
            operations.push(putDocument(slot.info));
          }
          await journal.write([]);
          const past = id.kind === 'content' ? await this.#deletesIn(...pastRangesOf(id.document)) : [];
          await journal.write([...(await this.#deletesOf(id)), ...past, ...operations]);
        } finally {
          index.release(id.document);
        }
      });
      return epoch;
    } finally {
      channels.giveBack(id);
    }
  }

  async #eraseDocument(name: DocumentName): Promise<void> {
    const { channels, gate, index, journal, reader } = this.#parts;
    const ids = channelsOf(name);
    const taken: ChannelId[] = [];
    try {
      for (const id of ids) {
        channels.take(id);
        taken.push(id);
      }
      const epochs = await Promise.all(ids.map(async (id) => (await reader.metaOf(id)).epoch));
      // Nobody says something of it between what is found and what is deleted.
      await gate.alone(async () => {
        await journal.write([]);
        const deletes: Operation[] = [{ type: 'del', key: documentKey(name) }];
        for (const id of ids) deletes.push(...(await this.#deletesOf(id)));
        deletes.push(...(await this.#deletesIn(accessRangeOf(name), ...partRangesOf(name))));
        const slot = await index.acquire(name);
        slot.info = null;
        const write = journal.write([...deletes, putErased(name, nextEpoch(Math.max(...epochs)))]);
        await write.finally(() => index.release(name));
      });
    } finally {
      for (const id of taken) channels.giveBack(id);
    }
  }

  /** What was deleted stays on the disk of the database until it tidies up by itself. */
  async #trim(trims: readonly ChannelTrim[], forget: readonly RecordChange[]): Promise<void> {
    await trimChannels(trims, forget, {
      ...this.#parts,
      rowsOf: (id) => this.#rowsOf(id),
      deletesIn: (...ranges) => this.#deletesIn(...ranges),
    });
  }

  async *#rowsOf(id: ChannelId): AsyncGenerator<StoredRow> {
    const { reader, store } = this.#parts;
    for await (const row of runsFrom(store, id, 1)) {
      const [firstSeq, lastSeq] = [Number(row.first_seq), Number(row.last_seq)];
      const hash = Uint8Array.from(row.link);
      yield {
        key: segmentKey(id, firstSeq, lastSeq),
        firstSeq,
        lastSeq,
        hash,
        entries: () => reader.entriesOf(id, row),
      };
    }
  }

  async #packAll(duty: Duty | null): Promise<void> {
    const { journal, store } = this.#parts;
    const { newest, storedBytes } = journal;
    for (const id of await unpackedChannels(store)) {
      const from = await firstUnpacked(store, id);
      if (from !== null) await this.#pack(id, from, duty);
      if (duty?.signal.aborted || this.#isClosing) return;
    }
    journal.recordsRolled(newest.number, storedBytes);
  }

  /** @param duty null: nobody else packs, or whoever does may be quicker */
  async #pack(id: ChannelId, from: Seq, duty: Duty | null): Promise<void> {
    const { store, reader, journal, deflate, isShared } = this.#parts;
    for await (const operations of packRuns(store, reader, id, from, deflate)) {
      if (!isShared) await journal.write(operations);
      // What somebody moved meanwhile is in other rows, which are found the next time.
      else if (!(await this.#moveIf(duty, operations))) return;
    }
    const surplus = isShared ? await surplusCheckpoints(reader, id, from) : [];
    if (surplus.length > 0) await this.#moveIf(duty, surplus);
  }

  async #moveIf(duty: Duty | null, operations: readonly Operation[]): Promise<boolean> {
    const { journal, store } = this.#parts;
    try {
      const plan = planGroup(operations);
      return await store.asOneOfSeveral((client, head) => commitMoves(client, plan, duty, head));
    } catch (error) {
      journal.fail(error);
      throw error;
    }
  }

  #failed(error: Error, bytes: number): void {
    const { complain, journal, journalMaxBytes } = this.#parts;
    if (journal.hasFailed || this.#isClosing) return;
    // That is told by those who write.
    if (error instanceof SyncError && error.code === 'STORE_SILENT') return;
    this.#packAgainAtBytes = bytes + journalMaxBytes / 2;
    complain(`Entries could not be packed: ${error.message} Nothing is lost; it is tried again after some more.`);
  }

  /** Takes away all that is of a channel, which nobody has open. */
  async #deletesOf(id: ChannelId): Promise<Operation[]> {
    return (await this.#parts.store.keysOfChannel(id)).map((key) => ({ type: 'del', key }));
  }

  async #deletesIn(...ranges: readonly KeyRange[]): Promise<Operation[]> {
    const keys = await Promise.all(ranges.map((range) => this.#parts.store.keysIn(range)));
    return keys.flat().map((key) => ({ type: 'del', key }));
  }

  /** Runs `job` when those before it have ended. It is refused once the log is closing. */
  #run<T>(job: () => Promise<T>): Promise<T> {
    const { checkOpen } = this.#parts;
    return this.#queue.run(async () => {
      checkOpen();
      return job();
    });
  }
}
