// `weft import`: a document from a file.

import { resolve } from 'node:path';
import { type ImportResult, importDocument } from '../admin/import.js';
import { ExitCode } from '../exit.js';
import type { Command } from './command.js';
import { bringBack } from './quoted.js';
import { count, printable } from './table.js';

export const importCommand: Command = {
  name: 'import',
  summary: 'make a document of a file',
  details: `
A .weft file comes in with its history and its authors; Word (.docx), Markdown (.md), plain text (.txt) and JSON (.json) as
one entry. A document that is there already is replaced with --replace alone. What it held is written to a file first,
people in it are sent to the new one, and what they had not saved is kept as a draft. Who may open a document is no part of
a file: it stays as it was.
`,
  arguments: [{ name: 'FILE', summary: 'a .weft, .docx, .md, .txt or .json file' }],
  options: [
    {
      name: 'name',
      value: 'NAME',
      summary: 'the name of the document (default: the one in the file, or that of the file)',
    },
    { name: 'replace', summary: 'take the place of the document of that name' },
  ],
  run: async ({ args, values, switches, perform, print, complain }) => {
    const wanted = { file: resolve(args.FILE!), name: values.name ?? null, replace: switches.has('replace') };
    const result = await perform(importDocument, wanted);
    print(result, () => inWords(result, values.data));
    for (const warning of result.warnings) complain(warning);
    return ExitCode.Ok;
  },
};

function inWords({ name, entries, replaced }: ImportResult, dataFolder: string | undefined): string {
  const lines = [`${printable(name)} is there, with ${count(entries, 'entry', 'entries')}.`];
  if (replaced !== null)
    lines.push('What it held before comes back with', `  ${bringBack(replaced, name, dataFolder)}`);
  return `${lines.join('\n')}\n`;
}
