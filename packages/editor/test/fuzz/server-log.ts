// The log of the server, with its gate: of an update it keeps what is new there, so that nobody hears twice that something
// is deleted.

import { checkUpdate } from '../../../../server/src/gate/check-update.js';
import { KnownState } from '../../../../server/src/gate/known-state.js';
import type { Received } from '../../src/received.js';

export class ServerLog {
  readonly updates: Uint8Array[] = [];
  readonly #known = new KnownState();

  /** What it says to have when it asks for what is missing. */
  get stateVector(): Uint8Array {
    return this.#known.encodeStateVector();
  }

  /** @returns what others are told of it; null when nothing is new in it */
  add(update: Uint8Array): Uint8Array | null {
    const verdict = checkUpdate(update, this.#known);
    if (verdict.kind === 'known') return null;
    if (verdict.kind !== 'new' || verdict.withheld)
      throw new Error(`the gate says of an honest update: ${verdict.kind}`);
    this.#known.add(verdict.change);
    this.updates.push(verdict.update);
    return verdict.update;
  }
}

/** One who writes into the log and hears of it, as the provider does. */
export class Correspondent {
  /** How much of the log it has. */
  seen: number;
  readonly #own = new Set<Uint8Array>();
  /** As it was sent, with its place in the log, whatever the log kept of it. */
  readonly #sent: { readonly at: number; readonly update: Uint8Array }[] = [];

  constructor(seen: number) {
    this.seen = seen;
  }

  send(log: ServerLog, outbox: Uint8Array[]): void {
    for (const update of outbox.splice(0)) {
      this.#sent.push({ at: log.updates.length, update });
      const kept = log.add(update);
      if (kept) this.#own.add(kept);
    }
  }

  /** What others wrote, up to there, one by one: what is yielded is to be applied before the next is asked for. */
  *hear(log: readonly Uint8Array[], until: number, outbox: readonly Uint8Array[]): Generator<Received> {
    while (this.seen < until) {
      const at = this.seen++;
      if (this.#own.has(log[at]!)) continue;
      const later = this.#sent.filter((sent) => sent.at > at).map(({ update }) => update);
      yield { updates: [log[at]!], unsaved: [...later, ...outbox] };
    }
  }
}
