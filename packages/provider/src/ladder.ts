// Which transport to take: the best one, until it turns out that the network does not carry it; then the next, remembered for a
// while, so that nobody waits for the same disappointment each time. Decides, and does nothing.

import { RUNGS, type Rung } from './transport.js';

/** Then it is begun at the top again. */
const REMEMBER_MS = 15 * 60_000;

/** Where it is remembered what a network carries, by server. */
export interface LadderMemory {
  read(key: string): string | null;
  /** @param value null: forget it */
  write(key: string, value: string | null): void;
}

export interface LadderOptions {
  /** From the best on; those that there are. */
  readonly rungs: readonly Rung[];
  /** Names the server. */
  readonly key: string;
  readonly memory: LadderMemory;
}

export class Ladder {
  readonly #options: LadderOptions;
  #at = 0;
  /** What has carried frames since this was made. */
  readonly #proven = new Set<Rung>();
  #strikes = 0;

  constructor(options: LadderOptions) {
    this.#options = options;
    if (options.rungs.length === 0) throw new Error('there is no transport to connect with');
    this.begin();
  }

  get rung(): Rung {
    return this.#options.rungs[this.#at]!;
  }

  get hasLower(): boolean {
    return this.#at < this.#options.rungs.length - 1;
  }

  /** The better ones, from the best on. */
  get higher(): readonly Rung[] {
    return this.#options.rungs.slice(0, this.#at);
  }

  /** A connection is to be made, and none was tried just before. */
  begin(): void {
    this.#at = Math.max(0, this.#options.rungs.indexOf(this.#remembered() ?? this.#options.rungs[0]!));
  }

  /**
   * Nothing came on this rung. One that has carried before may fail once because the server is away.
   *
   * @returns whether the next one is to be tried now; else it is begun anew, later
   */
  blocked(): boolean {
    if (this.#proven.has(this.rung) && this.#strikes === 0) {
      this.#strikes += 1;
      return false;
    }
    if (this.hasLower) {
      this.#at += 1;
      return true;
    }
    this.#forget();
    return false;
  }

  /** Something came on this rung: it is the one to take. */
  carries(rung: Rung): void {
    this.#at = this.#options.rungs.indexOf(rung);
    this.#proven.add(rung);
    this.#strikes = 0;
    if (this.#at === 0) this.#forget();
    else this.remember();
  }

  /** The higher ones were tried again, and do not carry yet. */
  remember(): void {
    const untilMs = Date.now() + REMEMBER_MS;
    this.#options.memory.write(this.#options.key, JSON.stringify({ rung: this.rung, untilMs }));
  }

  #forget(): void {
    this.#options.memory.write(this.#options.key, null);
  }

  #remembered(): Rung | null {
    const text = this.#options.memory.read(this.#options.key);
    if (text === null) return null;
    try {
      const { rung, untilMs } = JSON.parse(text) as { readonly rung?: unknown; readonly untilMs?: unknown };
      const isValid = typeof untilMs === 'number' && untilMs > Date.now() && untilMs <= Date.now() + REMEMBER_MS;
      return isValid ? (RUNGS.find((known) => known === rung) ?? null) : null;
    } catch {
      return null;
    }
  }
}

const page = new Map<string, string>();

/** This page's, and where there is a `localStorage` that takes it, that of all pages of this site. */
export const sharedMemory: LadderMemory = {
  read(key) {
    try {
      return storage()?.getItem(key) ?? page.get(key) ?? null;
    } catch {
      return page.get(key) ?? null;
    }
  },
  write(key, value) {
    if (value === null) page.delete(key);
    else page.set(key, value);
    try {
      if (value === null) storage()?.removeItem(key);
      else storage()?.setItem(key, value);
    } catch {
      // Full, or not allowed here: the page remembers it.
    }
  },
};

/** Where there is no page, looking for it may warn. */
const storage = (): Storage | null => ('window' in globalThis ? (globalThis.localStorage ?? null) : null);
