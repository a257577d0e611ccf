// Takes a document out of the data, with its history, and says where it still is (L5).

import { type DocumentName, parseDocumentName } from '@weft/protocol';
import { channelsOf, type GivenDocument } from '../log/document-log.js';
import type { Duty } from '../log/duties.js';
import { cutFilesIn } from '../log/level/accept-loss.js';
import { type KnownBackup, knownBackups } from './backup.js';
import { documentNamed, withDocumentClosed } from './named-document.js';
import type { AdminContext, Operation } from './operation.js';
import { readObject, readText } from './read-args.js';
import { removeReplacedFiles } from './replaced-files.js';

export interface EraseArgs {
  readonly name: string;
}

export interface EraseResult {
  readonly name: DocumentName;
  /** There was no document any more: what an erasure that was cut short may have left on disk was removed. */
  readonly wasErasedBefore: boolean;
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
    const { name, wasErasedBefore } = await documentToErase(args.name, context);
    // Asked for first: should the list be unreadable, nothing has happened yet.
    const backups = await knownBackups(dataFolder);
    onProgress({ doing: `Erasing "${name}"`, done: 0, total: 0 });
    await eraseForGood(name, context);
    context.audit.note({ action: 'document-erased', person: 'admin', document: name });
    context.tell(`"${name}" was erased by a command, and its history with it.`);
    return { name, wasErasedBefore, backups, cutFiles: await cutFilesIn(dataFolder) };
  },
};

/** With all that belongs to it, and nobody in it. @returns false where it is not as `given`: it stays then */
export async function eraseForGood(
  name: DocumentName,
  context: Pick<AdminContext, 'assets' | 'dataFolder' | 'log' | 'withClosed' | 'signal'> & {
    readonly duty?: Duty | undefined;
  },
  given: GivenDocument = {},
): Promise<boolean> {
  const { assets, dataFolder } = context;
  return withDocumentClosed(name, 'This document was erased.', context, async (moves) => {
    const isErased = await assets.whileErasing(name, () => moves.eraseDocument(name, given));
    // A document that stays keeps them. Should this be cut short, the daily pass of this server finds them.
    if (isErased) await removeReplacedFiles(dataFolder, name);
    return isErased;
  });
}

/**
 * Takes out what was begun and could not be ended: nobody was told that there is a document. One that somebody wrote in meanwhile
 * is theirs, and stays as it is, with whoever owns it.
 */
export async function eraseUnfinished(
  name: DocumentName,
  context: Pick<AdminContext, 'log' | 'withClosed' | 'assets' | 'signal'>,
): Promise<void> {
  const { assets, log } = context;
  // Asked for first, so that nobody who writes in it is sent out.
  if (await isWritten(name, log)) return;
  await withDocumentClosed(name, 'This document could not be made.', context, async (moves) => {
    if (await isWritten(name, log)) return;
    await assets.whileErasing(name, () => moves.eraseDocument(name, { isUnwritten: true }));
  });
}

/** What was accepted shows once it is on disk: for certain while nobody is in it. */
async function isWritten(name: DocumentName, log: Pick<AdminContext['log'], 'view'>): Promise<boolean> {
  const views = await Promise.all(channelsOf(name).map((id) => log.view(id)));
  return views.some(({ head }) => head > 0);
}

/** An erasure that was cut short may have taken the document and left its bytes on disk: it can be asked for again. */
async function documentToErase(
  text: string,
  context: AdminContext,
): Promise<Pick<EraseResult, 'name' | 'wasErasedBefore'>> {
  const { log } = context;
  const parsed = parseDocumentName(text);
  if (parsed.ok && (await log.document(parsed.name)) === null && (await log.wasErased(parsed.name))) {
    return { name: parsed.name, wasErasedBefore: true };
  }
  const { name } = await documentNamed(text, context);
  return { name, wasErasedBefore: false };
}
