// `weft trim`: the past of a document before a day is gone for good, once a person has typed its name.

import { type TrimResult, trimPast } from '../admin/trim.js';
import { ExitCode } from '../exit.js';
import { SyncError } from '../sync-error.js';
import type { Command } from './command.js';
import { momentNamed } from './moment.js';
import { count, dayAndTime, printable } from './table.js';

const NAMED_SHOWN = 20;

export const trimCommand: Command = {
  name: 'trim',
  summary: 'remove what a document was before a moment, for good',
  details: `The text of today stays as it is, and so does what is known of who wrote it. What was deleted before that moment is gone,
who wrote when, and the versions of that time, those with names as well; they are told before. No file of the store
holds it afterwards. Backups do until the next weft backup into them, and files of what the document was before something
took its place do as well; both are named. People who have the document open notice nothing.
It asks for the document's name once more. This cannot be undone.`,
  arguments: [{ name: 'NAME', summary: 'the document, as weft documents names it' }],
  options: [
    { name: 'before', value: 'TIME', summary: 'a day (2026-05-21), or a time ("2026-05-21 14:05")' },
    { name: 'dry-run', summary: 'only say what would go' },
    { name: 'yes', summary: 'do not ask' },
  ],
  run: async ({ args, values, switches, terminal, perform, print, complain }) => {
    const name = args.NAME!;
    const moment = values.before === undefined ? null : momentNamed(values.before);
    if (moment?.kind !== 'time') {
      throw new SyncError('BAD_USAGE', 'Say with --before what is to go, as in --before 2026-05-21.');
    }
    const beforeMs = moment.timeMs;
    const mayAsk = !switches.has('yes') && !switches.has('dry-run');
    if (switches.has('dry-run') || mayAsk) {
      const plan = await perform(trimPast, { name, beforeMs, isDryRun: true });
      if (switches.has('dry-run') || plan.entries === 0) {
        print(plan, () => inWords(plan));
        return ExitCode.Ok;
      }
      const question = `${inWords(plan)}It cannot be undone.\nType the name of the document to go on: `;
      const answer = switches.has('json') ? null : await terminal.ask(question);
      if (answer === null) {
        throw new SyncError('BAD_USAGE', 'Nobody can be asked here. With --yes it trims without asking.');
      }
      if (answer.trim() !== name) {
        if (answer === '') terminal.remark('\n');
        complain('That is not its name. Nothing was trimmed.');
        return ExitCode.Failed;
      }
    }
    const result = await perform(trimPast, { name, beforeMs, isDryRun: false });
    print(result, () => inWords(result));
    return ExitCode.Ok;
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
  ];
  if (named.length > 0) lines.push('Versions with names among them:');
  for (const { id, name: title, timeMs } of named.slice(0, NAMED_SHOWN)) {
    lines.push(`  ${id}  ${dayAndTime(timeMs)}  ${printable(title)}`);
  }
  if (named.length > NAMED_SHOWN) lines.push(`  and ${named.length - NAMED_SHOWN} more`);
  if (backups.length > 0) lines.push('These backups hold it until weft backup runs into them again:');
  for (const { folder, lastMs } of backups) lines.push(`  ${printable(folder)} (of ${dayAndTime(lastMs)})`);
  if (replacedFiles.length > 0) {
    lines.push(
      'These files, of what it was before something took its place, may hold it: remove them once nobody needs them.',
    );
    for (const file of replacedFiles) lines.push(`  ${printable(file)}`);
  }
  return `${lines.join('\n')}\n`;
}
