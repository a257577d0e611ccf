// Torture by bit rot: one byte of one file of the store is changed, in a store with tables, segments, checkpoints and a log.
// Everything is then read: it is as it was, or the fault is told, by a refusal that names it or by an alarm. What must never
// be is another text without a word.

import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Checkpoint } from '@weft/server/log';
import * as prng from 'lib0/prng';
import { coldJoinWeft, coldJoinYjs } from '../cold-join.js';
import { spawnServer } from '../server-process.js';
import { linkedCopy } from './damaged-copy.js';
import type { Kind, Torture } from './driver.js';
import { filesIn } from './file-keeper.js';
import { readStore, type StoreContent, type StoredChannel, type StoreReading, textOf } from './store-reader.js';

/** Before the first restart, and fewer before each later one: in all more than the journal holds, so that there are segments. */
const CHAPTERS_PER_DOCUMENT = 6;
const RESTARTS = 2;
const FLIPS_PER_MARK = 20;
/** One changed copy in so many is started by a server, too, and read by newcomers of both dialects. */
const FLIPS_PER_SERVER = 20;

export const flip: Kind = {
  promise: 'one changed byte in the store is told, or changes nothing',
  summary: 'one byte anywhere in the store is changed',
  rounds: 200,
  async run(torture, rounds) {
    await torture.start();
    await torture.beginGeneration();
    await writeStore(torture);
    const documents = torture.targets.map(({ document }) => document);
    const whole = await readCopy(torture, documents);
    if (typeof whole.content === 'string') throw new Error(`what was left cannot be opened: ${whole.content}`);
    const outcomes = { equal: 0, 'start refused': 0, 'document refused': 0, 'alarm raised': 0, silent: 0 };
    for (const [round, path] of chooseFiles(torture, rounds).entries()) {
      torture.beginRound();
      const bytes = readFileSync(join(torture.dataFolder, path));
      const at = prng.uint32(torture.plans, 0, bytes.length - 1);
      const change = prng.uint32(torture.plans, 1, 255);
      bytes[at] = bytes[at]! ^ change;
      const outcome = judge(whole.content, await readCopy(torture, documents, path, bytes));
      outcomes[outcome] += 1;
      if (outcome === 'silent')
        torture.fault(`byte ${at} of ${path} changed by ${change}: other content, and no word of it`);
      if (round % FLIPS_PER_SERVER === 0) await serve(torture, path, bytes);
      if (round % FLIPS_PER_MARK === 0) torture.endRound('.');
    }
    return Object.entries(outcomes).map(([name, count]) => `${name} ${count}`);
  },
};

type Outcome = 'equal' | 'start refused' | 'document refused' | 'alarm raised' | 'silent';

/** Fills the store in several runs of the server; the last one is killed while people write. */
async function writeStore(torture: Torture): Promise<void> {
  for (let restart = 0; restart <= RESTARTS; restart++) {
    torture.letWritersIn();
    for (let i = 0; i < CHAPTERS_PER_DOCUMENT / (restart + 1); i++) {
      for (const target of torture.targets) torture.paste(target);
      await torture.writeFor(100);
    }
    await torture.settle();
    if (restart < RESTARTS) {
      await torture.stop();
      await torture.start();
    }
  }
  await torture.kill();
}

/** Each file at least once, if there are as many rounds, and the rest by size. */
function chooseFiles({ dataFolder, plans }: Torture, rounds: number): string[] {
  const sizes = filesIn(dataFolder)
    .sort()
    .map((path) => ({ path, size: statSync(join(dataFolder, path)).size }))
    .filter(({ size }) => size > 0);
  const total = sizes.reduce((sum, { size }) => sum + size, 0);
  return Array.from({ length: rounds }, (_, round) => {
    if (round < sizes.length) return sizes[round]!.path;
    let at = prng.uint32(plans, 0, total - 1);
    return sizes.find(({ size }) => {
      at -= size;
      return at < 0;
    })!.path;
  });
}

async function readCopy(
  torture: Torture,
  documents: readonly string[],
  damaged?: string,
  bytes?: Uint8Array,
): Promise<StoreReading> {
  const copy = mkdtempSync(join(torture.options.folder, 'flip-'));
  linkedCopy(torture.dataFolder, copy, damaged, bytes);
  const reading = await readStore(copy, documents);
  rmSync(copy, { recursive: true });
  return reading;
}

/** Who joins is given the text, or told why not. */
async function serve(torture: Torture, damaged: string, bytes: Uint8Array): Promise<void> {
  const copy = mkdtempSync(join(torture.options.folder, 'flip-'));
  linkedCopy(torture.dataFolder, copy, damaged, bytes);
  const server = spawnServer(copy);
  const url = await server.ready.catch(() => null);
  for (const target of url === null ? [] : torture.targets) {
    const joins = [coldJoinWeft(url!, target.document).then(({ text }) => text), coldJoinYjs(url!, target.document)];
    for (const join of await Promise.allSettled(joins)) {
      const isToldWhy = server.stderr !== '';
      if (join.status === 'fulfilled' && !isToldWhy) torture.checkText(target, join.value);
      if (join.status === 'rejected' && !isToldWhy)
        torture.fault(`${target.document} is not served, and nobody was told why`);
    }
  }
  await server.kill();
  if (url === null && server.stderr === '') torture.fault('a server did not start, and did not say why');
  rmSync(copy, { recursive: true });
}

function judge(whole: StoreContent, { content, alarms }: StoreReading): Outcome {
  if (typeof content === 'string') return 'start refused';
  const channels = [...content.channels];
  if (channels.some(([, channel]) => typeof channel === 'string')) return 'document refused';
  const isEqual =
    JSON.stringify(content.listed) === JSON.stringify(whole.listed) &&
    channels.every(([document, channel]) => isSame(whole.channels.get(document)!, channel));
  return isEqual ? 'equal' : alarms.length > 0 ? 'alarm raised' : 'silent';
}

function isSame(before: StoredChannel | string, after: StoredChannel | string): boolean {
  if (typeof before === 'string' || typeof after === 'string') return false;
  return (
    before.head === after.head &&
    before.entries.length === after.entries.length &&
    before.entries.every(({ update }, index) => Buffer.compare(update, after.entries[index]!.update) === 0) &&
    (isSameCheckpoint(before.checkpoint, after.checkpoint) || textOf(before) === textOf(after))
  );
}

const isSameCheckpoint = (before: Checkpoint | null, after: Checkpoint | null): boolean =>
  before?.seq === after?.seq && Buffer.compare(before?.state ?? nothing, after?.state ?? nothing) === 0;
const nothing = new Uint8Array();
