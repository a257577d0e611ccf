// `weft audit`: what is in the audit log.

import { type DocumentName, parseDocumentName } from '@weft/protocol';
import { type ShownAudit, showAudit } from '../access/audit-view.js';
import { Persons } from '../access/persons.js';
import { SyncError } from '../sync-error.js';
import { checkWanted, type Operation } from './operation.js';
import { readObject, readText } from './read-args.js';

export interface AuditArgs {
  /** The records after this number; null for the newest. */
  readonly after: number | null;
  /** A document's name, also of one that was erased; null for all. */
  readonly document: string | null;
}

/** Records of one answer after a number, and of the newest. */
const LONGEST = 100_000;
const NEWEST = 100;

export const readAudit: Operation<AuditArgs, ShownAudit> = {
  name: 'audit',
  readArgs: (input) => {
    const args = readObject(input);
    const after = args.after ?? null;
    if (after !== null && !Number.isSafeInteger(after)) throw new SyncError('BAD_REQUEST', 'after is not a number.');
    return { after: after as number | null, document: args.document === null ? null : readText(args, 'document') };
  },
  run: async ({ after, document }, context) => {
    const { audit, log, onProgress } = context;
    onProgress({ doing: 'Reading the audit log', done: 0, total: 0 });
    const limit = after === null ? NEWEST : LONGEST;
    const read = await audit.read({ after, limit, document: document === null ? null : nameOf(document) });
    checkWanted(context);
    return showAudit(read, log, new Persons(log.records));
  },
};

function nameOf(document: string): DocumentName {
  const parsed = parseDocumentName(document);
  if (parsed.ok) return parsed.name;
  throw new SyncError('BAD_USAGE', parsed.reason);
}
