// Two moments of a document, compared, for those who may write in it: what was deleted is in the answer, and whoever may only read
// was perhaps let in after somebody had taken it out.

import { Readable } from 'node:stream';
import type { FastifyInstance } from 'fastify';
import type { Persons } from '../access/persons.js';
import type { MomentName } from '../history/moments.js';
import type { Past } from '../history/past.js';
import { fail } from './answers.js';
import { momentOf } from './moment-in.js';
import { askedDocument, type PastDoorOptions } from './past-door.js';

export interface CompareOptions extends PastDoorOptions {
  readonly persons: Persons;
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
  const { persons, past } = options;

  app.get<{ Params: { '*': string }; Querystring: CompareQuery }>('/api/v1/comparisons/*', async (request, reply) => {
    const asked = await askedDocument(options, request, reply);
    if (asked === null) return reply;
    const from = wordIn(request.query.from);
    const to = request.query.to === undefined ? ({ kind: 'now' } as const) : wordIn(request.query.to);
    if (from === null || to === null) return fail(reply, 400, 'BAD_REQUEST', NO_MOMENT);
    const compared = await past.comparisons.compare(asked.document, from, to, asked.asker);
    const names = await persons.lookUp(compared.people.map(({ id }) => id));
    const people = compared.people.map((one) => ({ ...one, name: names.get(one.id)?.name ?? null }));
    if (!(await asked.mayStill())) return reply;
    const head = JSON.stringify({ from: compared.from, to: compared.to, warnings: compared.warnings, people });
    // One object of the two: the second, which may be long, is bytes and stays them.
    const pieces = [Buffer.from(`${head.slice(0, -1)},`), compared.json.subarray(1)];
    reply.header('Content-Length', pieces[0]!.length + pieces[1]!.length);
    return reply.type('application/json; charset=utf-8').send(Readable.from(pieces, { objectMode: false }));
  });
}

/** @param text a query that names something twice has a list of it */
const wordIn = (text: unknown): MomentName | null => (typeof text === 'string' ? momentOf(text) : null);
