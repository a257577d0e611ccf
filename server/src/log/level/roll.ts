// Rolling: the oldest records of the journal become segments, one or a few for each channel. This part reads and packs;
// the journal stays as it is until one synced batch puts the segments in and takes the records out (L1).

import type { Entry, Seq } from '../document-log.js';
import type { KeyValueStore, Operation } from '../key-value-store.js';
import { channelName } from './channel-state.js';
import { type Run, readEntries, readRuns } from './entries.js';
import { journalRange, metaKey } from './keys.js';
import { badRecord, RecordKind, readContent, unseal } from './record.js';
import { packColumns } from './segment.js';
import { type Anchor, type PackedSegment, putAnchor, putMeta, putSegment, readMeta } from './stored-values.js';

/** A channel's entries are cut into segments of about this much before compression. */
const SEGMENT_BYTES = 1024 * 1024;
/** The process may do something else after each stretch of this length. */
const STRETCH_BYTES = 64 * 1024;

export type Deflate = (columns: Uint8Array) => Promise<Uint8Array>;

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
  readonly deletes: readonly Operation[];
  readonly runs: ReadonlyMap<string, readonly Run[]>;
}

/** Packs whole records from the oldest on, until they make up `atLeastBytes`. */
export async function packOldest(
  store: KeyValueStore,
  firstNumber: number,
  atLeastBytes: number,
  deflate: Deflate,
): Promise<Roll> {
  const { end, bytes, deletes, runs } = await readOldest(store, firstNumber, atLeastBytes);
  const operations: Operation[] = [];
  const lastSeqs = new Map<string, Seq>();
  for (const [name, ofChannel] of runs) {
    const { id, firstSeq } = ofChannel[0]!;
    const last = ofChannel.at(-1)!;
    const meta = readMeta(id, await store.get(metaKey(id)));
    if (meta.lastSeq !== firstSeq - 1) {
      throw badRecord(metaKey(id), `it ends at entry ${meta.lastSeq}, and the journal goes on at ${firstSeq}`);
    }
    for (const segment of await packChannel(ofChannel, deflate)) operations.push(putSegment(id, segment));
    const { epoch } = meta;
    operations.push(putMeta(id, { epoch, lastSeq: last.lastSeq, hash: last.hash, lastTimeMs: last.lastTimeMs }));
    lastSeqs.set(name, last.lastSeq);
  }
  operations.push(putAnchor(end), ...deletes);
  return { lastNumber: end.number, bytes, operations, lastSeqs };
}

async function readOldest(store: KeyValueStore, firstNumber: number, atLeastBytes: number): Promise<OldestRecords> {
  const runs = new Map<string, Run[]>();
  const deletes: Operation[] = [];
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
    deletes.push({ type: 'del', key });
    end = { number, hash };
    bytes += value.length;
    if (bytes >= atLeastBytes) break;
  }
  if (end === null) throw badRecord(journalRange(firstNumber).gte, 'it is gone');
  return { end, bytes, deletes, runs };
}

async function packChannel(runs: readonly Run[], deflate: Deflate): Promise<PackedSegment[]> {
  const segments: PackedSegment[] = [];
  let entries: Entry[] = [];
  let bytes = 0;
  let stretchBytes = 0;
  for (const [index, run] of runs.entries()) {
    entries.push(...readEntries(run));
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
