// Everybody who has a document open or waits for one, and the role each has there now. A change of anything a role follows from
// is told in the turn in which it happens; a link that ends is told by one timer for all.

import type { DocumentName, Role } from '@weft/protocol';
import type { Watch } from './access.js';
import { IN_TRASH } from './access-errors.js';
import type { Answer } from './effective-role.js';
import type { Identity } from './identity.js';
import type { Sharing } from './sharing-record.js';

export interface Watched {
  readonly identity: Identity;
  readonly document: DocumentName;
  readonly linkHash: string | null;
  readonly exists: boolean;
  readonly changed: (role: Role | null, reason: string) => void;
}

export interface WatchesOptions {
  readonly judge: (watched: Watched, sharing: Sharing) => Answer;
  readonly now: () => number;
}

const SHARING_CHANGED = 'Who may do what in this document was changed.';
const LINK_ENDED = 'The link that you came by has ended.';
/** What a timer of Node can wait for. */
const MAX_WAIT_MS = 2 ** 31 - 1;

export class Watches {
  readonly #options: WatchesOptions;
  readonly #live = new Map<DocumentName, Set<LiveWatch>>();
  #timer: NodeJS.Timeout | null = null;
  #wakesAtMs = Number.POSITIVE_INFINITY;

  constructor(options: WatchesOptions) {
    this.#options = options;
  }

  /** @param read what the sharing of the document is; a change while it is read counts */
  async start(watched: Watched, read: () => Promise<Sharing>): Promise<Watch> {
    const watch = new LiveWatch(watched, () => this.#end(watch));
    const ofDocument = this.#live.get(watched.document) ?? new Set();
    this.#live.set(watched.document, ofDocument.add(watch));
    try {
      const sharing = await read();
      // Where it was changed meanwhile, the change has brought the newer one.
      watch.sharing ??= sharing;
      this.#judge(watch, '');
      watch.hasStarted = true;
      return watch;
    } catch (error) {
      this.#end(watch);
      throw error;
    }
  }

  sharingChanged(document: DocumentName, sharing: Sharing): void {
    for (const watch of [...(this.#live.get(document) ?? [])]) {
      watch.sharing = sharing;
      this.#judge(watch, SHARING_CHANGED);
    }
  }

  /** Something that the roles of these people follow from is not what it was. */
  judgeAgain(isHit: (identity: Identity) => boolean, reason: string): void {
    for (const watch of this.#all()) if (isHit(watch.watched.identity)) this.#judge(watch, reason);
  }

  /** Documents that somebody has open or waits for. */
  get documents(): Iterable<DocumentName> {
    return this.#live.keys();
  }

  has(document: DocumentName): boolean {
    return this.#live.has(document);
  }

  close(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    this.#live.clear();
  }

  get size(): number {
    return this.#all().length;
  }

  #all(): LiveWatch[] {
    return [...this.#live.values()].flatMap((watches) => [...watches]);
  }

  #judge(watch: LiveWatch, reason: string): void {
    if (watch.sharing === null || watch.hasEnded) return;
    const { role, untilMs, trashedRole } = this.#options.judge(watch.watched, watch.sharing);
    watch.untilMs = untilMs;
    watch.trashedRole = trashedRole;
    this.#wakeAt(untilMs);
    if (role === watch.role) return;
    watch.role = role;
    if (watch.hasStarted) watch.watched.changed(role, trashedRole === null ? reason : IN_TRASH);
  }

  #wakeAt(atMs: number): void {
    if (atMs >= this.#wakesAtMs) return;
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#wakesAtMs = atMs;
    this.#timer = setTimeout(() => this.#wake(), Math.min(Math.max(0, atMs - this.#options.now()), MAX_WAIT_MS));
    this.#timer.unref();
  }

  #wake(): void {
    this.#timer = null;
    this.#wakesAtMs = Number.POSITIVE_INFINITY;
    for (const watch of this.#all()) {
      if (watch.untilMs <= this.#options.now()) this.#judge(watch, LINK_ENDED);
      else this.#wakeAt(watch.untilMs);
    }
  }

  #end(watch: LiveWatch): void {
    watch.hasEnded = true;
    const { document } = watch.watched;
    const ofDocument = this.#live.get(document);
    ofDocument?.delete(watch);
    if (ofDocument?.size === 0) this.#live.delete(document);
  }
}

class LiveWatch implements Watch {
  readonly watched: Watched;
  readonly end: () => void;
  role: Role | null = null;
  trashedRole: Role | null = null;
  /** null: not known yet. */
  sharing: Sharing | null = null;
  untilMs = Number.POSITIVE_INFINITY;
  hasStarted = false;
  hasEnded = false;

  constructor(watched: Watched, end: () => void) {
    this.watched = watched;
    this.end = end;
  }
}
