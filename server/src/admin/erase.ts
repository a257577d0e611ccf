// Takes a document out of the data, with its history, and says where it still is (L5).

import type { DocumentName } from '@weft/protocol';
import { cutFilesIn } from '../log/level/accept-loss.js';
import { type KnownBackup, knownBackups } from './backup.js';
import { documentNamed, withDocumentClosed } from './named-document.js';
import type { Operation } from './operation.js';
import { readObject, readText } from './read-args.js';
import { removeReplacedFiles } from './replaced-files.js';

export interface EraseArgs {
  readonly name: string;
}

export interface EraseResult {
  readonly name: DocumentName;
  /** All that are known: what they hold is not erased, and clocks may say falsely that one is older than the document. */
  readonly backups: readonly KnownBackup[];
  /** Files with what a damaged journal lost (weft serve --accept-loss): text of any document may be in them. */
  readonly cutFiles: readonly string[];
}

export const eraseDocument: Operation<EraseArgs, EraseResult> = {
  name: 'erase',
  readArgs: (input) => ({ name: readText(readObject(input), 'name') }),
  run: async (args, context) => {
    const { dataFolder, onProgress } = context;
    const { name } = await documentNamed(args.name, context);
    // Asked for first: should the list be unreadable, nothing has happened yet.
    const backups = await knownBackups(dataFolder);
    onProgress({ doing: `Erasing "${name}"`, done: 0, total: 0 });
    await withDocumentClosed(name, 'This document was erased.', context, async (moves) => {
      // Before the document: should this be cut short, it is still there to be erased again.
      await removeReplacedFiles(dataFolder, name);
      await moves.eraseDocument(name);
    });
    return { name, backups, cutFiles: await cutFilesIn(dataFolder) };
  },
};
