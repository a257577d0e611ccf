// Two moments of a document, compared, for those who may write in it: what was deleted is in the answer, and whoever may only read
// was perhaps let in after somebody had taken it out.

import type { FastifyInstance } from 'fastify';
import type { Access } from '../access/access.js';
import type { Persons } from '../access/persons.js';
import { isAtLeast } from '../access/role-patterns.js';
import type { MomentName } from '../history/moments.js';
import type { Past } from '../history/past.js';
import type { DocumentLog } from '../log/document-log.js';
import { fail, nameIn, notFound } from './answers.js';
import type { IdentityOf } from './identity-of.js';
import { momentOf } from './moment-in.js';
import { linkOf, roleIn } from './role-in.js';

export interface CompareOptions {
  readonly log: DocumentLog;
  readonly access: Access;
  readonly persons: Persons;
  readonly identityOf: IdentityOf;
  readonly past: { readonly comparisons: Pick<Past['comparisons'], 'compare'> };
}

interface CompareQuery {
  readonly from?: string;
  readonly to?: string;
}

const NO_MOMENT =
  'Say from which moment, and up to which: each is the id of a version, the number of an entry, or a time with its zone, as in ' +
  '2026-11-21T14:05:00Z.';

export function serveCompare(app: FastifyInstance, options: CompareOptions): void {
  const { log, access, persons, identityOf, past } = options;

  app.get<{ Params: { '*': string }; Querystring: CompareQuery }>('/api/v1/comparisons/*', async (request, reply) => {
    const document = nameIn(request.params['*'], reply);
    if (document === null) return reply;
    const from = momentIn(request.query.from);
    const to = request.query.to === undefined ? ({ kind: 'now' } as const) : momentIn(request.query.to);
    if (from === null || to === null) return fail(reply, 400, 'BAD_REQUEST', NO_MOMENT);
    const role = await roleIn(access, await identityOf(request), document, linkOf(request));
    // For those without a role nobody looks.
    if (role === null || (await log.document(document)) === null) return notFound(reply);
    if (!isAtLeast(role, 'editor')) return fail(reply, 403, 'EDITORS_ONLY', NOT_THE_PAST);
    const compared = await past.comparisons.compare(document, from, to);
    const names = await persons.lookUp(compared.people.map(({ id }) => id));
    const people = compared.people.map((one) => ({ ...one, name: names.get(one.id)?.name ?? null }));
    const head = JSON.stringify({ from: compared.from, to: compared.to, people });
    return reply.type('application/json; charset=utf-8').send(`${head.slice(0, -1)},${compared.json.slice(1)}`);
  });
}

const NOT_THE_PAST = 'You may read this document as it is, and not what it was before. Ask its owner.';

/** @param text a query that names something twice has a list of it */
const momentIn = (text: unknown): MomentName | null => (typeof text === 'string' ? momentOf(text) : null);
