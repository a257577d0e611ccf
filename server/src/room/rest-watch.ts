// Notices when those who write a document come to rest: some minutes after the last entry, or a moment after the last who
// may write has left. Whoever keeps versions is told so, once for what was written until then. It looks at rooms when they are
// visited anyway, and costs an edit nothing.

import type { DocumentName } from '@weft/protocol';
import type { Seq } from '../log/document-log.js';
import type { Room } from './room.js';

/** Who leaves may only reload the page. */
const LINGER_MS = 5000;

interface Watched {
  /** The newest entry when somebody was told. */
  toldSeq: Seq;
  /** Since when nobody is there who may write, by the clock of `performance.now`. */
  withoutWritersSinceMs: number | null;
}

export interface RestWatchOptions {
  /** Who writes nothing for so long has come to rest. */
  readonly pauseMs: number;
  /** Something may have been written since it was told last; also of a room that was opened with it. */
  readonly rested: (document: DocumentName) => void;
}

export class RestWatch {
  readonly #options: RestWatchOptions;
  readonly #watched = new WeakMap<Room, Watched>();

  constructor(options: RestWatchOptions) {
    this.#options = options;
  }

  /** To be called now and then. */
  visit(room: Room, nowMs: number): void {
    const watched = this.#of(room);
    if (room.head === watched.toldSeq) return;
    if (hasWriter(room)) watched.withoutWritersSinceMs = null;
    else watched.withoutWritersSinceMs ??= nowMs;
    const isLeft = watched.withoutWritersSinceMs !== null && nowMs - watched.withoutWritersSinceMs >= LINGER_MS;
    if (isLeft || nowMs - room.quietSinceMs >= this.#options.pauseMs) this.#tell(room, watched);
  }

  /** The room is closed: nobody is in it. */
  closed(room: Room): void {
    const watched = this.#of(room);
    if (room.head !== watched.toldSeq) this.#tell(room, watched);
  }

  #tell({ head, channel }: Room, watched: Watched): void {
    watched.toldSeq = head;
    if (channel.id.kind === 'content') this.#options.rested(channel.id.document);
  }

  #of(room: Room): Watched {
    let watched = this.#watched.get(room);
    if (!watched) {
      watched = { toldSeq: 0, withoutWritersSinceMs: null };
      this.#watched.set(room, watched);
    }
    return watched;
  }
}

/** As a rule the first that is looked at. */
function hasWriter({ seats }: Room): boolean {
  for (const { access } of seats) if (access === 'write') return true;
  return false;
}
