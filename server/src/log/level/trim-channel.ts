// Takes the first entries of a channel out of the store: a base at the last of them is put in their place, and the segment that the
// cut goes through is packed anew from there on. The chain goes on from the base's link, so nothing after it changes.

import { invariant } from '../../sync-error.js';
import type { Checkpoint, Entry, Seq } from '../document-log.js';
import type { Operation } from '../key-value-store.js';
import type { ChannelReader } from './channel-reader.js';
import type { ChannelState } from './channel-state.js';
import { type Deflate, packColumns } from './segment.js';
import { putBase, putSegment, type StoredBase } from './stored-values.js';

/** A row of entries as it lies in the store. */
export interface StoredRow {
  readonly key: Uint8Array;
  readonly firstSeq: Seq;
  readonly lastSeq: Seq;
  /** The channel's link after `lastSeq`. */
  readonly hash: Uint8Array;
  entries(): Promise<Entry[]>;
}

export interface TrimParts {
  readonly reader: ChannelReader;
  readonly state: ChannelState;
  /** Those of the channel, in order, all that hold entries up to the checkpoint's among them. */
  readonly rows: AsyncIterable<StoredRow>;
  readonly deflate: Deflate;
}

export interface ChannelTrimming {
  readonly base: StoredBase;
  /** The deletions among them are of all that the base stands for, but checkpoints. */
  readonly operations: readonly Operation[];
}

/** @returns null when as much was trimmed before */
export async function trimChannel(checkpoint: Checkpoint, parts: TrimParts): Promise<ChannelTrimming | null> {
  const { reader, rows, state, deflate } = parts;
  const { id } = state;
  const { seq } = checkpoint;
  invariant(
    seq >= 1 && seq <= state.durable,
    `${id.document} ${id.kind}: trimmed up to ${seq}, but entries up to ${state.durable} are on disk`,
  );
  if (seq <= ((await reader.baseOf(id))?.checkpoint.seq ?? 0)) return null;
  const base = await baseAt(checkpoint, parts);
  const operations: Operation[] = [];
  for await (const { key, firstSeq, lastSeq, hash, entries } of rows) {
    if (firstSeq > seq) break;
    operations.push({ type: 'del', key });
    if (lastSeq <= seq) continue;
    const left = (await entries()).filter((entry) => entry.seq > seq);
    const deflated = await deflate(packColumns(left));
    operations.push(putSegment(id, { firstSeq: seq + 1, lastSeq, hash, deflated }));
  }
  operations.push(putBase(id, base));
  return { base, operations };
}

async function baseAt(checkpoint: Checkpoint, { reader, state }: TrimParts): Promise<StoredBase> {
  const { seq } = checkpoint;
  const before = await reader.checkpointAt(state.id, seq);
  let updateBytes = before?.updateBytes ?? 0;
  for (let at = before?.checkpoint.seq ?? 0; at < seq; ) {
    const entries = await reader.entriesAfter(state, at, seq, PORTION_BYTES);
    for (const { update } of entries) updateBytes += update.length;
    at += entries.length;
  }
  const [last] = await reader.entriesAfter(state, seq - 1, seq);
  return { checkpoint, updateBytes, timeMs: last!.timeMs, link: await reader.linkAt(state, seq) };
}

/** Read at a time. */
const PORTION_BYTES = 8 * 1024 * 1024;
