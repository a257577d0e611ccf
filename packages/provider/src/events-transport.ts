// Frames down a stream of server-sent events, one in each, and up in POSTs. The stream is the session: when it breaks, the session is
// over, as with a WebSocket.

import { CarrierPath, CloseCode } from '@weft/protocol';
import { fromBase64 } from 'lib0/buffer';
import { EventParser, type StreamEvent } from './event-parser.js';
import { endBy, type Fetch, HttpRequests, parseObject } from './http-requests.js';
import { HttpSender } from './http-sender.js';
import {
  BROKEN,
  DONE,
  type OpenTransport,
  type Transport,
  type TransportEnd,
  type TransportListener,
} from './transport.js';

const NO_FRAME = new Uint8Array();

export const overEvents =
  (fetch: Fetch): OpenTransport =>
  (url, listener) =>
    new EventsTransport(new HttpRequests(url, fetch), listener);

class EventsTransport implements Transport {
  readonly #requests: HttpRequests;
  readonly #listener: TransportListener;
  #sender: HttpSender | null = null;
  #isClosed = false;

  constructor(requests: HttpRequests, listener: TransportListener) {
    this.#requests = requests;
    this.#listener = listener;
    void this.#run();
  }

  send(frame: Uint8Array<ArrayBuffer>): void {
    this.#sender?.send(frame);
  }

  close(code: number): void {
    this.#isClosed = true;
    if (code === DONE && this.#sender !== null) void this.#sender.leave();
    else this.#requests.end();
  }

  async #run(): Promise<void> {
    try {
      const response = await this.#requests.stream(CarrierPath.events);
      const { status, headers, body } = response;
      if (status !== 200 || body === null) {
        const bytes = new Uint8Array(await response.arrayBuffer());
        return this.#ended(endBy({ status, bytes, header: (name) => headers.get(name) }));
      }
      const parser = new EventParser((event) => this.#event(event));
      const reader = body.getReader();
      for (;;) {
        const { done, value } = await reader.read();
        if (done || this.#isClosed) break;
        parser.push(value);
      }
    } catch {
      // No answer, or one that broke off.
    }
    this.#ended({ code: BROKEN, reason: 'the event stream ended' });
  }

  #event({ name, data }: StreamEvent): void {
    if (this.#isClosed) return;
    if (name === 'session' && this.#sender === null) {
      this.#sender = new HttpSender(this.#requests, data, (end) => this.#ended(end));
      this.#listener.opened();
    } else if (name === 'message') this.#listener.received(decode(data));
    else if (name === 'ping') {
      this.#listener.heard();
      this.#sender?.send(new Uint8Array());
    } else if (name === 'close') {
      const { code, reason } = parseObject(data);
      const isCode = typeof code === 'number';
      this.#ended({ code: isCode ? code : CloseCode.BadFrame, reason: typeof reason === 'string' ? reason : '' });
    }
  }

  #ended(end: TransportEnd): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#requests.end();
    this.#listener.closed(end);
  }
}

/** What is no base64 is no frame. */
function decode(data: string): Uint8Array {
  try {
    return fromBase64(data);
  } catch {
    return NO_FRAME;
  }
}
