// Rolling: the oldest records of the journal become segments, one or a few for each channel. This part reads and packs;
// the journal stays as it is until one synced batch puts the segments in and, with the anchor, takes the records out (L1).

import { type ChannelId, channelName, type Entry, type Seq } from '../document-log.js';
import type { Operation, StoreReader } from '../key-value-store.js';
import type { ChannelReader } from './channel-reader.js';
import { type Run, readEntries, readRuns } from './entries.js';
import { journalRange, metaKey, segmentRange } from './keys.js';
import { badRecord, RecordKind, readContent, unseal } from './record.js';
import { type Compression, type Deflate, type Inflate, packColumns, SEGMENT_BYTES } from './segment.js';
import {
  type Anchor,
  entriesOfSegment,
  type PackedSegment,
  putAnchor,
  putMeta,
  putSegment,
  readSegment,
} from './stored-values.js';

/** A channel's newest segment takes up the new entries when it is stored in less than this. */
const MERGED_BELOW_BYTES = 16 * 1024;
/** The process may do something else after each stretch of this length. */
const STRETCH_BYTES = 64 * 1024;

export interface Roll {
  /** The newest record that leaves the journal. */
  readonly lastNumber: number;
  /** What the records take in the journal. */
  readonly bytes: number;
  /** The one batch that puts the segments in and takes the records out. */
  readonly operations: readonly Operation[];
  /** By channelName: the newest entry that leaves the journal. */
  readonly lastSeqs: ReadonlyMap<string, Seq>;
}

interface OldestRecords {
  readonly end: Anchor;
  readonly bytes: number;
  readonly runs: ReadonlyMap<string, readonly Run[]>;
}

/** Packs whole records from the oldest on, until they make up `atLeastBytes`. */
export async function packOldest(
  store: StoreReader,
  reader: ChannelReader,
  firstNumber: number,
  atLeastBytes: number,
  { deflate, inflate }: Compression,
): Promise<Roll> {
  const { end, bytes, runs } = await readOldest(store, firstNumber, atLeastBytes);
  const operations: Operation[] = [];
  const lastSeqs = new Map<string, Seq>();
  for (const [name, ofChannel] of runs) {
    const { id, firstSeq } = ofChannel[0]!;
    const last = ofChannel.at(-1)!;
    const meta = await reader.metaOf(id);
    if (meta.lastSeq !== firstSeq - 1) {
      throw badRecord(metaKey(id), `it ends at entry ${meta.lastSeq}, and the journal goes on at ${firstSeq}`);
    }
    const small = await smallSegment(store, id, meta.lastSeq, inflate);
    if (small) operations.push({ type: 'del', key: small.key });
    for (const segment of await packRuns(small?.entries ?? [], ofChannel, deflate)) {
      operations.push(putSegment(id, segment));
    }
    const { epoch } = meta;
    operations.push(putMeta(id, { epoch, lastSeq: last.lastSeq, hash: last.hash, lastTimeMs: last.lastTimeMs }));
    lastSeqs.set(name, last.lastSeq);
  }
  operations.push(putAnchor(end));
  return { lastNumber: end.number, bytes, operations, lastSeqs };
}

async function readOldest(store: StoreReader, firstNumber: number, atLeastBytes: number): Promise<OldestRecords> {
  const runs = new Map<string, Run[]>();
  let end: Anchor | null = null;
  let bytes = 0;
  for await (const [key, value] of store.range(journalRange(firstNumber))) {
    const { number, hash, content } = unseal(key, value, RecordKind.journal);
    for (const run of readContent(key, () => [...readRuns(content)])) {
      const name = channelName(run.id);
      const known = runs.get(name);
      if (known) known.push(run);
      else runs.set(name, [run]);
    }
    end = { number, hash };
    bytes += value.length;
    if (bytes >= atLeastBytes) break;
  }
  if (end === null) throw badRecord(journalRange(firstNumber).gte, 'it is gone');
  return { end, bytes, runs };
}

/** The channel's newest segment, if it is small enough to be written again with more in it. */
async function smallSegment(
  store: StoreReader,
  id: ChannelId,
  lastSeq: Seq,
  inflate: Inflate,
): Promise<{ readonly key: Uint8Array; readonly entries: Entry[] } | null> {
  if (lastSeq === 0) return null;
  for await (const [key, value] of store.range({ ...segmentRange(id, 0), reverse: true, limit: 1 })) {
    if (value.length >= MERGED_BELOW_BYTES) return null;
    return { key, entries: await entriesOfSegment(key, readSegment(key, value), inflate) };
  }
  return null;
}

/** Segments of `entries` and, after them, the entries of `runs`. A segment ends where a run does: its link is known. */
async function packRuns(before: readonly Entry[], runs: readonly Run[], deflate: Deflate): Promise<PackedSegment[]> {
  const segments: PackedSegment[] = [];
  let entries = [...before];
  let bytes = 0;
  let stretchBytes = 0;
  for (const [index, run] of runs.entries()) {
    for (const entry of readEntries(run)) entries.push(entry);
    bytes += run.body.length;
    stretchBytes += run.body.length;
    if (bytes >= SEGMENT_BYTES || index === runs.length - 1) {
      const deflated = await deflate(packColumns(entries));
      segments.push({ firstSeq: entries[0]!.seq, lastSeq: run.lastSeq, hash: run.hash, deflated });
      entries = [];
      bytes = 0;
    } else if (stretchBytes >= STRETCH_BYTES) {
      await new Promise(setImmediate);
      stretchBytes = 0;
    }
  }
  return segments;
}
