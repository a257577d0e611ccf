// Brings a channel of one store up to what it is in another: what is there already stays if it is the beginning of the same
// chain, and only the entries after it are read, packed anew and written; else all of it is. Each write leaves the beginning of the
// channel, so a copy that was cut short is gone on with, and one that is behind is brought up, by the same few lines.

import { hash as hashOf } from 'node:crypto';
import { messageOf, SyncError } from '../../sync-error.js';
import type { ChannelId, ChannelView, Seq } from '../document-log.js';
import type { Operation } from '../key-value-store.js';
import { CHAIN_START, sameLink } from '../level/chain.js';
import { ChainWalk } from '../level/entries.js';
import { baseKey, checkpointRange } from '../level/keys.js';
import { readKey } from '../level/read-key.js';
import { type Deflate, packColumns, SEGMENT_BYTES } from '../level/segment.js';
import { putMeta, putSegment, readBase, readCheckpoint } from '../level/stored-values.js';
import type { MovableStore } from './movable-store.js';
import type { WriteBatch } from './write-batch.js';

export interface CopyParts {
  readonly source: MovableStore;
  readonly target: MovableStore;
  readonly batch: WriteBatch;
  readonly deflate: Deflate;
  /** Whether all of a channel is to be compared, and not only what comes to it. */
  readonly comparesAll: () => boolean;
  /** Called after each stretch of entries. @throws to end the copy there */
  readonly onEntries: (count: number) => void;
  /** Takes what was left out and can be made anew. */
  readonly remark: (sentence: string) => void;
}

/** What is to be compared once the batch is written: what stands for trimmed entries, and the entries after `after`. */
export interface CopiedChannel {
  readonly view: ChannelView;
  /** SHA-256 of it; null when there is none. */
  readonly base: string | null;
  readonly after: Seq;
  /** The channel's link after `after`. */
  readonly link: Uint8Array;
}

/**
 * @returns null when there was nothing to do
 * @throws SyncError `STORE_UNREADABLE` when it is damaged in the source: then there may be something of it in the target
 */
export async function copyChannel(id: ChannelId, parts: CopyParts): Promise<CopiedChannel | null> {
  const { source, target } = parts;
  const [view, there] = [await source.view(id), await target.view(id)];
  const key = baseKey(id);
  const [base, baseThere] = await Promise.all([source.get(key), target.get(key)]);
  const copied = (from: Beginning): CopiedChannel => ({ view, base: digestOf(base), ...from });
  if (await goesOn(view, there, sameBytes(base, baseThere))) {
    const from = { after: there.head, link: there.link };
    if (there.head < view.head) await copyEntries(view, from, parts);
    else if (!parts.comparesAll()) return null;
    return copied(parts.comparesAll() ? beginning(key, base) : from);
  }
  const stale = (await target.keysOfChannel(id)).map((key): Operation => ({ type: 'del', key }));
  // Before anything is put under one of those keys.
  if (stale.length > 0) await parts.batch.add(stale).then(() => parts.batch.flush());
  const { after, link, timeMs } = beginning(key, base);
  const begun: Operation[] = base === undefined ? [] : [{ type: 'put', key, value: base }];
  begun.push(putMeta(id, { epoch: view.epoch, lastSeq: after, hash: link, lastTimeMs: timeMs }));
  await parts.batch.add(begun);
  await copyEntries(view, { after, link }, parts);
  return copied({ after, link });
}

/** Whether nothing has to be done for it, as far as that can be told from what stands at its end. */
export async function isUpToDate(id: ChannelId, { source, target }: CopyParts): Promise<boolean> {
  const key = baseKey(id);
  const [view, there, base, baseThere] = await Promise.all([
    source.view(id),
    target.view(id),
    source.get(key),
    target.get(key),
  ]);
  return there.head === view.head && (await goesOn(view, there, sameBytes(base, baseThere)));
}

/** Where the entries begin that a channel has. */
type Beginning = Pick<CopiedChannel, 'after' | 'link'>;

function beginning(key: Uint8Array, value: Uint8Array | undefined): Beginning & { readonly timeMs: number } {
  if (value === undefined) return { after: 0, link: CHAIN_START, timeMs: 0 };
  const { checkpoint, link, timeMs } = readBase(key, value);
  return { after: checkpoint.seq, link, timeMs };
}

const digestOf = (value: Uint8Array | undefined): string | null => (value ? hashOf('sha256', value) : null);

async function goesOn(view: ChannelView, there: ChannelView, isSameBase: boolean): Promise<boolean> {
  if (!isSameBase || view.epoch !== there.epoch || there.head > view.head) return false;
  return sameLink(await view.linkAt(there.head), there.link);
}

async function copyEntries(view: ChannelView, from: Beginning, parts: CopyParts): Promise<void> {
  const { id, epoch } = view;
  const checkpoints = await checkpointsOf(view, parts);
  const walk = new ChainWalk();
  const link = from.link.slice();
  for (let { after } = from; after < view.head; ) {
    const entries = await view.entriesAfter(after, view.head, SEGMENT_BYTES);
    const last = entries.at(-1)!;
    for (const entry of entries) walk.add(link, entry);
    if (last.seq === view.head && !sameLink(link, view.link)) throw otherEntries(id);
    const deflated = await parts.deflate(packColumns(entries));
    const hash = link.slice();
    await parts.batch.add([
      putSegment(id, { firstSeq: after + 1, lastSeq: last.seq, hash, deflated }),
      putMeta(id, { epoch, lastSeq: last.seq, hash, lastTimeMs: last.timeMs }),
      ...(await checkpoints.upTo(last.seq)),
    ]);
    after = last.seq;
    parts.onEntries(entries.length);
  }
}

/** The checkpoints that the source has and the target has not, to be written with the entries they stand for. */
async function checkpointsOf({ id, head }: ChannelView, { source, target, batch, remark }: CopyParts) {
  const [here, there] = await Promise.all([
    source.keysIn(checkpointRange(id, head)),
    target.keysIn(checkpointRange(id)),
  ]);
  const known = new Set(there.map(textOf));
  const wanted = new Set(here.map(textOf));
  for (const key of there) if (!wanted.has(textOf(key))) await batch.add([{ type: 'del', key }]);
  const left = here.filter((key) => !known.has(textOf(key)));
  return {
    upTo: async (seq: Seq): Promise<Operation[]> => {
      const operations: Operation[] = [];
      while (left.length > 0 && seqOf(left[0]!) <= seq) {
        const key = left.shift()!;
        const value = await source.get(key);
        // One that is gone by now made room for a newer one.
        if (value === undefined) continue;
        try {
          readCheckpoint(key, value);
          operations.push({ type: 'put', key, value });
        } catch (error) {
          remark(
            `"${id.document}" (${id.kind}): ${messageOf(error)} No text is lost by that: it is made anew from the entries.`,
          );
        }
      }
      return operations;
    },
  };
}

function seqOf(key: Uint8Array): Seq {
  const known = readKey(key);
  return known.kind === 'checkpoint' ? known.seq : 0;
}

const textOf = (key: Uint8Array): string => Buffer.from(key).toString('latin1');

/**
 * Reads back what was copied, when it is written.
 * @throws SyncError `LOG_FAILED` when it is not the same
 */
export async function compareChannel({ view, base, after, link }: CopiedChannel, target: MovableStore): Promise<void> {
  const there = await target.view(view.id);
  const found = link.slice();
  const walk = new ChainWalk();
  for (let seq = after; seq < there.head; ) {
    const entries = await there.entriesAfter(seq, there.head, SEGMENT_BYTES);
    for (const entry of entries) walk.add(found, entry);
    seq = entries.at(-1)!.seq;
  }
  const isSame =
    digestOf(await target.get(baseKey(view.id))) === base &&
    there.epoch === view.epoch &&
    there.head === view.head &&
    sameLink(there.link, view.link) &&
    sameLink(found, view.link);
  if (isSame) return;
  throw new SyncError(
    'LOG_FAILED',
    `The ${view.id.kind} of "${view.id.document}" is not the same in the new store as it was written there: that disk, or what ` +
      'stands before it, should be looked at. Nothing was changed where the documents are.',
  );
}

const otherEntries = ({ document, kind }: ChannelId): SyncError =>
  new SyncError('STORE_UNREADABLE', `The ${kind} of "${document}" holds other entries than its chain says.`);

export const sameBytes = (a: Uint8Array | undefined, b: Uint8Array | undefined): boolean =>
  a === undefined || b === undefined ? a === b : Buffer.compare(a, b) === 0;
