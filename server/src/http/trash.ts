// The trash of documents: put there by an owner, brought back with everything, or erased for good. Where nobody owns anything everybody
// may put something there and bring it back; erasing what others wrote is for whoever runs the server.

import type { DocumentName } from '@weft/protocol';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Access } from '../access/access.js';
import { notInTrash } from '../access/access-errors.js';
import type { Audit } from '../access/audit.js';
import type { AccessParts } from '../access/create-access.js';
import type { Identity } from '../access/identity.js';
import type { Trashed } from '../access/sharing-record.js';
import type { DocumentLog, GivenDocument } from '../log/document-log.js';
import type { StorageHealth } from '../log/storage-health.js';
import { fail, nameIn, notFound } from './answers.js';
import type { IdentityOf } from './identity-of.js';
import { mayAs } from './past-door.js';
import { bodyOf, isConfirmed } from './past-owner.js';
import { standingIn } from './role-in.js';
import { unlessInTrouble } from './storage-trouble.js';

export interface TrashOptions {
  readonly log: Pick<DocumentLog, 'document'>;
  readonly storage: StorageHealth;
  readonly access: Access;
  readonly audit: Audit;
  readonly identityOf: IdentityOf;
  readonly trash: HttpTrash;
}

export interface HttpTrash {
  readonly bin: Pick<AccessParts['trash'], 'read' | 'put' | 'takeOut' | 'erase'>;
  readonly trasher: AccessParts['trasher'];
  /** Takes a document out of the data, with all that belongs to it. */
  readonly eraseForGood: (document: DocumentName, given: GivenDocument) => Promise<boolean>;
  /** When what came there then is erased by itself; null: never. */
  readonly erasedAtMs: (trashedAtMs: number) => number | null;
}

/** As it is told. */
export const shownTrashed = ({ atMs }: Trashed, { erasedAtMs }: Pick<HttpTrash, 'erasedAtMs'>) => ({
  trashedAtMs: atMs,
  erasedAtMs: erasedAtMs(atMs),
});

type TrashRequest = FastifyRequest<{ Params: { '*': string }; Body: unknown }>;

export function serveTrash(app: FastifyInstance, options: TrashOptions): void {
  const { access, audit, log, identityOf, storage, trash } = options;

  app.post('/api/v1/trash/*', async (request: TrashRequest, reply) => {
    const asked = await askedDocument(request, reply);
    if (asked === null) return reply;
    const { document: name, identity } = asked;
    const by = trash.trasher(identity, name, request.ip);
    const body = bodyOf(request);
    if (body.do === 'put') {
      return unlessInTrouble(storage, async () => ({ name, ...shownTrashed(await trash.bin.put(name, by), trash) }));
    }
    if (body.do === 'take-out') {
      await unlessInTrouble(storage, () => trash.bin.takeOut(name, by));
      return { name };
    }
    if (body.do !== 'erase') {
      return fail(reply, 400, 'BAD_REQUEST', 'Say in "do" what is to be done: put, take-out or erase.');
    }
    if (access.isOpen) {
      const sentence = 'Nobody owns documents here: whoever runs the server erases them for good, with weft erase.';
      return fail(reply, 403, 'OWNERS_ONLY', sentence);
    }
    if (!isConfirmed(body, asked, reply)) return reply;
    // Who was told that nothing can be saved now may not want it any more by then.
    const isErased = await unlessInTrouble(storage, (isAwaited) =>
      trash.bin.erase(
        name,
        (_trashed, sharing) => isAwaited() && (by.may?.(sharing) ?? false),
        (given) => trash.eraseForGood(name, given),
      ),
    );
    if (!isErased) throw notInTrash();
    audit.note({ action: 'document-erased', person: by.person, document: name, address: request.ip });
    return { name };
  });

  async function askedDocument(
    request: TrashRequest,
    reply: FastifyReply,
  ): Promise<{ readonly document: DocumentName; readonly identity: Identity } | null> {
    const document = nameIn(request.params['*'], reply);
    if (document === null) return null;
    const identity = await identityOf(request);
    const { role, trashedRole } = await standingIn(access, identity, document);
    const standing = role ?? trashedRole;
    // To find one takes longer than to find none: for those without a role nobody looks.
    const info = standing === null ? null : await log.document(document);
    if (standing === null || info === null) notFound(reply);
    else if (mayAs('owner', standing, access)) return { document, identity };
    else {
      fail(
        reply,
        403,
        'OWNERS_ONLY',
        'Only the owner of a document moves it to the trash, brings it back or erases it.',
      );
    }
    return null;
  }
}
