// One timer for all connections: each is pinged every 30 s, and dropped when it answered neither of two pings.

import { SERVER_PING_EVERY_MS } from '@weft/protocol';

/** A connection as the heartbeat sees it. */
export interface Beating {
  /** Pings sent since anything was heard. Whoever hears something sets it to 0. */
  unansweredPings: number;
  ping(): void;
  drop(): void;
}

const MAX_UNANSWERED_PINGS = 2;

export class Heartbeat {
  readonly #connections = new Set<Beating>();
  readonly #timer: NodeJS.Timeout;

  constructor() {
    this.#timer = setInterval(() => this.#beat(), SERVER_PING_EVERY_MS);
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
    for (const connection of this.#connections) {
      if (connection.unansweredPings >= MAX_UNANSWERED_PINGS) connection.drop();
      else {
        connection.unansweredPings += 1;
        connection.ping();
      }
    }
  }
}
