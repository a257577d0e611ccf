// Brings files of documents from one place for files to another, each together with the record that names it, so that neither is there
// without the other.

import { createHash } from 'node:crypto';
import { SyncError } from '../../sync-error.js';
import type { FileStore, IncomingFile } from '../file-store.js';
import { recordRange } from '../level/keys.js';
import { readKey } from '../level/read-key.js';
import { readRecord } from '../level/stored-values.js';
import { sameBytes } from './copy-channel.js';
import type { MovableStore } from './movable-store.js';

/** So large are the pieces in a database. */
const READ_BYTES = 256 * 1024;

export interface FileEnds {
  readonly from: FileStore;
  readonly to: FileStore;
}

export interface FileCopyParts extends FileEnds {
  readonly source: MovableStore;
  readonly target: MovableStore;
  /** Whether a record is not to come along. */
  readonly isLeftOut: (key: string) => boolean;
  /** Takes the key of a record that cannot come along, and why. */
  readonly leaveOut: (key: string, sentence: string) => void;
  /** Called after each file. @throws to end it there */
  readonly onFile: () => void;
}

/** @returns how many came */
export async function copyFiles({
  from,
  to,
  source,
  target,
  isLeftOut,
  leaveOut,
  onFile,
}: FileCopyParts): Promise<number> {
  const there = new Set<string>();
  for await (const id of to.list()) there.add(id);
  let copied = 0;
  for await (const [key, value] of source.values(recordRange('asset'))) {
    const known = readKey(key);
    if (known.kind !== 'record' || isLeftOut(known.key) || !isSound(key, value)) continue;
    const id = fileIn(known.key);
    if (there.has(id) && sameBytes(value, await target.get(key))) continue;
    try {
      await copyFile(id, { from, to }, () => target.write([{ type: 'put', key, value }]));
      if (!sameBytes(value, await target.get(key))) throw new SyncError('STORE_UNREADABLE', 'Its document is gone.');
      there.add(id);
      copied += 1;
    } catch (error) {
      if (!(error instanceof SyncError) || error.code !== 'STORE_UNREADABLE') throw error;
      leaveOut(known.key, `The file ${id} of "${known.key.split('\0')[0]}" does not come along: ${error.message}`);
    }
    onFile();
  }
  return copied;
}

/** The id of a file in the key of a record of the table `asset`. */
export const fileIn = (key: string): string => key.split('\0')[1] ?? '';

/** What is damaged is told where records are compared. */
function isSound(key: Uint8Array, value: Uint8Array): boolean {
  try {
    readRecord(key, value);
    return true;
  } catch {
    return false;
  }
}

async function copyFile(id: string, { from, to }: FileEnds, note: () => Promise<void>): Promise<void> {
  const file = await from.open(id);
  const incoming = await to.begin();
  try {
    const hash = createHash('sha256');
    for await (const piece of file.stream()) {
      hash.update(piece as Uint8Array);
      await incoming.write(piece as Uint8Array);
    }
    if (hash.digest('hex') !== id) throw new SyncError('STORE_UNREADABLE', 'it is damaged where it is.');
    await readBack(incoming, id);
    await incoming.end(id);
    await incoming.keep(note);
  } finally {
    await incoming.discard();
    await file.close();
  }
}

/**
 * Before a record names it: of a file that one names it is known that it is there as it was.
 * @throws SyncError `LOG_FAILED` when it does not come back as it was written
 */
async function readBack(incoming: IncomingFile, id: string): Promise<void> {
  const hash = createHash('sha256');
  for (let at = 0; ; ) {
    const piece = await incoming.read(at, READ_BYTES);
    if (piece.length === 0) break;
    hash.update(piece);
    at += piece.length;
  }
  if (hash.digest('hex') === id) return;
  throw new SyncError(
    'LOG_FAILED',
    `The file ${id} is not the same in the new store as it was written there: that disk, or what stands before it, should be looked ` +
      'at. Nothing was changed where the documents are.',
  );
}
