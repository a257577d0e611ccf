// The table of operations, for whoever is asked for one by its name.

import { SyncError } from '../sync-error.js';
import { newAdminToken } from './admin-token.js';
import { readAudit } from './audit.js';
import { backup } from './backup.js';
import { compactData } from './compact.js';
import { diffDocument } from './diff.js';
import { listDocuments } from './documents.js';
import { eraseDocument } from './erase.js';
import { eraseDeleted } from './erase-deleted.js';
import { exportDocument } from './export.js';
import { forgetPerson } from './forget-person.js';
import { importDocument } from './import.js';
import { keepPast } from './keep.js';
import { migrate } from './migrate.js';
import type { AdminContext, Operation } from './operation.js';
import { listVersions, restoreMoment, showMoment } from './past.js';
import { restoreBackup } from './restore-backup.js';
import { trashDocument, untrashDocument } from './trash.js';
import { trimPast } from './trim.js';
import { verifyData } from './verify.js';

/** Reads the arguments and carries it out. */
type Performed = (args: unknown, context: AdminContext) => Promise<unknown>;

const performed = <Args, Result>({ name, readArgs, run }: Operation<Args, Result>): readonly [string, Performed] => [
  name,
  (args, context) => run(readArgs(args), context),
];

const operations = new Map<string, Performed>([
  performed(listDocuments),
  performed(readAudit),
  performed(newAdminToken),
  performed(verifyData),
  performed(backup),
  performed(restoreBackup),
  performed(diffDocument),
  performed(exportDocument),
  performed(importDocument),
  performed(listVersions),
  performed(showMoment),
  performed(restoreMoment),
  performed(compactData),
  performed(trimPast),
  performed(keepPast),
  performed(eraseDeleted),
  performed(trashDocument),
  performed(untrashDocument),
  performed(eraseDocument),
  performed(forgetPerson),
  performed(migrate),
]);

/** @throws SyncError `BAD_REQUEST`, or what the operation throws */
export async function performNamed(name: string, args: unknown, context: AdminContext): Promise<unknown> {
  const operation = operations.get(name);
  if (!operation) throw new SyncError('BAD_REQUEST', `This server knows no command "${name}".`);
  return operation(args, context);
}
