// Frames down a stream of server-sent events, one in each, and up in POSTs. The stream is the session: when it breaks, the session is
// over, as with a WebSocket.

import { CarrierPath, CloseCode } from '@weft/protocol';
import { fromBase64 } from 'lib0/buffer';
import { EventParser, type StreamEvent } from './event-parser.js';
import { endBy, type Fetch, HttpRequests, parseObject } from './http-requests.js';
import { HttpTransport } from './http-transport.js';
import { BROKEN, type OpenTransport } from './transport.js';

const NO_FRAME = new Uint8Array();

export const overEvents =
  (fetch: Fetch): OpenTransport =>
  (url, listener) => {
    const transport = new EventsTransport(new HttpRequests(url, fetch), listener);
    void transport.run();
    return transport;
  };

class EventsTransport extends HttpTransport {
  async run(): Promise<void> {
    try {
      const response = await this.requests.stream(CarrierPath.events);
      const { status, headers, body } = response;
      if (status !== 200 || body === null) {
        const bytes = new Uint8Array(await response.arrayBuffer());
        return this.ended(endBy({ status, bytes, header: (name) => headers.get(name) }));
      }
      const parser = new EventParser((event) => this.#event(event));
      const reader = body.getReader();
      for (;;) {
        const { done, value } = await reader.read();
        if (done || this.isClosed) break;
        parser.push(value);
      }
    } catch {
      // No answer, or one that broke off.
    }
    this.ended({ code: BROKEN, reason: 'the event stream ended' });
  }

  #event({ name, data }: StreamEvent): void {
    if (this.isClosed) return;
    if (name === 'session') this.begun(data);
    else if (name === 'message') this.listener.received(decode(data));
    else if (name === 'ping') {
      this.listener.heard();
      this.send(new Uint8Array());
    } else if (name === 'close') {
      const { code, reason } = parseObject(data);
      const isCode = typeof code === 'number';
      this.ended({ code: isCode ? code : CloseCode.BadFrame, reason: typeof reason === 'string' ? reason : '' });
    }
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
