// `weft keep`: says and sets how much of the past of one document is kept.

import { type KeepResult, keepPast } from '../admin/keep.js';
import { ExitCode } from '../exit.js';
import { isKeptVersions } from '../keep-days.js';
import { SyncError } from '../sync-error.js';
import type { Command } from './command.js';
import { count, printable } from './table.js';

export const keepCommand: Command = {
  name: 'keep',
  summary: 'say how much of the past of a document is kept',
  details: `For good, unless somebody says a number of days: once a day the server trims what is older, as weft trim does. A limit for
all documents is in the configuration (documents.keepPastDays); where there are both, the shorter one holds.

Of versions that were made by themselves fewer are kept as they grow older (documents.versions in the configuration), or all are.
What goes so is a place to look at: every moment can still be seen.`,
  arguments: [{ name: 'NAME', summary: 'the document, as weft documents names it' }],
  options: [
    { name: 'days', value: 'N', summary: 'from now on for so many days; "all": as long as the server says' },
    { name: 'versions', value: 'WHICH', summary: '"all", or "thinned" with age as the configuration says' },
  ],
  run: async ({ args, values, perform, print }) => {
    const { days, versions } = values;
    if (days !== undefined && days !== 'all' && !/^\d{1,5}$/.test(days)) {
      throw new SyncError('BAD_USAGE', `--days takes a number of days, or "all", and not "${days}".`);
    }
    if (versions !== undefined && !isKeptVersions(versions)) {
      throw new SyncError('BAD_USAGE', `--versions takes "all" or "thinned", and not "${versions}".`);
    }
    const result = await perform(keepPast, {
      name: args.NAME!,
      ...(days !== undefined && { days: days === 'all' ? null : Number(days) }),
      ...(versions !== undefined && { versions }),
    });
    print(result, () => `${inWords(result)}${ofVersions(result)}`);
    return ExitCode.Ok;
  },
};

function inWords({ name, ofDocument, ofServer }: KeepResult): string {
  const what = `The past of ${printable(name)} is kept`;
  if (ofServer === 'unknown') {
    const most = ofDocument === null ? 'for good' : `for ${count(ofDocument, 'day')}`;
    return `${what} ${most}, unless the configuration of the server says less: no server runs here that could be asked.\n`;
  }
  const days = Math.min(ofDocument ?? Number.POSITIVE_INFINITY, ofServer ?? Number.POSITIVE_INFINITY);
  if (days === Number.POSITIVE_INFINITY) return `${what} for good.\n`;
  const isServers = ofDocument === null || days < ofDocument;
  return `${what} for ${count(days, 'day')}${isServers ? ', as the configuration of the server says' : ''}.\n`;
}

const ofVersions = ({ versions }: KeepResult): string =>
  versions === 'all'
    ? 'All of its versions that were made by themselves are kept with it.\n'
    : 'Of its versions that were made by themselves fewer are kept as they grow older.\n';
