// What was deleted in a document, which its past still holds, and the erasing of it for good (L5). The text of today, and with it
// who wrote it, then stands alone under a new epoch: whoever has the document open is sent out and comes back to it, and every
// device lets go of its copy. What somebody had not saved is a draft there.

import { rm } from 'node:fs/promises';
import type { DocumentName } from '@weft/protocol';
import { type KnownBackup, knownBackups } from './backup.js';
import { withDocumentClosed } from './named-document.js';
import type { AdminContext, WorkContext } from './operation.js';
import { replacedFilesOf } from './replaced-files.js';
import type { TrimPlan, Trims } from './trims.js';

/** What is erased with what was deleted, and where it stays. */
export interface ErasurePlan extends Omit<TrimPlan, 'beforeMs'> {
  /** Files with what the document was before something took its place. They go as well. */
  readonly replacedFiles: readonly string[];
  /** All that are known: until the next run into each of them they hold it still. */
  readonly backups: readonly KnownBackup[];
  /** All of it is erased already. */
  readonly isNothing: boolean;
}

export interface DeletedTextOptions extends Pick<AdminContext, 'dataFolder' | 'log' | 'withClosed'> {
  readonly trims: Pick<Trims, 'plan' | 'eraseDeleted' | 'isErased' | 'sweep'>;
}

const REASON = 'What was deleted in this document is erased for good. What you had not saved is kept as a draft.';

export class DeletedText {
  readonly #options: DeletedTextOptions;

  constructor(options: DeletedTextOptions) {
    this.#options = options;
  }

  /** Says what would go, and changes nothing. */
  async plan(document: DocumentName): Promise<ErasurePlan> {
    const { dataFolder, trims } = this.#options;
    const { beforeMs: _, ...plan } = await trims.plan(document, Number.POSITIVE_INFINITY);
    const replacedFiles = await replacedFilesOf(dataFolder, document);
    const isNothing = replacedFiles.length === 0 && (await trims.isErased(document));
    return { ...plan, replacedFiles, backups: await knownBackups(dataFolder), isNothing };
  }

  /** Sends nobody out where there is nothing. @throws SyncError `CANCELLED`, and what `Trims.eraseDeleted` throws: then nothing of the text was erased */
  erase(
    { document, replacedFiles, isNothing }: Pick<ErasurePlan, 'document' | 'replacedFiles' | 'isNothing'>,
    { signal }: Pick<WorkContext, 'signal'>,
  ): Promise<void> {
    if (isNothing) return this.#options.trims.sweep(document);
    return withDocumentClosed(document, REASON, { ...this.#options, signal }, async (moves) => {
      // Before the text: should one not go, nothing has, and it can be asked for again.
      for (const file of replacedFiles) await rm(file, { force: true });
      await this.#options.trims.eraseDeleted(document, moves);
    });
  }
}
