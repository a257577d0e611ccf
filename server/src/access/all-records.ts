// All records of a table, a page at a time: for what is held in memory whole.

import type { ListOptions, RecordStore, StoredValue, Table } from '../log/document-log.js';
import { SyncError } from '../sync-error.js';

const PAGE = 1000;

/** @param damaged as in `ListOptions` */
export async function* allRecords(
  records: RecordStore,
  table: Table,
  damaged?: NonNullable<ListOptions['damaged']>,
): AsyncGenerator<StoredValue> {
  let after: string | undefined;
  do {
    const page = await records.list(table, {
      limit: PAGE,
      ...(after !== undefined && { after }),
      ...(damaged && { damaged }),
    });
    yield* page;
    after = page.length === PAGE ? page.at(-1)?.key : undefined;
  } while (after !== undefined);
}

/** Whether a record is damaged: it stays so, and others can be read. */
export const isUnreadable = (error: unknown): error is SyncError =>
  error instanceof SyncError && error.code === 'STORE_UNREADABLE';
