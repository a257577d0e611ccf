// `weft trim`: the past of a document before a day is gone for good, once a person has typed its name.

import { type TrimResult, trimPast } from '../admin/trim.js';
import { SyncError } from '../sync-error.js';
import type { Command } from './command.js';
import { removeOnceMeant } from './confirm.js';
import { momentNamed } from './moment.js';
import { backupName, count, dayAndTime, namedVersions, places, printable, UNTIL_NEXT } from './table.js';

export const trimCommand: Command = {
  name: 'trim',
  summary: 'remove what a document was before a moment, for good',
  details: `The text of today stays as it is, and so does what is known of who wrote it. What was deleted before that moment is gone,
who wrote when, and the versions of that time, those with names as well; they are told before. No file of the store
holds it afterwards. Backups do until the next weft backup into them, and files of what the document was before something
took its place do as well; both are named. Pictures and other files stay as long as the document does. People who have it open
notice nothing.
It asks for the document's name once more. This cannot be undone.`,
  arguments: [{ name: 'NAME', summary: 'the document, as weft documents names it' }],
  options: [
    { name: 'before', value: 'TIME', summary: 'a day (2026-05-21), or a time ("2026-05-21 14:05")' },
    { name: 'dry-run', summary: 'only say what would go' },
    { name: 'yes', summary: 'do not ask' },
  ],
  run: async (context) => {
    const { args, values, perform } = context;
    const name = args.NAME!;
    const moment = values.before === undefined ? null : momentNamed(values.before);
    if (moment?.kind !== 'time') {
      throw new SyncError('BAD_USAGE', 'Say with --before what is to go, as in --before 2026-05-21.');
    }
    const beforeMs = moment.timeMs;
    return removeOnceMeant({
      context,
      document: name,
      act: (isDryRun) => perform(trimPast, { name, beforeMs, isDryRun }),
      inWords,
      isNothing: ({ entries }) => entries === 0,
      does: 'trims',
      wrong: 'That is not its name. Nothing was trimmed.',
    });
  },
};

function inWords({
  name,
  beforeMs,
  entries,
  newestMs,
  versions,
  named,
  isDryRun,
  backups,
  replacedFiles,
}: TrimResult): string {
  const document = printable(name);
  if (entries === 0)
    return `${document} has nothing in its past before ${dayAndTime(beforeMs)}: there is nothing to trim.\n`;
  const what = `${count(entries, 'entry', 'entries')} up to ${dayAndTime(newestMs!)}, and ${count(versions, 'version')}`;
  const lines = [
    isDryRun ? `Of the past of ${document} would go: ${what}.` : `Of the past of ${document} are gone: ${what}.`,
    ...namedVersions(named),
    ...places(UNTIL_NEXT, backups.map(backupName)),
    ...places(
      'These files, of what it was before something took its place, may hold it: remove them once nobody needs them.',
      replacedFiles,
    ),
  ];
  return `${lines.join('\n')}\n`;
}
