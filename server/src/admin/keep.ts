// `weft keep`: for how long the past of one document is kept.

import { keptDetail } from '../access/past-audit.js';
import { isKeepDays, MAX_KEEP_DAYS } from '../keep-days.js';
import { SyncError } from '../sync-error.js';
import { documentNamed } from './named-document.js';
import type { Operation } from './operation.js';
import type { KeptDays } from './past-keeping.js';
import { readObject, readText } from './read-args.js';

export interface KeepArgs {
  readonly name: string;
  /** Null: as long as the server says. Left out: it is only asked for. */
  readonly days?: number | null;
}

export interface KeepResult extends KeptDays {
  readonly name: string;
}

export const keepPast: Operation<KeepArgs, KeepResult> = {
  name: 'keep',
  readArgs: (input) => {
    const args = readObject(input);
    const { days } = args;
    const name = readText(args, 'name');
    if (days === undefined) return { name };
    if (days === null || isKeepDays(days)) return { name, days };
    throw new SyncError('BAD_USAGE', `The past of a document is kept for 1 to ${MAX_KEEP_DAYS} days, or for good.`);
  },
  run: async ({ name, days }, { audit, keeping, ...context }) => {
    const { name: document } = await documentNamed(name, context);
    if (days !== undefined) {
      await keeping.keep(document, days);
      audit.note({ action: 'past-kept-for', person: 'admin', document, detail: keptDetail(days) });
    }
    return { name: document, ...(await keeping.daysOf(document)) };
  },
};
