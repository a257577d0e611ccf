// What others look at in the records of the past: a check of the whole store, and a backup that is brought back.

import type { StoredValue, Table } from '../log/document-log.js';
import { faultOfOrigins, readRestore } from './restore-record.js';
import { placeOfVersion, readVersion } from './version-record.js';

/** @returns what is wrong with a record of a version or a restore, in a sentence; null for all others */
export function faultOfPast(table: Table, key: string, value: Uint8Array | null): string | null {
  if (value === null) return null;
  if (table === 'version') {
    const found = readVersion({ key, value });
    return typeof found === 'string' ? found : null;
  }
  if (table !== 'restore') return null;
  const found = readRestore({ key, value });
  if (typeof found === 'string') return found;
  const fault = faultOfOrigins(found.origins);
  const [document = ''] = key.split('\0');
  return fault && `Whose text a restore of "${document}" brought back cannot be read: ${fault}.`;
}

/** Whether a version or a restore is of entries up to `head`; of what cannot be read that is not known. */
export function isWithin(table: Table, { key, value }: StoredValue, head: number): boolean {
  if (table === 'version') return (placeOfVersion(key)?.seq ?? 0) <= head;
  const restore = readRestore({ key, value });
  return typeof restore === 'string' || Math.max(restore.base, restore.seq ?? 0) <= head;
}
