// Moments of a document as people name them: a version, an entry, a time. And what the document was then, as files of any
// format; made in a worker, a few at a time.

import type { DocumentName } from '@weft/protocol';
import type { ChannelView, DocumentLog, Seq } from '../log/document-log.js';
import type { StateJob } from '../room/room-history.js';
import { SyncError } from '../sync-error.js';
import type { Turns } from '../turns.js';
import type { HistoryWorkers } from './history-workers.js';
import { stateJobAt } from './rebuild.js';
import type { MeantMoment, Versions } from './versions.js';

/** Which moment is meant: after an entry, of a version, at a time (the newest entry then); the first there is, or now. */
export type MomentName =
  | { readonly kind: 'seq'; readonly seq: Seq }
  | { readonly kind: 'version'; readonly id: string }
  | { readonly kind: 'time'; readonly timeMs: number }
  | { readonly kind: 'beginning' }
  | { readonly kind: 'now' };

export interface Moment {
  /** 0: before the first entry. */
  readonly seq: Seq;
  /** Of that entry; null before the first. */
  readonly timeMs: number | null;
}

export const MOMENT_FORMATS = ['json', 'html', 'markdown', 'text', 'docx', 'update'] as const;
export type MomentFormat = (typeof MOMENT_FORMATS)[number];

export interface RenderedMoment extends Moment {
  readonly bytes: Uint8Array;
  /** What the format could not hold, in sentences. */
  readonly warnings: readonly string[];
}

export interface MomentsOptions {
  readonly log: Pick<DocumentLog, 'view'>;
  readonly versions: Pick<Versions, 'find'>;
  readonly history: Pick<HistoryWorkers, 'rebuildState' | 'renderJson' | 'renderFile'>;
  readonly turns: Turns;
}

export class Moments {
  readonly #options: MomentsOptions;

  constructor(options: MomentsOptions) {
    this.#options = options;
  }

  /** @throws SyncError `NO_SUCH_VERSION`, `NO_SUCH_ENTRY`, `BEFORE_BEGINNING` */
  async find(document: DocumentName, name: MomentName): Promise<Moment & MeantMoment> {
    const view = await this.#view(document);
    return { ...(await this.findIn(view, name)), epoch: view.epoch };
  }

  /**
   * The same, of a channel as it was at some moment. Before the first entry is what entry 0 says on purpose; a time does not: whoever
   * names a day alone, or mistypes one, means a text, and would get none.
   */
  async findIn(view: ChannelView, name: MomentName): Promise<Moment> {
    const moment = await this.boundIn(view, name);
    if (name.kind !== 'time' || moment.seq > 0 || view.head === 0) return moment;
    const beganAt = new Date(await timeOf(view, 1)).toISOString();
    throw new SyncError(
      'BEFORE_BEGINNING',
      `"${view.id.document}" began on ${beganAt}: there is nothing of it from before. Choose a later moment, or entry 0 for the empty ` +
        'document.',
    );
  }

  /** One end of what is compared: a time before the first entry is the beginning. */
  async boundIn(view: ChannelView, name: MomentName): Promise<Moment> {
    switch (name.kind) {
      case 'beginning':
        return momentAt(view, (await view.base())?.checkpoint.seq ?? 0);
      case 'now':
        return momentAt(view, view.head);
      case 'seq':
        return momentAt(view, name.seq);
      case 'time':
        return momentAt(view, await seqAt(view, name.timeMs));
      case 'version':
        return momentAt(view, await this.#seqOf(view, name.id));
    }
  }

  /**
   * The document as it was then. JSON is an object as `weft export` writes it; an update is one Yjs v1 update.
   * @param asker whose turn it is, see Turns
   * @throws SyncError `NO_SUCH_VERSION`, `NO_SUCH_ENTRY`, `BEFORE_BEGINNING`, `TOO_MANY`, `TOO_LARGE`; `WORKER_FAILED` when it cannot be made
   */
  render(document: DocumentName, name: MomentName, format: MomentFormat, asker: string): Promise<RenderedMoment> {
    return this.#options.turns.run(async () => {
      const view = await this.#view(document);
      const moment = await this.findIn(view, name);
      return { ...moment, ...(await this.#render(document, moment, await stateJobAt(view, moment.seq), format)) };
    }, asker);
  }

  async #render(document: DocumentName, { seq, timeMs }: Moment, job: StateJob, format: MomentFormat) {
    const { history } = this.#options;
    if (format === 'update') return { bytes: await history.rebuildState(job), warnings: [] };
    if (format !== 'json') return history.renderFile(format, job);
    const time = timeMs === null ? null : new Date(timeMs).toISOString();
    return history.renderJson(job, { name: document, seq, time });
  }

  async #seqOf(view: ChannelView, id: string): Promise<Seq> {
    const { document } = view.id;
    const version = await this.#options.versions.find(document, id);
    if (version === null) {
      throw new SyncError('NO_SUCH_VERSION', `"${document}" has no version ${id}. Its list says which there are.`);
    }
    const { seq, link } = version;
    const isThere = seq <= view.head && Buffer.from(await view.linkAt(seq)).toString('base64url') === link;
    if (isThere) return seq;
    throw new SyncError(
      'NO_SUCH_VERSION',
      `The log of "${document}" has lost what its version ${id} points to: the disk was set back or damaged from outside. ` +
        'A backup may hold it.',
    );
  }

  #view(document: DocumentName): Promise<ChannelView> {
    return this.#options.log.view({ document, kind: 'content' });
  }
}

/** When an entry was written, which is there; or the last of those that were trimmed. @throws SyncError `PAST_TRIMMED` */
export async function timeOf(view: ChannelView, seq: Seq): Promise<number> {
  try {
    const [entry] = await view.entriesAfter(seq - 1, seq);
    return entry!.timeMs;
  } catch (error) {
    const isTrimmed = error instanceof SyncError && error.code === 'PAST_TRIMMED';
    const base = isTrimmed ? await view.base() : null;
    if (base?.checkpoint.seq !== seq) throw error;
    return base.timeMs;
  }
}

async function momentAt(view: ChannelView, seq: Seq): Promise<Moment> {
  if (seq === 0) return { seq, timeMs: null };
  const isThere = Number.isSafeInteger(seq) && seq > 0 && seq <= view.head;
  if (isThere) return { seq, timeMs: await timeOf(view, seq) };
  const there = view.head === 0 ? 'Nothing was written in it yet' : `Choose a moment from 0 to ${view.head}`;
  throw new SyncError('NO_SUCH_ENTRY', `"${view.id.document}" has no moment ${seq}. ${there}.`);
}

/** Entries that take less time to read at once than one by one: a segment has as many, and is read whole for each. */
const READ_AT_ONCE = 20_000;
/** Of large ones it is not read that many: what lies behind is halved again. */
const READ_BYTES = 4 * 1024 * 1024;

/**
 * The newest entry at that time or before; 0 when there is none. @throws SyncError `PAST_TRIMMED`
 * Times never go backwards (L7), so it is found by halving.
 */
export async function seqAt(view: ChannelView, timeMs: number): Promise<Seq> {
  const base = await view.base();
  let low = base?.checkpoint.seq ?? 0;
  // The entry that it would have been is gone; asking for it says so.
  if (base !== null && timeMs < base.timeMs) await view.entriesAfter(low - 1, low);
  let high = view.head;
  while (low < high) {
    const portion = high - low > READ_AT_ONCE ? [] : await view.entriesAfter(low, high, READ_BYTES);
    const later = portion.findIndex((entry) => entry.timeMs > timeMs);
    if (later >= 0) return low + later;
    low += portion.length;
    if (low === high) break;
    const middle = Math.ceil((low + high) / 2);
    const [entry] = await view.entriesAfter(middle - 1, middle);
    if (entry!.timeMs <= timeMs) low = middle;
    else high = middle - 1;
  }
  return low;
}
