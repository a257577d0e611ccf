// One timer for all connections, which has a turn for each in every round it makes: who was not heard of since its last turn
// is pinged, and dropped when it answered neither of two pings. Who says something by itself is never pinged.

import { SERVER_PING_EVERY_MS } from '@weft/protocol';

/** A connection as the heartbeat sees it. */
export interface Beating {
  /** Turns since anything was heard. Whoever hears something sets it to 0. */
  silentTurns: number;
  ping(): void;
  drop(): void;
}

/** After the first of them nothing is asked: it may have been heard of a moment before. Then come two pings. */
const MAX_SILENT_TURNS = 3;
/** Pings to thousands at once would hold up everybody. */
const BEATS_PER_ROUND = 20;

export class Heartbeat {
  readonly #connections = new Set<Beating>();
  readonly #timer: NodeJS.Timeout;
  #beats = 0;
  /** Those whose turn comes in this round. */
  #round = this.#connections.values();
  #visited = 0;

  constructor() {
    this.#timer = setInterval(() => this.#beat(), SERVER_PING_EVERY_MS / BEATS_PER_ROUND);
  }

  add(connection: Beating): void {
    this.#connections.add(connection);
  }

  remove(connection: Beating): void {
    this.#connections.delete(connection);
  }

  close(): void {
    clearInterval(this.#timer);
    this.#connections.clear();
  }

  #beat(): void {
    const beatsLeft = BEATS_PER_ROUND - (this.#beats % BEATS_PER_ROUND);
    this.#beats += 1;
    if (beatsLeft === BEATS_PER_ROUND) {
      this.#round = this.#connections.values();
      this.#visited = 0;
    }
    // The last one takes whoever is left.
    const turns = beatsLeft === 1 ? Number.POSITIVE_INFINITY : (this.#connections.size - this.#visited) / beatsLeft;
    for (let turn = 0; turn < turns; turn++) {
      const { value: connection } = this.#round.next();
      if (connection === undefined) return;
      this.#visited += 1;
      visit(connection);
    }
  }
}

function visit(connection: Beating): void {
  connection.silentTurns += 1;
  if (connection.silentTurns > MAX_SILENT_TURNS) connection.drop();
  else if (connection.silentTurns > 1) connection.ping();
}
