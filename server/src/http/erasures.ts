// Erasing what was deleted in a document for good, and its past with it: for its owner and for admins.

import type { DocumentName } from '@weft/protocol';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Audit } from '../access/audit.js';
import { erasedDetail } from '../access/past-audit.js';
import type { StorageHealth } from '../log/storage-health.js';
import { Turns } from '../turns.js';
import type { PastDoorOptions } from './past-door.js';
import { askedByOwner, bodyOf, isConfirmed, type TakenPast, toldPast } from './past-owner.js';
import { unlessInTrouble } from './storage-trouble.js';

/** Where files and backups lie is for whoever runs the server to know. */
interface Erasure extends TakenPast {
  readonly document: DocumentName;
  readonly replacedFiles: readonly string[];
  readonly backups: readonly { readonly lastMs: number }[];
  readonly isNothing: boolean;
}

export interface ErasuresOptions extends PastDoorOptions {
  readonly audit: Audit;
  readonly storage: StorageHealth;
  readonly deleted: {
    plan(document: DocumentName): Promise<Erasure>;
    erase(plan: Erasure, wish: { readonly signal: AbortSignal }): Promise<void>;
  };
}

type ErasureRequest = FastifyRequest<{ Params: { '*': string }; Body: unknown }>;

export function serveErasures(app: FastifyInstance, options: ErasuresOptions): void {
  const { audit, deleted, storage } = options;
  const turns = new Turns({ atOnce: 1, maxWaiting: 50, maxWaitingForOne: 2 });

  app.get('/api/v1/erasures/*', async (request: ErasureRequest, reply) => {
    const asked = await askedByOwner(options, request, reply);
    if (asked === null) return reply;
    const plan = await turns.run(() => deleted.plan(asked.document), asked.asker);
    return (await asked.mayStill()) ? told(plan) : reply;
  });

  app.post('/api/v1/erasures/*', async (request: ErasureRequest, reply) => {
    const asked = await askedByOwner(options, request, reply);
    if (asked === null || !isConfirmed(bodyOf(request), asked, reply)) return reply;
    const { document, identity } = asked;
    const erase = async (): Promise<Erasure | null> => {
      const plan = await deleted.plan(document);
      // Who waited for a turn may have lost the right.
      if (!(await asked.mayStill())) return null;
      await deleted.erase(plan, new AbortController());
      if (plan.isNothing) return plan;
      const detail = erasedDetail(plan);
      audit.note({ action: 'deleted-erased', person: identity.person, document, detail, address: request.ip });
      return plan;
    };
    const erased = await unlessInTrouble(storage, () => turns.run(erase, asked.asker));
    return erased === null ? reply : told(erased);
  });
}

const told = (plan: Erasure): object => ({
  ...toldPast(plan),
  nothing: plan.isNothing,
  replacedFiles: plan.replacedFiles.length,
  backups: plan.backups.map(({ lastMs }) => ({ lastMs })),
});
