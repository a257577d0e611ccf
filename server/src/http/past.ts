// The past of documents over HTTP: its versions, what the text was at a moment, and bringing that back, or making a document of it.

import { randomUUID } from 'node:crypto';
import { type DocumentName, parseDocumentName, type Role } from '@weft/protocol';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Audit } from '../access/audit.js';
import type { Persons } from '../access/persons.js';
import type { MomentFormat } from '../history/moments.js';
import type { Past } from '../history/past.js';
import type { Restored, RestoreWish } from '../history/restores.js';
import type { Version } from '../history/version-record.js';
import type { DocumentLog } from '../log/document-log.js';
import type { StorageHealth } from '../log/storage-health.js';
import { isReason, NO_REASON } from '../restore-reason.js';
import { messageOf, SyncError } from '../sync-error.js';
import { parseVersionId } from '../version-id.js';
import { badLimit, fail, mayNotCreate, pageLength } from './answers.js';
import { momentIn, momentText } from './moment-in.js';
import { type AskedDocument, askedDocument, mayAs, type PastDoorOptions } from './past-door.js';
import { linkOf } from './role-in.js';
import type { SharingKeeper } from './sharing.js';
import { cleanLabel } from './sharing-command.js';
import { unlessInTrouble } from './storage-trouble.js';

export interface PastOptions extends PastDoorOptions {
  readonly log: DocumentLog;
  readonly storage: StorageHealth;
  readonly audit: Audit;
  readonly persons: Persons;
  /** Null where nobody owns anything. */
  readonly sharing: Pick<SharingKeeper, 'create'> | null;
  readonly past: {
    readonly versions: Pick<Past['versions'], 'list' | 'name'>;
    readonly moments: Pick<Past['moments'], 'find' | 'render'>;
    readonly restores: Pick<Past['restores'], 'restore'>;
    readonly copies: Pick<Past['copies'], 'make' | 'fill'>;
  };
  /** Takes a document out of the data that could not be made to its end, and who owns it. */
  readonly eraseUnfinished: (document: DocumentName) => Promise<void>;
  /** Takes a sentence for whoever runs the server. */
  readonly complain: (sentence: string) => void;
}

type PastRequest = FastifyRequest<{ Params: { '*': string }; Querystring: Record<string, string>; Body: unknown }>;

const MAX_LABEL_LENGTH = 100;
/** More than any section of a document has. */
const MAX_BLOCKS = 1000;
const BLOCK_ID = /^\d{1,10}-\d{1,10}$/;
const REQUEST_ID = /^[\w-]{8,64}$/;

const contentTypes: Readonly<Record<MomentFormat, string>> = {
  json: 'application/json; charset=utf-8',
  html: 'text/html; charset=utf-8',
  markdown: 'text/markdown; charset=utf-8',
  text: 'text/plain; charset=utf-8',
  docx: 'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
  update: 'application/octet-stream',
};

export function servePast(app: FastifyInstance, options: PastOptions): void {
  const { access, audit, complain, eraseUnfinished, log, past, persons, sharing, storage } = options;

  /**
   * Writes something, unless the storage is in trouble: who was told of that asks again, and may not want it any more by then.
   * @param write is told until its end whether it still may, and whether anybody waits for it
   */
  const whileWatched = <T>(
    { identity, document }: AskedDocument,
    request: PastRequest,
    least: 'editor' | 'owner',
    write: (mayStill: () => boolean, isAwaited: () => boolean) => Promise<T>,
  ): Promise<T> =>
    unlessInTrouble(storage, async (isAwaited) => {
      let role: Role | null = null;
      const watch = await access.watch(identity, document, linkOf(request), (changed) => {
        role = changed;
      });
      role = watch.role;
      try {
        return await write(() => isAwaited() && mayAs(least, role, access), isAwaited);
      } finally {
        watch.end();
      }
    });

  app.get('/api/v1/versions/*', async (request: PastRequest, reply) => {
    const asked = await askedDocument(options, request, reply);
    if (asked === null) return reply;
    const limit = pageLength(request.query.limit);
    if (limit === null) return badLimit(reply);
    const before = request.query.before ?? null;
    if (before !== null && parseVersionId(before) === null) {
      return fail(reply, 400, 'BAD_REQUEST', 'Say before which version, by its id.');
    }
    const { versions, unreadable, next } = await past.versions.list(asked.document, { before, limit });
    return {
      versions: await shown(versions, persons),
      // Why is for whoever runs the server, who finds it with `weft verify`.
      unreadable: unreadable.map(({ id, seq }) => ({ id, seq })),
      next,
    };
  });

  app.post('/api/v1/versions/*', async (request: PastRequest, reply) => {
    const asked = await askedDocument(options, request, reply);
    if (asked === null) return reply;
    const body = bodyOf(request);
    const name = typeof body?.name === 'string' && body.name.length <= MAX_LABEL_LENGTH ? cleanLabel(body.name) : '';
    if (body === null || name === '') {
      return fail(reply, 400, 'BAD_REQUEST', `The name has to be a text of 1 to ${MAX_LABEL_LENGTH} characters.`);
    }
    const moment = momentIn(body);
    if (typeof moment === 'string') return fail(reply, 400, 'BAD_REQUEST', moment);
    const { asker, document, identity } = asked;
    const meant = await past.moments.find(document, moment ?? { kind: 'now' });
    const { person } = identity;
    const version = await whileWatched(asked, request, 'editor', async (mayStill) => {
      const made = await past.versions.name(document, meant, { name, by: person, asker, mayStill });
      audit.note({ action: 'version-named', person, document, detail: { version: made.id }, address: request.ip });
      return made;
    });
    const [named] = await shown([version], persons);
    return reply.code(201).send(named);
  });

  app.get('/api/v1/moments/*', async (request: PastRequest, reply) => {
    const asked = await askedDocument(options, request, reply);
    if (asked === null) return reply;
    const { format = 'json' } = request.query;
    const moment = momentIn(request.query);
    if (typeof moment === 'string') return fail(reply, 400, 'BAD_REQUEST', moment);
    if (!isFormat(format)) {
      const formats = Object.keys(contentTypes).join(', ');
      return fail(reply, 400, 'BAD_REQUEST', `The format has to be one of ${formats}.`);
    }
    const rendered = await past.moments.render(asked.document, moment ?? { kind: 'now' }, format, asked.asker);
    if (!(await asked.mayStill())) return reply;
    const { bytes, seq, timeMs, warnings } = rendered;
    reply.header('Content-Type', contentTypes[format]);
    // Text of writers is not to run as a page of this server.
    reply.header('Content-Disposition', 'attachment');
    reply.header('Content-Security-Policy', "default-src 'none'; sandbox");
    reply.header('Weft-Seq', seq);
    if (timeMs !== null) reply.header('Weft-Time', new Date(timeMs).toISOString());
    if (warnings.length > 0) reply.header('Weft-Warnings', warningsHeader(warnings));
    return reply.send(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength));
  });

  app.post('/api/v1/restores/*', async (request: PastRequest, reply) => {
    const asked = await askedDocument(options, request, reply, 'owner');
    if (asked === null) return reply;
    const command = readRestore(bodyOf(request));
    if (typeof command === 'string') return fail(reply, 400, 'BAD_REQUEST', command);
    const { asker, document, identity } = asked;
    const { person } = identity;
    const note = (action: 'moment-restored' | 'restore-failed', detail: Readonly<Record<string, string>>): void =>
      audit.note({ action, person, document, detail: { ...detail, reason: command.reason }, address: request.ip });
    // Watched and noted also when nobody waits for the answer any more, because the storage was in trouble.
    return whileWatched(asked, request, 'owner', async (mayStill, isAwaited) => {
      try {
        const restored = await past.restores.restore(document, { ...command, by: person, asker, mayStill });
        if (isNew(restored))
          note('moment-restored', { ...wishText(command.wish, restored), seq: String(restored.seq) });
        return restored;
      } catch (error) {
        // One that may be done all the same, `RESTORE_UNKNOWN`, is noted as done when it is asked for again.
        note('restore-failed', {
          ...wishText(command.wish),
          why: !isAwaited() ? 'NOT_SAVED' : error instanceof SyncError ? error.code : 'INTERNAL',
        });
        throw error;
      }
    });
  });

  app.post('/api/v1/copies/*', async (request: PastRequest, reply) => {
    const asked = await askedDocument(options, request, reply);
    if (asked === null) return reply;
    const body = bodyOf(request) ?? {};
    const moment = momentIn(body);
    if (typeof moment === 'string') return fail(reply, 400, 'BAD_REQUEST', moment);
    const { name: wanted = null } = body;
    if (wanted !== null && typeof wanted !== 'string') {
      return fail(reply, 400, 'BAD_NAME', 'The name of a document has to be a text.');
    }
    const parsed = parseDocumentName(wanted ?? randomUUID());
    if (!parsed.ok) return fail(reply, 400, 'BAD_NAME', parsed.reason);
    const { name } = parsed;
    const { asker, document, identity } = asked;
    const { person } = identity;
    const mayCreate = (): boolean => access.mayCreate(identity, wanted === null ? null : name);
    if (!mayCreate()) return mayNotCreate(reply, wanted !== null);
    // Before there is a document to write it into: most of what can fail fails here.
    const copied = await past.copies.make(document, moment ?? { kind: 'now' }, asker);
    if (!(await asked.mayStill())) return reply;
    if (!mayCreate()) return mayNotCreate(reply, wanted !== null);
    const isMade = await unlessInTrouble(storage, async () => {
      if (!(await log.createDocument(name, Date.now()))) return false;
      try {
        if (sharing && person !== '') await sharing.create(name, identity);
        await past.copies.fill(name, copied, person);
      } catch (error) {
        await eraseUnfinished(name).catch((fault: unknown) =>
          complain(`"${name}" is a copy that was not finished, and could not be erased: ${messageOf(fault)}`),
        );
        throw error;
      }
      audit.note({ action: 'document-created', person, document: name, address: request.ip });
      return true;
    });
    if (!isMade) return fail(reply, 409, 'EXISTS', `There is a document named "${name}" already.`);
    return reply.code(201).send({ name, seq: copied.seq });
  });
}

/** Of all headers of an answer many programs take 16 KiB, and a document names as much in it as its writers like. */
const MAX_WARNINGS_LENGTH = 4096;

/** Those that there is room for, and how many there are besides. */
function warningsHeader(warnings: readonly string[]): string {
  const told: string[] = [];
  const inHeader = (more: readonly string[]): string => encodeURIComponent(JSON.stringify([...told, ...more]));
  for (const [index, warning] of warnings.entries()) {
    const others = warnings.length - index;
    if (inHeader([warning, `There are ${others} more.`]).length > MAX_WARNINGS_LENGTH)
      return inHeader([`There are ${others} more.`]);
    told.push(warning);
  }
  return inHeader([]);
}

const isNew = ({ seq, wasDone }: Restored): boolean => seq !== null && !wasDone;

const isFormat = (format: string): format is MomentFormat => Object.hasOwn(contentTypes, format);

function bodyOf({ body }: PastRequest): Readonly<Record<string, unknown>> | null {
  return typeof body === 'object' && body !== null && !Array.isArray(body) ? (body as Record<string, unknown>) : null;
}

/** @returns what is wrong with it, in a sentence, when it cannot be read */
function readRestore(body: Readonly<Record<string, unknown>> | null) {
  if (body === null) return 'The body has to be an object.';
  const { request, reason = '' } = body;
  const wish = readWish(body);
  if (typeof wish === 'string') return wish;
  if (typeof request !== 'string' || !REQUEST_ID.test(request)) {
    return 'The request has to have an id of its own, of 8 to 64 letters, digits, - and _: sent again, nothing is done twice.';
  }
  if (!isReason(reason)) return NO_REASON;
  return { wish, requestId: request, reason: cleanLabel(reason) };
}

function readWish(body: Readonly<Record<string, unknown>>): RestoreWish | string {
  const { undo = null, blocks = null } = body;
  const to = momentIn(body);
  if (typeof to === 'string') return to;
  if (to === null && undo === null) return 'Say which moment: a version, a seq or a time; or which restore to undo.';
  if (blocks !== null) {
    if (to === null || undo !== null) return 'Say of which moment the blocks are, and nothing to undo.';
    if (areBlocks(blocks)) return { kind: 'part', to, blocks };
    return `The blocks have to be a list of 1 to ${MAX_BLOCKS} ids, as comparisons have them.`;
  }
  if (undo === null) return { kind: 'moment', to: to! };
  if (to !== null) return 'Say a moment, or which restore to undo, and not both.';
  if (!Number.isSafeInteger(undo) || (undo as number) < 1)
    return 'The restore to undo has to be the number of its entry.';
  return { kind: 'undo', seq: undo as number };
}

const areBlocks = (blocks: unknown): blocks is string[] =>
  Array.isArray(blocks) &&
  blocks.length > 0 &&
  blocks.length <= MAX_BLOCKS &&
  blocks.every((id) => typeof id === 'string' && BLOCK_ID.test(id));

/** For the audit log. @param restored what came of it, where that is known */
function wishText(wish: RestoreWish, restored?: Restored): Readonly<Record<string, string>> {
  if (wish.kind === 'undo') return { undo: String(wish.seq) };
  const to = restored ? String(restored.to) : momentText(wish.to);
  return wish.kind === 'part' ? { to, blocks: String(wish.blocks.length) } : { to };
}

/** As it is told, with the names of people. */
async function shown(versions: readonly Version[], persons: Persons): Promise<object[]> {
  const known = await persons.lookUp(versions.flatMap(({ by, people }) => [by, ...people]));
  const named = (person: string) => ({ person, name: known.get(person)?.name ?? null });
  return versions.map(({ by, people, changes, link: _, ...rest }) => ({
    ...rest,
    by: by === '' ? null : named(by),
    people: people.map(named),
    inserted: changes?.inserted ?? null,
    deleted: changes?.deleted ?? null,
  }));
}
