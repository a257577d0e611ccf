// The list of documents, with what each of them takes.

import type { DocumentInfo, DocumentUsage } from '../log/document-log.js';
import { checkWanted, noArguments, type Operation } from './operation.js';

export interface ListedDocument extends DocumentInfo, DocumentUsage {
  /** Since when it is in the trash; null: it is not. */
  readonly trashedAtMs: number | null;
}

export interface ListedDocuments {
  /** The one changed last comes first. */
  readonly documents: readonly ListedDocument[];
}

export const listDocuments: Operation<null, ListedDocuments> = {
  name: 'documents',
  readArgs: noArguments,
  run: async (_args, context) => {
    const { log, onProgress, tell, trash } = context;
    onProgress({ doing: 'Reading documents', done: 0, total: 0 });
    const documents = await log.documents();
    checkWanted(context);
    const usage = await log.usage();
    const trashed = await trash.list(({ message }) => tell(message));
    return {
      documents: documents
        .map((info) => ({
          ...info,
          entries: 0,
          bytes: 0,
          ...usage.get(info.name),
          trashedAtMs: trashed.get(info.name)?.atMs ?? null,
        }))
        .sort((a, b) => b.updatedAtMs - a.updatedAtMs),
    };
  },
};
