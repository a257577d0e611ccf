// The records of a whole channel whose entries are at hand: its segments, meta and checkpoint. The chain is walked over the
// entries from the beginning or the base, so a copy of a channel has the links of the original.

import { invariant } from '../../sync-error.js';
import type { ChannelContent, ChannelId, Entry } from '../document-log.js';
import type { Operation } from '../key-value-store.js';
import { CHAIN_START } from './chain.js';
import { ChainWalk, entryBytes } from './entries.js';
import { type Deflate, packColumns, SEGMENT_BYTES } from './segment.js';
import { putBase, putCheckpoint, putMeta, putSegment } from './stored-values.js';

/** What to write into an empty channel, so that it holds `content` under `epoch`. */
export async function packContent(
  id: ChannelId,
  epoch: number,
  { base, entries, checkpoint }: ChannelContent,
  deflate: Deflate,
): Promise<Operation[]> {
  const operations: Operation[] = [];
  const walk = new ChainWalk();
  const link = (base?.link ?? CHAIN_START).slice();
  const before = base?.checkpoint.seq ?? 0;
  let lastTimeMs = base?.timeMs ?? 0;
  if (base) operations.push(putBase(id, { ...base, updateBytes: 0 }));
  let segment: Entry[] = [];
  let bytes = 0;
  let updateBytes = 0;
  for (const [index, entry] of entries.entries()) {
    invariant(
      entry.seq === before + index + 1 && entry.timeMs >= lastTimeMs,
      `${id.document} ${id.kind}: entry ${entry.seq} of ${entry.timeMs} in place ${before + index + 1}, after ${lastTimeMs}`,
    );
    lastTimeMs = entry.timeMs;
    walk.add(link, entry);
    segment.push(entry);
    bytes += entryBytes(entry);
    updateBytes += entry.update.length;
    if (entry.seq === checkpoint?.seq) operations.push(putCheckpoint(id, { checkpoint, updateBytes }, link));
    if (bytes < SEGMENT_BYTES && entry.seq < before + entries.length) continue;
    const deflated = await deflate(packColumns(segment));
    operations.push(putSegment(id, { firstSeq: segment[0]!.seq, lastSeq: entry.seq, hash: link.slice(), deflated }));
    segment = [];
    bytes = 0;
  }
  invariant(
    checkpoint === null || (checkpoint.seq > before && checkpoint.seq <= before + entries.length),
    `${id.document} ${id.kind}: a checkpoint at ${checkpoint?.seq} for ${entries.length} entries after ${before}`,
  );
  operations.push(putMeta(id, { epoch, lastSeq: before + entries.length, hash: link, lastTimeMs }));
  return operations;
}
