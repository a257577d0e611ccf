// The files of archives and backups: written whole or not at all, read in pieces, with sentences for what goes wrong.

import { constants, type FileHandle, open } from 'node:fs/promises';
import { dirname } from 'node:path';
import { makeFolder } from '../make-folder.js';
import { SyncError } from '../sync-error.js';
import { putFile } from '../whole-file.js';
import type { ByteSink } from './records.js';

/** Small writes are gathered up to this. */
const BUFFER_BYTES = 256 * 1024;

/**
 * Has `write` fill a file, and puts it in its place. What was there before stays until then; when `write` throws, it stays.
 * @param path absolute; folders on the way are made
 * @throws SyncError `FILE_NOT_WRITTEN` when the disk refuses; what `write` throws
 */
export function writeWhole<T>(path: string, write: (sink: ByteSink) => Promise<T>): Promise<T> {
  return attempt(path, async () => {
    await makeFolder(dirname(path));
    return putFile(path, async (file) => {
      const sink = new FileSink(file);
      const result = await write(sink);
      await sink.flush();
      return result;
    });
  });
}

export const writeWholeText = (path: string, text: string): Promise<void> =>
  writeWholeFile(path, new TextEncoder().encode(text));

/** @throws as `writeWhole` */
export const writeWholeFile = (path: string, bytes: Uint8Array): Promise<void> =>
  writeWhole(path, (sink) => sink.write(bytes));

/**
 * Opens a file for reading. To open a pipe would hold one of the few threads that files are read and synced on until
 * somebody writes into it, so the waiting is left out, and what is no file is closed again.
 * @throws what the disk has against it
 */
export async function openFile(path: string): Promise<FileHandle> {
  const file = await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  if ((await file.stat()).isFile()) return file;
  await file.close();
  throw new Error('it is not a file');
}

/** The bytes of a file, in pieces. @throws SyncError `ARCHIVE_UNREADABLE` */
export async function* readPieces(path: string, label: string): AsyncGenerator<Uint8Array> {
  try {
    // The stream closes the file, also when nobody wants the rest.
    const file = await openFile(path);
    for await (const piece of file.createReadStream({ highWaterMark: BUFFER_BYTES })) yield piece as Uint8Array;
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    const reason = code === 'ENOENT' ? `There is no file ${path}` : `${path} cannot be read: ${message}`;
    throw new SyncError('ARCHIVE_UNREADABLE', `${label === path ? '' : `${label}: `}${reason}.`, { cause });
  }
}

class FileSink implements ByteSink {
  readonly #file: FileHandle;
  #pieces: Uint8Array[] = [];
  #length = 0;

  constructor(file: FileHandle) {
    this.#file = file;
  }

  async write(bytes: Uint8Array): Promise<void> {
    this.#pieces.push(bytes);
    this.#length += bytes.length;
    if (this.#length >= BUFFER_BYTES) await this.flush();
  }

  async flush(): Promise<void> {
    const bytes = Buffer.concat(this.#pieces);
    this.#pieces = [];
    this.#length = 0;
    await this.#file.writeFile(bytes);
  }
}

/** Puts what the system has against a file into a sentence. */
async function attempt<T>(path: string, action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (cause) {
    const { code, message, syscall } = cause as NodeJS.ErrnoException;
    if (syscall === undefined) throw cause;
    const why: Record<string, string> = {
      ENOSPC: 'the disk is full',
      EACCES: 'this user may not write there',
      EPERM: 'this user may not write there',
      EROFS: 'the disk cannot be written',
    };
    throw new SyncError(
      'FILE_NOT_WRITTEN',
      `${path} cannot be written: ${why[code ?? ''] ?? message}. What was there before is unchanged.`,
      { cause },
    );
  }
}
