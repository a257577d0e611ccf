// How long the past of a document is kept, and taking some of it out now: for its owner and for admins.

import type { DocumentName } from '@weft/protocol';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Audit } from '../access/audit.js';
import { keptDetail, trimmedDetail } from '../access/past-audit.js';
import { isKeepDays, isKeptVersions, type KeptVersions, MAX_KEEP_DAYS, STILL_TO_COME } from '../keep-days.js';
import type { StorageHealth } from '../log/storage-health.js';
import { Turns } from '../turns.js';
import { fail } from './answers.js';
import { momentIn } from './moment-in.js';
import type { PastDoorOptions } from './past-door.js';
import { askedByOwner, bodyOf, isConfirmed, type TakenPast, toldPast } from './past-owner.js';
import { unlessInTrouble } from './storage-trouble.js';

interface Extent {
  readonly entries: number;
  readonly sinceMs: number | null;
}

/** What is left out stays as it is. */
interface WantedKeeping {
  /** null: as long as the server says. */
  readonly days?: number | null;
  readonly versions?: KeptVersions;
}

export interface TrimsOptions extends PastDoorOptions {
  readonly audit: Audit;
  readonly storage: StorageHealth;
  readonly trims: {
    extent(document: DocumentName): Promise<Extent>;
    plan(document: DocumentName, beforeMs: number): Promise<TakenPast>;
    carryOut(plans: readonly { readonly document: DocumentName; readonly beforeMs: number }[]): Promise<void>;
  };
  readonly keeping: {
    of(document: DocumentName): Promise<{
      readonly ofDocument: number | null;
      readonly versions: KeptVersions;
      readonly ofServer: number | null;
    }>;
    keep(document: DocumentName, wanted: WantedKeeping): Promise<void>;
  };
}

type TrimRequest = FastifyRequest<{ Params: { '*': string }; Querystring: Record<string, string>; Body: unknown }>;

export function serveTrims(app: FastifyInstance, options: TrimsOptions): void {
  const { audit, keeping, storage, trims } = options;
  // It reads much, and everybody waits a moment when the files are swept.
  const turns = new Turns({ atOnce: 1, maxWaiting: 50, maxWaitingForOne: 2 });

  app.get('/api/v1/trims/*', async (request: TrimRequest, reply) => {
    const asked = await askedByOwner(options, request, reply);
    if (asked === null) return reply;
    const beforeMs = timeIn(request.query);
    if (typeof beforeMs === 'string') return fail(reply, 400, 'BAD_REQUEST', beforeMs);
    const plan = await turns.run(() => trims.plan(asked.document, beforeMs), asked.asker);
    return (await asked.mayStill()) ? toldPast(plan) : reply;
  });

  app.post('/api/v1/trims/*', async (request: TrimRequest, reply) => {
    const asked = await askedByOwner(options, request, reply);
    if (asked === null) return reply;
    const { document, identity } = asked;
    const body = bodyOf(request);
    const beforeMs = timeIn(body);
    if (typeof beforeMs === 'string') return fail(reply, 400, 'BAD_REQUEST', beforeMs);
    if (!isConfirmed(body, asked, reply)) return reply;
    const trim = async (): Promise<TakenPast | null> => {
      const plan = await trims.plan(document, beforeMs);
      // Who waited for a turn may have lost the right.
      if (!(await asked.mayStill())) return null;
      if (plan.entries === 0) return plan;
      await trims.carryOut([{ document, beforeMs }]);
      const detail = trimmedDetail(beforeMs, plan);
      audit.note({ action: 'past-trimmed', person: identity.person, document, detail, address: request.ip });
      return plan;
    };
    const trimmed = await unlessInTrouble(storage, () => turns.run(trim, asked.asker));
    return trimmed === null ? reply : toldPast(trimmed);
  });

  const toldKeeping = async (document: DocumentName): Promise<object> => {
    const { ofDocument, ofServer, versions } = await keeping.of(document);
    const { entries, sinceMs } = await trims.extent(document);
    return { days: ofDocument, daysOfServer: ofServer, versions, entries, sinceMs };
  };

  app.get('/api/v1/keeping/*', async (request: TrimRequest, reply) => {
    const asked = await askedByOwner(options, request, reply);
    return asked === null ? reply : toldKeeping(asked.document);
  });

  app.post('/api/v1/keeping/*', async (request: TrimRequest, reply) => {
    const asked = await askedByOwner(options, request, reply);
    if (asked === null) return reply;
    const { document, identity } = asked;
    const wanted = keepingIn(bodyOf(request));
    if (typeof wanted === 'string') return fail(reply, 400, 'BAD_REQUEST', wanted);
    if (!(await asked.mayStill())) return reply;
    await unlessInTrouble(storage, () => keeping.keep(document, wanted));
    const detail = keptDetail(wanted);
    audit.note({ action: 'past-kept-for', person: identity.person, document, detail, address: request.ip });
    return toldKeeping(document);
  });
}

/** @returns what is wrong with it, in a sentence */
function keepingIn({ days, versions }: Readonly<Record<string, unknown>>): WantedKeeping | string {
  if (days === undefined && versions === undefined) return 'Say "days" or "versions", or both.';
  if (days !== undefined && days !== null && !isKeepDays(days)) {
    return `Say for how many days, from 1 to ${MAX_KEEP_DAYS}, or null.`;
  }
  if (versions !== undefined && !isKeptVersions(versions)) {
    return 'Of versions "all" are kept, or they are "thinned".';
  }
  return { ...(days !== undefined && { days }), ...(versions !== undefined && { versions }) };
}

/** @returns what is wrong with it, in a sentence */
function timeIn(input: Readonly<Record<string, unknown>>): number | string {
  const moment = momentIn({ time: input.before });
  if (typeof moment === 'string') return moment;
  if (moment?.kind !== 'time') return 'Say with "before" what is to go: a time.';
  return moment.timeMs <= Date.now() ? moment.timeMs : STILL_TO_COME;
}
