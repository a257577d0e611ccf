// Where the server under torture is just now: each start takes another port, and between two starts there is none. Clients
// are given one address for good and are led to the current one, by WebSocket and by fetch.

import { WebSocket } from 'ws';

/** Port 9 is "discard": nobody listens there, so that a try fails at once. */
const NOWHERE = 'ws://127.0.0.1:9';

/** What clients make of the address for their requests. */
const HTTP_BASE = 'http://weft.invalid';

export class ServerAddress {
  /** Give this to clients, with a path after it. */
  static readonly base = 'ws://weft.invalid';

  /** `http://host:port`; null while nothing is to be reached. */
  url: string | null = null;

  /** Where it led to last. */
  ledTo: string | null = null;

  /** What opens a WebSocket to wherever the server is at that moment. */
  readonly WebSocket: new (
    url: string,
  ) => WebSocket;

  /** The same for requests. */
  readonly fetch: typeof globalThis.fetch = (input, init) =>
    this.#lead() === null
      ? Promise.reject(new TypeError('there is no server'))
      : fetch(this.url + String(input).slice(HTTP_BASE.length), init);

  constructor() {
    const current = (url: string): string => {
      const base = this.#lead()?.replace(/^http/, 'ws') ?? NOWHERE;
      return base + url.slice(ServerAddress.base.length);
    };
    this.WebSocket = class extends WebSocket {
      constructor(url: string) {
        super(current(url));
      }
    };
  }

  #lead(): string | null {
    this.ledTo = this.url;
    return this.url;
  }
}
