// Takes the first entries of channels out of the store: a base at the last of them is put in their place, and the segment that the
// cut goes through is packed anew from there on. The chain goes on from the base's link, so nothing after it changes.

import { invariant } from '../../sync-error.js';
import type { ChannelId, ChannelTrim, Checkpoint, Entry, RecordChange, Seq } from '../document-log.js';
import type { KeyRange, Operation } from '../key-value-store.js';
import type { ChannelReader } from './channel-reader.js';
import { ChannelState } from './channel-state.js';
import type { ChannelTable } from './channel-table.js';
import type { DocumentIndex } from './document-index.js';
import { nextEpoch } from './epoch.js';
import type { Journal } from './journal.js';
import { checkpointRange } from './keys.js';
import { operationOf } from './level-records.js';
import { replaced } from './level-view.js';
import type { ReadGate } from './read-gate.js';
import { type Deflate, packColumns } from './segment.js';
import { type Meta, putBase, putDocument, putMeta, putSegment, type StoredBase } from './stored-values.js';

/** A row of entries as it lies in the store. */
export interface StoredRow {
  readonly key: Uint8Array;
  readonly firstSeq: Seq;
  readonly lastSeq: Seq;
  /** The channel's link after `lastSeq`. */
  readonly hash: Uint8Array;
  entries(): Promise<Entry[]>;
}

/** What a store has at hand to find out what is to be done. */
export interface TrimSources {
  readonly reader: ChannelReader;
  readonly index: Pick<DocumentIndex, 'get'>;
  readonly deflate: Deflate;
  readonly stateOf: (id: ChannelId, meta: Meta) => ChannelState;
  /** Those of a channel, in order, all that hold entries up to the cut among them. */
  readonly rowsOf: (id: ChannelId) => AsyncIterable<StoredRow>;
}

/** What a store that nobody else writes has at hand to do it. */
export interface TrimParts extends Omit<TrimSources, 'stateOf'> {
  readonly channels: ChannelTable;
  readonly gate: ReadGate;
  readonly journal: Journal;
  readonly deletesIn: (...ranges: KeyRange[]) => Promise<Operation[]>;
}

export interface Trimming {
  readonly id: ChannelId;
  readonly epoch: number;
  readonly base: StoredBase;
  /** Of the base there was before; 0: none. */
  readonly baseBefore: Seq;
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
  const { channels, deletesIn, gate, journal } = parts;
  const beginning = trims.filter(({ beginsEpoch }) => beginsEpoch).map(({ id }) => id);
  return channels.whileTaken(beginning, async () => {
    const stateOf = (id: ChannelId, meta: Meta) => channels.get(id) ?? ChannelState.fromMeta(id, meta);
    const trimmings = await trimmingsOf(trims, { ...parts, stateOf });
    const operations = [...forget.map(operationOf), ...trimmings.flatMap((trimming) => trimming.operations)];
    await gate.alone(async () => {
      // A checkpoint that was handed over is on disk then, and shows in the range.
      await journal.write([]);
      operations.push(...(await deletesIn(...trimmings.map(coveredOf))));
      await journal.write(operations);
      for (const { id, base } of trimmings) channels.get(id)?.beginAt(base);
    });
    return operations;
  });
}

/** The checkpoints that a base stands for. */
export const coveredOf = ({ id, base }: Trimming): KeyRange => checkpointRange(id, base.checkpoint.seq);

/** @throws SyncError `CHANNEL_REPLACED` */
export async function trimmingsOf(trims: readonly ChannelTrim[], sources: TrimSources): Promise<Trimming[]> {
  const trimmings: Trimming[] = [];
  for (const trim of trims) {
    const trimming = await trimmingOf(trim, sources);
    if (trimming !== null) trimmings.push(trimming);
  }
  return trimmings;
}

/** @returns null when as much was trimmed before, and nothing else is to change */
async function trimmingOf(trim: ChannelTrim, sources: TrimSources): Promise<Trimming | null> {
  const { id, epoch, checkpoint, beginsEpoch = false, description } = trim;
  const { deflate, index, reader, rowsOf, stateOf } = sources;
  const meta = await reader.metaOf(id);
  if (meta.epoch !== epoch) throw replaced(id);
  const state = stateOf(id, meta);
  const { seq } = checkpoint;
  invariant(
    seq >= 1 && seq <= state.durable,
    `${id.document} ${id.kind}: trimmed up to ${seq}, but entries up to ${state.durable} are on disk`,
  );
  const operations: Operation[] = beginsEpoch ? [putMeta(id, { ...meta, epoch: nextEpoch(meta.epoch) })] : [];
  const info = description && (await index.get(id.document));
  if (info) operations.push(putDocument({ ...info, ...description }));
  const before = await reader.baseOf(id);
  const baseBefore = before?.checkpoint.seq ?? 0;
  if (before !== null && seq <= baseBefore) {
    return operations.length > 0 ? { id, epoch, base: before, baseBefore, operations } : null;
  }
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
  return { id, epoch, base, baseBefore, operations };
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
