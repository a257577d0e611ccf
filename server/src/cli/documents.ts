// `weft documents`: what is there.

import { type ListedDocuments, listDocuments } from '../admin/documents.js';
import { ExitCode } from '../exit.js';
import type { Command } from './command.js';
import { dayAndTime, sizeOf, table } from './table.js';

/** Of a title; what is longer pushes the other columns out of the window. */
const TITLE_CHARACTERS = 40;

export const documentsCommand: Command = {
  name: 'documents',
  summary: 'list the documents and what they take',
  arguments: [],
  options: [],
  run: async ({ perform, print }) => {
    const listed = await perform(listDocuments, null);
    print(listed, () => asTable(listed));
    return ExitCode.Ok;
  },
};

function asTable({ documents }: ListedDocuments): string {
  if (documents.length === 0) return 'There are no documents yet.\n';
  const hasTrash = documents.some(({ trashedAtMs }) => trashedAtMs !== null);
  return table(
    [
      { title: 'NAME' },
      { title: 'TITLE' },
      { title: 'ENTRIES', isNumber: true },
      { title: 'SIZE', isNumber: true },
      { title: 'LAST CHANGE' },
      ...(hasTrash ? [{ title: 'IN TRASH SINCE' }] : []),
    ],
    documents.map(({ name, title, entries, bytes, updatedAtMs, trashedAtMs }) => [
      name,
      shortened(title),
      String(entries),
      sizeOf(bytes),
      dayAndTime(updatedAtMs),
      ...(hasTrash ? [trashedAtMs === null ? '' : dayAndTime(trashedAtMs)] : []),
    ]),
  );
}

function shortened(title: string): string {
  const characters = [...title];
  return characters.length > TITLE_CHARACTERS ? `${characters.slice(0, TITLE_CHARACTERS - 1).join('')}…` : title;
}
