// For whoever has decided to go on without what a damaged journal has lost: the damaged record and all after it are put
// aside in a file, and what is left is a prefix of what was written. Nothing is destroyed by it.

import { open } from 'node:fs/promises';
import { join } from 'node:path';
import type { KeyValueStore } from '../key-value-store.js';
import { channelName } from './channel-state.js';
import { type DamagedJournal, scanJournal } from './journal-scan.js';
import { channelsRangeOfAll, journalRange, metaKey } from './keys.js';
import { readKey } from './read-key.js';
import { readMeta } from './stored-values.js';

type Pair = readonly [key: Uint8Array, value: Uint8Array];

export interface AcceptLoss {
  /** Keeps records that are about to leave the store. Resolves, once they are on disk, with where that is. */
  readonly keep: (records: readonly Pair[]) => Promise<string>;
  /** Takes a sentence about the loss, which has to be kept. */
  readonly alarm: (sentence: string) => Promise<void> | void;
}

/** Takes the damaged record of the journal and all after it out of the store, in one synced batch. */
export async function cutJournal(store: KeyValueStore, damage: DamagedJournal, loss: AcceptLoss): Promise<void> {
  const cut: Pair[] = [];
  for await (const pair of store.range(journalRange(damage.number))) cut.push(pair);
  const records = cut.length;
  for await (const pair of checkpointsBeyond(store, damage.number)) cut.push(pair);
  const place = await loss.keep(cut);
  await store.batch(
    cut.map(([key]) => ({ type: 'del', key })),
    { sync: true },
  );
  await loss.alarm(
    `The journal was cut before its damaged record ${damage.number.toLocaleString('en')}, as --accept-loss says: ` +
      `${records.toLocaleString('en')} records, whose text was acknowledged, are out of the store and kept in ${place}. ` +
      'Text that people still have on screen is kept there as a draft when they come back; the rest is in a backup, if ' +
      'there is one.',
  );
}

/** What is built from entries that are cut would come to stand for others, written later under their numbers. */
async function* checkpointsBeyond(store: KeyValueStore, firstCut: number): AsyncGenerator<Pair> {
  const { channels } = await scanJournal(store, firstCut - 1);
  for await (const pair of store.range(channelsRangeOfAll)) {
    const key = readKey(pair[0]);
    if (key.kind !== 'checkpoint') continue;
    const { id, seq } = key;
    const meta = await store.get(metaKey(id));
    const rolled = meta === undefined ? 0 : readMeta(id, meta).lastSeq;
    const head = channels.get(channelName(id))?.durable ?? rolled;
    if (seq > head) yield pair;
  }
}

/**
 * Writes records into a file of their own in `folder`: for each, its key and its value, both after their length in four
 * bytes, big-endian.
 */
export async function keepInFile(folder: string, records: readonly Pair[], nowMs: number): Promise<string> {
  const path = join(folder, `cut-${new Date(nowMs).toISOString().replaceAll(':', '-')}`);
  const file = await open(path, 'wx');
  try {
    for (const part of records.flat()) {
      const length = new Uint8Array(4);
      new DataView(length.buffer).setUint32(0, part.length);
      await file.writeFile(length);
      await file.writeFile(part);
    }
    await file.sync();
  } finally {
    await file.close();
  }
  return path;
}
