// The server under the API, the app and the WebSockets: plain or TLS, and with an end to everything a stranger can begin: lines
// that are opened, headers that trickle in, bodies that never end.

import { readFileSync } from 'node:fs';
import { createServer, type RequestListener, type Server } from 'node:http';
import { createServer as createTlsServer, Server as TlsServer } from 'node:https';
import type { Socket } from 'node:net';
import { createSecureContext } from 'node:tls';
import { type Doorkeeper, lineOf } from '../access/doorkeeper.js';
import type { DoorSettings } from '../door-settings.js';
import type { Limits } from '../limits.js';
import { messageOf, SyncError } from '../sync-error.js';
import { isUpload } from './asset-path.js';
import { BodyDeadlines } from './body-deadlines.js';

/** Of the first line and the headers together. */
const MAX_HEADER_BYTES = 16 * 1024;
/** From the opening of a line to the end of the headers. */
const HEADERS_WITHIN_MS = 10_000;
/** From the opening of a line, or the end of the answer before, to the end of the request, whatever it brings: a file takes longest. */
const REQUEST_WITHIN_MS = 10 * 60_000;
const CHECK_EVERY_MS = 1000;
const IDLE_LINE_MS = 10_000;
const HANDSHAKE_WITHIN_MS = 10_000;
/** Lines beyond the limits of connections: for health checks, and for telling others that there are too many. */
const SPARE_LINES = 256;
/**
 * Requests of one line that are not answered. Browsers and proxies wait for the answer; Node begins all that are there, and each may
 * have a file open and a piece of it in memory, which nobody closes when the line goes before their turn came.
 */
const MAX_UNANSWERED = 2;

export interface RawServerOptions {
  readonly doorkeeper: Doorkeeper;
  readonly tls: DoorSettings['tls'];
  readonly limits: Pick<Limits, 'connections' | 'connectionsPerAddress'>;
}

/** @throws SyncError `BAD_USAGE` when the files of `door.tls` cannot be used */
export function createRawServer(options: RawServerOptions, listener: RequestListener): Server {
  const settings = {
    maxHeaderSize: MAX_HEADER_BYTES,
    headersTimeout: HEADERS_WITHIN_MS,
    requestTimeout: REQUEST_WITHIN_MS,
    connectionsCheckingInterval: CHECK_EVERY_MS,
    keepAliveTimeout: IDLE_LINE_MS,
  };
  const { tls, limits, doorkeeper } = options;
  const unanswered = new WeakMap<Socket, number>();
  const listen: RequestListener = (request, response) => {
    const { socket } = request;
    const count = (unanswered.get(socket) ?? 0) + 1;
    if (count > MAX_UNANSWERED) {
      socket.destroy();
      return;
    }
    unanswered.set(socket, count);
    response.once('close', () => unanswered.set(socket, unanswered.get(socket)! - 1));
    bodies.begun(request, response, isUpload(request));
    listener(request, response);
  };
  const server =
    tls === null
      ? createServer(settings, listen)
      : createTlsServer({ ...settings, handshakeTimeout: HANDSHAKE_WITHIN_MS, ...readTls(tls) }, listen);
  const bodies = new BodyDeadlines(server);
  // How many headers there are is judged with the rest: those beyond would be left out without a word.
  server.maxHeadersCount = 0;
  server.maxConnections = limits.connections + SPARE_LINES;
  countLines(server, doorkeeper, limits.connectionsPerAddress + SPARE_LINES);
  return server;
}

/** Takes new files into use for the connections to come. @throws SyncError `BAD_USAGE`: the old ones stay in use */
export function reloadTls(server: Server, tls: NonNullable<DoorSettings['tls']>): void {
  if (server instanceof TlsServer) server.setSecureContext(readTls(tls));
}

function readTls({ cert, key }: NonNullable<DoorSettings['tls']>): { readonly cert: Buffer; readonly key: Buffer } {
  try {
    const files = { cert: readFileSync(cert), key: readFileSync(key) };
    createSecureContext(files);
    return files;
  } catch (error) {
    throw new SyncError('BAD_USAGE', `The files of "door.tls" cannot be used: ${messageOf(error)}`);
  }
}

/** A proxy speaks for many: who they are is known once they have said something. */
function countLines(server: Server, doorkeeper: Doorkeeper, most: number): void {
  const lines = new Map<string, number>();
  const lineOfSocket = new Map<Socket, string>();
  /** One for all of them: a connection that stays has no function of its own here. */
  function leave(this: Socket): void {
    const line = lineOfSocket.get(this)!;
    lineOfSocket.delete(this);
    const left = lines.get(line)! - 1;
    if (left === 0) lines.delete(line);
    else lines.set(line, left);
  }
  server.on('connection', (socket: Socket) => {
    const { remoteAddress = '' } = socket;
    if (doorkeeper.isProxy(remoteAddress)) return;
    const line = lineOf(remoteAddress);
    const count = (lines.get(line) ?? 0) + 1;
    lines.set(line, count);
    lineOfSocket.set(socket, line);
    socket.on('close', leave);
    if (count > most) socket.destroy();
  });
}
