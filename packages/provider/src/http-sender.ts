// What a client without a WebSocket says: counted POSTs, one at a time and in order. One that was not answered is sent again under
// its number, which the server takes once. What is said meanwhile leaves together with the next.

import { CarrierHeader, CarrierPath, MAX_POST_BYTES } from '@weft/protocol';
import { backoffDelayMs } from './backoff.js';
import { endBy, type HttpRequests, isForLater, retryAfterMs } from './http-requests.js';
import { joinBytes } from './join-bytes.js';
import type { TransportEnd } from './transport.js';

const ANSWER_WITHIN_MS = 15_000;
/** Tries of one request in a row without an answer of the server. Then the connection is as good as broken. */
const MAX_TRIES = 5;

interface Part {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly hasMore: boolean;
}

export class HttpSender {
  readonly #requests: HttpRequests;
  readonly #session: string;
  readonly #ended: (end: TransportEnd) => void;
  #frames: Uint8Array<ArrayBuffer>[] = [];
  /** Of the first frame, what was sent in parts before. */
  #sentBytes = 0;
  #counter = 0;
  #isSending = false;
  #isLeaving = false;

  /** @param ended called once, when the server takes nothing more */
  constructor(requests: HttpRequests, session: string, ended: (end: TransportEnd) => void) {
    this.#requests = requests;
    this.#session = session;
    this.#ended = ended;
  }

  get unsentBytes(): number {
    return this.#frames.reduce((bytes, { length }) => bytes + length, -this.#sentBytes);
  }

  /** @param frame an empty one says only that we are here */
  send(frame: Uint8Array<ArrayBuffer>): void {
    this.#frames.push(frame);
    if (!this.#isSending) void this.#sendAll();
  }

  /** Sends what waits, tries nothing twice any more, and ends the session and all its requests. */
  async leave(): Promise<void> {
    this.#isLeaving = true;
    this.#requests.letGo();
    if (!this.#isSending) await this.#sayGoodbye();
  }

  async #sendAll(): Promise<void> {
    this.#isSending = true;
    while (this.#frames.length > 0) {
      if (await this.#deliver(this.#takePart(), false)) continue;
      if (this.#isLeaving) this.#requests.end();
      return;
    }
    this.#isSending = false;
    if (this.#isLeaving) await this.#sayGoodbye();
  }

  async #sayGoodbye(): Promise<void> {
    await this.#deliver({ bytes: new Uint8Array(), hasMore: false }, true);
    this.#requests.end();
  }

  /** As much as one request holds: whole frames, joined to one, or a part of a long one. */
  #takePart(): Part {
    const first = this.#frames[0]!;
    if (first.length - this.#sentBytes > MAX_POST_BYTES) {
      const start = this.#sentBytes;
      this.#sentBytes += MAX_POST_BYTES;
      return { bytes: first.subarray(start, this.#sentBytes), hasMore: true };
    }
    const joined = [first.subarray(this.#sentBytes)];
    let bytes = joined[0]!.length;
    let count = 1;
    for (; count < this.#frames.length; count++) {
      const { length } = this.#frames[count]!;
      if (bytes + length > MAX_POST_BYTES) break;
      joined.push(this.#frames[count]!);
      bytes += length;
    }
    this.#frames.splice(0, count);
    this.#sentBytes = 0;
    return { bytes: joinBytes(joined, bytes), hasMore: false };
  }

  /** @returns whether it was taken: else all is over, and that was told */
  async #deliver({ bytes, hasMore }: Part, isLast: boolean): Promise<boolean> {
    this.#counter += 1;
    const headers = {
      [CarrierHeader.session]: this.#session,
      [CarrierHeader.counter]: `${this.#counter}`,
      ...(hasMore && { [CarrierHeader.more]: '1' }),
      ...(isLast && { [CarrierHeader.end]: '1' }),
    };
    for (let tries = 1; ; tries++) {
      const answer = await this.#requests.post(CarrierPath.send, headers, bytes, ANSWER_WITHIN_MS);
      if (answer?.status === 204) return true;
      if (this.#requests.isOver || this.#isLeaving) return false;
      const laterMs = retryAfterMs(answer);
      if (laterMs !== undefined && isForLater(answer)) tries = 0;
      else if (!isForLater(answer) || tries >= MAX_TRIES) {
        this.#ended(endBy(answer));
        return false;
      }
      if (!(await this.#requests.pause(laterMs ?? backoffDelayMs(tries - 1, 0.5)))) return false;
    }
  }
}
