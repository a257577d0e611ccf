// `weft backup`: a copy of everything, of a server that runs or of a data folder at rest.

import { resolve } from 'node:path';
import { type BackupResult, backup } from '../admin/backup.js';
import { ExitCode } from '../exit.js';
import type { Command } from './command.js';
import { count, sizeOf } from './table.js';

export const backupCommand: Command = {
  name: 'backup',
  summary: 'bring a backup folder up to what the documents are now',
  details: `
The server goes on meanwhile. A folder that holds an earlier backup gets what is new since then; until the command has
ended, the earlier backup stays whole. The folder can be copied and moved as it is. Look after it with weft verify DIR,
and bring it back with weft restore-backup. Beside the documents it holds who may do what, the audit log, and the keys the
server signs with: keep it as you keep the data folder.
`,
  arguments: [{ name: 'DIR', summary: 'the folder of the backup, best on another disk' }],
  options: [],
  run: async ({ args, perform, print, complain }) => {
    const result = await perform(backup, { folder: resolve(args.DIR!) });
    print(result, () => inWords(result));
    for (const fault of result.faults) complain(fault);
    return result.faults.length === 0 ? ExitCode.Ok : ExitCode.Failed;
  },
};

function inWords({ folder, documents, entriesWritten, bytesWritten, bytes }: BackupResult): string {
  const news =
    entriesWritten === 0
      ? 'nothing new'
      : `${count(entriesWritten, 'entry', 'entries')} written, ${sizeOf(bytesWritten)}`;
  return `${folder}: ${count(documents, 'document')}, ${sizeOf(bytes)}; ${news}.\n`;
}
