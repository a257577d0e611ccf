// What happens to every request before anybody looks what it asks for: who it is from and for, whether that page may, how often;
// and the headers every answer carries.

import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { type Doorkeeper, lineOf, type Visitor } from '../access/doorkeeper.js';
import type { Limits } from '../limits.js';
import { TokenBuckets } from '../token-bucket.js';
import { fail } from './answers.js';

declare module 'fastify' {
  interface FastifyRequest {
    /** Set before any other hook. */
    visitor: Visitor;
  }
}

export interface DoorOptions {
  readonly doorkeeper: Doorkeeper;
  readonly limits: Pick<Limits, 'requestsPerSecond' | 'requestsAtOnce'>;
}

const CORS_METHODS = 'GET, POST, PUT, PATCH, DELETE';
const CORS_HEADERS = 'authorization, content-type, weft-guest, weft-link';
/** Besides what any page may read of an answer: what a file is called, and when to come again. */
const CORS_EXPOSED = 'content-disposition, retry-after';
/** How long a browser may remember what it was told of this. */
const CORS_SECONDS = 600;

export function keepTheDoor(app: FastifyInstance, { doorkeeper, limits }: DoorOptions): void {
  const rates = new TokenBuckets(limits.requestsPerSecond, limits.requestsAtOnce);
  app.decorateRequest('visitor');
  app.addHook('onRequest', async (request, reply) => {
    const judged = doorkeeper.judge(request.raw);
    if (!judged.ok) return fail(reply, judged.status, judged.code, judged.reason);
    const { visitor } = judged;
    request.visitor = visitor;
    if (visitor.page === 'listed') allow(reply, request.headers.origin!);
    const isQuestion = isPreflight(request);
    if (isQuestion && visitor.page === 'listed') return reply.code(204).send();
    const reads = request.method === 'GET' || request.method === 'HEAD';
    // By the route, not by how its address is written.
    if (reads && !request.routeOptions.url?.startsWith('/auth/')) return;
    // Whoever comes by one of these may be somebody else afterwards.
    if (reads && !isVisit(request)) {
      return fail(reply, 403, 'NO_VISIT', 'This address is to be opened in a window, and not by a page.');
    }
    if (!reads && !visitor.mayChange) {
      return fail(reply, 403, 'OTHER_SITE', 'Pages of other sites cannot change anything here.');
    }
    const waitMs = rates.take(lineOf(visitor.address));
    if (waitMs === 0) return;
    reply.header('Retry-After', Math.ceil(waitMs / 1000));
    return fail(reply, 429, 'TOO_OFTEN', 'This was asked too often from your address. Try again in a moment.');
  });
  app.addHook('onSend', async (request, reply) => {
    // An answer to somebody who was turned away has no visitor.
    const visitor: Visitor | undefined = request.visitor;
    reply.header('X-Content-Type-Options', 'nosniff');
    reply.header('Referrer-Policy', 'no-referrer');
    reply.header('Cross-Origin-Opener-Policy', 'same-origin');
    reply.header('Permissions-Policy', 'camera=(), microphone=(), geolocation=()');
    if (!reply.hasHeader('Content-Security-Policy')) {
      reply.header('Content-Security-Policy', contentSecurityPolicy(visitor?.host ?? null));
    }
    if (visitor?.isSecure) reply.header('Strict-Transport-Security', 'max-age=31536000');
    if (!reply.hasHeader('Vary')) reply.header('Vary', 'Origin');
  });
}

/**
 * Scripts, styles and fonts of our own alone, none of them inline: the app sets colours through the CSSOM. Not every browser
 * takes `'self'` for the WebSockets of the same host.
 */
function contentSecurityPolicy(host: string | null): string {
  const sockets = host === null ? '' : ` ws://${host} wss://${host}`;
  return [
    "default-src 'self'",
    `connect-src 'self'${sockets}`,
    "img-src 'self' blob:",
    "object-src 'none'",
    "base-uri 'none'",
    "frame-ancestors 'self'",
    "form-action 'self'",
  ].join('; ');
}

function isPreflight({ method, headers }: FastifyRequest): boolean {
  return method === 'OPTIONS' && headers['access-control-request-method'] !== undefined;
}

/** Somebody goes there: it is no picture, and nothing else that a page asks for by itself. Older browsers do not say. */
const isVisit = ({ headers }: FastifyRequest): boolean =>
  /^(document|iframe|frame)$/.test(headers['sec-fetch-dest'] ?? 'document');

/** Without cookies: a page of another origin shows a token. */
function allow(reply: FastifyReply, origin: string): void {
  reply.header('Access-Control-Allow-Origin', origin);
  reply.header('Access-Control-Allow-Methods', CORS_METHODS);
  reply.header('Access-Control-Allow-Headers', CORS_HEADERS);
  reply.header('Access-Control-Expose-Headers', CORS_EXPOSED);
  reply.header('Access-Control-Max-Age', CORS_SECONDS);
}
