// Frames down in the answers to polls, one poll after the other, and up in POSTs. An answer that did not arrive is asked for again under
// its number: the server keeps the newest.

import { CarrierHeader, CarrierPath, POLL_WITHIN_MS } from '@weft/protocol';
import { backoffDelayMs } from './backoff.js';
import { type Answer, endBy, type Fetch, HttpRequests, isForLater, retryAfterMs } from './http-requests.js';
import { HttpTransport } from './http-transport.js';
import type { OpenTransport } from './transport.js';

/** Beyond the time in which the server answers: for the way there and back. */
const WAY_MS = 10_000;
/** Polls in a row without an answer of the server. Then the connection is as good as broken. */
const MAX_TRIES = 4;

export const overPolls =
  (fetch: Fetch): OpenTransport =>
  (url, listener) => {
    const transport = new PollTransport(new HttpRequests(url, fetch), listener);
    void transport.run();
    return transport;
  };

class PollTransport extends HttpTransport {
  async run(): Promise<void> {
    const begun = await this.#poll({});
    if (this.isClosed) return;
    const session = begun?.header(CarrierHeader.session) ?? null;
    if (session === null) return this.ended(endBy(begun));
    this.begun(session);
    let received = 0;
    let tries = 0;
    while (!this.isClosed) {
      const answer = await this.#poll({
        [CarrierHeader.session]: session,
        [CarrierHeader.received]: `${received}`,
      });
      if (this.isClosed) return;
      if (answer?.status === 200 && answer.header(CarrierHeader.answer) === `${received + 1}`) {
        received += 1;
        tries = 0;
        if (answer.bytes.length === 0) this.listener.heard();
        else this.listener.received(answer.bytes);
      } else {
        const laterMs = retryAfterMs(answer);
        tries = laterMs === undefined ? tries + 1 : 0;
        if (!isForLater(answer) || tries >= MAX_TRIES) return this.ended(endBy(answer));
        await this.requests.pause(laterMs ?? backoffDelayMs(tries - 1, 0.5));
      }
    }
  }

  #poll(headers: Parameters<HttpRequests['post']>[1]): Promise<Answer | null> {
    return this.requests.post(CarrierPath.poll, headers, new Uint8Array(), POLL_WITHIN_MS + WAY_MS);
  }
}
