// The document that somebody names, and its room while something happens to all of it.

import { CloseCode, type DocumentName, parseDocumentName } from '@weft/protocol';
import { channelsOf, type DocumentInfo, type Rearranging } from '../log/document-log.js';
import type { Duty } from '../log/duties.js';
import { SyncError } from '../sync-error.js';
import { type AdminContext, checkWanted } from './operation.js';

/** @throws SyncError `NO_SUCH_DOCUMENT` */
export async function documentNamed(name: string, { log }: Pick<AdminContext, 'log'>): Promise<DocumentInfo> {
  const parsed = parseDocumentName(name);
  const info = parsed.ok ? await log.document(parsed.name) : null;
  if (info) return info;
  throw new SyncError('NO_SUCH_DOCUMENT', `There is no document "${name}". weft documents lists those there are.`);
}

/**
 * Runs `action` while nobody is in either channel of a document, and nobody can come in. A check of the whole store, or
 * whatever else its changes have to wait for, is over before anybody is sent out.
 * @param reason what those who were in it are told; at other servers they are only told that something took its place
 */
export function withDocumentClosed<T>(
  name: DocumentName,
  reason: string,
  context: Pick<AdminContext, 'log' | 'withClosed' | 'signal'> & { readonly duty?: Duty | undefined },
  action: (moves: Rearranging) => Promise<T>,
): Promise<T> {
  const { duty, log, withClosed } = context;
  const [content, discussion] = channelsOf(name);
  const { Replaced } = CloseCode;
  return log.rearrange(async (moves) => {
    checkWanted(context);
    return withClosed(content, Replaced, reason, () => withClosed(discussion, Replaced, reason, () => action(moves)));
  }, duty);
}
