// What somebody may do in a document at the moment a request is answered.

import type { DocumentName, Role } from '@weft/protocol';
import type { FastifyRequest } from 'fastify';
import type { Access } from '../access/access.js';
import type { Identity } from '../access/identity.js';

/** The secret of a share link, shown with a request: never in its address, which is written into logs. */
const LINK_HEADER = 'weft-link';

export function linkOf({ headers }: FastifyRequest): string {
  const link = headers[LINK_HEADER];
  return typeof link === 'string' ? link : '';
}

/** null: none, and the document is to be treated as if it were not there. */
export async function roleIn(
  access: Access,
  identity: Identity,
  document: DocumentName,
  link = '',
): Promise<Role | null> {
  const watch = await access.watch(identity, document, link, () => undefined);
  watch.end();
  return watch.role;
}
