// The small records of a store in a file of a backup: all of them each time, since they are few. The file is called by a
// hash of what it holds, so that it is written anew only when something has changed.

import { createHash } from 'node:crypto';
import { rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import * as decoding from 'lib0/decoding';
import {
  MAX_RECORD_BYTES as MAX_VALUE_BYTES,
  type RecordChange,
  type RecordStore,
  TABLES,
  type Table,
} from '../log/document-log.js';
import { ByteWriter } from '../log/level/byte-writer.js';
import { isRecordKey } from '../log/level/keys.js';
import { SyncError } from '../sync-error.js';
import { syncFolder } from '../whole-file.js';
import { readPieces, writeWhole } from './files.js';
import type { BackedUpRecords } from './manifest.js';
import { ARCHIVE_HASH_BYTES, ArchiveRecord, badArchive, RecordWriter, readRecords } from './records.js';

export interface BackedUpRecord extends RecordChange {
  readonly value: Uint8Array;
}

const PAGE = 500;
const NEW_FILE = 'pieces/records-new.piece';

export interface WriteRecordsOptions {
  /** Whether a record belongs into a backup. */
  readonly isWanted: (table: Table, key: string) => boolean;
  readonly betweenSlices: () => Promise<void>;
}

/** @returns null when there are none @throws SyncError `STORE_UNREADABLE` when one is damaged */
export async function writeRecordsFile(
  folder: string,
  records: RecordStore,
  { isWanted, betweenSlices }: WriteRecordsOptions,
): Promise<BackedUpRecords | null> {
  const hash = createHash('sha256');
  let count = 0;
  const bytes = await writeWhole(join(folder, NEW_FILE), async (sink) => {
    const writer = new RecordWriter(sink);
    await writer.begin();
    for (const table of TABLES) {
      for await (const page of pagesOf(records, table)) {
        await betweenSlices();
        for (const { key, value } of page) {
          if (!isWanted(table, key)) continue;
          const content = encode(table, key, value);
          hash.update(content);
          count += 1;
          await writer.record(ArchiveRecord.record, content);
        }
      }
    }
    await writer.end(0);
    return writer.bytes;
  });
  const file = `pieces/records-${hash.digest('hex').slice(0, 32)}.piece`;
  const isThere = (await stat(join(folder, file)).catch(() => null))?.size === bytes;
  if (isThere || count === 0) await rm(join(folder, NEW_FILE));
  else await rename(join(folder, NEW_FILE), join(folder, file));
  await syncFolder(join(folder, 'pieces'));
  return count === 0 ? null : { file, count, bytes };
}

async function* pagesOf(records: RecordStore, table: Table) {
  for (let after: string | undefined; ; ) {
    const page = await records.list(table, { limit: PAGE, ...(after !== undefined && { after }) });
    if (page.length > 0) yield page;
    if (page.length < PAGE) return;
    after = page.at(-1)!.key;
  }
}

function encode(table: Table, key: string, value: Uint8Array): Uint8Array {
  const writer = new ByteWriter();
  writer.string(table);
  writer.string(key);
  writer.uint(value.length);
  writer.raw(value);
  return writer.toBytes();
}

/** One after the other; only when it has come to its end was all of it whole. @throws SyncError `ARCHIVE_UNREADABLE` */
export async function* readRecordsFile(
  folder: string,
  { file, count }: BackedUpRecords,
): AsyncGenerator<BackedUpRecord> {
  try {
    let read = 0;
    let hasEnded = false;
    for await (const { kind, content, index, hashBefore } of readRecords(readPieces(join(folder, file), file), file)) {
      if (hasEnded) throw badArchive(file, 'something follows its end');
      if (kind === ArchiveRecord.record) {
        read += 1;
        yield decode(content, file);
      } else if (kind === ArchiveRecord.end) {
        hasEnded = checkEnd(content, index, hashBefore!);
        if (!hasEnded || read !== count) throw badArchive(file, 'it does not match what its end says of it');
      } else throw badArchive(file, `its record ${index + 1} is of another kind`);
    }
    if (!hasEnded) throw badArchive(file, 'its end is missing');
  } catch (cause) {
    if (!(cause instanceof SyncError) || cause.code !== 'ARCHIVE_UNREADABLE') throw cause;
    const sentence = `The backup has lost who may do what, and the audit log. ${cause.message}`;
    throw new SyncError('ARCHIVE_UNREADABLE', sentence, { cause });
  }
}

function checkEnd(content: Uint8Array, records: number, hash: Uint8Array): boolean {
  const decoder = decoding.createDecoder(content);
  const isCounted = decoding.readVarUint(decoder) === records && decoding.readVarUint(decoder) === 0;
  return isCounted && Buffer.compare(decoding.readUint8Array(decoder, ARCHIVE_HASH_BYTES), hash) === 0;
}

function decode(content: Uint8Array, file: string): BackedUpRecord {
  try {
    const decoder = decoding.createDecoder(content);
    const name = decoding.readVarString(decoder);
    const key = decoding.readVarString(decoder);
    const value = decoding.readVarUint8Array(decoder).slice();
    const table = TABLES.find((known) => known === name);
    if (table === undefined) throw new Error(`it has a table "${name}", which this version does not know`);
    const isKey = isRecordKey(table, key) && (table !== 'audit' || /^\d{16}$/.test(key));
    if (!isKey || value.length > MAX_VALUE_BYTES) throw new Error('it has a record that no store has');
    return { table, key, value };
  } catch (cause) {
    throw badArchive(file, (cause as Error).message, cause);
  }
}
