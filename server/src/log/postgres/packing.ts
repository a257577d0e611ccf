// Packing: runs that came with groups become segments, as those that leave a journal do. Each batch takes runs out and puts
// one segment in their place.

import { CHANNEL_KINDS, type ChannelId, type Entry, type Seq } from '../document-log.js';
import type { Operation } from '../key-value-store.js';
import { entryBytes } from '../level/entries.js';
import { segmentKey } from '../level/keys.js';
import { type Deflate, packColumns, SEGMENT_BYTES } from '../level/segment.js';
import { putSegment } from '../level/stored-values.js';
import { kindNumber } from './group-plan.js';
import type { PostgresReader } from './postgres-reader.js';
import type { PostgresStore } from './postgres-store.js';
import { type StoredRun, UNPACKED_BYTES } from './rows.js';

/** A channel's newest segment takes up the new entries when it is stored in less than this. */
const MERGED_BELOW_BYTES = 16 * 1024;
/** Rows that are read at a time. */
const PAGE_ROWS = 500;

interface Gathered {
  readonly keys: Uint8Array[];
  readonly entries: Entry[];
  bytes: number;
  /** Of the last run. */
  link: Uint8Array;
  /** It is one segment that is there. */
  isPacked: boolean;
}

/** What runs not yet packed take. */
export async function unpackedBytes(store: PostgresStore): Promise<number> {
  const [row] = await store.reading.query<{ bytes: string }>(UNPACKED_BYTES);
  return Number(row!.bytes);
}

/** The channels that have runs not yet packed. */
export async function unpackedChannels(store: PostgresStore): Promise<ChannelId[]> {
  const rows = await store.reading.query<{ document: ChannelId['document']; kind: number }>(
    'select distinct document, kind from weft_run where not is_packed',
  );
  return rows.map(({ document, kind }) => ({ document, kind: CHANNEL_KINDS[kind]! }));
}

/**
 * Where packing has to begin: at the first run that is not packed, or at the segment before it if that is small.
 * @returns null when everything is packed
 */
export async function firstUnpacked(store: PostgresStore, id: ChannelId): Promise<Seq | null> {
  const rows = await store.reading.query<{ first_seq: string; is_packed: boolean; bytes: number }>(
    `select first_seq, is_packed, octet_length(value) as bytes from weft_run
      where document = $1 and kind = $2 and first_seq <= (
        select first_seq from weft_run where document = $1 and kind = $2 and not is_packed order by first_seq limit 1
      ) order by first_seq desc limit 2`,
    [id.document, kindNumber(id)],
  );
  const [first, before] = rows;
  if (!first) return null;
  return Number(before && before.bytes < MERGED_BELOW_BYTES ? before.first_seq : first.first_seq);
}

/** Packs the entries of a channel from run `from` on; gives the batches one by one, each to be written before the next. */
export async function* packRuns(
  store: PostgresStore,
  reader: PostgresReader,
  id: ChannelId,
  from: Seq,
  deflate: Deflate,
): AsyncGenerator<Operation[]> {
  let gathered = nothing();
  for await (const row of runsFrom(store, id, from)) {
    const [firstSeq, lastSeq] = [Number(row.first_seq), Number(row.last_seq)];
    const entries = await reader.entriesOf(id, row);
    const bytes = entries.reduce((sum, entry) => sum + entryBytes(entry), 0);
    if (gathered.bytes + bytes > SEGMENT_BYTES) {
      yield* batchOf(id, gathered, deflate);
      gathered = nothing();
    }
    // A large segment by itself stays as it is.
    if (row.is_packed && bytes >= SEGMENT_BYTES) continue;
    gathered.keys.push(segmentKey(id, firstSeq, lastSeq));
    gathered.entries.push(...entries);
    gathered.bytes += bytes;
    gathered.link = Uint8Array.from(row.link);
    gathered.isPacked = gathered.keys.length === 1 && row.is_packed;
  }
  yield* batchOf(id, gathered, deflate);
}

const nothing = (): Gathered => ({ keys: [], entries: [], bytes: 0, link: new Uint8Array(), isPacked: false });

async function* batchOf(id: ChannelId, { keys, entries, link, isPacked }: Gathered, deflate: Deflate) {
  const [first, last] = [entries[0], entries.at(-1)];
  if (!first || !last || isPacked) return;
  const deflated = await deflate(packColumns(entries));
  yield [
    ...keys.map((key): Operation => ({ type: 'del', key })),
    putSegment(id, { firstSeq: first.seq, lastSeq: last.seq, hash: link, deflated }),
  ];
}

/** The runs of a channel, in order, from run `from` on. */
export async function* runsFrom(store: PostgresStore, id: ChannelId, from: Seq): AsyncGenerator<StoredRun> {
  for (let next = from; ; ) {
    const rows = await store.reading.query<StoredRun>(
      `select first_seq, last_seq, is_packed, link, value from weft_run
        where document = $1 and kind = $2 and first_seq >= $3 order by first_seq limit ${PAGE_ROWS}`,
      [id.document, kindNumber(id), next],
    );
    yield* rows;
    const last = rows.at(-1);
    if (!last || rows.length < PAGE_ROWS) return;
    next = Number(last.last_seq) + 1;
  }
}
