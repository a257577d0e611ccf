// `weft restore-backup`: documents out of a backup.

import { resolve } from 'node:path';
import { type RestoreResult, restoreBackup } from '../admin/restore-backup.js';
import { ExitCode } from '../exit.js';
import { SyncError } from '../sync-error.js';
import type { Command } from './command.js';
import { bringBack } from './quoted.js';
import { count, dayAndTime } from './table.js';

export const restoreBackupCommand: Command = {
  name: 'restore-backup',
  summary: 'bring documents back from a backup',
  details: `
Into a new or empty data folder (--data) all of the backup is brought back. Where there are documents, say --document NAME
for one, or --all for every document of the backup; others stay as they are. What is replaced is written to files first,
people in a document are sent to the one that was brought back, and what they had not saved is kept as a draft.

With all documents come those who may open them, share links, names, and the audit log, where there is none of that
already: what was changed since the backup was made stays as it is. --document brings back the text alone, and leaves
alone who may open it.

The backup is checked while it is read. A document that is damaged in it is named, and left as it is.
`,
  arguments: [{ name: 'DIR', summary: 'the folder of the backup' }],
  options: [
    { name: 'document', value: 'NAME', summary: 'this document alone' },
    { name: 'all', summary: 'every document of the backup, also where there are documents' },
  ],
  run: async ({ args, values, switches, perform, print, complain }) => {
    const document = values.document ?? null;
    const all = switches.has('all');
    if (document !== null && all)
      throw new SyncError('BAD_USAGE', 'Say --document for one document, or --all, not both.');
    const result = await perform(restoreBackup, { folder: resolve(args.DIR!), document, all });
    print(result, () => inWords(result, values.data));
    for (const fault of result.faults) complain(fault);
    return result.faults.length === 0 ? ExitCode.Ok : ExitCode.Failed;
  },
};

function inWords({ documents, backupMs, remarks }: RestoreResult, dataFolder: string | undefined): string {
  const lines = [`Brought back, as of ${dayAndTime(backupMs)}: ${count(documents.length, 'document')}.`];
  const replaced = documents.filter((document) => document.replaced !== null);
  if (replaced.length > 0) lines.push('What was there before comes back with');
  for (const { name, replaced: file } of replaced) lines.push(`  ${bringBack(file!, name, dataFolder)}`);
  return `${[...lines, ...remarks].join('\n')}\n`;
}
