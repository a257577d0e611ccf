// What a backup folder holds: one line for each document with its channels and the files their entries are in. It is
// written last and put in its place when all it names is on disk; files it does not name do not count.

import { createHash } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { parseDocumentName } from '@weft/protocol';
import { CHANNEL_KINDS, type ChannelKind, type DocumentInfo, type Seq } from '../log/document-log.js';
import { SyncError } from '../sync-error.js';
import { LAST_DATE_MS } from './archive-reader.js';
import { openFile, writeWholeText } from './files.js';

const MANIFEST_VERSION = 1;
export const MANIFEST_FILE = 'manifest.jsonl';
export const PIECES_FOLDER = 'pieces';

/** One file with a stretch of a channel. */
export interface Piece {
  /** Within the folder of the backup, with `/`. */
  readonly file: string;
  /** Its entries are those with seq > `after` and <= `last`. */
  readonly after: Seq;
  readonly last: Seq;
  readonly bytes: number;
  /** The channel's link after `last`, as 32 hex digits. */
  readonly link: string;
}

export interface BackedUpChannel {
  readonly kind: ChannelKind;
  readonly epoch: number;
  /** One after the other, from the first entry on, or from what stands for those that were trimmed. At least one. */
  readonly pieces: readonly Piece[];
}

export interface BackedUpDocument {
  readonly info: DocumentInfo;
  /** Those that have entries. */
  readonly channels: readonly BackedUpChannel[];
}

/** The file with the small records of the store. */
export interface BackedUpRecords {
  readonly file: string;
  readonly count: number;
  readonly bytes: number;
}

export interface Manifest {
  /** Which data folder it is the backup of: a random id. */
  readonly store: string;
  readonly timeMs: number;
  readonly documents: readonly BackedUpDocument[];
  /** Null when there were none, or they could not be read. */
  readonly records: BackedUpRecords | null;
}

export async function writeManifest(folder: string, { store, timeMs, documents, records }: Manifest): Promise<void> {
  const lines = [
    { weft: 'backup', version: MANIFEST_VERSION, store, timeMs, documents: documents.length, records },
    ...documents,
  ].map((line) => `${JSON.stringify(line)}\n`);
  const text = lines.join('');
  await writeWholeText(join(folder, MANIFEST_FILE), `${text}${JSON.stringify({ sha256: sha256(text) })}\n`);
}

/** For a folder without a manifest. @throws SyncError `ARCHIVE_UNREADABLE` when it is that of a backup never finished */
export async function checkIsNotBegun(folder: string): Promise<void> {
  if ((await stat(join(folder, PIECES_FOLDER)).catch(() => null)) === null) return;
  throw new SyncError(
    'ARCHIVE_UNREADABLE',
    `The first backup into ${folder} was never finished: nothing can be brought back from it. Run weft backup again.`,
  );
}

/**
 * @returns null when there is none
 * @throws SyncError `ARCHIVE_UNREADABLE`
 */
export async function readManifest(folder: string): Promise<Manifest | null> {
  const path = join(folder, MANIFEST_FILE);
  let text: string;
  try {
    const file = await openFile(path);
    text = await file.readFile('utf8').finally(() => file.close());
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw new SyncError('ARCHIVE_UNREADABLE', `${path} cannot be read: ${(cause as Error).message}.`, { cause });
  }
  try {
    return parse(text);
  } catch (cause) {
    if (cause instanceof SyncError) throw cause;
    throw new SyncError(
      'ARCHIVE_UNREADABLE',
      `${path} is damaged: ${(cause as Error).message}. The backup cannot be used; take another one.`,
      { cause },
    );
  }
}

function parse(text: string): Manifest {
  const [first = '', ...rest] = text.split('\n').map((line) => `${line}\n`);
  const { weft, version, store, timeMs, documents: count, records } = object(first);
  if (weft !== 'backup' || !Number.isSafeInteger(version)) throw new Error('it does not begin as one');
  if ((version as number) > MANIFEST_VERSION) {
    throw new SyncError(
      'ARCHIVE_UNREADABLE',
      `The backup was written by a newer version of Weft (backup ${version}; this version reads ${MANIFEST_VERSION}). ` +
        'Use that version, or a later one.',
    );
  }
  // After the last line feed nothing follows, and the line before it holds the hash.
  const lines = rest.slice(0, -2);
  if (object(rest.at(-2) ?? '').sha256 !== sha256([first, ...lines].join(''))) throw new Error('its hash is wrong');
  if (lines.length !== count) throw new Error(`it names ${lines.length} documents instead of ${count}`);
  if (typeof store !== 'string') throw new Error('it does not say what it is the backup of');
  const documents = lines.map((line) => readLine(object(line)));
  return { store, timeMs: time(timeMs), documents, records: readRecords(records) };
}

function readRecords(records: unknown): BackedUpRecords | null {
  if (records === null) return null;
  const { file, count, bytes } = records as Record<string, unknown>;
  return { file: fileOf(file), count: whole(count), bytes: whole(bytes) };
}

/** Files are ours to name: a path that leads out of the folder is not one of them. */
function fileOf(file: unknown): string {
  if (typeof file === 'string' && /^pieces\/[\w/-]+\.piece$/.test(file)) return file;
  throw new Error(`a file cannot be "${file}"`);
}

function readLine({ info, channels }: Record<string, unknown>): BackedUpDocument {
  const { name, title, excerpt, characters, createdAtMs, updatedAtMs } = info as Record<string, unknown>;
  const parsed = parseDocumentName(String(name));
  if (!parsed.ok) throw new Error(parsed.reason);
  return {
    info: {
      name: parsed.name,
      title: String(title),
      excerpt: String(excerpt),
      characters: whole(characters),
      createdAtMs: time(createdAtMs),
      updatedAtMs: time(updatedAtMs),
    },
    channels: (channels as Record<string, unknown>[]).map(readChannel),
  };
}

function readChannel({ kind, epoch, pieces }: Record<string, unknown>): BackedUpChannel {
  if (!CHANNEL_KINDS.includes(kind as ChannelKind)) throw new Error(`a channel cannot be "${kind}"`);
  const first = (pieces as Record<string, unknown>[])[0];
  let after = first === undefined ? 0 : whole(first.after);
  const read = (pieces as Record<string, unknown>[]).map((piece, index): Piece => {
    const file = fileOf(piece.file);
    const link = String(piece.link);
    if (!/^[0-9a-f]{32}$/.test(link)) throw new Error(`a link cannot be "${link}"`);
    const last = whole(piece.last);
    // With what stands for the trimmed entries, and none after them.
    const isBaseAlone = index === 0 && after > 0 && last === after;
    if (piece.after !== after || (last <= after && !isBaseAlone))
      throw new Error(`${file} does not follow the one before`);
    const read = { file, after, last, bytes: whole(piece.bytes), link };
    after = last;
    return read;
  });
  if (read.length === 0) throw new Error('a channel has no entries');
  return { kind: kind as ChannelKind, epoch: whole(epoch), pieces: read };
}

function object(line: string): Record<string, unknown> {
  const value: unknown = JSON.parse(line);
  if (typeof value !== 'object' || value === null) throw new Error('a line of it is not an object');
  return value as Record<string, unknown>;
}

function whole(value: unknown): number {
  if (!Number.isSafeInteger(value) || (value as number) < 0) throw new Error(`a number cannot be ${value}`);
  return value as number;
}

function time(value: unknown): number {
  if (whole(value) > LAST_DATE_MS) throw new Error(`a time cannot be ${value}`);
  return value as number;
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
