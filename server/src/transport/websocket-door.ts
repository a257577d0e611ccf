// Where WebSockets come in: the path of the upgrade chooses the dialect (`/weft`, `/yjs/{document}`), a page of another
// site is turned away, and what is wrong is said in the HTTP answer.

import { type IncomingMessage, STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import { CloseCode, parseDocumentPath } from '@weft/protocol';
import type { Doorkeeper } from '../access/doorkeeper.js';
import type { OpenSession } from '../dialect/connection.js';
import type { Dialects } from '../dialect/dialects.js';
import type { SocketMetrics } from '../metrics/metrics.js';
import { type DoorOptions, sendLimitsOf } from './door-options.js';
import { refusalOf, welcome } from './handshake.js';
import { Heartbeat } from './heartbeat.js';
import type { Lines, Refusal } from './lines.js';
import type { SendLimits } from './send-queue.js';
import { dropUnfinished, mayBeUnfinished } from './unfinished-messages.js';
import { type Host, WebSocketConnection } from './websocket-connection.js';

/** Who has not answered the goodbye by then is dropped: a client asleep or gone must not hold up a stop. */
const ANSWER_GOODBYE_WITHIN_MS = 2000;

/** A stock client that shows a token offers this protocol and another one that is the token, for it has no headers. */
const YJS_PROTOCOL = 'weft.yjs';
const BEARER_PREFIX = 'bearer.';

interface Welcome {
  readonly ok: true;
  readonly address: string;
  readonly open: OpenSession;
}
type Routed = Welcome | Refusal;

const LOOK_FOR_UNFINISHED_EVERY_MS = 1000;

export class WebSocketDoor implements Host {
  readonly metrics: SocketMetrics;
  readonly sendLimits: SendLimits;
  /** Takes a sentence for whoever runs the server. */
  readonly complain: (sentence: string) => void;
  readonly #dialects: Dialects;
  readonly #doorkeeper: Doorkeeper;
  readonly #lines: Lines;
  readonly #heartbeat = new Heartbeat();
  readonly #connections = new Set<WebSocketConnection>();
  readonly #unfinishedTimer: NodeJS.Timeout;
  #isOpen = true;

  constructor(options: DoorOptions) {
    this.#dialects = options.dialects;
    this.#doorkeeper = options.doorkeeper;
    this.#lines = options.lines;
    this.metrics = options.metrics;
    this.complain = options.complain;
    this.sendLimits = sendLimitsOf(options);
    this.#unfinishedTimer = setInterval(() => {
      if (mayBeUnfinished()) dropUnfinished(this.#connections);
    }, LOOK_FOR_UNFINISHED_EVERY_MS);
  }

  /** For the `upgrade` event of the HTTP server. */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const routed = this.#route(request);
    if (!routed.ok) {
      this.metrics.turnedAway.add(`${routed.status}`);
      refuse(socket, routed);
      return;
    }
    if (!socket.readable || !socket.writable) {
      socket.destroy();
      return;
    }
    const { address, open } = routed;
    // What a session says at once leaves with the answer to the upgrade, in one write.
    socket.cork();
    setImmediate(uncork, socket);
    socket.write(welcome(request, protocolsIn(request).includes(YJS_PROTOCOL) ? YJS_PROTOCOL : null));
    this.#lines.entered(address);
    const connection = new WebSocketConnection(this, socket, address, open);
    this.#connections.add(connection);
    this.#heartbeat.add(connection);
    if (head.length > 0) connection.read(head);
  }

  closed(connection: WebSocketConnection): void {
    this.#connections.delete(connection);
    this.#heartbeat.remove(connection);
    this.#lines.left(connection.address);
  }

  /** Bytes that wait for readers, over all connections. */
  get waitingBytes(): number {
    let bytes = 0;
    for (const connection of this.#connections) bytes += connection.waitingBytes;
    return bytes;
  }

  /** Turns newcomers away from here on. */
  stopAccepting(): void {
    this.#isOpen = false;
  }

  /** Tells everybody to come back later. What was sent before leaves before that; who does not answer is dropped. */
  close(): void {
    this.stopAccepting();
    this.#heartbeat.close();
    clearInterval(this.#unfinishedTimer);
    for (const connection of this.#connections) connection.close(CloseCode.GoingAway, 'The server is restarting.');
    const dropAll = (): void => {
      for (const connection of this.#connections) connection.drop();
    };
    setTimeout(dropAll, ANSWER_GOODBYE_WITHIN_MS).unref();
  }

  #route(request: IncomingMessage): Routed {
    const judged = this.#doorkeeper.judge(request);
    if (!judged.ok) return judged;
    const refusal = refusalOf(request);
    if (refusal !== null) return refusal;
    const { mayChange, address } = judged.visitor;
    if (!mayChange) return { ok: false, status: 403, reason: 'Pages of other sites cannot connect here.' };
    if (!this.#isOpen) return { ok: false, status: 503, reason: 'The server is restarting.' };
    const crowd = this.#lines.knock(address);
    if (crowd !== null) return crowd;
    const [path = '', query = ''] = request.url!.split('?', 2);
    if (path === '/weft') return { ok: true, address, open: this.#dialects.weft() };
    if (path.startsWith('/yjs/')) {
      const document = parseDocumentPath(path.slice('/yjs/'.length));
      if (!document.ok) return { ok: false, status: 400, reason: document.reason };
      return {
        ok: true,
        address,
        open: this.#dialects.yjs(document.name, epochIn(query), tokenIn(request, query)),
      };
    }
    return { ok: false, status: 404, reason: 'Connect to /weft or /yjs/{document}.' };
  }
}

const uncork = (socket: Duplex): void => socket.uncork();

/** Anything but a number says nothing. */
function epochIn(query: string): number | null {
  const text = new URLSearchParams(query).get('epoch') ?? '';
  return /^\d{1,15}$/.test(text) ? Number(text) : null;
}

/** Those that are offered. */
const protocolsIn = ({ headers }: IncomingMessage): string[] =>
  (headers['sec-websocket-protocol'] ?? '').split(',').map((protocol) => protocol.trim());

/** A ticket in the URL, good once and so of no use in a log; or a token among the protocols; else ''. */
function tokenIn(request: IncomingMessage, query: string): string {
  const bearer = protocolsIn(request).find((protocol) => protocol.startsWith(BEARER_PREFIX));
  return bearer?.slice(BEARER_PREFIX.length) ?? new URLSearchParams(query).get('ticket') ?? '';
}

function refuse(socket: Duplex, { status, reason, retryAfterMs }: Refusal): void {
  const body = `${reason}\n`;
  socket.on('error', () => socket.destroy());
  const retry = retryAfterMs === undefined ? '' : `Retry-After: ${Math.ceil(retryAfterMs / 1000)}\r\n`;
  // Whoever leaves its own side open would keep the socket.
  socket.once('finish', () => socket.destroy());
  socket.end(
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n` +
      `Connection: close\r\n${retry}Content-Type: text/plain; charset=utf-8\r\n` +
      `Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  );
}
