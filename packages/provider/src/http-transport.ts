// What sessions over HTTP have in common, whatever brings their frames down: a sender of POSTs once the session has begun, and an
// end that is told once.

import type { HttpRequests } from './http-requests.js';
import { HttpSender } from './http-sender.js';
import { DONE, type Transport, type TransportEnd, type TransportListener } from './transport.js';

export abstract class HttpTransport implements Transport {
  protected readonly requests: HttpRequests;
  protected readonly listener: TransportListener;
  #sender: HttpSender | null = null;
  #isClosed = false;

  constructor(requests: HttpRequests, listener: TransportListener) {
    this.requests = requests;
    this.listener = listener;
  }

  get unsentBytes(): number {
    return this.#sender?.unsentBytes ?? 0;
  }

  send(frame: Uint8Array<ArrayBuffer>): void {
    this.#sender?.send(frame);
  }

  close(code: number): void {
    this.#isClosed = true;
    if (code === DONE && this.#sender !== null) void this.#sender.leave();
    else this.requests.end();
  }

  protected get isClosed(): boolean {
    return this.#isClosed;
  }

  /** Only the first time it does something. */
  protected begun(session: string): void {
    if (this.#sender !== null) return;
    this.#sender = new HttpSender(this.requests, session, (end) => this.ended(end));
    this.listener.opened();
  }

  protected ended(end: TransportEnd): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.requests.end();
    this.listener.closed(end);
  }
}
