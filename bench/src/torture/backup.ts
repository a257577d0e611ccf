// Torture of backups: many people write while the running server is backed up, again and again into the same folder. Each
// backup is brought back into a new data folder, and there everything has to be that was promised before it began, once, and
// nothing that nobody wrote. What it costs those who write meanwhile is measured beside.

import { execFile } from 'node:child_process';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { milliseconds, percentile } from '../percentile.js';
import { serverMain, spawnServer } from '../server-process.js';
import type { Kind, Torture } from './driver.js';

const WEFT_PEOPLE = 20;
/** Documents are left for new ones after this many rounds: those left go on being backed up. */
const ROUNDS_PER_GENERATION = 5;
const BACKUPS_PER_ROUND = 2;
const WRITING_MS = 500;

export const backup: Kind = {
  promise: 'a backup of a running server has what was Saved before it began, once, and nothing else',
  summary: 'the server is backed up while people write, and every backup brought back',
  rounds: 10,
  async run(torture, rounds) {
    const figures: Figures = { besideMs: [], aloneMs: [], backupMs: [], bytes: 0, bytesWritten: [] };
    await torture.start();
    for (let round = 0; round < rounds; round++) {
      if (round % ROUNDS_PER_GENERATION === 0) await torture.beginGeneration({ weftPeople: WEFT_PEOPLE });
      torture.beginRound();
      await backUpAndBringBack(torture, figures);
      torture.endRound('.');
    }
    await torture.finish();
    return inWords(figures);
  },
};

interface Figures {
  /** From an edit to Saved, while a backup ran, and while none did. */
  readonly besideMs: number[];
  readonly aloneMs: number[];
  readonly backupMs: number[];
  readonly bytesWritten: number[];
  bytes: number;
}

async function backUpAndBringBack(torture: Torture, figures: Figures): Promise<void> {
  const folder = join(torture.options.folder, 'backup');
  torture.letWritersIn();
  for (const target of torture.targets) torture.paste(target, { min: 1000, max: 100_000 });
  await timed(torture, figures.aloneMs, () => torture.writeFor(WRITING_MS));
  let beganAtMs = 0;
  await timed(torture, figures.besideMs, async () => {
    let isDone = false;
    const writing = (async () => {
      while (!isDone) await torture.writeFor(20);
    })();
    for (let i = 0; i < BACKUPS_PER_ROUND; i++) {
      beganAtMs = performance.now();
      const result = await weft(torture, ['backup', folder, '--data', torture.dataFolder]);
      figures.backupMs.push(performance.now() - beganAtMs);
      figures.bytes = Number(result.bytes);
      figures.bytesWritten.push(Number(result.bytesWritten));
    }
    isDone = true;
    await writing;
  });
  torture.keepWritersOut();

  const elsewhere = join(torture.options.folder, 'elsewhere');
  await weft(torture, ['verify', folder]);
  await weft(torture, ['restore-backup', folder, '--data', elsewhere]);
  await weft(torture, ['verify', '--data', elsewhere]);
  const server = spawnServer(elsewhere);
  await torture.check(torture.targets, await server.ready, beganAtMs);
  await server.stop();
  torture.noteComplaints(server);
  await rm(elsewhere, { recursive: true });
}

/** Adds the times to Saved of what is acknowledged while `action` runs. */
async function timed(torture: Torture, times: number[], action: () => Promise<void>): Promise<void> {
  const before = torture.targets.map(({ ledger }) => ledger.savedAfterMs.length);
  await action();
  for (const [index, { ledger }] of torture.targets.entries()) times.push(...ledger.savedAfterMs.slice(before[index]));
}

/** Runs a command of the built server. @returns its result */
async function weft(torture: Torture, args: readonly string[]): Promise<Record<string, unknown>> {
  try {
    const { stdout } = await promisify(execFile)(process.execPath, [serverMain, ...args, '--json']);
    return JSON.parse(stdout) as Record<string, unknown>;
  } catch (error) {
    const { stdout, stderr, message } = error as { stdout?: string; stderr?: string; message: string };
    torture.fault(`weft ${args[0]} failed: ${stdout || stderr || message}`);
    return {};
  }
}

function inWords({ besideMs, aloneMs, backupMs, bytes, bytesWritten }: Figures): string[] {
  for (const times of [besideMs, aloneMs, backupMs, bytesWritten]) times.sort((a, b) => a - b);
  const pair = (percent: number): string =>
    `${milliseconds(percentile(aloneMs, percent))} -> ${milliseconds(percentile(besideMs, percent))}`;
  return [
    `backups ${backupMs.length}, each ${milliseconds(percentile(backupMs, 50))}`,
    `in all ${Math.round(bytes / 1024)} KiB, written in one run ${Math.round(percentile(bytesWritten, 50) / 1024)} KiB`,
    `saved p50 ${pair(50)}`,
    `saved p99 ${pair(99)}`,
  ];
}
