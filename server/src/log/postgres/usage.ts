// How much of the store each document takes, counted by the database in one statement.

import type { DocumentName } from '@weft/protocol';
import type { DocumentUsage } from '../document-log.js';
import { readKey } from '../level/read-key.js';
import type { PostgresStore } from './postgres-store.js';

interface Row {
  readonly document: DocumentName | null;
  readonly key: Buffer | null;
  readonly bytes: string;
  readonly entries: string;
}

export async function readUsage(store: PostgresStore): Promise<Map<DocumentName, DocumentUsage>> {
  const rows = await store.reading.query<Row>(`
    select document, null::bytea as key, sum(octet_length(document) + octet_length(value)) as bytes, 0 as entries
      from weft_run group by document
    union all
    select c.document, null, sum(octet_length(c.document)),
        -- Those that were trimmed are before the first run; of a channel without one all were.
        sum(c.head - coalesce((
          select first_seq from weft_run r where r.document = c.document and r.kind = c.kind order by first_seq limit 1
        ), c.head + 1) + 1)
      from weft_channel c group by c.document
    union all
    select null, key, octet_length(key) + octet_length(value), 0 from weft_value
      where substring(key from 1 for 8) = 'channel/' or substring(key from 1 for 9) = 'document/'`);
  const usage = new Map<DocumentName, { entries: number; bytes: number }>();
  for (const { document, key, bytes, entries } of rows) {
    const name = document ?? (key && documentOf(key));
    if (name === null) continue;
    const sum = usage.get(name) ?? { entries: 0, bytes: 0 };
    usage.set(name, { entries: sum.entries + Number(entries), bytes: sum.bytes + Number(bytes) });
  }
  return usage;
}

function documentOf(key: Uint8Array): DocumentName | null {
  const known = readKey(key);
  if (known.kind === 'document') return known.name;
  return known.kind === 'base' || known.kind === 'checkpoint' ? known.id.document : null;
}
