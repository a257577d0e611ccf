// Who may ask for the past of a document: those who write in it, for what was taken out before somebody was let in to read is not
// theirs to see. Bringing it back is for owners. It is looked at before the work and once more when that is done: what a
// worker took a minute for is not told to somebody who was shut out meanwhile.

import type { DocumentName, Role } from '@weft/protocol';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Access } from '../access/access.js';
import type { Identity } from '../access/identity.js';
import { isAtLeast } from '../access/role-patterns.js';
import type { DocumentLog } from '../log/document-log.js';
import { fail, nameIn, notFound } from './answers.js';
import type { IdentityOf } from './identity-of.js';
import { linkOf, roleIn } from './role-in.js';
import { senderOf } from './sender-of.js';

export interface PastDoorOptions {
  readonly log: Pick<DocumentLog, 'document'>;
  readonly access: Access;
  readonly identityOf: IdentityOf;
}

/** What a route of the past names its document by. */
export type RequestOfDocument = FastifyRequest<{ Params: { '*': string } }>;

export interface AskedDocument {
  readonly document: DocumentName;
  readonly identity: Identity;
  /** Whose turn it is, see Turns. */
  readonly asker: string;
  /** To be asked before the answer. @returns false once it was refused */
  readonly mayStill: () => Promise<boolean>;
}

/** @returns null once it was refused */
export async function askedDocument(
  { log, access, identityOf }: PastDoorOptions,
  request: RequestOfDocument,
  reply: FastifyReply,
  least: 'editor' | 'owner' = 'editor',
): Promise<AskedDocument | null> {
  const document = nameIn(request.params['*'], reply);
  if (document === null) return null;
  const identity = await identityOf(request);
  const may = async (): Promise<boolean> => {
    const role = await roleIn(access, identity, document, linkOf(request));
    // To find one takes longer than to find none: for those without a role nobody looks.
    const info = role === null ? null : await log.document(document);
    if (role === null || info === null) notFound(reply);
    else if (mayAs(least, role, access)) return true;
    else if (least === 'owner')
      fail(reply, 403, 'OWNERS_ONLY', 'Only the owner of a document brings its past back, or takes it away.');
    else fail(reply, 403, 'EDITORS_ONLY', 'The past of a document is for those who may write in it. Ask its owner.');
    return false;
  };
  const asker = senderOf(identity, request.visitor.address);
  return (await may()) ? { document, identity, asker, mayStill: may } : null;
}

/** Where nobody owns anything, everybody may do everything. */
export const mayAs = (least: 'editor' | 'owner', role: Role | null, { isOpen }: Access): boolean =>
  isAtLeast(role, isOpen ? 'editor' : least);
