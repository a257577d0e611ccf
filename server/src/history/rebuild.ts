// The state of a channel at any of its entries: what versions, restoring, differences and exports start from. The nearest
// checkpoint at or before the entry spares reading what came before it; the work itself is done in a worker (I11).

import type { ChannelView, Seq } from '../log/document-log.js';
import type { StateJob } from '../room/room-history.js';
import { SyncError } from '../sync-error.js';
import { entriesWithin } from './read-entries.js';

/** Who merges and applies: HistoryWorkers, as a rule. */
export interface StateBuilder {
  /** @throws SyncError `WORKER_FAILED` */
  rebuildState(job: StateJob): Promise<Uint8Array>;
}

/** Of checkpoint and entries that one state is made of: a document of the largest size, many times over. */
const MAX_JOB_BYTES = 256 * 1024 * 1024;

/**
 * @param seq from 0, before the first entry, to the head of `channel`
 * @returns one Yjs v1 update that makes the state after entry `seq` out of nothing. What was deleted after the nearest
 *          checkpoint is in it with its text; what was deleted before is not.
 * @throws SyncError `NO_SUCH_ENTRY`, `TOO_LARGE`; `WORKER_FAILED` when the state cannot be built; `STORE_UNREADABLE`,
 *         `CHANNEL_REPLACED` and `LOG_CLOSED` from the log
 */
export async function rebuild(channel: ChannelView, seq: Seq, builder: StateBuilder): Promise<Uint8Array> {
  return builder.rebuildState(await stateJobAt(channel, seq));
}

/**
 * What a state at `seq` is made of, for any other work on it.
 * @param maxBytes beyond which it is not read on
 * @throws SyncError like `rebuild`, but `WORKER_FAILED`
 */
export async function stateJobAt(channel: ChannelView, seq: Seq, maxBytes = MAX_JOB_BYTES): Promise<StateJob> {
  const { id, head } = channel;
  if (!Number.isSafeInteger(seq) || seq < 0 || seq > head) {
    const there = head === 0 ? 'It has none yet' : `Choose a number from 0 to ${head}`;
    throw new SyncError('NO_SUCH_ENTRY', `The ${id.kind} of "${id.document}" has no entry ${seq}. ${there}.`);
  }
  const checkpoint = await channel.checkpointAt(seq);
  const left = maxBytes - (checkpoint?.state.length ?? 0);
  const updates = await updatesWithin(channel, checkpoint?.seq ?? 0, seq, left);
  if (updates !== null) return { checkpointState: checkpoint?.state ?? null, updates };
  throw new SyncError(
    'TOO_LARGE',
    `That moment of "${id.document}" takes more than ${Math.floor(maxBytes / 2 ** 20)} MiB of entries to build, which is beyond ` +
      'the limit. Nothing is lost: a version from another day may take less, and weft export writes the whole history.',
  );
}

/** Of the entries from `seq` on. @throws SyncError `TOO_LARGE`, and from the log like `rebuild` */
export async function updatesFrom(channel: ChannelView, seq: Seq): Promise<readonly Uint8Array[]> {
  const updates = await updatesWithin(channel, seq - 1, channel.head, MAX_JOB_BYTES);
  if (updates !== null) return updates;
  throw new SyncError(
    'TOO_LARGE',
    `More than ${Math.floor(MAX_JOB_BYTES / 2 ** 20)} MiB were written in "${channel.id.document}" since, which is beyond the limit. ` +
      'Nothing was changed. The version from before can be brought back.',
  );
}

async function updatesWithin(
  channel: ChannelView,
  after: Seq,
  upTo: Seq,
  maxBytes: number,
): Promise<readonly Uint8Array[] | null> {
  const entries = await entriesWithin(channel, after, upTo, { maxBytes, maxEntries: Number.POSITIVE_INFINITY });
  return entries?.map(({ update }) => update) ?? null;
}
