// Merging a channel's small segments: many rolls with a few entries each leave many records, and each stands for a seek and
// a header, and compresses worse alone. The chain is untouched: it runs over entries, not over how they are grouped.

import type { ChannelId, Entry } from '../document-log.js';
import type { Operation, StoreReader } from '../key-value-store.js';
import { segmentRange } from './keys.js';
import { badRecord } from './record.js';
import { type Compression, packColumns, SEGMENT_BYTES } from './segment.js';
import { entriesOfSegment, type PackedSegment, putSegment, readSegment } from './stored-values.js';

/** A segment stored in more than this stays as it is, and is not read. */
const SMALL_BELOW_BYTES = 256 * 1024;

interface Merging {
  readonly keys: Uint8Array[];
  readonly entries: Entry[];
  /** Of the entries' updates and about as much as columns take beside them. */
  bytes: number;
  last: PackedSegment | null;
}

const nothing = (): Merging => ({ keys: [], entries: [], bytes: 0, last: null });
const columnBytes = ({ update }: Entry): number => update.length + 4;

export interface MergeStep {
  /** Stored bytes of the segments looked at. */
  readonly bytes: number;
  /** One batch that puts a merged segment in the place of small ones; empty when there is nothing to merge. */
  readonly operations: readonly Operation[];
}

/** Goes over all segments of a channel. Nothing else may change them meanwhile. */
export async function* mergeSegments(store: StoreReader, id: ChannelId, by: Compression): AsyncGenerator<MergeStep> {
  let merging = nothing();
  let bytes = 0;
  const finish = async (): Promise<MergeStep> => {
    const step = { bytes, operations: await merged(id, merging, by) };
    merging = nothing();
    bytes = 0;
    return step;
  };
  for await (const [key, value] of store.range(segmentRange(id, 0))) {
    if (value.length > SMALL_BELOW_BYTES) {
      yield await finish();
      bytes += value.length;
      continue;
    }
    const segment = readSegment(key, value);
    if (merging.last && segment.firstSeq !== merging.last.lastSeq + 1) {
      throw badRecord(key, `it begins at entry ${segment.firstSeq}, after one that ends at ${merging.last.lastSeq}`);
    }
    const entries = await entriesOfSegment(key, segment, by.inflate);
    const length = entries.reduce((sum, entry) => sum + columnBytes(entry), 0);
    if (merging.bytes + length > SEGMENT_BYTES) yield await finish();
    bytes += value.length;
    merging.keys.push(key);
    for (const entry of entries) merging.entries.push(entry);
    merging.bytes += length;
    merging.last = segment;
  }
  yield await finish();
}

async function merged(id: ChannelId, { keys, entries, last }: Merging, { deflate }: Compression): Promise<Operation[]> {
  if (keys.length < 2) return [];
  const { lastSeq, hash } = last!;
  const deflated = await deflate(packColumns(entries));
  const segment = putSegment(id, { firstSeq: entries[0]!.seq, lastSeq, hash, deflated });
  return [...keys.map((key) => ({ type: 'del', key }) as const), segment];
}
