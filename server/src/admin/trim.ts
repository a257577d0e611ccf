// `weft trim`: takes the past of a document before a moment out of the data, and says where it still is (L5). Those who have it
// open stay, and notice nothing.

import { trimmedDetail } from '../access/past-audit.js';
import { STILL_TO_COME } from '../keep-days.js';
import { SyncError } from '../sync-error.js';
import { type KnownBackup, knownBackups } from './backup.js';
import { documentNamed } from './named-document.js';
import { checkWanted, type Operation } from './operation.js';
import { readObject, readText } from './read-args.js';
import { replacedFilesOf } from './replaced-files.js';
import { type TrimPlan, Trims } from './trims.js';

export interface TrimArgs {
  readonly name: string;
  /** Everything that was written before goes. */
  readonly beforeMs: number;
  /** Whether it is only to be told what would go. */
  readonly isDryRun: boolean;
}

export interface TrimResult extends Omit<TrimPlan, 'document'> {
  readonly name: string;
  readonly isDryRun: boolean;
  /** All that are known: until the next run into each of them they hold it still. */
  readonly backups: readonly KnownBackup[];
  /** Files with what the document was before something took its place, its past with it: they stay. */
  readonly replacedFiles: readonly string[];
}

export const trimPast: Operation<TrimArgs, TrimResult> = {
  name: 'trim',
  readArgs: (input) => {
    const args = readObject(input);
    const { beforeMs } = args;
    if (!Number.isSafeInteger(beforeMs)) throw new SyncError('BAD_REQUEST', 'The moment is not a time.');
    return { name: readText(args, 'name'), beforeMs: beforeMs as number, isDryRun: args.isDryRun === true };
  },
  run: async ({ name, beforeMs, isDryRun }, context) => {
    const { name: document } = await documentNamed(name, context);
    if (beforeMs > Date.now()) {
      throw new SyncError('BAD_USAGE', STILL_TO_COME);
    }
    const { history, log, onProgress } = context;
    const trims = new Trims({ log, history, versions: context.past.versions });
    onProgress({ doing: 'Reading the document', done: 0, total: 0 });
    // Asked for first: should a list be unreadable, nothing has happened yet.
    const backups = await knownBackups(context.dataFolder);
    const replacedFiles = await replacedFilesOf(context.dataFolder, document);
    const { document: _, ...plan } = await trims.plan(document, beforeMs);
    checkWanted(context);
    const result = { ...plan, name: document, isDryRun, backups, replacedFiles };
    if (isDryRun || plan.entries === 0) return result;
    onProgress({ doing: `Trimming the past of "${document}"`, done: 0, total: 0 });
    await trims.carryOut([{ document, beforeMs }]);
    const before = new Date(beforeMs).toISOString();
    const detail = trimmedDetail(beforeMs, plan);
    context.audit.note({ action: 'past-trimmed', person: 'admin', document, detail });
    context.tell(`What "${document}" was before ${before} was taken out of its past by a command.`);
    return result;
  },
};
