// `weft export`: a document to take along.

import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { extname, join, resolve } from 'node:path';
import { type ExportFormat, type ExportResult, exportDocument, exportFormats } from '../admin/export.js';
import { ExitCode } from '../exit.js';
import { SyncError } from '../sync-error.js';
import type { Command, CommandContext } from './command.js';
import { printable, sizeOf } from './table.js';

const formatsByEnding: Readonly<Record<string, ExportFormat>> = {
  '.weft': 'weft',
  '.docx': 'docx',
  '.html': 'html',
  '.txt': 'text',
  '.md': 'markdown',
  '.markdown': 'markdown',
  '.json': 'json',
};
const endings: Readonly<Record<ExportFormat, string>> = {
  weft: '.weft',
  docx: '.docx',
  markdown: '.md',
  html: '.html',
  text: '.txt',
  json: '.json',
};

export const exportCommand: Command = {
  name: 'export',
  summary: 'write a document to a file',
  details: `
A .weft file holds the document with its whole history: who wrote what, and when. The others hold the text at one moment:
Word (.docx), Markdown (.md), a web page (.html), plain text (.txt) or JSON. What one of them cannot hold is told. Who may
open it is not in the file; of a .weft file nor are the names of people, and versions with theirs: those that come by
themselves are made anew where it is imported, and a backup has all of them. Without --format the ending of FILE says which
it is to be; with neither it is a .weft file.
`,
  arguments: [{ name: 'NAME', summary: 'the name of the document' }],
  options: [
    { name: 'format', value: 'FORMAT', summary: 'weft, docx, markdown, html, text or json' },
    { name: 'seq', value: 'N', summary: 'the text as it was after its entry N (not .weft)' },
    {
      name: 'out',
      value: 'FILE',
      summary: 'the file to write, or - for the output (default: named like the document)',
    },
  ],
  run: async (context) => {
    const { args, values, switches, terminal, print, complain } = context;
    const out = values.out;
    const format = formatOf(values.format, out);
    const wanted = { name: args.NAME!, format, seq: numberOf(values.seq) };
    if (out === '-') {
      if (switches.has('json'))
        throw new SyncError('BAD_USAGE', '--json and --out - both want the output for themselves.');
      const { bytes, warnings } = await toBytes(wanted, context);
      terminal.writeBytes(bytes);
      for (const warning of warnings) complain(warning);
      return ExitCode.Ok;
    }
    const file = resolve(out ?? `${wanted.name.split('/').at(-1)}${endings[format]}`);
    const result = await context.perform(exportDocument, { ...wanted, file });
    print(result, () => `${printable(wanted.name)} is in ${file}: entry ${result.seq}, ${sizeOf(result.bytes)}.\n`);
    for (const warning of result.warnings) complain(warning);
    return ExitCode.Ok;
  },
};

function formatOf(given: string | undefined, out: string | undefined): ExportFormat {
  if (given === undefined) {
    const ending = extname(out ?? '').toLowerCase();
    const format = formatsByEnding[ending === '' ? '.weft' : ending];
    if (format) return format;
    throw new SyncError(
      'BAD_USAGE',
      `There is no format for files that end in "${ending}": .weft, .docx, .md, .html, .txt or .json, or say --format.`,
    );
  }
  const format = exportFormats.find((known) => known === given) ?? formatsByEnding[`.${given}`];
  if (!format)
    throw new SyncError('BAD_USAGE', `The format has to be weft, docx, markdown, html, text or json, not "${given}".`);
  return format;
}

function numberOf(text: string | undefined): number | null {
  if (text === undefined) return null;
  if (!/^\d{1,15}$/.test(text))
    throw new SyncError('BAD_USAGE', `The number of an entry has to be a number, not "${text}".`);
  return Number(text);
}

/** Whoever holds the data folder writes a file; it is read from there. */
async function toBytes(
  wanted: { readonly name: string; readonly format: ExportFormat; readonly seq: number | null },
  { perform }: CommandContext,
): Promise<{ readonly bytes: Uint8Array; readonly warnings: ExportResult['warnings'] }> {
  const folder = await mkdtemp(join(tmpdir(), 'weft-export-'));
  try {
    const { file, warnings } = await perform(exportDocument, { ...wanted, file: join(folder, 'document') });
    return { bytes: await readFile(file), warnings };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
