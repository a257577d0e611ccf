// The newest end of a journal in a store that was opened again after a failed write: whether all that was acknowledged is
// there, and whether the group that was on its way is, too (L2).

import { SyncError } from '../../sync-error.js';
import type { StoreReader } from '../key-value-store.js';
import { sameLink } from './chain.js';
import { anchorKey, journalKey, printableKey } from './keys.js';
import { RecordKind, type StoredRecord, unseal } from './record.js';

export interface JournalEnd {
  /** The newest record that no longer counts: it may be deleted, and the anchor has its number and hash. */
  readonly anchorNumber: number;
  /** The newest record known to be on disk, and its hash; 0 before the first. */
  readonly number: number;
  readonly hash: Uint8Array;
  /** Hash of the record after it, when that is on its way; null when nothing with a record is. */
  readonly nextHash: Uint8Array | null;
}

/**
 * @returns whether the record that was on its way survived, and with it, for a batch is whole or not at all, its group
 * @throws SyncError `LOG_FAILED` when a record known to be on disk is not there any more, or another one stands in a place
 */
export async function hasSurvived(store: StoreReader, end: JournalEnd): Promise<boolean> {
  if (end.number > end.anchorNumber) await expectRecord(store, journalKey(end.number), RecordKind.journal, end);
  else if (end.number > 0) await expectRecord(store, anchorKey, RecordKind.anchor, end);

  const nextNumber = end.number + 1;
  const nextKey = journalKey(nextNumber);
  const value = await store.get(nextKey);
  if (value === undefined) return false;
  const next = readRecord(nextKey, value, RecordKind.journal);
  if (end.nextHash === null || next.number !== nextNumber || !sameLink(next.hash, end.nextHash)) {
    throw lost(nextKey, 'holds what this process never wrote there');
  }
  return true;
}

async function expectRecord(store: StoreReader, key: Uint8Array, kind: RecordKind, end: JournalEnd): Promise<void> {
  const value = await store.get(key);
  if (value === undefined) throw lost(key, 'is gone');
  const record = readRecord(key, value, kind);
  if (record.number !== end.number || !sameLink(record.hash, end.hash)) throw lost(key, 'is another one');
}

function readRecord(key: Uint8Array, value: Uint8Array, kind: RecordKind): StoredRecord {
  try {
    return unseal(key, value, kind);
  } catch (cause) {
    throw lost(key, 'is damaged', cause);
  }
}

const lost = (key: Uint8Array, what: string, cause?: unknown): SyncError =>
  new SyncError(
    'LOG_FAILED',
    `After a failed write the store was opened again, and the record ${printableKey(key)} ${what}: changes that were ` +
      'acknowledged may be lost. Do not write to this disk before it was looked at; compare with a backup.',
    { cause },
  );
