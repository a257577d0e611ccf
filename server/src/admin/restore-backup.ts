// `weft restore-backup`: brings documents of a backup back, each under a new epoch (L5). A document is read to its end and
// built before anything of it is replaced; one that is damaged in the backup stays as it is, and the others go on.

import { readBackedUpDocument } from '../archive/backup-reader.js';
import { type BackedUpDocument, checkIsNotBegun, type Manifest, readManifest } from '../archive/manifest.js';
import { isWithin } from '../history/past-records.js';
import type { RecordChange } from '../log/document-log.js';
import { noteRestore, restoreFinished, unfinishedRestore } from '../log/unfinished-restore.js';
import { SyncError } from '../sync-error.js';
import { bringBackAssets } from './backup-assets.js';
import { bringBackRecords, type IncomingRecords, readIncomingRecords } from './backup-records.js';
import { type AdminContext, checkWanted, type Operation } from './operation.js';
import { readObject, readText } from './read-args.js';
import { countEntries, replaceDocument, wholeDocument } from './replace-document.js';

export interface RestoreArgs {
  /** An absolute path. */
  readonly folder: string;
  /** The one document that is wanted; null for all. */
  readonly document: string | null;
  /** Whether all of them may take the place of documents that are there. */
  readonly all: boolean;
}

export interface RestoredDocument {
  readonly name: string;
  readonly entries: number;
  /** The .weft file with what was there before. */
  readonly replaced: string | null;
}

export interface RestoreResult {
  readonly documents: readonly RestoredDocument[];
  /** When the backup was made, milliseconds since 1970. */
  readonly backupMs: number;
  /** What could not be brought back, or kept, in sentences. */
  readonly faults: readonly string[];
  /** What was left out on purpose, in sentences. */
  readonly remarks: readonly string[];
}

const REASON = 'The document was brought back from a backup. What you had not saved is kept as a draft.';

export const restoreBackup: Operation<RestoreArgs, RestoreResult> = {
  name: 'restore-backup',
  mayMakeStore: true,
  readArgs: (input) => {
    const args = readObject(input);
    const document = args.document === null ? null : readText(args, 'document');
    return { folder: readText(args, 'folder'), document, all: args.all === true };
  },
  run: async (args, context) => {
    const { log, dataFolder, isShared, onProgress } = context;
    if (isShared && args.document === null) {
      throw new SyncError(
        'SEVERAL_SERVERS',
        'A whole backup is brought back where one node alone has the store. Nothing was changed: bring back single documents with ' +
          '--document NAME, or stop all nodes and start one without --nodes several.',
      );
    }
    const manifest = await readManifest(args.folder);
    if (manifest === null) {
      await checkIsNotBegun(args.folder);
      throw new SyncError('ARCHIVE_UNREADABLE', `${args.folder} holds no backup of Weft. Choose the folder of one.`);
    }
    const wanted = chosen(args, manifest.documents);
    const goesOn = (await unfinishedRestore(dataFolder)) === args.folder;
    if (args.document === null && !args.all && !goesOn && (await log.documents()).length > 0) {
      throw new SyncError(
        'DOCUMENT_EXISTS',
        'The data folder holds documents already, and nothing was changed. Bring one back with --document NAME, all of them ' +
          'with --all (what they replace is kept in files), or all into a new folder with --data.',
      );
    }
    if (args.document === null) await noteRestore(dataFolder, args.folder);
    const documents: RestoredDocument[] = [];
    const faults: string[] = [];
    const records = await recordsOf(args.folder, manifest, faults);
    const isAll = args.document === null;
    const remarks = records && isAll ? await bringBackRecords(records, context) : [];
    for (const [index, document] of wanted.entries()) {
      checkWanted(context);
      onProgress({ doing: 'Bringing back', done: index, total: wanted.length });
      try {
        const sharing = (isAll && records?.ofDocuments.get(document.info.name)) || [];
        const past = records?.pasts.get(document.info.name) ?? [];
        const quiet = { ...context, onProgress: () => undefined };
        documents.push(await restore(args.folder, document, { sharing, past }, faults, quiet));
        const files = records?.assets.get(document.info.name) ?? [];
        faults.push(...(await bringBackAssets(args.folder, document.info.name, files, context)));
      } catch (error) {
        if (!(error instanceof SyncError) || error.code !== 'ARCHIVE_UNREADABLE') throw error;
        faults.push(`${error.message} "${document.info.name}" was left as it is.`);
      }
    }
    if (args.document === null) await restoreFinished(dataFolder);
    const what = args.document === null ? `${documents.length} documents were` : `"${args.document}" was`;
    if (documents.length > 0) context.tell(`${what} brought back by a command, out of the backup ${args.folder}.`);
    return { documents, backupMs: manifest.timeMs, faults, remarks };
  },
};

function chosen(
  { folder, document }: RestoreArgs,
  documents: readonly BackedUpDocument[],
): readonly BackedUpDocument[] {
  if (document === null) return documents;
  const found = documents.find(({ info }) => info.name === document);
  if (found) return [found];
  throw new SyncError('NO_SUCH_DOCUMENT', `The backup in ${folder} has no document "${document}".`);
}

/** Read to their end before anything is changed. */
async function recordsOf(folder: string, { records }: Manifest, faults: string[]): Promise<IncomingRecords | null> {
  if (records === null) return null;
  try {
    return await readIncomingRecords(folder, records);
  } catch (error) {
    if (!(error instanceof SyncError) || error.code !== 'ARCHIVE_UNREADABLE') throw error;
    faults.push(error.message);
    return null;
  }
}

async function restore(
  folder: string,
  backedUp: BackedUpDocument,
  records: { readonly sharing: readonly RecordChange[]; readonly past: readonly RecordChange[] },
  faults: string[],
  context: AdminContext,
): Promise<RestoredDocument> {
  const incoming = wholeDocument(await readBackedUpDocument(folder, backedUp));
  // Records are backed up after the documents: people may have gone on writing in between, and named what they wrote then.
  const head = incoming.channels.get('content')?.at(-1)?.seq ?? incoming.bases.get('content')?.seq ?? 0;
  const past = records.past.filter(({ table, key, value }) => value !== null && isWithin(table, { key, value }, head));
  const { sharing } = records;
  const replaced = await replaceDocument(incoming, { mayReplace: true, reason: REASON, sharing, past }, context);
  if (replaced.warning !== null) faults.push(replaced.warning);
  const { name } = incoming;
  context.audit.note({ action: 'document-restored', person: 'admin', document: name, detail: { backup: folder } });
  return { name, entries: countEntries(incoming), replaced: replaced.file };
}
