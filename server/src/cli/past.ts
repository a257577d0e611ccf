// `weft versions`, `weft show` and `weft restore`: the past of a document.

import { listVersions, type RestoreResult, restoreMoment, showMoment, type VersionsResult } from '../admin/past.js';
import { ExitCode } from '../exit.js';
import { MOMENT_FORMATS } from '../history/moments.js';
import type { RestoreWish } from '../history/restores.js';
import { SyncError } from '../sync-error.js';
import type { Command } from './command.js';
import { MOMENTS, momentNamed } from './moment.js';
import { count, dayAndTime, printable, table } from './table.js';

const DOCUMENT = { name: 'NAME', summary: 'the document, as weft documents names it' };
const PEOPLE_SHOWN = 3;

export const versionsCommand: Command = {
  name: 'versions',
  summary: 'list the moments of a document that are kept',
  details: `By name, by themselves when people paused or left, or because the document was brought back to another moment. The newest
come first. + and - count characters that came and went since the version before.`,
  arguments: [DOCUMENT],
  options: [
    { name: 'limit', value: 'N', summary: 'so many at most, from 1 to 1000 (default 50)' },
    { name: 'before', value: 'VERSION', summary: 'those before this one' },
  ],
  run: async ({ args, values, perform, print, complain }) => {
    const limit = values.limit ?? '50';
    if (!/^\d{1,4}$/.test(limit) || Number(limit) < 1 || Number(limit) > 1000) {
      throw new SyncError('BAD_USAGE', `The limit has to be a number from 1 to 1000, not "${limit}".`);
    }
    const before = values.before ?? null;
    const listed = await perform(listVersions, { name: args.NAME!, limit: Number(limit), before });
    print(listed, () => asTable(listed));
    for (const fault of listed.faults) complain(fault);
    return ExitCode.Ok;
  },
};

function asTable({ name, versions }: VersionsResult): string {
  if (versions.length === 0)
    return `No moment of ${printable(name)} is kept yet; every one can be seen and brought back.\n`;
  const reasons = { automatic: '', named: '', 'before-restore': 'before a restore' };
  return table(
    [
      { title: 'VERSION' },
      { title: 'TIME' },
      { title: '+', isNumber: true },
      { title: '-', isNumber: true },
      { title: 'NAME' },
      { title: 'PEOPLE' },
    ],
    versions.map(({ id, timeMs, changes, name, reason, names, morePeople }) => [
      id,
      dayAndTime(timeMs),
      changes === null ? '?' : String(changes.inserted),
      changes === null ? '?' : String(changes.deleted),
      name || reasons[reason],
      inWords(names, morePeople),
    ]),
  );
}

function inWords(names: readonly string[], morePeople: number): string {
  const others = names.length - PEOPLE_SHOWN + morePeople;
  const shown = names.slice(0, PEOPLE_SHOWN).join(', ');
  return others > 0 ? `${shown} and ${count(others, 'other')}` : shown;
}

export const showCommand: Command = {
  name: 'show',
  summary: 'print a document as it was at a moment',
  details: MOMENTS,
  arguments: [DOCUMENT],
  options: [
    { name: 'at', value: 'MOMENT', summary: 'the moment (default: now)' },
    { name: 'format', value: 'FORMAT', summary: 'markdown, text, html, json, docx or update (default: markdown)' },
  ],
  run: async ({ args, values, switches, terminal, perform, print, complain }) => {
    const at = values.at === undefined ? ({ kind: 'now' } as const) : momentNamed(values.at);
    const wanted = values.format ?? 'markdown';
    const format = MOMENT_FORMATS.find((known) => known === wanted);
    if (!format) {
      throw new SyncError('BAD_USAGE', `The format has to be one of ${MOMENT_FORMATS.join(', ')}, not "${wanted}".`);
    }
    const { base64, ...shown } = await perform(showMoment, { name: args.NAME!, at, format });
    const bytes = Buffer.from(base64, 'base64');
    const isText = format !== 'docx' && format !== 'update';
    if (!switches.has('json')) terminal.writeBytes(bytes);
    else print({ ...shown, format, content: bytes.toString(isText ? 'utf8' : 'base64') }, () => '');
    for (const warning of shown.warnings) complain(warning);
    return ExitCode.Ok;
  },
};

export const restoreCommand: Command = {
  name: 'restore',
  summary: 'bring a document back to what it was at a moment',
  details: `People who have it open stay, see the text change, and what they write meanwhile stands. What was there before is kept as a
version. Undoing a restore leaves what was written since. ${MOMENTS}`,
  arguments: [DOCUMENT],
  options: [
    { name: 'to', value: 'MOMENT', summary: 'the moment' },
    { name: 'undo', value: 'ENTRY', summary: 'instead: take the restore back that is this entry' },
    { name: 'reason', value: 'TEXT', summary: 'why, for the audit log' },
  ],
  run: async ({ args, values, perform, print }) => {
    const wish = wishIn(values);
    const restored = await perform(restoreMoment, { name: args.NAME!, wish, reason: values.reason ?? '' });
    print(restored, () => inSentences(restored, wish));
    return ExitCode.Ok;
  },
};

function wishIn({ to, undo }: Readonly<Record<string, string | undefined>>): RestoreWish {
  if (to !== undefined && undo !== undefined) {
    throw new SyncError('BAD_USAGE', 'Say a moment with --to, or a restore with --undo, and not both.');
  }
  if (to !== undefined) return { kind: 'moment', to: momentNamed(to) };
  if (undo === undefined) throw new SyncError('BAD_USAGE', 'Say with --to which moment is to come back.');
  if (!/^[1-9]\d{0,14}$/.test(undo)) {
    throw new SyncError('BAD_USAGE', `The restore to undo has to be the number of its entry, not "${undo}".`);
  }
  return { kind: 'undo', seq: Number(undo) };
}

function inSentences({ name: document, to, seq, before }: RestoreResult, wish: RestoreWish): string {
  const name = printable(document);
  if (seq === null) {
    return wish.kind === 'undo'
      ? `Of what entry ${wish.seq} of ${name} did nothing is left: there was nothing to do.\n`
      : `${name} shows what it showed at its entry ${to}: there was nothing to do.\n`;
  }
  const done =
    wish.kind === 'undo'
      ? `What entry ${wish.seq} of ${name} did is undone, and what was written since stays.`
      : `${name} is what it was at its entry ${to}.`;
  return `${done} What was there before is version ${before}.\nweft restore ${name} --undo ${seq} takes this back.\n`;
}
