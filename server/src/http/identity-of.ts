// Who a request comes from: a token it shows, the browser session in its cookie, or a guest. A cookie counts only for pages
// of this server: browsers send it along for others, too.

import type {} from '@fastify/cookie';
import type { FastifyRequest } from 'fastify';
import type { Access } from '../access/access.js';
import { type Identity, NOBODY } from '../access/identity.js';
import type { WebSessions } from '../access/web-sessions.js';

export type IdentityOf = (request: FastifyRequest) => Promise<Identity>;

/** Secure ones have a name that no other host, and no page without TLS, can set a cookie of. */
export const SESSION_COOKIES = { secure: '__Host-weft', plain: 'weft' } as const;
const GUEST_HEADER = 'weft-guest';

const bearer = /^Bearer +(\S+)$/i;

/**
 * @returns a function that throws SyncError `UNAUTHORIZED` for a token that is not accepted. A session or guest identity
 *          that has ended is nobody's: pages come with them without having been asked.
 */
export function identityOf(access: Access, sessions: WebSessions | null): IdentityOf {
  return async (request) => {
    const { authorization, [GUEST_HEADER]: guest } = request.headers;
    const { page, address } = request.visitor;
    if (authorization !== undefined) {
      const token = bearer.exec(authorization)?.[1] ?? authorization;
      return access.identify({ token, guest: '', address });
    }
    const identity = page === 'own' || page === 'none' ? await sessionOf(request, sessions) : null;
    if (identity) return identity;
    if (typeof guest !== 'string' || guest === '') return NOBODY;
    return access.identify({ token: '', guest, address }).catch(() => NOBODY);
  };
}

/** Over TLS the plain name is nobody's word: any host beside this one, and any page without TLS, can set it. */
async function sessionOf({ cookies, visitor }: FastifyRequest, sessions: WebSessions | null): Promise<Identity | null> {
  const cookie = cookies[visitor.isSecure ? SESSION_COOKIES.secure : SESSION_COOKIES.plain];
  return cookie === undefined || sessions === null ? null : sessions.read(cookie);
}
