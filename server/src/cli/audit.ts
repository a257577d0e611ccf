// `weft audit`: who was let in, and what was done.

import type { ShownAudit, ShownAuditRecord } from '../access/audit-view.js';
import { readAudit } from '../admin/audit.js';
import { ExitCode } from '../exit.js';
import { SyncError } from '../sync-error.js';
import type { Command } from './command.js';
import { dayAndTime, table } from './table.js';

export const auditCommand: Command = {
  name: 'audit',
  summary: 'show who was let in, and what was done',
  details: `The newest 100 records, the last of them at the end; with --after those that follow a number, 100,000 at most: with
--after 0 and --json the whole log, to be kept elsewhere. Records are never changed and never removed; weft verify
finds out if somebody did. Documents are known in it by a hash of their names: an erased one is shown by its hash,
and still found by --document.

Exit code: 0; 1 when a record is damaged, or the log cannot be read.`,
  arguments: [],
  options: [
    { name: 'after', value: 'N', summary: 'the records after this number, instead of the newest' },
    { name: 'document', value: 'NAME', summary: 'what concerns this document alone, which may be erased' },
  ],
  run: async ({ values, perform, print, complain }) => {
    const { after, document = null } = values;
    if (after !== undefined && !/^\d{1,15}$/.test(after)) {
      throw new SyncError('BAD_USAGE', `--after takes the number of a record, or 0, not "${after}".`);
    }
    const shown = await perform(readAudit, { after: after === undefined ? null : Number(after), document });
    print(shown, () => asTable(shown));
    for (const sentence of shown.damaged) complain(sentence);
    return shown.damaged.length === 0 ? ExitCode.Ok : ExitCode.Failed;
  },
};

function asTable({ records }: ShownAudit): string {
  if (records.length === 0) return 'Nothing is noted.\n';
  return table(
    [
      { title: 'N', isNumber: true },
      { title: 'TIME' },
      { title: 'ACTION' },
      { title: 'PERSON' },
      { title: 'DOCUMENT' },
      { title: 'ADDRESS' },
      { title: 'DETAIL' },
    ],
    records.map((record) => [
      String(record.n),
      dayAndTime(record.timeMs),
      record.action.replaceAll('-', ' '),
      personOf(record),
      documentOf(record),
      record.address ?? '',
      Object.entries(record.detail)
        .map(([key, value]) => `${key}: ${value}`)
        .join(', '),
    ]),
  );
}

const personOf = ({ name, person }: ShownAuditRecord): string =>
  name === null ? person || 'nobody' : `${name} (${person})`;

const documentOf = ({ document, documentId }: ShownAuditRecord): string =>
  document ?? (documentId === null ? '' : `(gone: ${documentId})`);
