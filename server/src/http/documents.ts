// The documents: a list of those one may read, one of them, and a new one. Whether a document is there or is kept from
// somebody makes no difference to what they are answered, nor to what is done for the answer.

import { randomUUID } from 'node:crypto';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { parseDocumentName } from '@weft/protocol';
import type { FastifyInstance } from 'fastify';
import type { Access } from '../access/access.js';
import type { Audit } from '../access/audit.js';
import type { DocumentInfo, DocumentLog } from '../log/document-log.js';
import type { StorageHealth } from '../log/storage-health.js';
import { badLimit, fail, mayNotCreate, nameIn, notFound, pageLength } from './answers.js';
import type { IdentityOf } from './identity-of.js';
import { PageCursors, type Place } from './page-cursors.js';
import { mayAs } from './past-door.js';
import { linkOf, roleIn, standingIn } from './role-in.js';
import { SharedRead } from './shared-read.js';
import type { SharingKeeper } from './sharing.js';
import { unlessInTrouble } from './storage-trouble.js';
import { type HttpTrash, shownTrashed } from './trash.js';

export interface DocumentsOptions {
  readonly log: DocumentLog;
  readonly storage: StorageHealth;
  readonly access: Access;
  readonly audit: Audit;
  readonly identityOf: IdentityOf;
  /** Null where nobody owns anything. */
  readonly sharing: SharingKeeper | null;
  readonly trash: HttpTrash;
}

/** Documents that one request looks at, to find those somebody may read: of more it tells in the next page. */
const LOOKED_AT = 2000;
/** Of those, so many at a time. */
const AT_ONCE = 50;

interface ListQuery {
  readonly limit?: string;
  readonly after?: string;
  /** `trash`: what is there of one's own; left out: what one may read. */
  readonly in?: string;
}

export function serveDocuments(app: FastifyInstance, options: DocumentsOptions): void {
  const { log, storage, access, audit, identityOf, sharing, trash } = options;

  // Of ten thousand it takes a fifth of a second, and anybody may ask.
  const newest = new SharedRead(async () => (await log.documents()).sort(newestFirst));

  const cursors = new PageCursors();
  // One page at a time, each in a turn of its own: some 10 ms each, anybody may ask for hundreds, and others wait meanwhile.
  let lastPage: Promise<unknown> = Promise.resolve();
  const inTurn = <T>(makePage: () => Promise<T>): Promise<T> => {
    const page = lastPage.then(() => nextTurn()).then(makePage);
    lastPage = page.catch(() => undefined);
    return page;
  };

  app.get<{ Querystring: ListQuery }>('/api/v1/documents', async (request, reply) => {
    const limit = pageLength(request.query.limit);
    if (limit === null) return badLimit(reply);
    const after = request.query.after === undefined ? null : cursors.read(request.query.after);
    if (after === undefined) return fail(reply, 400, 'BAD_REQUEST', 'Say after what "next" said, and nothing else.');
    if (request.query.in !== undefined && request.query.in !== 'trash') {
      return fail(reply, 400, 'BAD_REQUEST', 'Say "in=trash" for those in the trash, or leave "in" out.');
    }
    const inTrash = request.query.in === 'trash';
    const identity = await identityOf(request);
    const show: Show = async (info) => {
      const { role, trashedRole } = await standingIn(access, identity, info.name);
      if (!inTrash) return role && { ...info, role };
      const trashed = mayAs('owner', trashedRole, access) ? await trash.bin.read(info.name) : null;
      return trashed && { ...info, role: trashedRole, ...shownTrashed(trashed, trash) };
    };
    const all = await newest.get();
    const { documents, end } = await inTurn(() => {
      const rest = after === null ? all : all.filter((info) => newestFirst(after, info) < 0);
      return shown(rest, limit, show);
    });
    return { documents, next: end && cursors.write(end) };
  });

  app.post<{ Body: unknown }>('/api/v1/documents', async (request, reply) => {
    const wanted = wantedName(request.body);
    if (wanted === undefined) return fail(reply, 400, 'BAD_NAME', 'The name of a document has to be a text.');
    const parsed = parseDocumentName(wanted ?? randomUUID());
    if (!parsed.ok) return fail(reply, 400, 'BAD_NAME', parsed.reason);
    const { name } = parsed;
    const identity = await identityOf(request);
    // Before anything is looked up: who may not make one learns nothing of those there are.
    if (!access.mayCreate(identity, wanted === null ? null : name)) {
      return mayNotCreate(reply, wanted !== null);
    }
    const isNew = await unlessInTrouble(storage, async () => {
      const created = await log.createDocument(name, Date.now());
      if (created && sharing && identity.person !== '') await sharing.create(name, identity);
      return created;
    });
    if (!isNew) return fail(reply, 409, 'EXISTS', `There is a document named "${name}" already.`);
    audit.note({ action: 'document-created', person: identity.person, document: name, address: request.ip });
    return reply.code(201).send({ name });
  });

  app.get<{ Params: { '*': string } }>('/api/v1/documents/*', async (request, reply) => {
    const name = nameIn(request.params['*'], reply);
    if (name === null) return reply;
    const identity = await identityOf(request);
    const role = await roleIn(access, identity, name, linkOf(request));
    // To find one takes longer than to find none: for those without a role nobody looks.
    const info = role === null ? null : await log.document(name);
    return role === null || info === null ? notFound(reply) : { ...info, role };
  });
}

/** Of documents changed in the same millisecond the names decide. */
const newestFirst = (a: Place, b: Place): number =>
  b.updatedAtMs - a.updatedAtMs || (a.name < b.name ? -1 : +(a.name > b.name));

/** What somebody is told of a document; null: nothing. */
type Show = (info: DocumentInfo) => Promise<object | null>;

/** The first of `infos` that are shown to somebody, and the last one looked at when there are more. */
async function shown(infos: readonly DocumentInfo[], limit: number, show: Show) {
  const documents = [];
  let at = 0;
  for (const end = Math.min(infos.length, LOOKED_AT); at < end && documents.length < limit; ) {
    const some = infos.slice(at, Math.min(end, at + AT_ONCE));
    for (const one of await Promise.all(some.map(show))) {
      if (documents.length === limit) break;
      at += 1;
      if (one !== null) documents.push(one);
    }
  }
  return { documents, end: at < infos.length ? infos[at - 1]! : null };
}

/** @returns null when no name is asked for, undefined when it is no text */
function wantedName(body: unknown): string | null | undefined {
  const name = typeof body === 'object' && body !== null ? (body as { name?: unknown }).name : undefined;
  if (name === undefined || name === null) return null;
  return typeof name === 'string' ? name : undefined;
}
