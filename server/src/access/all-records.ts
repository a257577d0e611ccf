// All records of a table, a page at a time: for what is held in memory whole.

import type { RecordStore, StoredValue, Table } from '../log/document-log.js';

const PAGE = 1000;

export async function* allRecords(records: RecordStore, table: Table): AsyncGenerator<StoredValue> {
  let after: string | undefined;
  do {
    const page = await records.list(table, { limit: PAGE, ...(after === undefined ? {} : { after }) });
    yield* page;
    after = page.length === PAGE ? page.at(-1)?.key : undefined;
  } while (after !== undefined);
}
