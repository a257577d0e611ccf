// What somebody may do in a document at the moment a request is answered.

import type { DocumentName, Role } from '@weft/protocol';
import type { FastifyRequest } from 'fastify';
import type { Access, Watch } from '../access/access.js';
import { inTrash } from '../access/access-errors.js';
import type { Identity } from '../access/identity.js';

/** The secret of a share link, shown with a request: never in its address, which is written into logs. */
const LINK_HEADER = 'weft-link';

export function linkOf({ headers }: FastifyRequest): string {
  const link = headers[LINK_HEADER];
  return typeof link === 'string' ? link : '';
}

/** @throws SyncError `IN_TRASH`, told to those alone who had a role */
export const roleOf = ({ role, trashedRole }: Pick<Watch, 'role' | 'trashedRole'>): Role | null => {
  if (trashedRole !== null) throw inTrash();
  return role;
};

/** null: none, and the document is to be treated as if it were not there. @throws SyncError `IN_TRASH` */
export async function roleIn(
  access: Access,
  identity: Identity,
  document: DocumentName,
  link = '',
): Promise<Role | null> {
  return roleOf(await standingIn(access, identity, document, link));
}

/** Also where it is in the trash. */
export async function standingIn(
  access: Access,
  identity: Identity,
  document: DocumentName,
  link = '',
): Promise<Pick<Watch, 'role' | 'trashedRole'>> {
  const watch = await access.watch(identity, document, link, () => undefined);
  watch.end();
  return watch;
}
