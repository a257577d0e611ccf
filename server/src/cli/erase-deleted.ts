// `weft erase-deleted`: what was deleted in a document is gone for good, once a person has typed its name.

import { type EraseDeletedResult, eraseDeleted } from '../admin/erase-deleted.js';
import type { Command } from './command.js';
import { removeOnceMeant } from './confirm.js';
import { backupName, count, namedVersions, places, printable, UNTIL_NEXT } from './table.js';

export const eraseDeletedCommand: Command = {
  name: 'erase-deleted',
  summary: 'erase what was deleted in a document for good',
  details: `For a password that somebody wrote into a document and deleted. The text of today stays as it is, and so does what is
known of who wrote it; all that the document was before goes, versions with names as well, which are told before. What still
stands in the text is to be deleted in the editor first. No file of the store holds what went, and nobody can undo their way
back to it: whoever has the document open comes back to it anew, and devices let go of their copies. What somebody had not
saved by then is kept there as a draft. Backups hold it until the next weft backup into them; they are named.
Pictures and other files stay as long as the document does, also those that were deleted: weft erase removes them.
It asks for the document's name once more. This cannot be undone. If it was cut short, give it once more: it then finishes.`,
  arguments: [{ name: 'NAME', summary: 'the document, as weft documents names it' }],
  options: [
    { name: 'dry-run', summary: 'only say what would go' },
    { name: 'yes', summary: 'do not ask' },
  ],
  run: async (context) => {
    const { args, perform } = context;
    const name = args.NAME!;
    return removeOnceMeant({
      context,
      document: name,
      act: (isDryRun) => perform(eraseDeleted, { name, isDryRun }),
      inWords,
      isNothing: (plan) => plan.isNothing,
      does: 'erases',
      wrong: 'That is not its name. Nothing was erased.',
    });
  },
};

const FILES_STAY = 'Its pictures and other files stay as long as it does, also those that were deleted in its text.';

function inWords(result: EraseDeletedResult): string {
  const { name, entries, versions, named, replacedFiles, backups, isDryRun, isNothing } = result;
  const document = printable(name);
  const past = `all it was before: ${count(entries, 'entry', 'entries')}, and ${count(versions, 'version')}`;
  const nothing = `All that was deleted in ${document} is erased already, and nothing was written since: nobody was sent out.`;
  const lines = [
    isNothing
      ? nothing
      : isDryRun
        ? `What was deleted in ${document} would go, and ${past}.`
        : `What was deleted in ${document} is gone, and ${past}.`,
    ...namedVersions(named),
    ...places(
      `These files, of what it was before something took its place, ${isDryRun ? 'would go as well' : 'are gone as well'}:`,
      replacedFiles,
    ),
    ...(backups.length === 0
      ? ['Weft knows of no backup that holds it. Copies made in other ways are yours to look for.']
      : places(UNTIL_NEXT, backups.map(backupName))),
    FILES_STAY,
  ];
  return `${lines.join('\n')}\n`;
}
