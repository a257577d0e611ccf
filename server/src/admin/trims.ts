// Takes what lies before a moment out of the past of documents, for good: the text of today stays, and with it who wrote it; what was
// deleted before that moment, who wrote when, and the versions of that time go. The state at the last entry that goes is built in a
// worker, as a checkpoint is, and stands in the place of all entries up to it (L5). With all of the past goes what was deleted: then the
// text of today may begin a new epoch, so that whoever still has what was deleted lets go of it.

import type { DocumentName } from '@weft/protocol';
import type { HistoryWorkers } from '../history/history-workers.js';
import { seqAt } from '../history/moments.js';
import { entriesWithin } from '../history/read-entries.js';
import { placeOfVersion, putVersion, readVersion, type Version, versionPrefix } from '../history/version-record.js';
import type { Versions } from '../history/versions.js';
import {
  type ChannelTrim,
  type ChannelView,
  type Checkpoint,
  channelsOf,
  type DocumentLog,
  type Rearranging,
  type RecordChange,
  type Seq,
  type StoredValue,
} from '../log/document-log.js';
import type { Duty } from '../log/duties.js';
import type { Description } from '../room/room-history.js';
import { SyncError } from '../sync-error.js';
import { checkpointAfter } from './checkpoint-after.js';
import { erasedUpTo, putErasedUpTo } from './erased-record.js';

export interface TrimsOptions {
  readonly log: Pick<DocumentLog, 'records' | 'rearrange' | 'view'>;
  readonly history: Pick<HistoryWorkers, 'buildCheckpoint'>;
  readonly versions: Pick<Versions, 'whileAsTheyAre'>;
}

/** What goes with the past of a document before a moment. */
export interface TrimPlan {
  readonly document: DocumentName;
  /** Infinity: all of it. */
  readonly beforeMs: number;
  /** Of text and discussion. */
  readonly entries: number;
  /** When the newest of them was written; null when nothing goes. */
  readonly newestMs: number | null;
  readonly versions: number;
  /** Those of them that somebody gave a name, the newest first. */
  readonly named: readonly { readonly id: string; readonly name: string; readonly timeMs: number }[];
}

interface Cut {
  readonly view: ChannelView;
  /** The newest entry that goes. */
  readonly seq: Seq;
  readonly entries: number;
}

/** A version that says since when it follows, and that is before what stays. */
interface CutThrough {
  /** As it is to be. */
  readonly version: Version;
  readonly stored: StoredValue;
}

/** Of what one base is built from. */
const LIMITS = { maxBytes: 256 * 1024 * 1024, maxEntries: Number.POSITIVE_INFINITY };

export class Trims {
  readonly #options: TrimsOptions;

  constructor(options: TrimsOptions) {
    this.#options = options;
  }

  /** How much there is of a document's past, in text and discussion, and since when; null where there is nothing, or that is not known. */
  async extent(document: DocumentName): Promise<{ readonly entries: number; readonly sinceMs: number | null }> {
    let entries = 0;
    let sinceMs: number | null = null;
    for (const id of channelsOf(document)) {
      const view = await this.#options.log.view(id);
      if (view.head === 0) continue;
      const base = await view.base();
      entries += view.head - (base?.checkpoint.seq ?? 0);
      const firstMs = base?.timeMs ?? (await view.entriesAfter(0, 1))[0]!.timeMs;
      sinceMs = Math.min(firstMs, sinceMs ?? firstMs);
    }
    return { entries, sinceMs };
  }

  /** Says what would go, and changes nothing. */
  async plan(document: DocumentName, beforeMs: number): Promise<TrimPlan> {
    const cuts = await this.#cutsOf(document, beforeMs);
    const { versions, named } = await this.#versionsBefore(document, cuts);
    const times = await Promise.all(
      cuts.map(async ({ view, seq }) => (await view.entriesAfter(seq - 1, seq))[0]!.timeMs),
    );
    return {
      document,
      beforeMs,
      entries: cuts.reduce((sum, { entries }) => sum + entries, 0),
      newestMs: times.length === 0 ? null : Math.max(...times),
      versions: versions.length,
      named,
    };
  }

  /**
   * Does it to some documents at once: what is left on the disk of what was deleted is swept away once for all of them.
   * @param duty see `DocumentLog.rearrange`
   * @throws SyncError `WORKER_FAILED`, `TOO_LARGE`, `STORE_UNREADABLE`, `CHANNEL_REPLACED`: then nothing was trimmed
   */
  async carryOut(plans: readonly Pick<TrimPlan, 'document' | 'beforeMs'>[], duty?: Duty): Promise<void> {
    const trims: ChannelTrim[] = [];
    const cutsOf = new Map<DocumentName, readonly Cut[]>();
    for (const { document, beforeMs } of plans) {
      const cuts = await this.#cutsOf(document, beforeMs);
      for (const cut of cuts) {
        trims.push({ id: cut.view.id, epoch: cut.view.epoch, checkpoint: await this.#baseAt(cut) });
      }
      cutsOf.set(document, cuts);
    }
    if (trims.length > 0) await this.#options.log.rearrange((moves) => this.#trim(moves, trims, cutsOf), duty);
  }

  /**
   * All of a document's past goes, and what is there begins a new epoch. Nobody may be in it, or come in meanwhile.
   * @throws SyncError `WORKER_FAILED`, `TOO_LARGE`, `STORE_UNREADABLE`: then nothing was erased
   */
  async eraseDeleted(document: DocumentName, moves: Rearranging): Promise<void> {
    const { log } = this.#options;
    const trims: ChannelTrim[] = [];
    const cuts: Cut[] = [];
    for (const id of channelsOf(document)) {
      const view = await log.view(id);
      if (view.head === 0) continue;
      const cut = { view, seq: view.head, entries: view.head };
      const { checkpoint, description } = await this.#buildAt(cut, await view.checkpointAt(view.head));
      cuts.push(cut);
      // What is said of the text may be of one in which something stood that is to be gone.
      const described = id.kind === 'content' ? { description } : {};
      trims.push({ id, epoch: view.epoch, checkpoint, beginsEpoch: true, ...described });
    }
    if (trims.length === 0) return;
    const heads = Object.fromEntries(trims.map(({ id, checkpoint }) => [id.kind, checkpoint.seq]));
    await this.#trim(moves, trims, new Map([[document, cuts]]), [putErasedUpTo(document, heads)]);
  }

  /** Whether all of a document's past was erased, and nothing was written since, or nothing ever. */
  async isErased(document: DocumentName): Promise<boolean> {
    const { log } = this.#options;
    const heads = await erasedUpTo(document, log.records);
    for (const id of channelsOf(document)) {
      const view = await log.view(id);
      if (view.head === 0) continue;
      const base = await view.base();
      if (base?.checkpoint.seq !== view.head || heads[id.kind] !== view.head) return false;
    }
    return true;
  }

  /** What an erasure that was cut short has left in files goes, of a document that is erased: nobody who is in it notices. */
  async sweep(document: DocumentName): Promise<void> {
    const trims: ChannelTrim[] = [];
    for (const id of channelsOf(document)) {
      const view = await this.#options.log.view(id);
      const base = await view.base();
      if (base !== null) trims.push({ id, epoch: view.epoch, checkpoint: base.checkpoint });
    }
    if (trims.length > 0) await this.#options.log.rearrange((moves) => moves.trim(trims, []));
  }

  async #trim(
    moves: Rearranging,
    trims: readonly ChannelTrim[],
    cutsOf: ReadonlyMap<DocumentName, readonly Cut[]>,
    notes: readonly RecordChange[] = [],
  ): Promise<void> {
    await this.#options.versions.whileAsTheyAre([...cutsOf.keys()], async () => {
      // Where another server has changed one of the versions meanwhile, it is looked at again.
      for (let isTrimmed = false; !isTrimmed; ) {
        const forget: RecordChange[] = [...notes];
        const known: RecordChange[] = [];
        for (const [document, cuts] of cutsOf) {
          const { versions: keys, cutThrough } = await this.#versionsBefore(document, cuts);
          for (const key of keys) forget.push({ table: 'version', key, value: null });
          for (const { version, stored } of cutThrough) {
            forget.push(putVersion(document, version));
            known.push({ table: 'version', ...stored });
          }
        }
        isTrimmed = await moves.trim(trims, forget, known);
      }
    });
  }

  async #cutsOf(document: DocumentName, beforeMs: number): Promise<Cut[]> {
    const cuts: Cut[] = [];
    for (const id of channelsOf(document)) {
      const view = await this.#options.log.view(id);
      const base = await view.base();
      if (view.head === 0 || (base !== null && base.timeMs >= beforeMs)) continue;
      const trimmed = base?.checkpoint.seq ?? 0;
      const [oldest] = await view.entriesAfter(trimmed, Math.min(view.head, trimmed + 1));
      if (!oldest || oldest.timeMs >= beforeMs) continue;
      const seq = await seqAt(view, beforeMs - 1);
      if (seq > trimmed) cuts.push({ view, seq, entries: seq - trimmed });
    }
    return cuts;
  }

  async #baseAt(cut: Cut): Promise<Checkpoint> {
    const before = await cut.view.checkpointAt(cut.seq);
    return before?.seq === cut.seq ? before : (await this.#buildAt(cut, before)).checkpoint;
  }

  async #buildAt(
    { view, seq }: Cut,
    before: Checkpoint | null,
  ): Promise<{ readonly checkpoint: Checkpoint; readonly description: Description }> {
    const entries = before?.seq === seq ? [] : await entriesWithin(view, before?.seq ?? 0, seq, LIMITS);
    if (entries === null) throw tooLarge(view);
    const updates = entries.map(({ update }) => update);
    const built = await this.#options.history.buildCheckpoint({ checkpointState: before?.state ?? null, updates });
    const checkpoint = before?.seq === seq ? before : checkpointAfter(before, entries, built);
    return { checkpoint, description: built.description };
  }

  /** The keys of versions that point to something that goes, or to what is there no longer. */
  async #versionsBefore(
    document: DocumentName,
    cuts: readonly Cut[],
  ): Promise<{ versions: string[]; named: TrimPlan['named']; cutThrough: readonly CutThrough[] }> {
    const seq = cuts.find(({ view }) => view.id.kind === 'content')?.seq ?? 0;
    const versions: string[] = [];
    const named: TrimPlan['named'][number][] = [];
    const isBefore = (key: string): boolean => (placeOfVersion(key)?.seq ?? seq) < seq;
    const stored = await this.#options.log.records.list('version', {
      prefix: versionPrefix(document),
      reverse: true,
      damaged: (_, key) => isBefore(key) && versions.push(key),
    });
    for (const record of stored.filter(({ key }) => isBefore(key))) {
      versions.push(record.key);
      const version = readVersion(record);
      if (typeof version === 'string' || version.reason !== 'named') continue;
      const { id, name, timeMs } = version;
      named.push({ id, name, timeMs });
    }
    // Those after that which say since when they follow: it is not to be asked for what is gone.
    const cutThrough = stored
      .filter(({ key }) => !isBefore(key))
      .flatMap((record) => {
        const version = readVersion(record);
        const isWhole = typeof version === 'string' || version.sinceSeq >= seq;
        return isWhole ? [] : [{ version: { ...version, sinceSeq: seq }, stored: record }];
      });
    return { versions, named, cutThrough };
  }
}

const tooLarge = ({ id }: ChannelView): SyncError =>
  new SyncError(
    'TOO_LARGE',
    `What is to go of "${id.document}" takes more than ${LIMITS.maxBytes / 2 ** 20} MiB of entries to build, which is ` +
      'beyond the limit. Nothing was taken away: trim what lies before an earlier moment first, and then this.',
  );
