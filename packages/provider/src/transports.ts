// The transports there are, as sockets: which of them can be had here, in which order they are tried, and how long each may stay
// silent before it is given up for the next.

import { overEvents, overPolls } from '#http-transports';
import type { Fetch } from './http-requests.js';
import { Ladder, type LadderMemory, sharedMemory } from './ladder.js';
import { Socket, type SocketListener } from './socket.js';
import { type OpenTransport, RUNGS, type Rung } from './transport.js';
import { overWebSocket, type WebSocketConstructor } from './websocket-transport.js';

/** Some proxies let a WebSocket open, and nothing through it; others hold a stream of events back until it ends. */
const FIRST_FRAME_WITHIN_MS = 8_000;

export interface TransportOptions {
  /** ws(s)://host/weft */
  readonly url: string;
  /** Default: `globalThis.WebSocket`. In Node pass the one of `ws`. */
  readonly WebSocket?: WebSocketConstructor;
  /** Default: `globalThis.fetch`. */
  readonly fetch?: Fetch;
  /** Those that may be taken. Default: all, the best that the network lets through. */
  readonly transports?: readonly Rung[];
  /** Where it is remembered which of them that was. Default: `localStorage`, or this page. */
  readonly memory?: LadderMemory;
}

export class Transports {
  readonly ladder: Ladder;
  readonly #url: string;
  readonly #ways: ReadonlyMap<Rung, OpenTransport>;

  constructor({
    url,
    WebSocket = globalThis.WebSocket,
    fetch = globalThis.fetch,
    transports,
    memory,
  }: TransportOptions) {
    this.#url = url;
    this.#ways = new Map<Rung, OpenTransport>([
      // Where there is none, the next is taken at once.
      ...(WebSocket ? [['websocket', overWebSocket(WebSocket)] as const] : []),
      ['events', overEvents(fetch)],
      ['poll', overPolls(fetch)],
    ]);
    this.ladder = new Ladder({
      rungs: RUNGS.filter((rung) => this.#ways.has(rung) && (transports ?? RUNGS).includes(rung)),
      key: `weft-transport ${new URL(url).host}`,
      memory: memory ?? sharedMemory,
    });
  }

  /** @param remind see SocketOptions */
  open(rung: Rung, listener: SocketListener, remind?: (afterMs: number) => void): Socket {
    const isLast = rung === this.ladder.rung && !this.ladder.hasLower;
    return new Socket(
      {
        url: this.#url,
        open: this.#ways.get(rung)!,
        ...(!isLast && { firstFrameWithinMs: FIRST_FRAME_WITHIN_MS }),
        ...(remind && { remind }),
      },
      listener,
    );
  }
}
