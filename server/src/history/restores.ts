// Brings documents back to a moment while people write in them: as one entry, computed beside this thread from the newest
// entry there is, and appended by the room like anybody's edit. So it is on disk before anybody sees it, everybody stays
// connected, what is written meanwhile stands, and it can be taken back the same way (T1, T2), without what was written since (T3).

import { type DocumentName, MAX_UPDATE_BYTES } from '@weft/protocol';
import type { ChannelId, ChannelView, DocumentLog, Seq } from '../log/document-log.js';
import type { RoomRegistry } from '../room/room-registry.js';
import { Rows } from '../rows.js';
import { messageOf, SyncError } from '../sync-error.js';
import type { Turns } from '../turns.js';
import { appendEntry, refused } from './append-entry.js';
import type { Moment, MomentName, Moments } from './moments.js';
import { portionsOf } from './read-entries.js';
import { stateJobAt, updatesFrom } from './rebuild.js';
import { mayNotAnyMore } from './refusals.js';
import type { RestoreComputer } from './restore-computer.js';
import type { PartUpdate } from './restore-part.js';
import { clientOfRestore, putRestore, type Restore, readRestore, restoreKey, restoresAfter } from './restore-record.js';
import type { RestoreUpdate } from './restore-update.js';
import type { KeptBefore, Versions } from './versions.js';

export interface RestoresOptions {
  readonly log: Pick<DocumentLog, 'view' | 'records'>;
  readonly computer: RestoreComputer;
  readonly moments: Pick<Moments, 'findIn'>;
  readonly versions: Pick<Versions, 'keepBefore' | 'takeBack'>;
  readonly registry: Pick<RoomRegistry, 'enter'>;
  readonly turns: Turns;
  readonly nowMs?: () => number;
}

/** What is to come back. */
export type RestoreWish =
  /** All that was there at a moment. */
  | { readonly kind: 'moment'; readonly to: MomentName }
  /** Of that some blocks alone, named as comparisons name them. */
  | { readonly kind: 'part'; readonly to: MomentName; readonly blocks: readonly string[] }
  /** What there would be without the restore that is entry `seq`. */
  | { readonly kind: 'undo'; readonly seq: Seq };

export interface RestoreRequest {
  readonly wish: RestoreWish;
  /** Chosen by who asks: a request that comes again under the same id is answered, and not done again. */
  readonly requestId: string;
  readonly reason: string;
  /** Opaque id of who asks; the author of the entry. */
  readonly by: string;
  /** Whose turn it is, see Turns. */
  readonly asker: string;
  /** Asked in the moment in which the entry gets its seq (G7). */
  readonly mayStill: () => boolean;
}

export interface Restored {
  /** The entry whose moment came back; where a restore was taken back, the one before that. */
  readonly to: Seq;
  /** The entry that brought it back; null when the document showed the same already. */
  readonly seq: Seq | null;
  /** Id of the version of what was before; null when nothing was changed. */
  readonly before: string | null;
  /** This request was carried out before, and that was told or is on disk; nothing was done now. */
  readonly wasDone: boolean;
}

/** An entry that is to be written into the document as it was computed from. */
interface Computed {
  readonly to: Seq;
  /** Null: there is nothing to do. */
  readonly entry: RestoreUpdate | null;
}

/** Of what is kept of a restore, in the table: somewhat less than a record may have. */
const MAX_ORIGINS_BYTES = 700_000;

export class Restores {
  readonly #options: RestoresOptions;
  /** Two restores of a document at once would bring the same text back twice. */
  readonly #rows = new Rows<DocumentName>();

  constructor(options: RestoresOptions) {
    this.#options = options;
  }

  /**
   * @throws SyncError `NO_SUCH_VERSION`, `NO_SUCH_ENTRY`, `NO_SUCH_BLOCK`, `TOO_MANY`; `TOO_LARGE` and `RESTORE_REFUSED` when it would
   *         exceed a limit, `WORKER_FAILED` when it cannot be computed, `CHANNEL_REPLACED`, `NO_ACCESS`: then nothing was changed;
   *         `RESTORE_UNKNOWN` once the entry may be on disk: who asks again under the same id is told, and nothing is done twice
   */
  restore(document: DocumentName, request: RestoreRequest): Promise<Restored> {
    // In the row of the document last: those who wait for it are as many as may wait, and not more.
    const inRow = (): Promise<Restored> => this.#rows.run(document, () => this.#restore(document, request));
    return this.#options.turns.run(inRow, request.asker);
  }

  async #restore(document: DocumentName, request: RestoreRequest): Promise<Restored> {
    const id: ChannelId = { document, kind: 'content' };
    const { log, versions } = this.#options;
    const done = await this.#doneBefore(id, request.requestId);
    if (done !== null) return done;
    const view = await log.view(id);
    const base = view.head;
    const { to, entry } = await this.#compute(view, request.wish);
    if (entry === null) return { to, seq: null, before: null, wasDone: false };
    checkSize(entry);

    const { requestId, reason, by } = request;
    const atMs = (this.#options.nowMs ?? Date.now)();
    // Both before the entry: should it be the last thing that happens, nothing is missing. Rights that ended while it was computed
    // are looked at before, too: nothing of it is to be written then.
    if (!request.mayStill()) throw mayNotAnyMore();
    const before = await versions.keepBefore(document, base, by, view.epoch);
    const { update, client, origins } = entry;
    const restore = { requestId, to, base, seq: null, before: before.version.id, client, origins, reason, by, atMs };
    try {
      await log.records.write([putRestore(document, restore)]);
      await appendEntry(this.#options.registry, id, {
        update,
        author: by,
        outboxId: outboxOf(requestId),
        check: (room) => {
          if (room.channel.epoch !== view.epoch) throw refused(id, 'it was replaced meanwhile');
          if (!request.mayStill()) throw mayNotAnyMore();
        },
      });
    } catch (error) {
      // The room may have been closed in the moment in which it was written: then it is done, whatever was told.
      const isWritten = await this.#isWritten(view, restore).catch(() => unknown(document, error));
      if (!isWritten) {
        await this.#takeBack(view, restore, before);
        throw error;
      }
    }
    try {
      const seq = await this.#seqOf(id, restore);
      const kept = await this.#keepNewest(view, { ...restore, seq }, before);
      return { to, seq, before: kept.before, wasDone: false };
    } catch (error) {
      return unknown(document, error);
    }
  }

  async #compute(view: ChannelView, wish: RestoreWish): Promise<Computed> {
    const { computer, log, moments } = this.#options;
    if (wish.kind === 'undo') {
      const client = await clientOfRestore(log.records, view, wish.seq);
      const restores = await restoresAfter(log.records, view, wish.seq);
      const past = await stateJobAt(view, wish.seq - 1);
      const since = await updatesFrom(view, wish.seq);
      return { to: wish.seq - 1, entry: await computer.computeUndo({ past, since, client, restores }) };
    }
    const { seq: to }: Moment = await moments.findIn(view, wish.to);
    if (to === view.head) return { to, entry: null };
    const job = { past: await stateJobAt(view, to), present: await stateJobAt(view, view.head) };
    if (wish.kind === 'moment') return { to, entry: await computer.computeRestore(job) };
    const restores = await restoresAfter(log.records, view, to);
    const computed = await computer.computePart({ ...job, blocks: wish.blocks, restores });
    if ('update' in computed) return { to, entry: computed.update };
    throw notAlone(view.id, to, computed);
  }

  async #isWritten({ id, epoch }: ChannelView, restore: Restore): Promise<boolean> {
    return (await this.#options.log.view(id)).epoch === epoch && (await this.#seqOf(id, restore)) !== null;
  }

  /** Leaves nothing of a restore that was not written; what cannot be taken back now does no harm. */
  async #takeBack({ id, epoch }: ChannelView, { requestId }: Restore, before: KeptBefore): Promise<void> {
    const { log, versions } = this.#options;
    const key = restoreKey(id.document, requestId);
    try {
      await log.records.write([{ table: 'restore', key, value: null }]);
      await versions.takeBack(id.document, before, epoch);
    } catch (error) {
      if (!(error instanceof SyncError)) throw error;
    }
  }

  /** A restore of that request whose entry is on disk. One that was not kept to its end, and told to nobody, is now. */
  async #doneBefore(id: ChannelId, requestId: string): Promise<Restored | null> {
    const key = restoreKey(id.document, requestId);
    const { log } = this.#options;
    const { records } = log;
    const value = await records.get('restore', key);
    if (value === null) return null;
    const restore = readRestore({ key, value });
    if (typeof restore === 'string') {
      const notKnown =
        'Whether that request was carried out is not known. Look at the document, and ask under another id.';
      throw new SyncError('RESTORE_REFUSED', `${restore} ${notKnown}`);
    }
    const { to } = restore;
    if (restore.seq !== null) return { to, seq: restore.seq, before: restore.before, wasDone: true };
    const view = await log.view(id);
    const seq = await this.#seqOf(id, restore);
    if (seq === null) return null;
    const { before } = await this.#keepNewest(view, { ...restore, seq }, null).catch((error: unknown) =>
      unknown(id.document, error),
    );
    return { to, seq, before, wasDone: false };
  }

  /**
   * The version before is the one right before the entry: what was written while it was computed is in it. That the entry is known
   * is kept last: until then all of this is done again when it is asked for again.
   * @param before what was kept instead before there was the entry; null where that is not known any more, and stays
   */
  async #keepNewest({ id, epoch }: ChannelView, restore: Restore, before: KeptBefore | null): Promise<Restore> {
    const { log, versions } = this.#options;
    const { document } = id;
    const last = (restore.seq ?? 0) - 1;
    let kept = restore;
    if (last > restore.base) {
      const newest = await versions.keepBefore(document, last, restore.by, epoch);
      kept = { ...restore, before: newest.version.id };
      if (before !== null) await versions.takeBack(document, before, epoch);
    }
    // What it was written into is gone, and its record with it.
    if ((await log.view(id)).epoch !== epoch) return kept;
    await log.records.write([putRestore(document, kept)]);
    return kept;
  }

  async #seqOf(id: ChannelId, { base, requestId }: Restore): Promise<Seq | null> {
    const view = await this.#options.log.view(id);
    for await (const portion of portionsOf(view, base, view.head)) {
      const found = portion.find(({ outboxId }) => outboxId === outboxOf(requestId));
      if (found) return found.seq;
    }
    return null;
  }
}

/** @throws SyncError `RESTORE_UNKNOWN` */
function unknown(document: DocumentName, cause: unknown): never {
  throw new SyncError(
    'RESTORE_UNKNOWN',
    `Whether "${document}" was brought back is not known. Look at it before you ask for it again. ${messageOf(cause)}`,
    { cause },
  );
}

/** Why blocks cannot come back alone. */
function notAlone({ document }: ChannelId, to: Seq, found: Exclude<PartUpdate, { update: unknown }>): SyncError {
  if ('missing' in found) {
    return new SyncError('NO_SUCH_BLOCK', `"${document}" had no block ${found.missing} at its entry ${to}.`);
  }
  return new SyncError(
    'RESTORE_REFUSED',
    `What block ${found.displaced} of "${document}" stood in was replaced by something else, so that it has no place. Nothing was changed. ` +
      'Bring back what it stood in, or the whole moment.',
  );
}

/** The stream of one restore: a room takes it once, whatever becomes of this process (S1). */
const outboxOf = (requestId: string): string => `restore-${requestId}`;

function checkSize({ update, origins }: RestoreUpdate): void {
  if (update.length > MAX_UPDATE_BYTES) {
    throw new SyncError(
      'TOO_LARGE',
      `Bringing that moment back takes a change of ${Math.ceil(update.length / 2 ** 20)} MiB, which is beyond the limit of ` +
        `${MAX_UPDATE_BYTES / 2 ** 20}. Nothing was changed. Export the moment, and import it as a new document.`,
    );
  }
  if (origins.length > MAX_ORIGINS_BYTES) {
    throw new SyncError(
      'TOO_LARGE',
      'Bringing that moment back takes more pieces of text than can be credited to those who wrote them. Nothing was changed. ' +
        'Export the moment, and import it as a new document.',
    );
  }
}
