// Where sessions come in whose network lets no WebSocket through: POSTs to `/weft/events` or `/weft/poll` begin one and bring down what it
// is told, POSTs to `/weft/send` bring up what it says. Whoever comes is judged as at the WebSockets' door, and counted with them.

import { randomBytes } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { CarrierHeader, CarrierPath, CloseCode, MAX_POST_BYTES } from '@weft/protocol';
import type { Doorkeeper } from '../access/doorkeeper.js';
import type { Dialects } from '../dialect/dialects.js';
import type { SocketMetrics } from '../metrics/metrics.js';
import { type DoorOptions, sendLimitsOf } from './door-options.js';
import type { Downstream, DownstreamReader } from './downstream.js';
import { EventStream } from './event-stream.js';
import { Heartbeat } from './heartbeat.js';
import { type Answer, failed, respond, UNKNOWN_SESSION } from './http-answers.js';
import { HttpConnection, type HttpHost } from './http-connection.js';
import type { Lines } from './lines.js';
import { PollAnswers } from './poll-answers.js';
import type { SendLimits } from './send-queue.js';
import { dropUnfinished } from './unfinished-messages.js';

/** Nobody guesses it. */
const SESSION_ID_BYTES = 24;
/** Of frames that have begun, over all sessions. */
const MAX_UNFINISHED_BYTES = 64 * 1024 * 1024;
/** As for the rest of the HTTP API: how long a browser may remember what a page of a listed origin may send. */
const CORS_SECONDS = 600;

const headerNames = Object.values(CarrierHeader).join(', ');

type Handler = (request: IncomingMessage, response: ServerResponse, address: string) => void;

export class HttpDoor implements HttpHost {
  readonly metrics: SocketMetrics;
  /** Takes a sentence for whoever runs the server. */
  readonly complain: (sentence: string) => void;
  readonly #dialects: Pick<Dialects, 'weft'>;
  readonly #doorkeeper: Doorkeeper;
  readonly #lines: Lines;
  readonly #sendLimits: SendLimits;
  readonly #heartbeat = new Heartbeat();
  readonly #connections = new Map<string, HttpConnection>();
  #isOpen = true;
  readonly #handlers = new Map<string, Handler>([
    [CarrierPath.events, (...request) => this.#events(...request)],
    [CarrierPath.send, (request, response) => this.#send(request, response)],
    [CarrierPath.poll, (...request) => this.#poll(...request)],
  ]);

  constructor(options: DoorOptions<'weft'>) {
    this.#dialects = options.dialects;
    this.#doorkeeper = options.doorkeeper;
    this.#lines = options.lines;
    this.metrics = options.metrics;
    this.complain = options.complain;
    this.#sendLimits = sendLimitsOf(options);
  }

  /** For the `request` event of the HTTP server. @returns whether it was for here */
  readonly request = (request: IncomingMessage, response: ServerResponse): boolean => {
    const handler = this.#handlers.get(request.url?.split('?', 1)[0] ?? '');
    if (handler === undefined) return false;
    setHeaders(response);
    const judged = this.#doorkeeper.judge(request);
    // Its answer would wait behind another on the same connection, and not be told when that breaks.
    if (response.socket === null)
      this.#turnAway(response, failed(400, 'PIPELINED', 'Wait for the answer before you ask again.'));
    else if (!judged.ok) this.#turnAway(response, failed(judged.status, judged.code, judged.reason));
    else {
      const { page, mayChange, address } = judged.visitor;
      if (page === 'listed') allow(response, request.headers.origin!);
      if (!mayChange) {
        this.#turnAway(response, failed(403, 'OTHER_SITE', 'Pages of other sites cannot connect here.'));
      } else if (request.method === 'OPTIONS') respond(response, { status: 204 });
      else if (request.method === 'POST') handler(request, response, address);
      else respond(response, failed(405, 'BAD_REQUEST', 'Send it as a POST.'));
    }
    return true;
  };

  closed(connection: HttpConnection): void {
    this.#connections.delete(connection.id);
    this.#heartbeat.remove(connection);
    this.#lines.left(connection.address);
  }

  /** Bytes that wait for readers, over all connections. */
  get waitingBytes(): number {
    let bytes = 0;
    for (const { down } of this.#connections.values()) bytes += down.bytes;
    return bytes;
  }

  /** Turns newcomers away from here on. */
  stopAccepting(): void {
    this.#isOpen = false;
  }

  /** Tells everybody to come back later. Whoever cannot be told finds nobody here. */
  close(): void {
    this.stopAccepting();
    this.#heartbeat.close();
    for (const connection of this.#connections.values()) {
      connection.close(CloseCode.GoingAway, 'The server is restarting.');
    }
  }

  #events(request: IncomingMessage, response: ServerResponse, address: string): void {
    request.resume();
    if (!this.#mayEnter(response, address)) return;
    response.writeHead(200, { 'Content-Type': 'text/event-stream; charset=utf-8' });
    this.#enter(address, (id, reader) => new EventStream(response, id, this.#sendLimits, reader));
  }

  #poll(request: IncomingMessage, response: ServerResponse, address: string): void {
    request.resume();
    if (request.headers[CarrierHeader.session] === undefined) {
      if (!this.#mayEnter(response, address)) return;
      const { id } = this.#enter(address, (_id, reader) => new PollAnswers(this.#sendLimits, reader));
      response.writeHead(200, { [CarrierHeader.session]: id, 'Content-Length': 0 }).end();
      return;
    }
    const connection = this.#find(request, response);
    const received = numberIn(request, CarrierHeader.received);
    if (connection === null) return;
    if (received === null || !(connection.down instanceof PollAnswers)) {
      respond(response, failed(400, 'BAD_REQUEST', 'This is no poll of such a session.'));
    } else connection.down.poll(received, response);
  }

  #send(request: IncomingMessage, response: ServerResponse): void {
    const connection = this.#find(request, response);
    const counter = numberIn(request, CarrierHeader.counter);
    if (connection === null || counter === null || counter === 0) {
      request.resume();
      if (connection !== null) respond(response, failed(400, 'BAD_REQUEST', 'A request to send says which one it is.'));
      return;
    }
    readBody(request, (bytes) => {
      if (bytes === null) {
        response.setHeader('Connection', 'close');
        respond(response, failed(413, 'TOO_LARGE', `Send at most ${MAX_POST_BYTES} bytes at once, and more in parts.`));
        return;
      }
      const hasMore = request.headers[CarrierHeader.more] === '1';
      const isLast = request.headers[CarrierHeader.end] === '1';
      respond(response, connection.take({ counter, bytes, hasMore, isLast }));
      if (hasMore) this.#limitUnfinished();
    });
  }

  /** @returns null when the request is answered */
  #find(request: IncomingMessage, response: ServerResponse): HttpConnection | null {
    const connection = this.#connections.get(String(request.headers[CarrierHeader.session]));
    if (connection === undefined) {
      respond(response, UNKNOWN_SESSION);
      return null;
    }
    const waitMs = connection.request();
    if (waitMs === 0) return connection;
    respond(response, failed(429, 'TOO_OFTEN', 'This session asks too often.', waitMs));
    return null;
  }

  #mayEnter(response: ServerResponse, address: string): boolean {
    if (!this.#isOpen) this.#turnAway(response, failed(503, 'STOPPING', 'The server is restarting.'));
    else {
      const crowd = this.#lines.knock(address);
      if (crowd === null) return true;
      this.#turnAway(response, failed(crowd.status, 'CROWDED', crowd.reason, crowd.retryAfterMs));
    }
    return false;
  }

  #enter<Down extends Downstream>(
    address: string,
    makeDown: (id: string, reader: DownstreamReader) => Down,
  ): HttpConnection<Down> {
    const id = randomBytes(SESSION_ID_BYTES).toString('base64url');
    this.#lines.entered(address);
    const connection = new HttpConnection(
      this,
      { id, address },
      (reader) => makeDown(id, reader),
      this.#dialects.weft(),
    );
    this.#connections.set(id, connection);
    this.#heartbeat.add(connection);
    return connection;
  }

  #turnAway(response: ServerResponse, answer: Answer): void {
    this.metrics.turnedAway.add(`${answer.status}`);
    respond(response, answer);
  }

  #limitUnfinished(): void {
    let bytes = 0;
    for (const { unfinishedBytes } of this.#connections.values()) bytes += unfinishedBytes;
    if (bytes > MAX_UNFINISHED_BYTES) dropUnfinished(this.#connections.values(), MAX_UNFINISHED_BYTES);
  }
}

/** Of every answer: it is for one client and one moment, and passed on as it comes. */
function setHeaders(response: ServerResponse): void {
  response.setHeader('Cache-Control', 'no-store');
  response.setHeader('X-Accel-Buffering', 'no');
  response.setHeader('X-Content-Type-Options', 'nosniff');
  response.setHeader('Vary', 'Origin');
}

/** A page of a listed origin may send what a session takes, and read what it is answered. */
function allow(response: ServerResponse, origin: string): void {
  response.setHeader('Access-Control-Allow-Origin', origin);
  response.setHeader('Access-Control-Allow-Methods', 'POST');
  response.setHeader('Access-Control-Allow-Headers', `content-type, ${headerNames}`);
  response.setHeader('Access-Control-Expose-Headers', `retry-after, ${headerNames}`);
  response.setHeader('Access-Control-Max-Age', CORS_SECONDS);
}

function numberIn({ headers }: IncomingMessage, name: string): number | null {
  const text = String(headers[name]);
  return /^\d{1,15}$/.test(text) ? Number(text) : null;
}

/**
 * Into one buffer: a body that comes a byte at a time would be an object for each.
 *
 * @param done is given null when it is too large; not called when it breaks off
 */
function readBody(request: IncomingMessage, done: (body: Buffer | null) => void): void {
  let body = Buffer.alloc(0);
  let bytes = 0;
  request.on('data', (chunk: Buffer) => {
    if (bytes > MAX_POST_BYTES) return;
    const start = bytes;
    bytes += chunk.length;
    if (bytes > MAX_POST_BYTES) {
      body = Buffer.alloc(0);
      done(null);
      return;
    }
    if (bytes > body.length) {
      const grown = Buffer.allocUnsafeSlow(Math.max(bytes, Math.min(2 * body.length, MAX_POST_BYTES)));
      body.copy(grown, 0, 0, start);
      body = grown;
    }
    chunk.copy(body, start);
  });
  request.on('end', () => {
    if (bytes <= MAX_POST_BYTES) done(bytes === body.length ? body : Buffer.from(body.subarray(0, bytes)));
  });
  request.on('error', () => {});
}
