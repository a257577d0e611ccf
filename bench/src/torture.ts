// npm run torture -- KIND [--rounds N] [--seed S]
//
// Does to a server what must never cost a word that was called saved. The seed decides what each round is to be; what
// happens in it is a matter of timing, too. Exit code 1 when anything was lost, came twice, or went wrong otherwise.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { milliseconds, percentile } from './percentile.js';
import { tortureByKill } from './torture/kill.js';

const USAGE = `Usage: npm run torture -- KIND [--rounds N] [--seed S]

  kill   the server is killed (SIGKILL) at random moments and started again; 20 rounds

Marks: c the kill fell into the building of a checkpoint, s also killed while starting, . another moment
`;
const DEFAULT_ROUNDS = 20;
const MAX_FAULTS_PRINTED = 20;

interface Arguments {
  readonly rounds: number;
  readonly seed: number;
}

/** Each runs one kind of torture, prints what came of it, and says whether all is well. */
const kinds: Readonly<Record<string, (args: Arguments, dataFolder: string) => Promise<boolean>>> = { kill };

async function kill({ rounds, seed }: Arguments, dataFolder: string): Promise<boolean> {
  const onRound = (mark: string): void => void process.stdout.write(mark);
  const report = await tortureByKill({ rounds, seed, dataFolder, onRound });
  const { restartMs, faults } = report;
  process.stdout.write(
    `\nrounds ${rounds}, kills ${report.kills} (${report.killsInStartUp} during start-up, ` +
      `${report.killsInCheckpoint} during a checkpoint)\n` +
      `written ${report.written}, acknowledged ${report.acknowledged}, ` +
      `lost ${report.lost}, duplicated ${report.duplicated}\n` +
      `restart p50 ${milliseconds(percentile(restartMs, 50))}, p99 ${milliseconds(percentile(restartMs, 99))}\n`,
  );
  for (const fault of faults.slice(0, MAX_FAULTS_PRINTED)) process.stdout.write(`FAULT: ${fault}\n`);
  if (faults.length > MAX_FAULTS_PRINTED) process.stdout.write(`… ${faults.length - MAX_FAULTS_PRINTED} more faults\n`);
  return faults.length === 0;
}

function parseNumber(text: string | undefined, fallback: number): number {
  const value = text === undefined ? fallback : Number(text);
  return Number.isSafeInteger(value) && value >= 0 ? value : Number.NaN;
}

async function main(): Promise<number> {
  const options = { rounds: { type: 'string' }, seed: { type: 'string' } } as const;
  const { positionals, values } = parseArgs({ allowPositionals: true, options });
  const [kindName = '', ...rest] = positionals;
  const kind = kinds[kindName];
  const rounds = parseNumber(values.rounds, DEFAULT_ROUNDS);
  const seed = parseNumber(values.seed, Math.floor(Math.random() * 2 ** 31));
  if (!kind || rest.length > 0 || Number.isNaN(rounds + seed)) {
    process.stderr.write(USAGE);
    return 2;
  }
  process.stdout.write(`torture ${kindName}, --rounds ${rounds} --seed ${seed}\n`);
  const dataFolder = mkdtempSync(join(tmpdir(), 'weft-torture-'));
  const isWell = await kind({ rounds, seed }, dataFolder);
  if (isWell) rmSync(dataFolder, { recursive: true, force: true });
  else process.stdout.write(`What the server left is kept in ${dataFolder}\n`);
  return isWell ? 0 : 1;
}

process.exitCode = await main();
