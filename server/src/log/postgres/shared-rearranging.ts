// What one of several servers rearranges. It is worked out from what was read, and written where that is still so: else it is read
// again. Others hear of it from the database, and whoever has a channel open here at once.

import { setTimeout as pause } from 'node:timers/promises';
import type { DocumentName } from '@weft/protocol';
import { SyncError } from '../../sync-error.js';
import {
  type ChannelContent,
  type ChannelId,
  type ChannelTrim,
  channelsOf,
  type GivenDocument,
  type Rearranging,
  type RecordChange,
} from '../document-log.js';
import type { Duty } from '../duties.js';
import type { Operation } from '../key-value-store.js';
import { CHAIN_START } from '../level/chain.js';
import { ChannelState } from '../level/channel-state.js';
import type { ChannelTable } from '../level/channel-table.js';
import { type DocumentIndex, newDocument } from '../level/document-index.js';
import { nextEpoch } from '../level/epoch.js';
import { JobQueue } from '../level/job-queue.js';
import type { Journal } from '../level/journal.js';
import { accessRangeOf, channelRange, documentKey, partRangesOf, pastRangesOf, recordRangeOf } from '../level/keys.js';
import { operationOf } from '../level/level-records.js';
import { packContent } from '../level/pack-content.js';
import type { Deflate } from '../level/segment.js';
import { putDocument, putErased } from '../level/stored-values.js';
import { coveredOf, type StoredRow, trimmingsOf } from '../level/trim-channels.js';
import { commitRearranged, type Rearrangement } from './commit-rearranged.js';
import type { PostgresReader } from './postgres-reader.js';
import type { PostgresStore } from './postgres-store.js';
import { Outcome } from './rearranging-tables.js';

export interface SharedRearrangingParts {
  readonly store: PostgresStore;
  readonly journal: Journal;
  readonly reader: PostgresReader;
  readonly channels: ChannelTable;
  readonly index: DocumentIndex;
  readonly deflate: Deflate;
  readonly rowsOf: (id: ChannelId) => AsyncIterable<StoredRow>;
  /** Has a channel that is open here told of what others did; null where nobody else can. */
  readonly catchUp: (state: ChannelState) => Promise<void> | null;
  /** @throws SyncError `LOG_CLOSED` once the log is closing */
  readonly checkOpen: () => void;
}

/** Whoever packs or writes is quick: what was in the way is over by then. */
const AGAIN_AFTER_MS = 5;

export class SharedRearranging implements Rearranging {
  readonly #parts: SharedRearrangingParts;
  readonly #duty: Duty | null;
  readonly #jobs = new JobQueue();

  /** @param duty what it is done for; null: for whoever asked */
  constructor(parts: SharedRearrangingParts, duty: Duty | null) {
    this.#parts = parts;
    this.#duty = duty;
  }

  /** Resolves once all that was asked for has ended. */
  ended(): Promise<void> {
    return this.#jobs.ended();
  }

  replaceChannel(...[id, content, before]: Parameters<Rearranging['replaceChannel']>): Promise<number | null> {
    return this.#jobs.run(() => this.#whileTaken([id], () => this.#replaceChannel(id, content, before)));
  }

  trim(
    trims: readonly ChannelTrim[],
    forget: readonly RecordChange[],
    known: readonly RecordChange[] = [],
  ): Promise<boolean> {
    const beginning = trims.filter(({ beginsEpoch }) => beginsEpoch).map(({ id }) => id);
    return this.#jobs.run(() => this.#whileTaken(beginning, () => this.#trim(trims, forget, known)));
  }

  eraseRecord(...[table, key]: Parameters<Rearranging['eraseRecord']>): Promise<void> {
    // Who writes it besides does so where it is as it was known (`writeIf`), or brings it back.
    return this.#jobs.run(() => this.#parts.journal.write([{ type: 'del', key: recordRangeOf(table, key).gte }]));
  }

  eraseDocument(name: DocumentName, given: GivenDocument = {}): Promise<boolean> {
    return this.#jobs.run(() => this.#whileTaken(channelsOf(name), () => this.#eraseDocument(name, given)));
  }

  #whileTaken<T>(ids: readonly ChannelId[], action: () => Promise<T>): Promise<T> {
    return this.#parts.channels.whileTaken(ids, action);
  }

  async #replaceChannel(
    id: ChannelId,
    content: ChannelContent,
    before: Parameters<Rearranging['replaceChannel']>[2],
  ): Promise<number | null> {
    const { deflate, index, reader } = this.#parts;
    const end = before ? { seq: before.head, link: before.link } : null;
    let epoch = 0;
    const outcome = await this.#untilSettled(async () => {
      const meta = await reader.metaOf(id);
      if (before && (before.epoch !== meta.epoch || before.head !== meta.lastSeq)) return null;
      epoch = nextEpoch(meta.epoch);
      const operations = await packContent(id, epoch, content, deflate);
      if ((await index.get(id.document)) === null) {
        operations.push(putDocument(newDocument(id.document, content.entries[0]?.timeMs ?? Date.now())));
      }
      return {
        known: [],
        channels: [{ id, epoch: meta.epoch, base: null, end, goes: true }],
        operations,
        cleared: [channelRange(id), ...(id.kind === 'content' ? pastRangesOf(id.document) : [])],
      };
    });
    return outcome === Outcome.Written ? epoch : null;
  }

  async #trim(
    trims: readonly ChannelTrim[],
    forget: readonly RecordChange[],
    known: readonly RecordChange[],
  ): Promise<boolean> {
    const { catchUp, channels } = this.#parts;
    const stateOf = ChannelState.fromMeta;
    const outcome = await this.#untilSettled(async () => {
      const trimmings = await trimmingsOf(trims, { ...this.#parts, stateOf });
      return {
        known: known.map(operationOf),
        channels: trimmings.map(({ id, epoch, baseBefore: base }) => ({ id, epoch, base, end: null, goes: false })),
        operations: [...forget.map(operationOf), ...trimmings.flatMap(({ operations }) => operations)],
        cleared: trimmings.map(coveredOf),
      };
    });
    if (outcome !== Outcome.Written) return false;
    const open = trims.flatMap(({ id }) => channels.get(id) ?? []).filter(({ owner }) => owner !== null);
    await Promise.all(open.map((state) => catchUp(state)));
    return true;
  }

  async #eraseDocument(name: DocumentName, { known = [], isUnwritten = false }: GivenDocument): Promise<boolean> {
    const { reader } = this.#parts;
    const ids = channelsOf(name);
    const outcome = await this.#untilSettled(async () => {
      const metas = await Promise.all(ids.map((id) => reader.metaOf(id)));
      if (isUnwritten && metas.some(({ lastSeq }) => lastSeq > 0)) return null;
      const end = isUnwritten ? { seq: 0, link: CHAIN_START } : null;
      const epoch = nextEpoch(Math.max(...metas.map((meta) => meta.epoch)));
      return {
        known: known.map(operationOf),
        channels: ids.map((id, index) => ({ id, epoch: metas[index]!.epoch, base: null, end, goes: true })),
        operations: [{ type: 'del', key: documentKey(name) }, putErased(name, epoch)] satisfies Operation[],
        cleared: [...ids.map(channelRange), accessRangeOf(name), ...partRangesOf(name)],
      };
    });
    return outcome === Outcome.Written;
  }

  /** @returns `Written`, or `OtherRecords` where nothing is to be done as it was asked for */
  async #untilSettled(plan: () => Promise<Omit<Rearrangement, 'duty'> | null>): Promise<number> {
    const { checkOpen, journal, store } = this.#parts;
    for (;;) {
      checkOpen();
      // What was handed over here is on disk then.
      await journal.write([]);
      const planned = await plan().catch(unlessTrimmed);
      if (planned === null) return Outcome.OtherRecords;
      const outcome = planned && (await this.#commit({ ...planned, duty: this.#duty }, store));
      if (outcome === Outcome.Written || outcome === Outcome.OtherRecords) return outcome;
      if (outcome === Outcome.NotItsWork) {
        throw new SyncError('CANCELLED', 'This is the work of another server by now. Nothing was changed.');
      }
      if (outcome === Outcome.OlderServers) {
        throw new SyncError(
          'SEVERAL_SERVERS',
          'A server of an earlier version has this store as well, which would not notice what is taken out of it. Nothing was changed: ' +
            'update all of them first.',
        );
      }
      await pause(AGAIN_AFTER_MS);
    }
  }

  async #commit(rearrangement: Rearrangement, store: PostgresStore): Promise<number> {
    try {
      return await store.asOneOfSeveral((client, head) => commitRearranged(client, rearrangement, head));
    } catch (error) {
      this.#parts.journal.fail(error);
      throw error;
    }
  }
}

/** Another server trimmed what was being read: it is read again. */
function unlessTrimmed(error: unknown): undefined {
  if (error instanceof SyncError && error.code === 'PAST_TRIMMED') return undefined;
  throw error;
}
