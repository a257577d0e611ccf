// The small records in backups: who may do what, who is who, the audit log. They go out all together. When they come in,
// what is there stays: a backup gives nobody back what was taken from them since.

import { AUDIT_END_KEY } from '../access/audit-record.js';
import type { BackedUpRecords } from '../archive/manifest.js';
import { type BackedUpRecord, readRecordsFile, writeRecordsFile } from '../archive/records-file.js';
import { type Asset, readAsset } from '../assets/asset-record.js';
import type { DocumentLog, RecordChange, RecordStore, StoredValue } from '../log/document-log.js';
import { messageOf, SyncError } from '../sync-error.js';
import type { AdminContext } from './operation.js';

export interface RecordsBackup {
  readonly records: BackedUpRecords | null;
  /** Why it is what the backup had before, in a sentence. */
  readonly fault: string | null;
}

export async function backUpRecords(
  folder: string,
  log: DocumentLog,
  before: BackedUpRecords | null,
  betweenSlices: () => Promise<void>,
): Promise<RecordsBackup> {
  try {
    // The end of the audit log would be another one than that of its records, should something be noted meanwhile.
    // Tickets have ended by the time anybody brings them back.
    const isWanted = (table: string, key: string): boolean =>
      table !== 'ticket' && (table !== 'setting' || key !== AUDIT_END_KEY);
    return { records: await writeRecordsFile(folder, log.records, { isWanted, betweenSlices }), fault: null };
  } catch (error) {
    if (!(error instanceof SyncError) || error.code !== 'STORE_UNREADABLE') throw error;
    const kept = before ? 'The backup keeps what it had of them.' : 'They are not in the backup.';
    return {
      records: before,
      fault: `Who may do what, and the audit log, could not be backed up. ${error.message} ${kept}`,
    };
  }
}

/** What a backup has besides documents, in memory. */
export interface IncomingRecords {
  /** By the name of a document: who may do what with it, who asked to, and for how long its past is kept. */
  readonly ofDocuments: ReadonlyMap<string, readonly RecordChange[]>;
  /** By the name of a document: what points into its content, its versions and restores. */
  readonly pasts: ReadonlyMap<string, readonly RecordChange[]>;
  /** By the name of a document: the files that belong to it. */
  readonly assets: ReadonlyMap<string, readonly Asset[]>;
  readonly audit: readonly StoredValue[];
  readonly settings: readonly RecordChange[];
  readonly others: readonly RecordChange[];
}

/** @throws SyncError `ARCHIVE_UNREADABLE`: nothing of it was used */
export async function readIncomingRecords(folder: string, records: BackedUpRecords): Promise<IncomingRecords> {
  const ofDocuments = new Map<string, BackedUpRecord[]>();
  const pasts = new Map<string, BackedUpRecord[]>();
  const assets = new Map<string, Asset[]>();
  const audit: StoredValue[] = [];
  const settings: BackedUpRecord[] = [];
  const others: BackedUpRecord[] = [];
  for await (const record of readRecordsFile(folder, records)) {
    const { table, key } = record;
    if (table === 'audit') audit.push(record);
    else if (table === 'setting') settings.push(record);
    else if (table === 'asset') add(assets, key.split('\0', 1)[0]!, assetIn(record));
    else if (table === 'version' || table === 'restore') add(pasts, key.split('\0', 1)[0]!, record);
    else if (table === 'access' || table === 'request' || table === 'keeping')
      add(ofDocuments, key.split('\0', 1)[0]!, record);
    else others.push(record);
  }
  return { ofDocuments, pasts, assets, audit, settings, others };
}

function assetIn(record: BackedUpRecord): Asset {
  try {
    return readAsset(record).asset;
  } catch (cause) {
    throw new SyncError('ARCHIVE_UNREADABLE', `The backup has records of another kind. ${messageOf(cause)}`, { cause });
  }
}

function add<T>(lists: Map<string, T[]>, name: string, item: T): void {
  const list = lists.get(name);
  if (list) list.push(item);
  else lists.set(name, [item]);
}

const PAGE = 500;

/**
 * Brings back all but what belongs to documents, which comes with each of them.
 * @returns what was left out, in sentences
 */
export async function bringBackRecords(
  { audit, settings, others }: IncomingRecords,
  { audit: auditLog, log }: Pick<AdminContext, 'audit' | 'log'>,
): Promise<string[]> {
  const remarks: string[] = [];
  // First: what is noted from here on comes after it.
  if (!(await auditLog.bringBack(audit))) {
    remarks.push(
      'The audit log of the backup was left there, since there is one here. A new data folder would take it.',
    );
  }
  const { records } = log;
  const wanted = (await records.list('setting')).some(({ key }) => key !== AUDIT_END_KEY) ? [] : settings;
  const put = await putMissing(records, [...wanted, ...others]);
  if (put.some(({ table }) => table === 'revoked' || table === 'alias')) {
    remarks.push(
      'What was revoked, and which guest is who, came back too, and holds from the next start of the server.',
    );
  }
  return remarks;
}

/** Writes those of the records that are not there. @returns them */
async function putMissing(records: RecordStore, changes: readonly RecordChange[]): Promise<readonly RecordChange[]> {
  const put: RecordChange[] = [];
  for (let at = 0; at < changes.length; at += PAGE) {
    const page = changes.slice(at, at + PAGE);
    const there = await Promise.all(page.map(({ table, key }) => isThere(records, table, key)));
    const missing = page.filter((_, index) => !there[index]);
    await records.write(missing);
    put.push(...missing);
  }
  return put;
}

/** A damaged one is not there: the backup has it whole. */
async function isThere(records: RecordStore, table: RecordChange['table'], key: string): Promise<boolean> {
  try {
    return (await records.get(table, key)) !== null;
  } catch (error) {
    if (error instanceof SyncError && error.code === 'STORE_UNREADABLE') return false;
    throw error;
  }
}
