// `weft verify`: is everything there, and is it what was written?

import { resolve } from 'node:path';
import { verifyCopy, verifyData } from '../admin/verify.js';
import type { ArchiveVerdict } from '../archive/verify-archive.js';
import { ExitCode } from '../exit.js';
import type { Finding, VerifyReport } from '../log/verify-report.js';
import type { Command } from './command.js';
import { count, printable, sizeOf } from './table.js';

export const verifyCommand: Command = {
  name: 'verify',
  summary: 'check that everything stored is there and is what was written',
  details: `It reads all of the data and compares checksums, numbers and hash chains, every entry of every document,
checkpoints with the entries they stand for, who may do what, the chain of the audit log, pictures and other files of
documents, and the files of the database byte by byte. It names the documents that are damaged and their first bad entry, and changes nothing. Beside a running server it does not hold up
writers.

Exit code: 0 when all is sound, 1 when something is damaged or the check could not be made.

If something is damaged: stop the server, copy the data folder as it is, bring back a backup, and let whoever has the
documents open keep them open: their browsers hold the text.`,
  arguments: [
    { name: 'PATH', summary: 'a backup folder or a .weft file to check instead of the data', isOptional: true },
  ],
  options: [],
  run: async ({ args, perform, print, work }) => {
    if (args.PATH !== undefined) {
      const path = resolve(args.PATH);
      const verdict = await work((context) => verifyCopy(path, context));
      const isSound = verdict.faults.length === 0;
      print({ isSound, ...verdict }, () => copyInWords(verdict));
      return isSound ? ExitCode.Ok : ExitCode.Failed;
    }
    const report = await perform(verifyData, null);
    print(report, () => inWords(report));
    return report.isSound ? ExitCode.Ok : ExitCode.Failed;
  },
};

function inWords(report: VerifyReport): string {
  const { documents, entries, records, bytes, findings, isSound, omittedFindings } = report;
  const lines = findings.map(lineOf);
  if (omittedFindings > 0) lines.push(`… and ${omittedFindings} more.`);
  const seen = [
    count(documents, 'document'),
    count(entries, 'entry', 'entries'),
    count(records, 'record'),
    sizeOf(bytes),
  ].join(', ');
  const bad = firstBadEntries(findings);
  if (bad.length > 0) lines.push('', 'First bad entry of each damaged document:', ...bad);
  if (lines.length > 0) lines.push('');
  lines.push(
    isSound ? `Sound: ${seen}.` : `DAMAGED: ${count(findings.length + omittedFindings, 'finding')} in ${seen}.`,
  );
  return `${lines.join('\n')}\n`;
}

function lineOf({ severity, document, kind, message }: Finding): string {
  const where = document === null ? '' : `"${printable(document)}"${kind === 'discussion' ? ' (discussion)' : ''}: `;
  return `${severity === 'remark' ? 'Remark: ' : ''}${where}${printable(message)}`;
}

function firstBadEntries(findings: readonly Finding[]): string[] {
  const first = new Map<string, number>();
  for (const { severity, document, kind, seq } of findings) {
    if (severity === 'remark' || document === null || seq === null) continue;
    const name = `${printable(document)}${kind === 'discussion' ? ' (discussion)' : ''}`;
    first.set(name, Math.min(seq, first.get(name) ?? seq));
  }
  return [...first].map(([name, seq]) => `  ${name}: entry ${seq}`);
}

function copyInWords({ what, documents, entries, faults }: ArchiveVerdict): string {
  const seen = `${what === 'backup' ? `a backup of ${count(documents, 'document')}` : 'one document'}, ${count(entries, 'entry', 'entries')}`;
  const lines = faults.map(printable);
  lines.push(faults.length === 0 ? `Sound: ${seen}.` : `\nDAMAGED: ${count(faults.length, 'finding')} in ${seen}.`);
  return `${lines.join('\n')}\n`;
}
