// Ending what somebody was given, for admins: everything of a person until now, or one token by its id.

import type { FastifyInstance } from 'fastify';
import type { Audit } from '../access/audit.js';
import { tokenIdOf } from '../access/identity.js';
import type { Revocations, Target } from '../access/revocations.js';
import type { StorageHealth } from '../log/storage-health.js';
import { checkIsAdmin, fail } from './answers.js';
import type { IdentityOf } from './identity-of.js';
import { unlessInTrouble } from './storage-trouble.js';

export interface RevocationsOptions {
  readonly revocations: Pick<Revocations, 'revoke'>;
  readonly storage: StorageHealth;
  readonly audit: Audit;
  readonly identityOf: IdentityOf;
}

const personId = /^[ug]-[\w-]{22}$/;
const tokenId = /^[ts]-[\w-]{22}$/;
const MAX_TEXT_CHARACTERS = 1000;

export function serveRevocations(app: FastifyInstance, options: RevocationsOptions): void {
  const { revocations, storage, audit, identityOf } = options;

  app.post<{ Body: unknown }>('/api/v1/revocations', async (request, reply) => {
    const identity = await identityOf(request);
    if (!checkIsAdmin(identity, reply)) return reply;
    const target = targetIn(request.body);
    if (target === null) {
      const how = '{ "person": "u-…" }, { "token": "t-…" }, or { "issuer": …, "jti": … }';
      return fail(reply, 400, 'BAD_REQUEST', `Say what to revoke: ${how}.`);
    }
    // It holds from here on, also when it cannot be written now: then that is said, and it has to be asked for again.
    const revoked = revocations.revoke(target);
    revoked.catch(() => undefined);
    const { person } = identity;
    audit.note({ action: 'revoked', person, detail: { ...target }, address: request.visitor.address });
    await unlessInTrouble(storage, () => revoked);
    return {};
  });
}

function targetIn(body: unknown): Target | null {
  const { person, token, issuer, jti, ...rest } = Object(body) as Record<string, unknown>;
  if (Object.keys(rest).length > 0 || [person, token, issuer ?? jti].filter((one) => one !== undefined).length !== 1) {
    return null;
  }
  if (isText(person) && personId.test(person)) return { person };
  if (isText(token) && tokenId.test(token)) return { tokenId: token };
  return isText(issuer) && isText(jti) ? { tokenId: tokenIdOf(issuer, jti) } : null;
}

const isText = (value: unknown): value is string =>
  typeof value === 'string' && value.length > 0 && value.length <= MAX_TEXT_CHARACTERS;
