// The audit log, for admins: in pages, forward from a number or the newest.

import { type DocumentName, parseDocumentName } from '@weft/protocol';
import type { FastifyInstance } from 'fastify';
import type { AuditKeeper } from '../access/audit.js';
import { showAudit } from '../access/audit-view.js';
import type { Persons } from '../access/persons.js';
import type { DocumentLog } from '../log/document-log.js';
import { badLimit, checkIsAdmin, fail, pageLength } from './answers.js';
import type { IdentityOf } from './identity-of.js';

export interface AuditOptions {
  readonly log: DocumentLog;
  readonly audit: AuditKeeper;
  readonly persons: Persons;
  readonly identityOf: IdentityOf;
}

interface AuditQuery {
  readonly after?: string;
  readonly limit?: string;
  readonly document?: string;
}

export function serveAudit(app: FastifyInstance, { log, audit, persons, identityOf }: AuditOptions): void {
  app.get<{ Querystring: AuditQuery }>('/api/v1/audit', async (request, reply) => {
    if (!checkIsAdmin(await identityOf(request), reply)) return reply;
    const { after: from, document: name } = request.query;
    const limit = pageLength(request.query.limit);
    if (limit === null) return badLimit(reply);
    if (from !== undefined && !/^\d{1,15}$/.test(from)) {
      return fail(reply, 400, 'BAD_REQUEST', 'Say after which number, or leave it out for the newest.');
    }
    let document: DocumentName | null = null;
    if (name !== undefined) {
      const parsed = parseDocumentName(name);
      if (!parsed.ok) return fail(reply, 400, 'BAD_NAME', parsed.reason);
      document = parsed.name;
    }
    return showAudit(
      await audit.read({ after: from === undefined ? null : Number(from), limit, document }),
      log,
      persons,
    );
  });
}
