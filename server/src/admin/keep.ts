// `weft keep`: how much of the past of one document is kept.

import { keptDetail } from '../access/past-audit.js';
import { isKeepDays, isKeptVersions, MAX_KEEP_DAYS } from '../keep-days.js';
import { SyncError } from '../sync-error.js';
import { documentNamed } from './named-document.js';
import type { Operation } from './operation.js';
import type { KeptPast, OwnKeeping } from './past-keeping.js';
import { readObject, readText } from './read-args.js';

/** What is left out stays as it is; where all of it is, it is only asked for. */
export interface KeepArgs extends Partial<OwnKeeping> {
  readonly name: string;
}

export interface KeepResult extends KeptPast {
  readonly name: string;
}

export const keepPast: Operation<KeepArgs, KeepResult> = {
  name: 'keep',
  readArgs: (input) => {
    const args = readObject(input);
    const { days, versions } = args;
    if (days !== undefined && days !== null && !isKeepDays(days)) {
      throw new SyncError('BAD_USAGE', `The past of a document is kept for 1 to ${MAX_KEEP_DAYS} days, or for good.`);
    }
    if (versions !== undefined && !isKeptVersions(versions)) {
      throw new SyncError('BAD_USAGE', 'Of versions "all" are kept, or they are "thinned".');
    }
    return { name: readText(args, 'name'), ...(days !== undefined && { days }), ...(versions && { versions }) };
  },
  run: async ({ name, ...wanted }, { audit, keeping, ...context }) => {
    const { name: document } = await documentNamed(name, context);
    if (Object.keys(wanted).length > 0) {
      await keeping.keep(document, wanted);
      audit.note({ action: 'past-kept-for', person: 'admin', document, detail: keptDetail(wanted) });
    }
    return { name: document, ...(await keeping.of(document)) };
  },
};
