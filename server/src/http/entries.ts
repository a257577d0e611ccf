// The log of a document for whoever plays its life, a page at a time, for those who may write in it: what was deleted is in it, and
// whoever may only read was perhaps let in after somebody had taken it out.

import { Readable } from 'node:stream';
import type { FastifyInstance } from 'fastify';
import type { Persons } from '../access/persons.js';
import type { Past } from '../history/past.js';
import { fail } from './answers.js';
import { askedDocument, type PastDoorOptions } from './past-door.js';

export interface EntriesOptions extends PastDoorOptions {
  readonly persons: Persons;
  readonly past: { readonly entryPages: Pick<Past['entryPages'], 'read'> };
}

interface EntriesQuery {
  readonly after?: unknown;
  readonly epoch?: unknown;
}

const NUMBER = /^\d{1,15}$/;

export function serveEntries(app: FastifyInstance, options: EntriesOptions): void {
  const { persons, past } = options;

  app.get<{ Params: { '*': string }; Querystring: EntriesQuery }>('/api/v1/entries/*', async (request, reply) => {
    const asked = await askedDocument(options, request, reply);
    if (asked === null) return reply;
    const after = numberIn(request.query.after, 0);
    const epoch = numberIn(request.query.epoch, null);
    if (after === undefined || epoch === undefined) {
      return fail(reply, 400, 'BAD_REQUEST', 'Say after which entry, and of which epoch, by their numbers.');
    }
    const { people, packed, ...page } = await past.entryPages.read(asked.document, { after, epoch }, asked.asker);
    const names = await persons.lookUp(people);
    const named = people.map((person) => ({ person, name: names.get(person)?.name ?? null }));
    if (!(await asked.mayStill())) return reply;
    const head = Buffer.from(`${JSON.stringify({ ...page, people: named })}\n`);
    reply.header('Content-Length', head.length + packed.length);
    reply.header('Content-Disposition', 'attachment');
    return reply.type('application/octet-stream').send(Readable.from([head, packed], { objectMode: false }));
  });
}

/** @returns undefined when it is none */
function numberIn<T>(value: unknown, otherwise: T): number | T | undefined {
  if (value === undefined) return otherwise;
  return typeof value === 'string' && NUMBER.test(value) ? Number(value) : undefined;
}
