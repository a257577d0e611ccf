// The sessions there are, for admins, and the end of one.

import type { FastifyInstance } from 'fastify';
import type { Audit } from '../access/audit.js';
import { checkIsAdmin, fail } from './answers.js';
import type { IdentityOf } from './identity-of.js';

/** The sessions of this process (LiveSessions), as far as they matter here. */
export interface Sessions {
  list(): readonly { readonly id: string; readonly person: string }[];
  /** @returns false when there is none of this id */
  kick(id: string, reason: string): boolean;
}

export interface SessionsOptions {
  readonly sessions: Sessions;
  readonly audit: Audit;
  readonly identityOf: IdentityOf;
}

export function serveSessions(app: FastifyInstance, { sessions, audit, identityOf }: SessionsOptions): void {
  app.get('/api/v1/sessions', async (request, reply) => {
    if (!checkIsAdmin(await identityOf(request), reply)) return reply;
    return { sessions: sessions.list() };
  });

  app.delete<{ Params: { id: string } }>('/api/v1/sessions/:id', async (request, reply) => {
    const identity = await identityOf(request);
    if (!checkIsAdmin(identity, reply)) return reply;
    const { id } = request.params;
    const kicked = sessions.list().find((session) => session.id === id);
    if (!sessions.kick(id, 'An administrator has ended this session.')) {
      return fail(reply, 404, 'NOT_FOUND', 'There is no session of this id, any more.');
    }
    const detail = { session: id, person: kicked?.person ?? '' };
    audit.note({ action: 'kicked', person: identity.person, detail, address: request.ip });
    return {};
  });
}
