// Signing in and out of the app: by a sign-in service (OpenID Connect), or by a ticket that the host of the app got for
// somebody. Both end in the session cookie and lead back to the page one came from, or to a page that says what went wrong.

import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Identity } from '../access/identity.js';
import type { OidcClient, SignInFault, SignInSecrets } from '../access/oidc.js';
import type { SignedValues } from '../access/signed-values.js';
import type { WebSessions } from '../access/web-sessions.js';
import { messageOf } from '../sync-error.js';
import { type IdentityOf, SESSION_COOKIES } from './identity-of.js';

export interface SignInOptions {
  /** Null where nobody signs in by a service. */
  readonly service: SignInService | null;
  /** Whom a one-time ticket was made for; null when it counts no more. */
  readonly redeem: (ticket: string) => Promise<Identity | null>;
  readonly sessions: WebSessions;
  readonly identityOf: IdentityOf;
  /** Ends a session and everything that came of it. */
  readonly revoke: (identity: Identity) => Promise<void>;
  readonly note: (action: 'signed-in' | 'signed-out', identity: Identity, request: FastifyRequest) => void;
  /** Takes a sentence for whoever runs the server. */
  readonly complain: (sentence: string) => void;
}

export interface SignInService {
  readonly client: OidcClient;
  /** Keeps what is needed until the browser comes back. */
  readonly pending: SignedValues;
  /** Who somebody is by what the service says; null when it does not say enough. */
  readonly identify: (claims: Readonly<Record<string, unknown>>) => Identity | null;
}

/** As web/src/sign-in/sign-in.ts says them. */
type Problem = SignInFault | 'expired' | 'other-person' | 'ticket-used';

export const SIGN_IN_PATH = '/auth/sign-in';
const PENDING_COOKIE = 'weft-signing-in-';
const PENDING_PATH = '/auth/callback';
const PENDING_LASTS_MS = 10 * 60 * 1000;
const MAX_ADDRESS_CHARACTERS = 2048;

interface Pending extends SignInSecrets {
  readonly to: string;
}

export function serveSignIn(app: FastifyInstance, options: SignInOptions): void {
  const { service, redeem, sessions, identityOf, revoke, note, complain } = options;

  const signIn = async (request: FastifyRequest, reply: FastifyReply, identity: Identity, to: string) => {
    const session = await sessions.open(identity);
    if (session === null) {
      complain('Somebody could not sign in: their name and roles are more than a cookie holds. Give roles by pattern.');
      return toProblem(reply, 'not-trusted', to);
    }
    note('signed-in', identity, request);
    setCookie(request, reply, SESSION_COOKIES, session.cookie, session.expiresAtMs);
    return reply.redirect(to, 303);
  };

  if (service !== null) {
    const { client, pending, identify } = service;

    app.get<{ Querystring: Query }>(SIGN_IN_PATH, async (request, reply) => {
      const to = ownPath(request.query.to);
      try {
        const { url, secrets } = await client.begin(request.query.again === '1');
        const expiresAtMs = Date.now() + PENDING_LASTS_MS;
        const kept = await pending.sign({ ...secrets, to } satisfies Pending, expiresAtMs);
        setCookie(request, reply, pendingCookie(secrets.state), kept ?? '', expiresAtMs, PENDING_PATH);
        return await reply.redirect(url.href, 303);
      } catch (error) {
        complain(`The sign-in service cannot be reached: ${messageOf(error)}`);
        return toProblem(reply, 'unreachable', to);
      }
    });

    app.get<{ Querystring: Query }>('/auth/callback', async (request, reply) => {
      const { state = '' } = request.query;
      const name = pendingCookie(typeof state === 'string' ? state : '');
      const begun = (await pending.read(request.cookies[name.plain] ?? ''))?.content as Pending | undefined;
      // Once, whatever becomes of it.
      clearCookie(request, reply, name, PENDING_PATH);
      if (!begun) return toProblem(reply, 'expired', '/');
      const result = await client.finish(request.url.slice(request.url.indexOf('?')), begun);
      if (!result.ok) {
        if (result.fault !== 'declined') complain(`Somebody could not sign in: ${result.detail}.`);
        return toProblem(reply, result.fault, begun.to);
      }
      const identity = identify(result.claims);
      if (identity !== null) return signIn(request, reply, identity, begun.to);
      complain('Somebody could not sign in: the service did not say who it is in a way that could be read.');
      return toProblem(reply, 'not-trusted', begun.to);
    });
  }

  app.get<{ Querystring: Query }>('/auth/ticket', async (request, reply) => {
    const { ticket, to } = request.query;
    const identity = typeof ticket === 'string' ? await redeem(ticket) : null;
    if (identity?.kind !== 'user') return toProblem(reply, 'ticket-used', '/');
    // Nobody finds themselves signed in as somebody else by following a link.
    const before = await identityOf(request);
    const isOther = before.kind === 'user' && before.person !== identity.person;
    return isOther ? toProblem(reply, 'other-person', '/') : signIn(request, reply, identity, ownPath(to));
  });

  app.post('/auth/sign-out', async (request, reply) => {
    const identity = await identityOf(request);
    if (identity.kind === 'user' && request.headers.authorization === undefined) {
      await revoke(identity);
      note('signed-out', identity, request);
    }
    clearCookie(request, reply, SESSION_COOKIES, '/');
    return {};
  });
}

interface Query {
  readonly to?: unknown;
  readonly again?: unknown;
  readonly state?: unknown;
  readonly ticket?: unknown;
}

/** A path of this server that a page may be sent to; anything else, such as another site's address, leads to the list. */
export function ownPath(to: unknown): string {
  if (typeof to !== 'string' || !to.startsWith('/') || to.length > MAX_ADDRESS_CHARACTERS) return '/';
  const base = 'http://own.invalid';
  if (!URL.canParse(to, base)) return '/';
  const url = new URL(to, base);
  if (url.origin !== base || !/^\/($|d\/)/.test(url.pathname)) return '/';
  return url.pathname + url.search;
}

function toProblem(reply: FastifyReply, problem: Problem, to: string): FastifyReply {
  return reply.redirect(`/sign-in?problem=${problem}&to=${encodeURIComponent(to)}`, 303);
}

interface CookieNames {
  readonly secure: string;
  readonly plain: string;
}

/** One for each sign-in that was begun: two tabs do not disturb each other. */
function pendingCookie(state: string): CookieNames {
  const name = PENDING_COOKIE + state.replace(/[^\w-]/g, '').slice(0, 12);
  return { secure: name, plain: name };
}

function setCookie(
  request: FastifyRequest,
  reply: FastifyReply,
  names: CookieNames,
  value: string,
  expiresAtMs: number,
  path = '/',
): void {
  const secure = request.visitor.isSecure;
  const expires = new Date(expiresAtMs);
  reply.setCookie(secure ? names.secure : names.plain, value, {
    path,
    httpOnly: true,
    sameSite: 'lax',
    secure,
    expires,
  });
  reply.header('Cache-Control', 'no-store');
}

function clearCookie(request: FastifyRequest, reply: FastifyReply, names: CookieNames, path: string): void {
  setCookie(request, reply, names, '', 0, path);
}
