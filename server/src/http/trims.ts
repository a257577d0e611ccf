// How long the past of a document is kept, and taking some of it out now: for its owner and for admins. What goes is told before,
// and taken out only where the name of the document is given once more. Where nobody owns anything, whoever comes along cannot take
// out what others wrote: whoever runs the server can, with weft trim.

import type { DocumentName } from '@weft/protocol';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Audit } from '../access/audit.js';
import { isKeepDays, MAX_KEEP_DAYS } from '../keep-days.js';
import type { StorageHealth } from '../log/storage-health.js';
import { Turns } from '../turns.js';
import { fail } from './answers.js';
import { momentIn } from './moment-in.js';
import { type AskedDocument, askedDocument, type PastDoorOptions, type RequestOfDocument } from './past-door.js';
import { unlessInTrouble } from './storage-trouble.js';

/** What would go, or went. */
export interface TrimmedPast {
  readonly entries: number;
  readonly newestMs: number | null;
  readonly versions: number;
  readonly named: readonly { readonly id: string; readonly name: string; readonly timeMs: number }[];
}

export interface TrimsOptions extends PastDoorOptions {
  readonly audit: Audit;
  readonly storage: StorageHealth;
  readonly trims: {
    plan(document: DocumentName, beforeMs: number): Promise<TrimmedPast>;
    carryOut(plans: readonly { readonly document: DocumentName; readonly beforeMs: number }[]): Promise<void>;
  };
  readonly keeping: {
    daysOf(document: DocumentName): Promise<{ readonly ofDocument: number | null; readonly ofServer: number | null }>;
    keep(document: DocumentName, days: number | null): Promise<void>;
  };
}

type TrimRequest = FastifyRequest<{ Params: { '*': string }; Querystring: Record<string, string>; Body: unknown }>;

export function serveTrims(app: FastifyInstance, options: TrimsOptions): void {
  const { access, audit, keeping, storage, trims } = options;
  // It reads much, and everybody waits a moment when the files are swept.
  const turns = new Turns({ atOnce: 1, maxWaiting: 50, maxWaitingForOne: 2 });

  const askedByOwner = async (request: RequestOfDocument, reply: FastifyReply): Promise<AskedDocument | null> => {
    const asked = await askedDocument(options, request, reply, 'owner');
    if (asked === null || !access.isOpen) return asked;
    fail(reply, 403, 'OWNERS_ONLY', 'Nobody owns documents here: whoever runs the server trims them, with weft trim.');
    return null;
  };

  app.get('/api/v1/trims/*', async (request: TrimRequest, reply) => {
    const asked = await askedByOwner(request, reply);
    if (asked === null) return reply;
    const beforeMs = timeIn(request.query);
    if (typeof beforeMs === 'string') return fail(reply, 400, 'BAD_REQUEST', beforeMs);
    const plan = await turns.run(() => trims.plan(asked.document, beforeMs), asked.asker);
    return (await asked.mayStill()) ? told(plan) : reply;
  });

  app.post('/api/v1/trims/*', async (request: TrimRequest, reply) => {
    const asked = await askedByOwner(request, reply);
    if (asked === null) return reply;
    const { document, identity } = asked;
    const body = bodyOf(request);
    const beforeMs = timeIn(body);
    if (typeof beforeMs === 'string') return fail(reply, 400, 'BAD_REQUEST', beforeMs);
    if (body.confirm !== document) {
      return fail(reply, 400, 'NOT_CONFIRMED', 'This cannot be undone. Say the name of the document in "confirm".');
    }
    const trim = async (): Promise<TrimmedPast | null> => {
      const plan = await trims.plan(document, beforeMs);
      // Who waited for a turn may have lost the right.
      if (!(await asked.mayStill())) return null;
      if (plan.entries === 0) return plan;
      await trims.carryOut([{ document, beforeMs }]);
      const before = new Date(beforeMs).toISOString();
      const detail = { before, entries: String(plan.entries), versions: String(plan.versions) };
      audit.note({ action: 'past-trimmed', person: identity.person, document, detail, address: request.ip });
      return plan;
    };
    const trimmed = await unlessInTrouble(storage, () => turns.run(trim, asked.asker));
    return trimmed === null ? reply : told(trimmed);
  });

  app.get('/api/v1/keeping/*', async (request: TrimRequest, reply) => {
    const asked = await askedByOwner(request, reply);
    return asked === null ? reply : toldKeeping(await keeping.daysOf(asked.document));
  });

  app.post('/api/v1/keeping/*', async (request: TrimRequest, reply) => {
    const asked = await askedByOwner(request, reply);
    if (asked === null) return reply;
    const { document, identity } = asked;
    const { days } = bodyOf(request);
    if (days !== null && !isKeepDays(days)) {
      return fail(reply, 400, 'BAD_REQUEST', `Say for how many days, from 1 to ${MAX_KEEP_DAYS}, or null.`);
    }
    if (!(await asked.mayStill())) return reply;
    await unlessInTrouble(storage, () => keeping.keep(document, days));
    const detail = { days: days === null ? 'all' : String(days) };
    audit.note({ action: 'past-kept-for', person: identity.person, document, detail, address: request.ip });
    return toldKeeping(await keeping.daysOf(document));
  });
}

const told = ({ entries, newestMs, versions, named }: TrimmedPast): object => ({ entries, newestMs, versions, named });

const toldKeeping = (kept: { readonly ofDocument: number | null; readonly ofServer: number | null }): object => ({
  days: kept.ofDocument,
  daysOfServer: kept.ofServer,
});

function bodyOf({ body }: TrimRequest): Readonly<Record<string, unknown>> {
  return typeof body === 'object' && body !== null && !Array.isArray(body) ? (body as Record<string, unknown>) : {};
}

/** @returns what is wrong with it, in a sentence */
function timeIn(input: Readonly<Record<string, unknown>>): number | string {
  const moment = momentIn({ time: input.before });
  if (typeof moment === 'string') return moment;
  if (moment?.kind !== 'time') return 'Say with "before" what is to go: a time.';
  return moment.timeMs <= Date.now()
    ? moment.timeMs
    : 'That moment is still to come: nobody knows yet what lies before it.';
}
