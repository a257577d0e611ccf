// `weft export`: one document as a file: with its whole history (.weft), or its text at one moment, in other formats.

import { stat } from 'node:fs/promises';
import { writeDocumentArchive } from '../archive/document-archive.js';
import { writeWholeFile } from '../archive/files.js';
import { timeOf } from '../history/moments.js';
import { stateJobAt } from '../history/rebuild.js';
import type { DocumentInfo, Seq } from '../log/document-log.js';
import { SyncError } from '../sync-error.js';
import { documentNamed } from './named-document.js';
import { type AdminContext, checkWanted, type Operation } from './operation.js';
import { readObject, readText } from './read-args.js';

export const exportFormats = ['weft', 'docx', 'markdown', 'html', 'text', 'json'] as const;
export type ExportFormat = (typeof exportFormats)[number];

export interface ExportArgs {
  readonly name: string;
  readonly format: ExportFormat;
  /** The entry of the text whose moment is wanted; null for the newest. Not for `weft`, which has all moments. */
  readonly seq: Seq | null;
  /** An absolute path where nothing is yet. */
  readonly file: string;
}

export interface ExportResult {
  readonly name: string;
  readonly format: ExportFormat;
  readonly file: string;
  /** The newest entry of the text that is in it. */
  readonly seq: Seq;
  readonly bytes: number;
  /** What the format could not hold, in sentences. */
  readonly warnings: readonly string[];
}

export const exportDocument: Operation<ExportArgs, ExportResult> = {
  name: 'export',
  readArgs: (input) => {
    const args = readObject(input);
    const format = exportFormats.find((known) => known === args.format);
    const seq = args.seq ?? null;
    if (!format) throw new SyncError('BAD_REQUEST', 'The format is not one that can be written.');
    if (seq !== null && !Number.isSafeInteger(seq)) throw new SyncError('BAD_REQUEST', 'The seq is not a number.');
    return { name: readText(args, 'name'), format, seq: seq as number | null, file: readText(args, 'file') };
  },
  run: async (args, context) => {
    const { log } = context;
    const info = await documentNamed(args.name, context);
    if (await stat(args.file).catch(() => null)) {
      throw new SyncError(
        'FILE_NOT_WRITTEN',
        `${args.file} is there already. Remove it, or choose another name with --out.`,
      );
    }
    const { format } = args;
    if (format !== 'weft') return exportText({ ...args, format }, info, context);
    if (args.seq !== null) {
      throw new SyncError('BAD_USAGE', 'A .weft file holds every moment: --seq is for the other formats.');
    }
    const total = (await log.view({ document: info.name, kind: 'content' })).head;
    let done = 0;
    const onEntries = (count: number): void => {
      done += count;
      context.onProgress({ doing: 'Writing entries', done, total: Math.max(done, total) });
    };
    const betweenSlices = async (): Promise<void> => checkWanted(context);
    const { assets } = context;
    const options = { assets, onEntries, betweenSlices };
    const { heads, bytes, warnings } = await writeDocumentArchive(args.file, log, info, options);
    return { ...args, seq: heads.get('content') ?? 0, bytes, warnings };
  },
};

async function exportText(
  args: ExportArgs & { readonly format: Exclude<ExportFormat, 'weft'> },
  info: DocumentInfo,
  context: AdminContext,
): Promise<ExportResult> {
  const { history, log, onProgress } = context;
  const view = await log.view({ document: info.name, kind: 'content' });
  const seq = args.seq ?? view.head;
  if (seq < 0 || seq > view.head) {
    throw new SyncError('BAD_USAGE', `${info.name} has the entries 1 to ${view.head}; there is no moment ${seq}.`);
  }
  onProgress({ doing: 'Reading the document', done: 0, total: 0 });
  const job = await stateJobAt(view, seq);
  const timeMs = seq > 0 ? await timeOf(view, seq) : info.createdAtMs;
  const moment = { seq, time: new Date(timeMs).toISOString() };
  checkWanted(context);
  const { bytes, warnings } =
    args.format === 'json'
      ? await history.renderJson(job, { name: info.name, ...moment })
      : await history.renderFile(args.format, job);
  return { ...args, seq, ...(await written(args.file, bytes)), warnings };
}

async function written(file: string, bytes: Uint8Array): Promise<{ readonly bytes: number }> {
  await writeWholeFile(file, bytes);
  return { bytes: bytes.length };
}
