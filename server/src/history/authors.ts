// Which entry wrote each clock of a document, and which deleted it first, read from the bytes of the entries alone: an entry
// has one author, whom the server knows, and brings what the gate found new in it. What clients say of themselves, as by whose
// client id they write, decides nothing.

import { firstAtLeast } from '../first-at-least.js';
import { type Change, KnownState } from '../gate/known-state.js';
import { newClients } from '../gate/owners.js';
import { addUpdate } from './checkpoint-builder.js';
import { FirstRanges } from './first-ranges.js';
import { inflateState } from './load-state.js';

/**
 * From which entry to which something was there. Entries are told by their places: 1 is the first one after the moment that the
 * past is compared with; what came before that is 0.
 */
export interface Life {
  readonly inserted: number;
  /** `NEVER` when it is still there. */
  readonly deleted: number;
}

export const NEVER = Number.POSITIVE_INFINITY;
export const ALWAYS: Life = { inserted: 0, deleted: NEVER };

/** Clocks [from, to) with one life. */
export interface LivedRange extends Life {
  readonly from: number;
  readonly to: number;
}

/** What is known of one client. */
interface ClientLives {
  /** Where what an entry inserted begins, rising, and the place of that entry; before the first it is 0. */
  readonly starts: number[];
  readonly places: number[];
  readonly deleted: FirstRanges;
}

export interface ReadEntries {
  /** Raw DEFLATE of a Yjs v1 update, or null when there is none. */
  readonly checkpointState: Uint8Array | null;
  /** Those after the checkpoint, in the order of the log. */
  readonly updates: readonly Uint8Array[];
  /** How many of the updates came before the first place. */
  readonly before: number;
}

export class Authors {
  readonly #clients = new Map<number, ClientLives>();
  /** Of clients that the checkpoint does not have: which of the updates was the first to have them. */
  readonly firstUpdates = new Map<number, number>();

  /** @throws Error when an update builds on something that is missing, or cannot be read */
  static read({ checkpointState, updates, before }: ReadEntries): Authors {
    const authors = new Authors();
    const known = new KnownState();
    const take = (update: Uint8Array, place: number, what: string): Change | null => {
      const change = addUpdate(known, update, what);
      if (change) authors.#add(change, place);
      return change;
    };
    if (checkpointState) take(inflateState(checkpointState), 0, 'the checkpoint');
    for (const [index, update] of updates.entries()) {
      const change = take(update, Math.max(0, index + 1 - before), `entry ${index + 1} after the checkpoint`);
      if (change) for (const client of newClients(change)) authors.firstUpdates.set(client, index);
    }
    return authors;
  }

  /** The lives of a client's clocks from `from` to `to`, in their order. */
  *livesOf(client: number, from: number, to: number): Generator<LivedRange> {
    const lives = this.#clients.get(client);
    if (!lives) {
      yield { from, to, ...ALWAYS };
      return;
    }
    const { starts, places, deleted } = lives;
    let next = firstAtLeast(starts, from + 1);
    for (let clock = from; clock < to; ) {
      if (starts[next]! <= clock) next += 1;
      const end = Math.min(to, starts[next] ?? to);
      const piece = deleted.pieceAt(clock, end);
      const inserted = places[next - 1] ?? 0;
      yield { from: clock, to: piece.to, inserted, deleted: piece.value < 0 ? NEVER : piece.value };
      clock = piece.to;
    }
  }

  /** Of one clock. */
  lifeOf(client: number, clock: number): Life {
    for (const life of this.livesOf(client, clock, clock + 1)) return life;
    return ALWAYS;
  }

  #add({ structs, deletes }: Change, place: number): void {
    // What was there before the first place needs no note.
    if (place > 0) {
      for (const { client, from } of structs) {
        const { starts, places } = this.#of(client);
        starts.push(from);
        places.push(place);
      }
    }
    for (const { client, from, to } of deletes) this.#of(client).deleted.add(from, to, place);
  }

  #of(client: number): ClientLives {
    let lives = this.#clients.get(client);
    if (!lives) {
      lives = { starts: [], places: [], deleted: new FirstRanges() };
      this.#clients.set(client, lives);
    }
    return lives;
  }
}
