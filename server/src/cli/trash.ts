// `weft trash` and `weft untrash`: a document is gone for everybody, and back as it was.

import { trashDocument, untrashDocument } from '../admin/trash.js';
import { ExitCode } from '../exit.js';
import type { Command } from './command.js';
import { printable } from './table.js';

const NAME = { name: 'NAME', summary: 'the document, as weft documents names it' };

export const trashCommand: Command = {
  name: 'trash',
  summary: 'move a document to the trash',
  details: `Nobody opens it any more, and whoever has it open is told; what they have not saved stays with them. Nothing of it is lost:
weft untrash brings it back with its history, its files and whom it was shared with. Its name stays taken. The server
erases it for good after as many days as the configuration says (documents.trashDays).`,
  arguments: [NAME],
  options: [],
  run: async ({ args, perform, print }) => {
    const result = await perform(trashDocument, { name: args.NAME! });
    print(result, () => `"${printable(result.name)}" is in the trash. weft untrash brings it back.\n`);
    return ExitCode.Ok;
  },
};

export const untrashCommand: Command = {
  name: 'untrash',
  summary: 'bring a document back from the trash',
  details: 'With everything: its text, its history, its files, and whoever might open it before.',
  arguments: [NAME],
  options: [],
  run: async ({ args, perform, print }) => {
    const result = await perform(untrashDocument, { name: args.NAME! });
    print(result, () => `"${printable(result.name)}" is back for everybody it was shared with.\n`);
    return ExitCode.Ok;
  },
};
