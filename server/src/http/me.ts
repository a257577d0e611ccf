// Who one is, and proofs of it for a connection: tickets of those who are known, identities of guests.

import type { FastifyInstance, FastifyReply } from 'fastify';
import type { Access } from '../access/access.js';
import type { Guests } from '../access/guests.js';
import type { Scope } from '../access/identity.js';
import { hashSecret, isSecret } from '../access/secrets.js';
import type { TicketDesk } from '../access/tickets.js';
import { fail, nameIn } from './answers.js';
import type { IdentityOf } from './identity-of.js';

export interface MeOptions {
  readonly access: Access;
  /** Null where nobody comes in without an account. */
  readonly guests: Guests | null;
  readonly tickets: Pick<TicketDesk, 'make'>;
  readonly identityOf: IdentityOf;
  /** Where people sign in; null where they cannot. */
  readonly signInUrl: string | null;
}

export function serveMe(app: FastifyInstance, options: MeOptions): void {
  const { access, guests, tickets, identityOf, signInUrl } = options;

  app.get('/api/v1/me', async (request) => {
    const identity = await identityOf(request);
    const { person, name, email, color, kind } = identity;
    const mayCreate = access.mayCreate(identity, null);
    return { person, name, email, color, kind, mayCreate, isOpen: access.isOpen, signInUrl };
  });

  app.post('/api/v1/guests', async (request, reply) => {
    if (guests === null) return fail(reply, 403, 'NO_GUESTS', 'Nobody comes in here without an account. Sign in.');
    const { kind, person } = await identityOf(request);
    const signed = await (kind === 'guest' ? guests.sign(person) : guests.make());
    return { guest: signed.guest, person: signed.person };
  });

  app.post<{ Body: unknown }>('/api/v1/tickets', async (request, reply) => {
    const scope = scopeIn(request.body, reply);
    return scope === undefined ? reply : tickets.make(await identityOf(request), scope, request.visitor.address);
  });
}

/** @returns null when the ticket is for whatever its holder may do; undefined once it was refused */
function scopeIn(body: unknown, reply: FastifyReply): Scope | null | undefined {
  const { document = null, link = null } = Object(body) as { readonly document?: unknown; readonly link?: unknown };
  if (document === null && link === null) return null;
  if (typeof document !== 'string' || (link !== null && !(typeof link === 'string' && isSecret('wl', link)))) {
    fail(reply, 400, 'BAD_REQUEST', 'Name the document the ticket is for, and with it, if any, the secret of a link.');
    return undefined;
  }
  const name = nameIn(document, reply);
  return name === null ? undefined : { document: name, linkHash: link === null ? null : hashSecret(link) };
}
