// Takes a document out of the data, with its history, and says where it still is (L5).

import { CloseCode, type DocumentName, parseDocumentName } from '@weft/protocol';
import type { ChannelId } from '../log/document-log.js';
import { SyncError } from '../sync-error.js';
import { type KnownBackup, knownBackups } from './backup.js';
import type { Operation } from './operation.js';
import { readObject, readText } from './read-args.js';
import { removeReplacedFiles } from './replaced-files.js';

export interface EraseArgs {
  readonly name: string;
}

export interface EraseResult {
  readonly name: DocumentName;
  /** Backups made while the document was there, or may have been: what they hold is not erased. */
  readonly backups: readonly KnownBackup[];
}

export const eraseDocument: Operation<EraseArgs, EraseResult> = {
  name: 'erase',
  readArgs: (input) => ({ name: readText(readObject(input), 'name') }),
  run: async (args, { dataFolder, log, onProgress, withClosed }) => {
    const parsed = parseDocumentName(args.name);
    if (!parsed.ok) throw new SyncError('BAD_USAGE', parsed.reason);
    const { name } = parsed;
    const info = await log.document(name);
    if (info === null) {
      throw new SyncError('NO_SUCH_DOCUMENT', `There is no document "${name}". See weft documents for their names.`);
    }
    // Asked for first: should the list be unreadable, nothing has happened yet.
    const backups = (await knownBackups(dataFolder)).filter(({ lastMs }) => lastMs >= info.createdAtMs);
    onProgress({ doing: `Erasing "${name}"`, done: 0, total: 0 });
    const closed = <T>(kind: ChannelId['kind'], action: () => Promise<T>): Promise<T> =>
      withClosed({ document: name, kind }, CloseCode.Replaced, 'This document was erased.', action);
    await closed('content', () => closed('discussion', () => log.eraseDocument(name)));
    await removeReplacedFiles(dataFolder, name);
    return { name, backups };
  },
};
