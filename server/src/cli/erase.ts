// `weft erase`: a document is gone for good, once a person has typed its name.

import { type EraseResult, eraseDocument } from '../admin/erase.js';
import { ExitCode } from '../exit.js';
import type { Command } from './command.js';
import { confirm } from './confirm.js';
import { backupName, places, printable } from './table.js';

export const eraseCommand: Command = {
  name: 'erase',
  summary: 'remove a document and its history for good',
  details: `It asks for the document's name once more. Whoever has the document open sees it closed; what they have not saved
stays with them. No file of the store holds its text or its name afterwards. Backups do: those that Weft knows of
are named. This cannot be undone. If it was cut short, give it once more: it then finishes.`,
  arguments: [{ name: 'NAME', summary: 'the document, as weft documents names it' }],
  options: [{ name: 'yes', summary: 'do not ask' }],
  run: async (context) => {
    const { args, perform, print } = context;
    const name = args.NAME!;
    const isMeant = await confirm(context, {
      about: `This removes "${printable(name)}" and its history for everybody, for good.\n`,
      asks: 'its name',
      word: name,
      does: 'erases',
      wrong: 'That is not its name. Nothing was erased.',
    });
    if (!isMeant) return ExitCode.Failed;
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
  }
  const cut =
    'These files hold what a damaged journal lost, and may hold some of it: remove them once nobody needs them.';
  lines.push(...places('These backups may still hold it:', backups.map(backupName)), ...places(cut, cutFiles));
  return `${lines.join('\n')}\n`;
}
