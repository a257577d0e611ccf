// Frames over a WebSocket, one in each of its messages.

import type { OpenTransport, Transport, TransportListener } from './transport.js';

/** The part of the standard WebSocket that is used; browsers' own and the one of `ws` both fit. */
export interface WebSocketLike {
  binaryType: string;
  readonly readyState: number;
  /** Where there is none, it is not known what has left. */
  readonly bufferedAmount?: number;
  onopen: unknown;
  onmessage: unknown;
  onclose: unknown;
  onerror: unknown;
  send(data: Uint8Array<ArrayBuffer>): void;
  close(code?: number, reason?: string): void;
}
export type WebSocketConstructor = new (url: string) => WebSocketLike;

const OPEN = 1;
const NO_FRAME = new Uint8Array();

export const overWebSocket =
  (WebSocket: WebSocketConstructor): OpenTransport =>
  (url, listener) =>
    new WebSocketTransport(url, WebSocket, listener);

class WebSocketTransport implements Transport {
  readonly #webSocket: WebSocketLike;

  constructor(url: string, WebSocket: WebSocketConstructor, listener: TransportListener) {
    const webSocket = new WebSocket(url);
    this.#webSocket = webSocket;
    webSocket.binaryType = 'arraybuffer';
    webSocket.onopen = () => listener.opened();
    webSocket.onmessage = ({ data }: { readonly data: unknown }) => {
      listener.received(typeof data === 'string' ? NO_FRAME : new Uint8Array(data as ArrayBuffer));
    };
    webSocket.onclose = ({ code, reason }: { readonly code: number; readonly reason: string }) => {
      listener.closed({ code, reason });
    };
    // An error is always followed by close; without a listener `ws` would throw it.
    webSocket.onerror = () => {};
  }

  get unsentBytes(): number {
    return this.#webSocket.bufferedAmount ?? 0;
  }

  send(frame: Uint8Array<ArrayBuffer>): void {
    // One that is being closed from the other side has not told of it yet. It would drop the frame, too, and complain.
    if (this.#webSocket.readyState === OPEN) this.#webSocket.send(frame);
  }

  close(code: number, reason: string): void {
    this.#webSocket.close(code, reason);
  }
}
