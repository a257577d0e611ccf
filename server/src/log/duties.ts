// Work that is done once for all servers that have a store. Each work is one server's at a time, and another's soon after that one
// has ended. A server may be late to notice that it is not its own any more; the store is not, and refuses what it then writes.

export type Work = 'daily' | 'packing';

/** That a work is this server's. */
export interface Duty {
  readonly work: Work;
  /** Grows each time the work changes hands: by it the store knows who is late. */
  readonly token: number;
  /** Aborted once it is known here that the work is another's, or that nobody here does it any more. */
  readonly signal: AbortSignal;
}

export interface Duties {
  /** Has `begin` called each time a work becomes this server's. Each work is undertaken once. */
  undertake(work: Work, begin: (duty: Duty) => void): void;
}

/** All works are its own, from the beginning to the end. */
export class OwnDuties implements Duties {
  readonly #end = new AbortController();

  undertake(work: Work, begin: (duty: Duty) => void): void {
    begin({ work, token: 0, signal: this.#end.signal });
  }

  close(): void {
    this.#end.abort();
  }
}
