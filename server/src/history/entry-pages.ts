// The entries of a document as they are in its log, a page at a time, for whoever plays its life: when each came, by whom, and what it
// did. A page has so many bytes that it is made at once and nobody waits for it.

import type { DocumentName } from '@weft/protocol';
import type { ChannelView, DocumentLog, Entry, Seq } from '../log/document-log.js';
import { SyncError } from '../sync-error.js';
import type { Turns } from '../turns.js';
import type { HistoryWorkers } from './history-workers.js';
import { replacedMeanwhile } from './refusals.js';

export interface EntryPage {
  readonly epoch: number;
  /** Newest entry there is. */
  readonly head: Seq;
  /** Of the first entry of this page. Of one whose past was trimmed it is the state that stands for all up to it, by nobody. */
  readonly first: Seq;
  /** Of the last entry of this page; where there is none, what was asked for. */
  readonly last: Seq;
  /** Ids of those who wrote the entries. */
  readonly people: readonly string[];
  /** For each entry numbers in lib0's encoding: milliseconds since the entry before, or 1970, its place in `people`, and bytes that follow. */
  readonly packed: Uint8Array;
}

/** From where on; of a document that was replaced since nothing goes on. */
export interface EntriesAfter {
  readonly after: Seq;
  /** Null: whichever there is. */
  readonly epoch: number | null;
}

export interface EntryPagesOptions {
  readonly log: Pick<DocumentLog, 'view'>;
  readonly history: Pick<HistoryWorkers, 'inflateState'>;
  readonly turns: Turns;
  readonly limits?: Partial<PageLimits>;
}

export interface PageLimits {
  /** Of updates; the first entry is in a page however large it is. */
  readonly maxBytes: number;
  readonly maxEntries: number;
}

const defaultLimits: PageLimits = { maxBytes: 1024 * 1024, maxEntries: 20_000 };

export class EntryPages {
  readonly #options: EntryPagesOptions;
  readonly #limits: PageLimits;

  constructor(options: EntryPagesOptions) {
    this.#options = options;
    this.#limits = { ...defaultLimits, ...options.limits };
  }

  /**
   * @param asker whose turn it is, see Turns
   * @throws SyncError `NO_SUCH_ENTRY`, `CHANNEL_REPLACED`, `TOO_MANY`; and what the log throws
   */
  read(document: DocumentName, from: EntriesAfter, asker: string): Promise<EntryPage> {
    const { log, turns } = this.#options;
    const read = async (): Promise<EntryPage> => this.#read(await log.view({ document, kind: 'content' }), from);
    return turns.run(
      () =>
        read().catch((error: unknown) => {
          // Trimmed between two looks: the next finds the state that stands for it.
          if (error instanceof SyncError && error.code === 'PAST_TRIMMED') return read();
          throw error;
        }),
      asker,
    );
  }

  async #read(view: ChannelView, { after, epoch }: EntriesAfter): Promise<EntryPage> {
    const { id, head } = view;
    if (epoch !== null && epoch !== view.epoch) throw replacedMeanwhile(id.document);
    if (after > head) {
      throw new SyncError('NO_SUCH_ENTRY', `"${id.document}" has ${head} entries: nothing comes after ${after}.`);
    }
    const { maxBytes, maxEntries } = this.#limits;
    const base = await view.base();
    if (base !== null && after < base.checkpoint.seq) {
      const { seq, state } = base.checkpoint;
      const update = await this.#options.history.inflateState(state);
      const entries = [{ timeMs: base.timeMs, author: '', update }];
      return { epoch: view.epoch, head, first: seq, last: seq, ...packEntries(entries) };
    }
    const entries = after === head ? [] : await view.entriesAfter(after, Math.min(head, after + maxEntries), maxBytes);
    return { epoch: view.epoch, head, first: after + 1, last: after + entries.length, ...packEntries(entries) };
  }
}

/** Of three numbers. */
const MOST_BEFORE_AN_UPDATE = 24;

function packEntries(
  entries: readonly Pick<Entry, 'timeMs' | 'author' | 'update'>[],
): Pick<EntryPage, 'people' | 'packed'> {
  const places = new Map<string, number>();
  const bytes = Buffer.allocUnsafe(entries.reduce((sum, { update }) => sum + update.length + MOST_BEFORE_AN_UPDATE, 0));
  let end = 0;
  const writeUint = (value: number): void => {
    let rest = value;
    for (; rest > 0x7f; rest = Math.floor(rest / 128)) bytes[end++] = 0x80 | (rest & 0x7f);
    bytes[end++] = rest;
  };
  let beforeMs = 0;
  for (const { timeMs, author, update } of entries) {
    const place = places.get(author) ?? places.size;
    places.set(author, place);
    writeUint(timeMs - beforeMs);
    writeUint(place);
    writeUint(update.length);
    bytes.set(update, end);
    end += update.length;
    beforeMs = timeMs;
  }
  return { people: [...places.keys()], packed: bytes.subarray(0, end) };
}
