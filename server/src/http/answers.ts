// What every part of the HTTP API says in the same way: errors, `{ error: { code, message } }`, and pages of long lists.

import type { DocumentName } from '@weft/protocol';
import { parseDocumentName } from '@weft/protocol';
import type { FastifyReply } from 'fastify';
import type { Identity } from '../access/identity.js';
import { isAdmin } from '../access/identity.js';
import type { SyncError, SyncErrorCode } from '../sync-error.js';

export function fail(reply: FastifyReply, status: number, code: string, message: string): FastifyReply {
  return reply.code(status).send({ error: { code, message } });
}

/** One sentence for every reason: whether there is a document is not told to those who may not know. */
export const notFound = (reply: FastifyReply): FastifyReply =>
  fail(reply, 404, 'NOT_FOUND', 'There is no document of this name, or you may not open it.');

/** @param hasName  whether one was asked for */
export function mayNotCreate(reply: FastifyReply, hasName: boolean): FastifyReply {
  const message = hasName
    ? 'You may not make a document of this name. Leave the name out, and the server chooses one, if you may make any.'
    : 'You may not make documents here. Sign in, or ask whoever runs this server.';
  return fail(reply, 403, 'MAY_NOT_CREATE', message);
}

/** What fails in access is told to who asked; everything else that is thrown is a fault of ours. */
const statuses: Partial<Record<SyncErrorCode, number>> = {
  UNAUTHORIZED: 401,
  NO_ACCESS: 404,
  IN_TRASH: 404,
  NOT_IN_TRASH: 409,
  BAD_SHARING: 400,
  BAD_REQUEST: 400,
  TOO_MANY: 429,
  TOO_MANY_NAMES: 409,
  NO_SUCH_ENTRY: 404,
  NO_SUCH_BLOCK: 404,
  BEFORE_BEGINNING: 404,
  PAST_TRIMMED: 410,
  NO_SUCH_VERSION: 404,
  TOO_LARGE: 413,
  RESTORE_REFUSED: 409,
  CHANNEL_REPLACED: 409,
  SEVERAL_SERVERS: 409,
};
export const statusOf = ({ code }: SyncError): number | null => statuses[code] ?? null;

/** A name out of a path, or null once it was refused. */
export function nameIn(text: string, reply: FastifyReply): DocumentName | null {
  const parsed = parseDocumentName(text);
  if (parsed.ok) return parsed.name;
  fail(reply, 400, 'BAD_NAME', parsed.reason);
  return null;
}

/** @returns false once it was refused */
export function checkIsAdmin(identity: Identity, reply: FastifyReply): boolean {
  if (isAdmin(identity)) return true;
  fail(reply, 403, 'ADMINS_ONLY', 'This is for administrators. Show the admin token, or sign in as one.');
  return false;
}

const DEFAULT_PAGE = 100;
const LONGEST_PAGE = 1000;

/** @returns how many are asked for; null when that is no number from 1 to 1000 */
export function pageLength(limit: string | undefined): number | null {
  if (limit === undefined) return DEFAULT_PAGE;
  const wanted = /^\d{1,4}$/.test(limit) ? Number(limit) : 0;
  return wanted >= 1 && wanted <= LONGEST_PAGE ? wanted : null;
}

export const badLimit = (reply: FastifyReply): FastifyReply =>
  fail(reply, 400, 'BAD_REQUEST', `The limit has to be a number from 1 to ${LONGEST_PAGE}.`);
