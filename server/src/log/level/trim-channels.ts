// Takes the first entries of channels out of the store: a base at the last of them is put in their place, and the segment that the
// cut goes through is packed anew from there on. The chain goes on from the base's link, so nothing after it changes.

import { invariant } from '../../sync-error.js';
import type { ChannelId, ChannelTrim, Checkpoint, Entry, RecordChange, Seq } from '../document-log.js';
import type { KeyRange, Operation } from '../key-value-store.js';
import type { ChannelReader } from './channel-reader.js';
import { ChannelState } from './channel-state.js';
import type { ChannelTable } from './channel-table.js';
import { nextEpoch } from './epoch.js';
import type { Journal } from './journal.js';
import { checkpointRange } from './keys.js';
import { operationOf } from './level-records.js';
import { replaced } from './level-view.js';
import type { ReadGate } from './read-gate.js';
import { type Deflate, packColumns } from './segment.js';
import { putBase, putMeta, putSegment, type StoredBase } from './stored-values.js';

/** A row of entries as it lies in the store. */
export interface StoredRow {
  readonly key: Uint8Array;
  readonly firstSeq: Seq;
  readonly lastSeq: Seq;
  /** The channel's link after `lastSeq`. */
  readonly hash: Uint8Array;
  entries(): Promise<Entry[]>;
}

/** What a store has at hand for it. */
export interface TrimParts {
  readonly reader: ChannelReader;
  readonly channels: ChannelTable;
  readonly gate: ReadGate;
  readonly journal: Journal;
  readonly deflate: Deflate;
  /** Those of a channel, in order, all that hold entries up to the cut among them. */
  readonly rowsOf: (id: ChannelId) => AsyncIterable<StoredRow>;
  readonly deletesIn: (...ranges: KeyRange[]) => Promise<Operation[]>;
}

interface Trimming {
  readonly id: ChannelId;
  readonly base: StoredBase;
  /** The deletions among them are of all that the base stands for, but checkpoints. */
  readonly operations: readonly Operation[];
}

/**
 * Nothing of what goes may be in the journal any more that is to be swept.
 *
 * @returns all that was written, in one batch
 * @throws SyncError `CHANNEL_REPLACED`: then nothing was
 */
export async function trimChannels(
  trims: readonly ChannelTrim[],
  forget: readonly RecordChange[],
  parts: TrimParts,
): Promise<readonly Operation[]> {
  const taken: ChannelId[] = [];
  try {
    for (const { id, beginsEpoch } of trims) {
      if (!beginsEpoch) continue;
      parts.channels.take(id);
      taken.push(id);
    }
    return await trimTaken(trims, forget, parts);
  } finally {
    for (const id of taken) parts.channels.giveBack(id);
  }
}

async function trimTaken(
  trims: readonly ChannelTrim[],
  forget: readonly RecordChange[],
  parts: TrimParts,
): Promise<readonly Operation[]> {
  const { channels, deletesIn, gate, journal } = parts;
  const trimmings: Trimming[] = [];
  for (const trim of trims) {
    const trimming = await trimChannel(trim, parts);
    if (trimming !== null) trimmings.push(trimming);
  }
  const operations = [...forget.map(operationOf), ...trimmings.flatMap((trimming) => trimming.operations)];
  await gate.alone(async () => {
    // A checkpoint that was handed over is on disk then, and shows in the range.
    await journal.write([]);
    operations.push(...(await deletesIn(...trimmings.map(({ id, base }) => checkpointRange(id, base.checkpoint.seq)))));
    await journal.write(operations);
    for (const { id, base } of trimmings) {
      const state = channels.get(id);
      if (!state?.owner) continue;
      state.trimmed = base;
      state.owner.listener.trimmed?.(base.checkpoint);
    }
  });
  return operations;
}

/** @returns null when as much was trimmed before, and nothing else is to change */
async function trimChannel(trim: ChannelTrim, parts: TrimParts): Promise<Trimming | null> {
  const { id, epoch, checkpoint, beginsEpoch = false } = trim;
  const { channels, deflate, reader, rowsOf } = parts;
  const meta = await reader.metaOf(id);
  if (meta.epoch !== epoch) throw replaced(id);
  const state = channels.get(id) ?? ChannelState.fromMeta(id, meta);
  const { seq } = checkpoint;
  invariant(
    seq >= 1 && seq <= state.durable,
    `${id.document} ${id.kind}: trimmed up to ${seq}, but entries up to ${state.durable} are on disk`,
  );
  invariant(!beginsEpoch || seq === state.accepted, `${id.document} ${id.kind}: entries after ${seq} would be lost`);
  const operations: Operation[] = beginsEpoch ? [putMeta(id, { ...meta, epoch: nextEpoch(meta.epoch) })] : [];
  const before = await reader.baseOf(id);
  if (before !== null && seq <= before.checkpoint.seq) return beginsEpoch ? { id, base: before, operations } : null;
  const base = await baseAt(checkpoint, state, reader);
  for await (const { key, firstSeq, lastSeq, hash, entries } of rowsOf(id)) {
    if (firstSeq > seq) break;
    operations.push({ type: 'del', key });
    if (lastSeq <= seq) continue;
    const left = (await entries()).filter((entry) => entry.seq > seq);
    const deflated = await deflate(packColumns(left));
    operations.push(putSegment(id, { firstSeq: seq + 1, lastSeq, hash, deflated }));
  }
  operations.push(putBase(id, base));
  return { id, base, operations };
}

async function baseAt(checkpoint: Checkpoint, state: ChannelState, reader: ChannelReader): Promise<StoredBase> {
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
