// A moment of a document as the beginning of another: its text as one entry, without what had been deleted by then.

import { type DocumentName, MAX_UPDATE_BYTES } from '@weft/protocol';
import type { ChannelId, DocumentLog, Seq } from '../log/document-log.js';
import type { RoomHistory } from '../room/room-history.js';
import type { RoomRegistry } from '../room/room-registry.js';
import { SyncError } from '../sync-error.js';
import type { Turns } from '../turns.js';
import { appendEntry, refused } from './append-entry.js';
import type { MomentName, Moments } from './moments.js';
import { stateJobAt } from './rebuild.js';

export interface CopiesOptions {
  readonly log: Pick<DocumentLog, 'view'>;
  readonly history: Pick<RoomHistory, 'buildCheckpoint' | 'inflateState'>;
  readonly moments: Pick<Moments, 'findIn'>;
  readonly registry: Pick<RoomRegistry, 'enter'>;
  readonly turns: Turns;
}

/** What another document begins with. */
export interface CopiedMoment {
  readonly seq: Seq;
  /** One Yjs v1 update. */
  readonly update: Uint8Array;
}

export class Copies {
  readonly #options: CopiesOptions;

  constructor(options: CopiesOptions) {
    this.#options = options;
  }

  /**
   * Makes it, and changes nothing.
   * @param asker whose turn it is, see Turns
   * @throws SyncError `NO_SUCH_VERSION`, `NO_SUCH_ENTRY`, `TOO_MANY`, `TOO_LARGE`; `WORKER_FAILED`
   */
  make(document: DocumentName, name: MomentName, asker: string): Promise<CopiedMoment> {
    const { history, log, moments, turns } = this.#options;
    return turns.run(async () => {
      const view = await log.view({ document, kind: 'content' });
      const { seq } = await moments.findIn(view, name);
      const { state } = await history.buildCheckpoint(await stateJobAt(view, seq));
      const update = await history.inflateState(state);
      if (update.length <= MAX_UPDATE_BYTES) return { seq, update };
      throw new SyncError(
        'TOO_LARGE',
        `The text of that moment makes an entry of ${Math.ceil(update.length / 2 ** 20)} MiB, which is beyond the limit of ` +
          `${MAX_UPDATE_BYTES / 2 ** 20}. Nothing was made.`,
      );
    }, asker);
  }

  /** Writes it into a document that nothing was written in. @throws SyncError `RESTORE_REFUSED` */
  async fill(document: DocumentName, { seq, update }: CopiedMoment, by: string): Promise<void> {
    // Before the first entry there is nothing to write.
    if (seq === 0) return;
    const id: ChannelId = { document, kind: 'content' };
    await appendEntry(this.#options.registry, id, {
      update,
      author: by,
      outboxId: 'copy',
      check: (room) => {
        if (room.head > 0) throw refused(id, 'somebody else has begun to write in it');
      },
    });
  }
}
