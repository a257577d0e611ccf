// Two moments of a document, found in its log and compared in a worker.

import { setImmediate as nextTurn } from 'node:timers/promises';
import type { DocumentName } from '@weft/protocol';
import type { ChannelView, DocumentLog, Entry } from '../log/document-log.js';
import { SyncError } from '../sync-error.js';
import type { Turns } from '../turns.js';
import type { CompareJob, Comparer } from './compare-job.js';
import type { PersonCounts } from './comparison.js';
import type { Moment, MomentName, Moments } from './moments.js';
import { entriesWithin, type ReadLimits } from './read-entries.js';
import { restoresOf } from './restore-record.js';

export interface ComparedMoments {
  readonly from: Moment;
  readonly to: Moment;
  readonly people: readonly PersonCounts[];
  /** As in PackedComparison. */
  readonly json: Uint8Array;
  /** What could not be told apart, in sentences. */
  readonly warnings: readonly string[];
}

export interface ComparisonsOptions {
  readonly log: Pick<DocumentLog, 'view' | 'records'>;
  readonly comparer: Comparer;
  readonly moments: Pick<Moments, 'boundIn'>;
  readonly turns: Turns;
  readonly limits?: Partial<ReadLimits>;
}

/** Of the entries that are read for one comparison. */
const defaultLimits: ReadLimits = { maxBytes: 64 * 1024 * 1024, maxEntries: 1_000_000 };

export class Comparisons {
  readonly #options: ComparisonsOptions;
  readonly #limits: ReadLimits;

  constructor(options: ComparisonsOptions) {
    this.#options = options;
    this.#limits = { ...defaultLimits, ...options.limits };
  }

  /**
   * @param from the earlier moment
   * @param asker whose turn it is, see Turns
   * @throws SyncError `NO_SUCH_VERSION`, `NO_SUCH_ENTRY`; `BAD_REQUEST` when `from` is the later one; `TOO_LARGE`, `TOO_MANY`;
   *         `WORKER_FAILED`; and what the log throws
   */
  compare(document: DocumentName, from: MomentName, to: MomentName, asker: string): Promise<ComparedMoments> {
    const { log, moments, turns } = this.#options;
    return turns.run(async () => {
      const channel = await log.view({ document, kind: 'content' });
      return this.#compare(channel, await moments.boundIn(channel, from), await moments.boundIn(channel, to));
    }, asker);
  }

  async #compare(channel: ChannelView, from: Moment, to: Moment): Promise<ComparedMoments> {
    if (from.seq > to.seq) {
      const sentence = `The moment to compare from, entry ${from.seq}, is after the other, entry ${to.seq}.`;
      throw new SyncError('BAD_REQUEST', sentence);
    }
    const checkpoint = await channel.checkpointAt(from.seq);
    const base = checkpoint?.seq ?? 0;
    const entries = await entriesWithin(channel, base, to.seq, this.#limits);
    if (entries === null) throw tooLarge();
    const { restores, leftOut } = await restoresOf(this.#options.log.records, channel.id.document);
    await nextTurn();
    const { people, json, lostRestores } = await this.#options.comparer.compare({
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
    return { from, to, people, json, warnings: warningsOf(leftOut + lostRestores) };
  }
}

const warningsOf = (lostRestores: number): readonly string[] =>
  lostRestores === 0
    ? []
    : [
        `What is known of ${lostRestores === 1 ? 'a restore' : `${lostRestores} restores`} of this document cannot be read: text that ` +
          'came back by it may be told as that of whoever brought it back. Whoever runs the server finds more with weft verify.',
      ];

const tooLarge = (): SyncError =>
  new SyncError(
    'TOO_LARGE',
    'Too much was written between these moments to be compared at once. Choose moments that are nearer to each other.',
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
