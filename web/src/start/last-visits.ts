// When somebody was at a document last, so that they can be shown what happened since. It is kept in this browser alone. Who
// comes back within half an hour has not been away.

import type { ReactiveController, ReactiveControllerHost } from 'lit';
import { pageStorage } from '../shell/page-storage.js';

type Storage = Pick<globalThis.Storage, 'getItem' | 'setItem'>;

/** [document, end of the visit before this one, end of this one]: milliseconds; 0 for none. */
type Visit = readonly [document: string, beforeMs: number, lastMs: number];

const storageKey = 'weft.visits';
const AWAY_MS = 30 * 60_000;
/** The newest ones. */
const MAX_KEPT = 200;

/** Notes that one is at a document for as long as its page is there. */
export class VisitNote implements ReactiveController {
  readonly #page: ReactiveControllerHost & { readonly name: string };
  readonly #storage = pageStorage(() => localStorage);

  constructor(page: ReactiveControllerHost & { readonly name: string }) {
    this.#page = page;
    page.addController(this);
  }

  hostConnected(): void {
    noteArrival(this.#storage, this.#page.name, Date.now());
    addEventListener('pagehide', this.#stillHere);
  }

  hostDisconnected(): void {
    removeEventListener('pagehide', this.#stillHere);
    this.#stillHere();
  }

  /** However long one has been: it is the same visit. */
  readonly #stillHere = (): void => noteStay(this.#storage, this.#page.name, Date.now());
}

export function noteArrival(storage: Storage, document: string, nowMs: number): void {
  const [, beforeMs, lastMs] = visitOf(storage, document);
  write(storage, [document, nowMs - lastMs > AWAY_MS ? lastMs : beforeMs, nowMs]);
}

export function noteStay(storage: Storage, document: string, nowMs: number): void {
  const [, beforeMs] = visitOf(storage, document);
  write(storage, [document, beforeMs, nowMs]);
}

/** Whoever uses this browser next was nowhere. */
export const forgetVisits = (storage: Pick<globalThis.Storage, 'removeItem'>): void => storage.removeItem(storageKey);

function write(storage: Storage, visit: Visit): void {
  const kept = [...read(storage).filter(([name]) => name !== visit[0]), visit].slice(-MAX_KEPT);
  try {
    storage.setItem(storageKey, JSON.stringify(kept));
  } catch {
    // A browser that keeps nothing: nobody is told what happened since.
  }
}

/** When one left it, the time before this one; null when that is not known. */
export const lastVisit = (storage: Storage, document: string): number | null => visitOf(storage, document)[1] || null;

const visitOf = (storage: Storage, document: string): Visit =>
  read(storage).find(([name]) => name === document) ?? [document, 0, 0];

function read(storage: Storage): Visit[] {
  try {
    const kept: unknown = JSON.parse(storage.getItem(storageKey) ?? '[]');
    return Array.isArray(kept) ? kept.filter(isVisit) : [];
  } catch {
    return [];
  }
}

const isVisit = (value: unknown): value is Visit =>
  Array.isArray(value) && typeof value[0] === 'string' && Number.isFinite(value[1]) && Number.isFinite(value[2]);
