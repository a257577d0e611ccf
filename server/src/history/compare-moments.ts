// Two moments of a document, found in its log and compared in a worker.

import { setImmediate as nextTurn } from 'node:timers/promises';
import type { DocumentName } from '@weft/protocol';
import type { ChannelView, DocumentLog, Entry, Seq } from '../log/document-log.js';
import { SyncError } from '../sync-error.js';
import type { CompareJob, Comparer } from './compare-job.js';
import type { PersonCounts } from './comparison.js';
import type { Moment, MomentName, Moments } from './moments.js';
import { restoresOf } from './restore-record.js';
import type { Turns } from './turns.js';

export interface ComparedMoments {
  readonly from: Moment;
  readonly to: Moment;
  readonly people: readonly PersonCounts[];
  /** As in PackedComparison. */
  readonly json: string;
}

/** Of the updates that are read for one comparison. */
export interface CompareLimits {
  readonly maxBytes: number;
  readonly maxEntries: number;
}

export interface ComparisonsOptions {
  readonly log: Pick<DocumentLog, 'view' | 'records'>;
  readonly comparer: Comparer;
  readonly moments: Pick<Moments, 'findIn'>;
  readonly turns: Turns;
  readonly limits?: Partial<CompareLimits>;
}

const defaultLimits: CompareLimits = { maxBytes: 64 * 1024 * 1024, maxEntries: 1_000_000 };

/** Entries are read so many at a time, with other work in between. */
const READ_AT_ONCE = 20_000;

export class Comparisons {
  readonly #options: ComparisonsOptions;
  readonly #limits: CompareLimits;

  constructor(options: ComparisonsOptions) {
    this.#options = options;
    this.#limits = { ...defaultLimits, ...options.limits };
  }

  /**
   * @param from the earlier moment
   * @throws SyncError `NO_SUCH_VERSION`, `NO_SUCH_ENTRY`; `BAD_REQUEST` when `from` is the later one; `TOO_LARGE`, `TOO_MANY`;
   *         `WORKER_FAILED`; and what the log throws
   */
  compare(document: DocumentName, from: MomentName, to: MomentName): Promise<ComparedMoments> {
    const { log, moments, turns } = this.#options;
    return turns.run(async () => {
      const channel = await log.view({ document, kind: 'content' });
      return this.#compare(channel, await moments.findIn(channel, from), await moments.findIn(channel, to));
    });
  }

  async #compare(channel: ChannelView, from: Moment, to: Moment): Promise<ComparedMoments> {
    if (from.seq > to.seq) {
      const sentence = `The moment to compare from, entry ${from.seq}, is after the other, entry ${to.seq}.`;
      throw new SyncError('BAD_REQUEST', sentence);
    }
    const checkpoint = await channel.checkpointAt(from.seq);
    const base = checkpoint?.seq ?? 0;
    const entries = await this.#read(channel, base, to.seq);
    const restores = await restoresOf(this.#options.log.records, channel.id.document);
    await nextTurn();
    const { people, json } = await this.#options.comparer.compare({
      checkpointState: checkpoint?.state ?? null,
      updates: entries.map(({ update }) => update),
      entries: {
        ...whoAndWhen(entries),
        before: from.seq - base,
        firstSeq: base + 1,
        restores: restores.map(({ client, origins }) => ({ client, origins })),
        owners: (restores.length > 0 && checkpoint?.owners) || new Map(),
      },
    });
    if (json === null) throw tooLarge();
    return { from, to, people, json };
  }

  async #read(channel: ChannelView, after: Seq, upTo: Seq): Promise<Entry[]> {
    const { maxBytes, maxEntries } = this.#limits;
    if (upTo - after > maxEntries) throw tooLarge();
    const entries: Entry[] = [];
    let bytes = 0;
    for (let seq = after; seq < upTo; ) {
      const end = Math.min(upTo, seq + READ_AT_ONCE);
      for (const entry of await channel.entriesAfter(seq, end)) {
        bytes += entry.update.length;
        entries.push(entry);
      }
      if (bytes > maxBytes) throw tooLarge();
      seq = end;
    }
    return entries;
  }
}

const tooLarge = (): SyncError =>
  new SyncError(
    'TOO_LARGE',
    'Too much was written between these moments to be compared at once. Choose moments that are nearer.',
  );

function whoAndWhen(entries: readonly Entry[]): Pick<CompareJob['entries'], 'timesMs' | 'authors' | 'people'> {
  const places = new Map<string, number>();
  const authors = Uint32Array.from(entries, ({ author }) => {
    const place = places.get(author) ?? places.size;
    places.set(author, place);
    return place;
  });
  const timesMs = Float64Array.from(entries, ({ timeMs }) => timeMs);
  return { timesMs, authors, people: [...places.keys()] };
}
