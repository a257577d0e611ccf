// A session carried by HTTP requests. What the client says comes in POSTs that are counted: each is taken once and in order, and one
// that comes again is answered as before. What it is told goes down an event stream or in answers to polls.

import { CloseCode, MAX_FRAME_BYTES } from '@weft/protocol';
import type { Connection, OpenSession, Session } from '../dialect/connection.js';
import type { SocketMetrics, Transport } from '../metrics/metrics.js';
import type { Outgoing } from '../room/member.js';
import { TokenBucket } from '../token-bucket.js';
import type { Downstream, DownstreamReader } from './downstream.js';
import type { Beating } from './heartbeat.js';
import { type Answer, closedAnswer, failed, outOfOrder, TAKEN } from './http-answers.js';
import { MAX_UNREAD_ANSWER_BYTES } from './send-queue.js';
import type { Sending } from './unfinished-messages.js';

/** Of one frame: each may be empty, and takes memory of its own. */
const MAX_PARTS = 1024;
/** When somebody who reads nothing may ask for more again. */
const READ_FIRST_MS = 1000;
/** Requests of one session. Clients gather what they say while one of theirs is on its way. */
const REQUESTS_PER_SECOND = 200;
const REQUESTS_AT_ONCE = 1000;

/** What a connection is told of the door it came in by, and tells it. */
export interface HttpHost {
  readonly metrics: SocketMetrics;
  /** Takes a sentence for whoever runs the server. */
  complain(sentence: string): void;
  /** It is gone. Called once. */
  closed(connection: HttpConnection): void;
}

/** One POST. */
export interface Part {
  /** 1, 2, 3, … */
  readonly counter: number;
  readonly bytes: Buffer;
  /** The frame goes on in the next one. */
  readonly hasMore: boolean;
  /** The client leaves. */
  readonly isLast: boolean;
}

export class HttpConnection<Down extends Downstream = Downstream>
  implements Connection, Beating, Sending, DownstreamReader
{
  readonly id: string;
  readonly address: string;
  readonly down: Down;
  silentTurns = 0;
  unfinishedBytes = 0;
  unfinishedSinceMs = 0;
  readonly #host: HttpHost;
  readonly #session: Session;
  readonly #requests = new TokenBucket(REQUESTS_PER_SECOND, REQUESTS_AT_ONCE);
  #nextCounter = 1;
  #parts: Buffer[] = [];
  #unreadAnswerBytes = 0;
  #ending: Answer | null = null;
  #isGone = false;

  /** @param id secret: whoever says it is heard as this client */
  constructor(
    host: HttpHost,
    { id, address }: { readonly id: string; readonly address: string },
    makeDown: (reader: DownstreamReader) => Down,
    openSession: OpenSession,
  ) {
    this.id = id;
    this.address = address;
    this.#host = host;
    this.down = makeDown(this);
    this.#session = openSession(this);
  }

  get transport(): Transport {
    return this.down.transport;
  }

  get hasRoom(): boolean {
    return this.down.hasRoom;
  }

  /** For each request of it. @returns 0, or after how many milliseconds it may make another */
  request(): number {
    this.silentTurns = 0;
    return this.#requests.take();
  }

  /** @returns what to answer */
  take({ counter, bytes, hasMore, isLast }: Part): Answer {
    if (this.#ending !== null) return this.#ending;
    if (counter < this.#nextCounter) return TAKEN;
    if (counter > this.#nextCounter) {
      return { ...outOfOrder('What comes before this has not arrived.'), expected: this.#nextCounter };
    }
    if (this.#unreadAnswerBytes > MAX_UNREAD_ANSWER_BYTES) {
      return failed(503, 'READ_FIRST', 'Answers wait for this session. Read them, then ask for more.', READ_FIRST_MS);
    }
    this.#nextCounter += 1;
    this.#host.metrics.receivedBytes += bytes.length;
    this.#append(bytes);
    if (this.unfinishedBytes > MAX_FRAME_BYTES || this.#parts.length > MAX_PARTS) {
      this.close(CloseCode.TooMuch, 'This frame is larger than the server accepts.');
    } else if (!hasMore) this.#receive(this.#takeFrame());
    if (this.#ending !== null) return this.#ending;
    if (isLast) this.drop();
    return TAKEN;
  }

  send(out: Outgoing): void {
    if (this.#ending !== null) return;
    const hadRoom = this.hasRoom;
    const bytes = this.down.push(out);
    const { metrics } = this.#host;
    metrics.sentFrames += out.messages.length;
    metrics.sentBytes += bytes;
    if (hadRoom) return;
    if (this.#unreadAnswerBytes === 0) {
      this.down.whenDrained(() => {
        this.#unreadAnswerBytes = 0;
      });
    }
    this.#unreadAnswerBytes += bytes;
  }

  whenDrained(callback: () => void): void {
    this.down.whenDrained(() => {
      if (this.#ending === null) this.#guard(callback);
    });
  }

  close(code: number, reason: string): void {
    if (this.#ending !== null) return;
    this.#host.metrics.closed.add(`${code}`);
    this.#ending = closedAnswer(code, reason);
    this.#parts = [];
    this.unfinishedBytes = 0;
    this.#session.closed();
    this.down.close(code, reason);
  }

  fail(error: unknown): void {
    this.#host.complain(`A connection was ended over a fault: ${error instanceof Error ? error.stack : error}`);
    this.close(CloseCode.InternalError, 'Something failed in the server. What was saved is unharmed.');
  }

  ping(): void {
    this.down.ping();
  }

  drop(): void {
    this.gone();
  }

  moved(): void {
    this.silentTurns = 0;
  }

  stalled(): void {
    this.#host.metrics.stalled += 1;
    this.#host.metrics.closed.add(`${CloseCode.SlowReader}`);
    this.gone();
  }

  gone(): void {
    if (this.#isGone) return;
    this.#isGone = true;
    this.down.end();
    if (this.#ending === null) {
      this.#ending = closedAnswer(CloseCode.Timeout, 'This session is over.');
      this.#session.closed();
    }
    this.#host.closed(this);
  }

  #append(bytes: Buffer): void {
    if (this.#parts.length === 0) this.unfinishedSinceMs = performance.now();
    this.#parts.push(bytes);
    this.unfinishedBytes += bytes.length;
  }

  #takeFrame(): Buffer {
    const frame = this.#parts.length === 1 ? this.#parts[0]! : Buffer.concat(this.#parts);
    this.#parts = [];
    this.unfinishedBytes = 0;
    return frame;
  }

  /** An empty one says that the client is there. */
  #receive(frame: Buffer): void {
    if (frame.length === 0) return;
    this.#host.metrics.receivedFrames += 1;
    this.#guard(() => this.#session.receive(frame));
  }

  #guard(work: () => void): void {
    try {
      work();
    } catch (error) {
      this.fail(error);
    }
  }
}
