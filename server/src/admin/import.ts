// `weft import`: a file becomes a document: a .weft file with its history and its authors, others as one entry.

import { readFile, stat } from 'node:fs/promises';
import { basename, extname } from 'node:path';
import { type DocumentName, MAX_UPDATE_BYTES, parseDocumentName } from '@weft/protocol';
import { archivedFiles, readDocumentArchive } from '../archive/archived-document.js';
import { readPieces } from '../archive/files.js';
import { SyncError } from '../sync-error.js';
import { bringBackAsset } from './backup-assets.js';
import type { AdminContext, Operation } from './operation.js';
import { readObject, readText } from './read-args.js';
import { checkIsNew, countEntries, type IncomingDocument, replaceDocument, wholeDocument } from './replace-document.js';

export interface ImportArgs {
  /** An absolute path; its ending says what it holds. */
  readonly file: string;
  /** Null: the name in the file, or else that of the file. */
  readonly name: string | null;
  /** Whether it may take the place of a document that is there. */
  readonly replace: boolean;
}

export interface ImportResult {
  readonly name: DocumentName;
  readonly entries: number;
  /** The .weft file with what was there before. */
  readonly replaced: string | null;
  /** What could not come in, in sentences. */
  readonly warnings: readonly string[];
}

/** Of all but .weft: more than any text that makes one entry. */
const MAX_TEXT_BYTES = 64 * 1024 * 1024;
const REASON = 'The document was replaced by an imported one. What you had not saved is kept as a draft.';

export const importDocument: Operation<ImportArgs, ImportResult> = {
  name: 'import',
  readArgs: (input) => {
    const args = readObject(input);
    const name = args.name === null ? null : readText(args, 'name');
    return { file: readText(args, 'file'), name, replace: args.replace === true };
  },
  run: async ({ file, name, replace }, context) => {
    // Before the work, if the name is known by then.
    if (name !== null && !replace) await checkIsNew(parseName(name), context);
    context.onProgress({ doing: `Reading ${basename(file)}`, done: 0, total: 0 });
    const { incoming, warnings } = await readers[endingOf(file)](file, name, context);
    const replaced = await replaceDocument(incoming, { mayReplace: replace, reason: REASON }, context);
    const lost = extname(file).toLowerCase() === '.weft' ? await bringFiles(file, incoming.name, context) : [];
    const hasReplaced = replaced.existed || replaced.file !== null;
    const action = hasReplaced ? 'document-replaced' : 'document-imported';
    context.audit.note({ action, person: 'admin', document: incoming.name, detail: { file: basename(file) } });
    if (hasReplaced) context.tell(`"${incoming.name}" was replaced by a command, with what is in ${file}.`);
    return {
      name: incoming.name,
      entries: countEntries(incoming),
      replaced: replaced.file,
      warnings: [...warnings, ...lost, ...(replaced.warning === null ? [] : [replaced.warning])],
    };
  },
};

/** @returns what could not come, in sentences */
async function bringFiles(file: string, document: DocumentName, context: AdminContext): Promise<string[]> {
  const faults: string[] = [];
  for await (const { asset, bytes } of archivedFiles(readPieces(file, file), file)) {
    const fault = await bringBackAsset(document, asset, () => Promise.resolve(bytes), context);
    if (fault !== null) faults.push(fault);
  }
  return faults;
}

interface ReadFile {
  readonly incoming: IncomingDocument;
  readonly warnings: readonly string[];
}

type Reader = (file: string, name: string | null, context: AdminContext) => Promise<ReadFile>;

const readWeft: Reader = async (file, name) => {
  const archived = await readDocumentArchive(readPieces(file, file), file);
  return { incoming: wholeDocument(archived, name === null ? undefined : parseName(name)), warnings: [] };
};

const readAs =
  (format: 'docx' | 'markdown' | 'text'): Reader =>
  async (file, name, context) => {
    const bytes = await readTextFile(file);
    return compose(format, bytes, name ?? basename(file, extname(file)), file, context);
  };

const readJson: Reader = async (file, name, context) => {
  const bytes = await readTextFile(file);
  return compose('json', bytes, name ?? nameInJson(bytes) ?? basename(file, extname(file)), file, context);
};

const readers = {
  '.weft': readWeft,
  '.docx': readAs('docx'),
  '.md': readAs('markdown'),
  '.markdown': readAs('markdown'),
  '.txt': readAs('text'),
  '.json': readJson,
} as const;

function endingOf(file: string): keyof typeof readers {
  const ending = extname(file).toLowerCase();
  if (ending in readers) return ending as keyof typeof readers;
  if (ending === '.html' || ending === '.htm') {
    throw new SyncError(
      'BAD_USAGE',
      `${file} is a web page, and those are read by browsers alone: open the app, and choose Import on its start page.`,
    );
  }
  throw new SyncError(
    'BAD_USAGE',
    `${file} is no .weft, .docx, .md, .txt or .json file: it is not known what it holds.`,
  );
}

/** The discussion stays: a text alone says nothing about it. */
async function compose(
  format: 'docx' | 'markdown' | 'text' | 'json',
  bytes: Uint8Array,
  name: string,
  file: string,
  { history }: AdminContext,
): Promise<ReadFile> {
  const parsed = parseName(name);
  const { update, warnings } = await history.compose(format, bytes).catch((cause: Error) => {
    const sentence = `${file} cannot be read: ${cause.message} Nothing was changed.`;
    throw new SyncError('ARCHIVE_UNREADABLE', sentence, { cause });
  });
  if (update.length > MAX_UPDATE_BYTES) {
    throw new SyncError(
      'ARCHIVE_UNREADABLE',
      `${file} makes an entry of more than ${MAX_UPDATE_BYTES / 2 ** 20} MiB, which is beyond the limit. Split it into several files.`,
    );
  }
  const timeMs = Date.now();
  const entry = { seq: 1, timeMs, author: '', outboxId: '', clientSeq: 0, update };
  const incoming = {
    name: parsed,
    createdAtMs: timeMs,
    updatedAtMs: timeMs,
    channels: new Map([['content', [entry]]]),
    bases: new Map(),
  };
  return { incoming: incoming as IncomingDocument, warnings };
}

async function readTextFile(file: string): Promise<Uint8Array> {
  const found = await stat(file).catch(() => null);
  if (!found?.isFile()) throw new SyncError('ARCHIVE_UNREADABLE', `There is no file ${file}.`);
  if (found.size > MAX_TEXT_BYTES) {
    throw new SyncError(
      'ARCHIVE_UNREADABLE',
      `${file} has more than ${MAX_TEXT_BYTES / 2 ** 20} MiB, which is beyond the limit.`,
    );
  }
  return readFile(file).catch((cause: Error) => {
    throw new SyncError('ARCHIVE_UNREADABLE', `${file} cannot be read: ${cause.message}.`, { cause });
  });
}

function nameInJson(bytes: Uint8Array): string | null {
  try {
    const { name } = JSON.parse(new TextDecoder().decode(bytes)) as { name?: unknown };
    return typeof name === 'string' ? name : null;
  } catch {
    // What is wrong with it is said by whoever reads all of it.
    return null;
  }
}

function parseName(name: string): DocumentName {
  const parsed = parseDocumentName(name.normalize('NFC'));
  if (!parsed.ok) throw new SyncError('BAD_USAGE', `${parsed.reason} Choose one with --name.`);
  return parsed.name;
}
