// `weft erase-deleted`: erases what was deleted in a document for good, and says where it still is (L5).

import { erasedDetail } from '../access/past-audit.js';
import { DeletedText, type ErasurePlan } from './deleted-text.js';
import { documentNamed } from './named-document.js';
import { checkWanted, type Operation } from './operation.js';
import { readObject, readText } from './read-args.js';
import { Trims } from './trims.js';

export interface EraseDeletedArgs {
  readonly name: string;
  /** Whether it is only to be told what would go. */
  readonly isDryRun: boolean;
}

export interface EraseDeletedResult extends Omit<ErasurePlan, 'document'> {
  readonly name: string;
  readonly isDryRun: boolean;
}

export const eraseDeleted: Operation<EraseDeletedArgs, EraseDeletedResult> = {
  name: 'erase-deleted',
  readArgs: (input) => {
    const args = readObject(input);
    return { name: readText(args, 'name'), isDryRun: args.isDryRun === true };
  },
  run: async ({ name, isDryRun }, context) => {
    const { name: document } = await documentNamed(name, context);
    const { audit, history, log, onProgress, past, tell } = context;
    const deleted = new DeletedText({ ...context, trims: new Trims({ log, history, versions: past.versions }) });
    onProgress({ doing: 'Reading the document', done: 0, total: 0 });
    const plan = await deleted.plan(document);
    checkWanted(context);
    const { document: _, ...told } = plan;
    const result = { name: document, isDryRun, ...told };
    if (isDryRun) return result;
    onProgress({ doing: `Erasing what was deleted in "${document}"`, done: 0, total: 0 });
    await deleted.erase(plan, context);
    if (plan.isNothing) return result;
    audit.note({ action: 'deleted-erased', person: 'admin', document, detail: erasedDetail(plan) });
    tell(`What was deleted in "${document}" was erased by a command, and its past with it.`);
    return result;
  },
};
