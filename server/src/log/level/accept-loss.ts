// For whoever has decided to go on without what a damaged store has lost: the damaged record of the journal and all after it
// are put aside in a file, and what is left is a prefix of what was written. Nothing is destroyed by it.

import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { putFile } from '../../whole-file.js';
import { WHERE_LOST_TEXT_IS } from '../alarms.js';
import { channelName } from '../document-log.js';
import type { KeyValueStore } from '../key-value-store.js';
import { DamagedJournal, scanJournal } from './journal-scan.js';
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

/**
 * Takes out of the store what is damaged: the first damaged record of the journal and all after it, and checkpoints of
 * entries that are not there, in one synced batch. A sound store stays as it is.
 */
export async function cutDamage(store: KeyValueStore, { keep, alarm }: AcceptLoss): Promise<void> {
  const firstDamaged = await firstDamagedRecord(store);
  const cut: Pair[] = [];
  if (firstDamaged !== null) for await (const pair of store.range(journalRange(firstDamaged))) cut.push(pair);
  const records = cut.length;
  for await (const pair of checkpointsBeyond(store, firstDamaged)) cut.push(pair);
  if (cut.length === 0) return;
  const place = await keep(cut);
  await store.batch(
    cut.map(([key]) => ({ type: 'del', key })),
    { sync: true },
  );
  const checkpoints = cut.length - records;
  const what =
    firstDamaged === null
      ? `${checkpoints} checkpoints of entries that are missing`
      : `the journal from its damaged record ${firstDamaged.toLocaleString('en')} on, ${records.toLocaleString('en')} records ` +
        `whose text was acknowledged, and ${checkpoints} checkpoints of it`;
  await alarm(
    `As --accept-loss says, ${what} were taken out of the store, and are kept in ${place}. ${WHERE_LOST_TEXT_IS}`,
  );
}

async function firstDamagedRecord(store: KeyValueStore): Promise<number | null> {
  try {
    await scanJournal(store);
    return null;
  } catch (error) {
    if (!(error instanceof DamagedJournal)) throw error;
    return error.number;
  }
}

/** What is built from entries that are cut would come to stand for others, written later under their numbers. */
async function* checkpointsBeyond(store: KeyValueStore, firstCut: number | null): AsyncGenerator<Pair> {
  const { channels } = await (firstCut === null ? scanJournal(store) : scanJournal(store, firstCut - 1));
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

const CUT_PREFIX = 'cut-';

/**
 * Writes records into a file of their own in `folder`: for each, its key and its value, both after their length in four
 * bytes, big-endian.
 */
export async function keepInFile(folder: string, records: readonly Pair[], nowMs: number): Promise<string> {
  const path = join(folder, `${CUT_PREFIX}${new Date(nowMs).toISOString().replaceAll(':', '-')}`);
  await putFile(path, async (file) => {
    for (const part of records.flat()) {
      const length = new Uint8Array(4);
      new DataView(length.buffer).setUint32(0, part.length);
      await file.writeFile(length);
      await file.writeFile(part);
    }
  });
  return path;
}

/** The files that `keepInFile` has left in a folder. */
export async function cutFilesIn(folder: string): Promise<string[]> {
  const names = await readdir(folder).catch(() => []);
  return names.filter((name) => name.startsWith(CUT_PREFIX)).map((name) => join(folder, name));
}
