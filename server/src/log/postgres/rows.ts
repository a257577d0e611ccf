// Rows as they come from the database.

import type { ChannelId, Entry } from '../document-log.js';
import { readEntries } from '../level/entries.js';
import { segmentKey } from '../level/keys.js';
import { RecordKind, readContent, unseal } from '../level/record.js';

/** A row of weft_run. */
export interface StoredRun {
  readonly first_seq: string;
  readonly last_seq: string;
  readonly is_packed: boolean;
  readonly link: Buffer;
  readonly value: Buffer;
}

/** What runs that are not packed take. */
export const UNPACKED_BYTES = 'select coalesce(sum(octet_length(value)), 0) as bytes from weft_run where not is_packed';

/** The same bytes, without the ways of a Buffer, whose slices are no copies. */
export const plain = ({ buffer, byteOffset, length }: Buffer): Uint8Array => new Uint8Array(buffer, byteOffset, length);

/** The entries of a row that is not packed. @throws SyncError `STORE_UNREADABLE` when it is damaged */
export function entriesOfLooseRun(id: ChannelId, row: Omit<StoredRun, 'link'>): Entry[] {
  const [firstSeq, lastSeq] = [Number(row.first_seq), Number(row.last_seq)];
  const key = segmentKey(id, firstSeq, lastSeq);
  const { content: body, hash } = unseal(key, plain(row.value), RecordKind.journal);
  return readContent(key, () => readEntries({ id, firstSeq, lastSeq, lastTimeMs: 0, hash, body }));
}
