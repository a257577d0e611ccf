// A key-value store on LevelDB: one folder, held by one process at a time.
// After a write error LevelDB 1.20 stays usable and loses what is written later (I8): whoever sees one must close.

import { readdir, readFile, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { ClassicLevel } from 'classic-level';
import { makeFolder } from '../../make-folder.js';
import { messageOf, SyncError } from '../../sync-error.js';
import { syncFolder } from '../../whole-file.js';
import type { KeyRange, KeyValueStore, Operation, RangeOptions } from '../key-value-store.js';
import { isNoSpace, tryDisk } from './disk-space.js';

/** Scans fetch this much at a time: large enough to be quick, small enough not to hold up the process. */
const SCAN_BYTES = 64 * 1024;
const SCAN_PAIRS = 1000;

/**
 * Opens the store in `folder`, which is created when missing.
 *
 * @param onLoss takes a sentence when LevelDB has thrown bytes away on the way: those of a write cut short by a loss of
 *               power, which nobody was told of, or of a damaged disk. The records themselves cannot tell a missing end.
 * @throws SyncError `STORE_IN_USE` when another process holds it, `STORE_FULL` when there is no room for what LevelDB writes
 *                   as it opens, `STORE_UNREADABLE` when it cannot be opened
 */
export async function openLevelStore(
  folder: string,
  onLoss: (sentence: string) => void = () => undefined,
): Promise<KeyValueStore> {
  let db: ClassicLevel<Uint8Array, Uint8Array>;
  try {
    // Before there is a database object, which begins to open by itself, and makes folders in its own way.
    await makeFolder(folder);
    db = new ClassicLevel(folder, { keyEncoding: 'view', valueEncoding: 'view' });
    await db.open();
  } catch (error) {
    throw openingError(folder, error);
  }
  try {
    // LevelDB ends its opening by giving CURRENT to its new lists, and syncs nothing after that: a loss of power could
    // still bring the old ones back, with a log whose end never reached the disk, though its entries are served by then.
    await syncFolder(folder);
  } catch (error) {
    await db.close().catch(() => undefined);
    throw openingError(folder, error);
  }
  // LevelDB's notes of the last time name documents, erased ones too, and nobody reads them.
  await rm(join(folder, 'LOG.old'), { force: true });
  const droppedBytes = await bytesDroppedAtOpening(folder);
  if (droppedBytes > 0) {
    onLoss(
      `LevelDB dropped ${droppedBytes} damaged bytes of ${folder} when it opened them. After a loss of power that is a write ` +
        'nobody was told of; otherwise the newest entries may be missing: compare with a backup.',
    );
  }
  return new LevelStore(db);
}

/**
 * Whether the store in `folder` could be opened again now, and take a batch of `bytes`.
 * @throws what the disk has against it
 */
export async function tryLevelDisk(folder: string, bytes: number): Promise<void> {
  let neededBytes = bytes + LISTS_BYTES;
  // Opening, LevelDB writes all that its log holds into a new table.
  for (const name of await readdir(folder)) {
    if (name.endsWith('.log')) neededBytes += (await stat(join(folder, name))).size;
  }
  await tryDisk(dirname(folder), neededBytes);
}

/** LevelDB says so in its own `LOG` alone, which it begins anew at each opening (leveldb: db/db_impl.cc, LogReporter). */
async function bytesDroppedAtOpening(folder: string): Promise<number> {
  const log = await readFile(join(folder, 'LOG'), 'utf8').catch(() => '');
  let bytes = 0;
  for (const [, dropped] of log.matchAll(/: dropping (\d+) bytes; /g)) bytes += Number(dropped);
  return bytes;
}

/** What LevelDB's lists of files and its own notes may take. */
const LISTS_BYTES = 256 * 1024;

class LevelStore implements KeyValueStore {
  readonly #db: ClassicLevel<Uint8Array, Uint8Array>;

  constructor(db: ClassicLevel<Uint8Array, Uint8Array>) {
    this.#db = db;
  }

  async get(key: Uint8Array): Promise<Uint8Array | undefined> {
    try {
      const value = await this.#db.get(key);
      return value && plain(value);
    } catch (cause) {
      throw readingError(cause);
    }
  }

  batch(operations: readonly Operation[], options: { readonly sync: boolean }): Promise<void> {
    return this.#db.batch(operations as Operation[], options);
  }

  async *range({ gte, lt, reverse = false, limit = -1 }: RangeOptions): AsyncGenerator<[Uint8Array, Uint8Array]> {
    const iterator = this.#db.iterator({ gte, lt, reverse, limit, highWaterMarkBytes: SCAN_BYTES });
    let isAtEnd = false;
    try {
      for (;;) {
        const pairs = await iterator.nextv(SCAN_PAIRS);
        isAtEnd = pairs.length === 0;
        if (isAtEnd) return;
        for (const [key, value] of pairs) yield [plain(key), plain(value)];
      }
    } catch (cause) {
      throw readingError(cause);
    } finally {
      if (!isAtEnd) await forgetPairs(iterator, lt);
      // An iterator left open keeps old tables on the disk.
      await iterator.close();
    }
  }

  compact({ gte, lt }: KeyRange): Promise<void> {
    return this.#db.compactRange(gte, lt);
  }

  close(): Promise<void> {
    return this.#db.close();
  }
}

/**
 * Closed or not, an iterator keeps a copy of the pairs it read last, which may be a document, until V8 collects it or it reads on.
 * @param lt where its range ends: there is nothing to read
 */
async function forgetPairs(
  iterator: { seek(target: Uint8Array): void; nextv(size: number): Promise<unknown> },
  lt: Uint8Array,
): Promise<void> {
  try {
    iterator.seek(lt);
    await iterator.nextv(1);
  } catch {
    // Whoever read it had what was asked for, or was told.
  }
}

/** LevelDB answers with Buffers, whose `slice` is a view and not a copy. */
const plain = (bytes: Uint8Array): Uint8Array => new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);

function openingError(folder: string, error: unknown): SyncError {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  if (cause instanceof Error && 'code' in cause && cause.code === 'LEVEL_LOCKED') {
    return new SyncError(
      'STORE_IN_USE',
      `The data folder ${folder} is in use by another process. Stop that one first, or choose another folder.`,
      { cause },
    );
  }
  if (isNoSpace(cause)) {
    const sentence = `There is no room on the disk of the data folder ${folder}, not even to open it. What is in it is unharmed. Make some room, then start again.`;
    return new SyncError('STORE_FULL', sentence, { cause });
  }
  const reason = whyNot(cause);
  return new SyncError('STORE_UNREADABLE', `The data folder ${folder} cannot be opened: ${reason}`, { cause });
}

/** Of what goes wrong most often, what it means; of the rest, what the system says. */
function whyNot(cause: unknown): string {
  const message = messageOf(cause);
  const path = (cause as NodeJS.ErrnoException | null)?.path ?? 'it';
  if (/EEXIST|ENOTDIR|Not a directory/.test(message)) return `${path} is a file, or lies in one. Choose a folder.`;
  if (/EACCES|EPERM|Permission denied|Operation not permitted/.test(message)) {
    return `this user may not write there (${path}). Give it the right to, or choose another folder.`;
  }
  if (/EROFS|Read-only file system/.test(message)) return 'its disk can only be read. Choose another folder.';
  if (/ENOENT/.test(message)) return `${path} cannot be made. Choose another folder.`;
  return message;
}

function readingError(cause: unknown): SyncError {
  return new SyncError('STORE_UNREADABLE', `The data folder cannot be read: ${messageOf(cause)}`, { cause });
}
