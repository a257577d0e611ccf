// `weft erase`: a document is gone for good, once a person has typed its name.

import { type EraseResult, eraseDocument } from '../admin/erase.js';
import { ExitCode } from '../exit.js';
import { SyncError } from '../sync-error.js';
import type { Command } from './command.js';
import { dayAndTime, printable } from './table.js';

export const eraseCommand: Command = {
  name: 'erase',
  summary: 'remove a document and its history for good',
  details: `It asks for the document's name once more. Whoever has the document open sees it closed; what they have not saved
stays with them. No file of the store holds its text or its name afterwards. Backups do: those that Weft knows of
are named. This cannot be undone. If it was cut short, give it once more: it then finishes.`,
  arguments: [{ name: 'NAME', summary: 'the document, as weft documents names it' }],
  options: [{ name: 'yes', summary: 'do not ask' }],
  run: async ({ args, switches, terminal, perform, print, complain }) => {
    const name = args.NAME!;
    if (!switches.has('yes')) {
      const question = `This removes "${printable(name)}" and its history for everybody, for good.\nType its name to go on: `;
      const answer = switches.has('json') ? null : await terminal.ask(question);
      if (answer === null)
        throw new SyncError('BAD_USAGE', 'Nobody can be asked here. With --yes it erases without asking.');
      if (answer.trim() !== name) {
        if (answer === '') terminal.remark('\n');
        complain('That is not its name. Nothing was erased.');
        return ExitCode.Failed;
      }
    }
    const result = await perform(eraseDocument, { name });
    print(result, () => inWords(result));
    return ExitCode.Ok;
  },
};

function inWords({ name, wasErasedBefore, backups, cutFiles }: EraseResult): string {
  const lines = [
    wasErasedBefore
      ? `"${printable(name)}" was erased before. Should that have been cut short, what it left in the store's files is gone now.`
      : `"${printable(name)}" is erased.`,
  ];
  if (backups.length === 0) {
    lines.push('Weft knows of no backup that holds it. Copies made in other ways are yours to look for.');
  } else {
    lines.push('These backups may still hold it:');
    for (const { folder, lastMs } of backups) lines.push(`  ${printable(folder)} (of ${dayAndTime(lastMs)})`);
  }
  if (cutFiles.length > 0) {
    lines.push(
      'These files hold what a damaged journal lost, and may hold some of it: remove them once nobody needs them.',
    );
    for (const file of cutFiles) lines.push(`  ${printable(file)}`);
  }
  return `${lines.join('\n')}\n`;
}
