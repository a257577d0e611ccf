// The operations of a group, which the journal makes for ordered keys, as rows of Postgres: a record of the journal is its
// runs, a channel's meta is its row, segments are runs that are packed, everything else stays what it is under its key.

import { CHANNEL_KINDS, type ChannelId, type Seq } from '../document-log.js';
import type { Operation } from '../key-value-store.js';
import { readRuns } from '../level/entries.js';
import { segmentKey } from '../level/keys.js';
import { readKey } from '../level/read-key.js';
import { HEADER_BYTES, RecordKind, sealed } from '../level/record.js';
import { type Meta, readErased, readMeta, readSegment } from '../level/stored-values.js';

/** A row of weft_run. */
export interface RunRow {
  readonly id: ChannelId;
  readonly firstSeq: Seq;
  readonly lastSeq: Seq;
  /** The channel's link after `lastSeq`. */
  readonly link: Uint8Array;
  readonly value: Uint8Array;
}

export interface NewRun extends RunRow {
  /** Of its last entry. */
  readonly timeMs: number;
}

/** What moves rows beside the entries and values of a group; most groups have nothing of it. */
export interface Rearranged {
  readonly deletedRuns: { readonly id: ChannelId; readonly firstSeq: Seq; readonly lastSeq: Seq }[];
  readonly deletedChannels: ChannelId[];
  readonly segments: RunRow[];
  readonly channels: { readonly id: ChannelId; readonly meta: Meta }[];
  readonly erased: { readonly nameHash: Uint8Array; readonly epoch: number }[];
}

export interface GroupPlan {
  /** In the order of channels, at most one each. */
  readonly runs: readonly NewRun[];
  readonly values: readonly { readonly key: Uint8Array; readonly value: Uint8Array }[];
  readonly deletedKeys: readonly Uint8Array[];
  readonly rearranged: Rearranged | null;
}

/** The number by which rows say what kind of channel they are of. */
export const kindNumber = ({ kind }: ChannelId): number => CHANNEL_KINDS.indexOf(kind);

export function planGroup(operations: readonly Operation[]): GroupPlan {
  const runs: NewRun[] = [];
  const values: { key: Uint8Array; value: Uint8Array }[] = [];
  const deletedKeys: Uint8Array[] = [];
  let rearranged: Rearranged | null = null;
  const moves = (): Rearranged => {
    rearranged ??= { deletedRuns: [], deletedChannels: [], segments: [], channels: [], erased: [] };
    return rearranged;
  };
  for (const operation of lastOfEach(operations)) {
    const { key } = operation;
    const value = operation.type === 'put' ? operation.value : null;
    const known = readKey(key);
    switch (known.kind) {
      case 'journal':
        // Its runs leave with their segments; there is no record to delete.
        if (value !== null) runs.push(...runsOf(value.subarray(HEADER_BYTES)));
        break;
      case 'meta':
        if (value === null) moves().deletedChannels.push(known.id);
        else moves().channels.push({ id: known.id, meta: readMeta(known.id, value) });
        break;
      case 'segment': {
        const { id, firstSeq, lastSeq } = known;
        if (value === null) moves().deletedRuns.push({ id, firstSeq, lastSeq });
        else moves().segments.push({ id, firstSeq, lastSeq, link: readSegment(key, value).hash, value });
        break;
      }
      case 'erased':
        moves().erased.push({ nameHash: key.subarray(key.length - 32), ...readErased(key, value!) });
        break;
      default:
        if (value === null) deletedKeys.push(key);
        else values.push({ key, value });
    }
  }
  runs.sort(byChannel);
  return { runs, values, deletedKeys, rearranged };
}

/** A batch takes effect in its order: of one key the last operation is left. */
function lastOfEach(operations: readonly Operation[]): Iterable<Operation> {
  if (operations.length === 1) return operations;
  const last = new Map<string, Operation>();
  for (const operation of operations) last.set(Buffer.from(operation.key).toString('latin1'), operation);
  return last.values();
}

function runsOf(record: Uint8Array): NewRun[] {
  return Array.from(readRuns(record), ({ id, firstSeq, lastSeq, lastTimeMs, hash, body }) => {
    const value = sealed(segmentKey(id, firstSeq, lastSeq), RecordKind.journal, lastSeq, hash, body);
    return { id, firstSeq, lastSeq, timeMs: lastTimeMs, link: hash, value };
  });
}

function byChannel({ id: a }: NewRun, { id: b }: NewRun): number {
  if (a.document !== b.document) return a.document < b.document ? -1 : 1;
  return kindNumber(a) - kindNumber(b);
}
