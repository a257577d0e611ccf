// Torture by a torn log: the newest file of LevelDB's log loses its end, byte by byte, with acknowledged entries in it.
// No sound disk does that. Nothing can bring back what is gone: what remains has to be a prefix of every document, the store
// has to open alone, and the loss must not go unnoticed.

import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import * as prng from 'lib0/prng';
import { comeBack } from './coming-back.js';
import { linkedCopy } from './damaged-copy.js';
import type { Kind, Torture } from './driver.js';
import { readStore, type StoreContent } from './store-reader.js';

/** So much of the log's end is cut, one byte after the other. */
const CUT_BYTES = 64 * 1024;
const PARAGRAPH_UNITS = { min: 200, max: 2_000 };
const CUTS_PER_MARK = 500;
/** After so many cuts that were only read, people come back to one. */
const CUTS_PER_RETURN = 400;
/** A start notices the loss of what was on disk for longer than this; the watermark is written each second. */
const NOTICED_AFTER_MS = 2_500;
const RETURN_WRITING_MS = 600;
/** A disk that syncs at once lets more cuts be tried. */
const SHARED_MEMORY = '/dev/shm';

export const torn: Kind = {
  promise: 'of a log that lost its end a prefix is served, and nothing else',
  summary: `LevelDB's log is cut, at ${CUT_BYTES} rounds at each of its last bytes`,
  rounds: 500,
  async run(torture, rounds) {
    await torture.start();
    const readings = await readCuts(torture, rounds);
    const returns = await returnToCuts(torture, Math.ceil(rounds / CUTS_PER_RETURN));
    return [...readings, ...returns];
  },
};

/** Cuts one log at so many of its last bytes, and reads what is left in this process. */
async function readCuts(torture: Torture, rounds: number): Promise<string[]> {
  await torture.beginGeneration();
  const log = await writeLog(torture);
  const killedAtMs = Date.now();
  const whole = await readWhole(torture);
  const bytes = readFileSync(join(torture.dataFolder, log));
  const shared = existsSync(SHARED_MEMORY) ? SHARED_MEMORY : torture.options.folder;
  const scratch = mkdtempSync(join(shared, 'weft-torn-'));
  let withLoss = 0;
  let noticed = 0;
  try {
    for (let round = 0; round < rounds; round++) {
      torture.beginRound();
      const cutAt = bytes.length - 1 - Math.floor((round * CUT_BYTES) / rounds);
      const copy = join(scratch, `${round}`);
      linkedCopy(torture.dataFolder, copy, log, bytes.subarray(0, cutAt));
      const { content, alarms } = await readStore(copy, [...whole.channels.keys()]);
      rmSync(copy, { recursive: true });
      const fault = (what: string): void => torture.fault(`cut at ${cutAt} of ${bytes.length}: ${what}`);
      const oldestMs = oldestMissing(whole, content, fault);
      if (oldestMs !== null) withLoss += 1;
      if (oldestMs !== null && alarms.length > 0) noticed += 1;
      if (oldestMs !== null && alarms.length === 0 && oldestMs < killedAtMs - NOTICED_AFTER_MS) {
        fault('what had been on disk for seconds is missing, and nobody was told');
      }
      if (round % CUTS_PER_MARK === 0) torture.endRound('.');
    }
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
  torture.leaveDocuments();
  return [`cuts with entries missing ${withLoss}`, `of them noticed at start ${noticed}`];
}

/** Cuts the log of a server that was killed, starts it again, and lets those come back who had written. */
async function returnToCuts(torture: Torture, rounds: number): Promise<string[]> {
  const sum = { robbed: 0, noticed: 0, drafts: 0 };
  for (let round = 0; round < rounds; round++) {
    await torture.start();
    await torture.beginGeneration();
    torture.beginRound();
    torture.letWritersIn();
    await torture.writeFor(RETURN_WRITING_MS);
    await torture.settle();
    await torture.kill();
    const log = join(torture.dataFolder, newestLog(torture.dataFolder));
    const { size } = statSync(log);
    truncateSync(log, Math.max(0, size - prng.uint32(torture.plans, 1, Math.min(size, CUT_BYTES))));
    await torture.start();
    const { robbed, noticed, drafts } = await comeBack(torture);
    sum.robbed += robbed;
    sum.noticed += noticed;
    sum.drafts += drafts;
    torture.endRound('r');
    await torture.kill();
  }
  return [
    `returns ${rounds}`,
    `documents robbed ${sum.robbed}`,
    `of them noticed ${sum.noticed}`,
    `drafts ${sum.drafts}`,
  ];
}

/** Small writes until the newest file of the log has more than will be cut off; then the server is killed. */
async function writeLog(torture: Torture): Promise<string> {
  torture.letWritersIn();
  for (;;) {
    for (const target of torture.targets) torture.paste(target, PARAGRAPH_UNITS);
    await torture.writeFor(100);
    const log = newestLog(torture.dataFolder);
    if (statSync(join(torture.dataFolder, log)).size > CUT_BYTES * 1.2) {
      await torture.settle();
      await torture.kill();
      return newestLog(torture.dataFolder);
    }
  }
}

/** LevelDB's newest log file, in the data folder. */
function newestLog(dataFolder: string): string {
  const logs = readdirSync(join(dataFolder, 'store')).filter((name) => /^\d+\.log$/.test(name));
  return join('store', logs.sort().at(-1)!);
}

async function readWhole(torture: Torture): Promise<StoreContent> {
  const copy = join(torture.options.folder, 'whole');
  linkedCopy(torture.dataFolder, copy);
  const { content } = await readStore(
    copy,
    torture.targets.map(({ document }) => document),
  );
  rmSync(copy, { recursive: true });
  if (typeof content === 'string') throw new Error(`what a killed server left cannot be opened: ${content}`);
  return content;
}

/** @returns the time of the oldest entry that is missing, in milliseconds since 1970; null when none is */
function oldestMissing(
  whole: StoreContent,
  content: StoreContent | string,
  fault: (what: string) => void,
): number | null {
  if (typeof content === 'string') {
    fault(`it does not open: ${content}`);
    return null;
  }
  let oldestMs: number | null = null;
  for (const [document, channel] of content.channels) {
    const before = whole.channels.get(document)!;
    if (typeof before === 'string' || typeof channel === 'string') {
      fault(`${document} is refused: ${channel}`);
      continue;
    }
    const missing = before.entries[channel.head];
    if (missing) oldestMs = Math.min(oldestMs ?? missing.timeMs, missing.timeMs);
    const isPrefix = channel.entries.every((entry, index) => {
      const { seq, update } = before.entries[index]!;
      return entry.seq === seq && Buffer.compare(entry.update, update) === 0;
    });
    if (!isPrefix || channel.entries.length !== channel.head) fault(`${document} is no prefix of what it was`);
    if ((channel.checkpoint?.seq ?? 0) > channel.head) fault(`${document} has a checkpoint after its end`);
    const isListed = content.listed.some(({ name }) => name === document);
    if (isListed !== channel.head > 0)
      fault(`${document} has ${channel.head} entries, and is ${isListed ? '' : 'not '}listed`);
  }
  return oldestMs;
}
