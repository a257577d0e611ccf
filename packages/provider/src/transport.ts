// What carries frames between a client and a server, whatever it is made of: a WebSocket, an event stream or polls. Each is
// opened once, tells exactly once that it ended, and nothing after that; socket.ts makes messages of what it carries.

/** From the best to what gets through everywhere. */
export const RUNGS = ['websocket', 'events', 'poll'] as const;
export type Rung = (typeof RUNGS)[number];

/** How a transport ended, and not by `close`. */
export interface TransportEnd {
  /** One of PROTOCOL.md § Closing, or of WebSocket: 1006 when it broke without a word. */
  readonly code: number;
  readonly reason: string;
  /** When the server said so: not to come back before that. */
  readonly retryAfterMs?: number;
}

export interface TransportListener {
  /** What is sent from here on leaves. */
  opened(): void;
  /** @param frame one frame; an empty one where something came that is none */
  received(frame: Uint8Array): void;
  /** A sign of life that is no frame. */
  heard(): void;
  closed(end: TransportEnd): void;
}

export interface Transport {
  /** Of what was sent: what has not left yet, as far as that can be told. */
  readonly unsentBytes: number;
  /** Called only once it is open. */
  send(frame: Uint8Array<ArrayBuffer>): void;
  /** Ends it. What was sent before still leaves, if the code is 1000. Nothing is told after that. */
  close(code: number, reason: string): void;
}

/** @param url ws(s)://host/weft */
export type OpenTransport = (url: string, listener: TransportListener) => Transport;

/** As of a WebSocket that broke. */
export const BROKEN = 1006;
/** As of a WebSocket that is closed because it is not needed any more. */
export const DONE = 1000;
