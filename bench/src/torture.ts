// npm run torture -- KIND [--rounds N] [--seed S] [--report] [--from COMMIT]
// npm run torture -- mutants|honest|frames [--count N] [--seed S] [FILE…]
//
// Does to a server, or to its gate, what must never cost a word that was called saved. The seed decides what each round is to be; what
// happens in it is a matter of timing, too. Exit code 1 when anything was lost, came twice, or went wrong otherwise.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { parseArgs } from 'node:util';
import { backup } from './torture/backup.js';
import { type Kind, Torture } from './torture/driver.js';
import { eio } from './torture/eio.js';
import { flip } from './torture/flip.js';
import { frames } from './torture/frames.js';
import { full } from './torture/full.js';
import type { GateKind } from './torture/gate/gate-kind.js';
import { honest } from './torture/gate/honest.js';
import { mutants } from './torture/gate/mutants.js';
import { kill } from './torture/kill.js';
import { nodes } from './torture/nodes.js';
import { power } from './torture/power.js';
import { figureLine, writeReport } from './torture/report.js';
import { rolledBack } from './torture/rolled-back.js';
import { slow } from './torture/slow.js';
import { torn } from './torture/torn.js';
import { upgrade } from './torture/upgrade.js';

const kinds: Readonly<Record<string, Kind>> = {
  kill,
  power,
  full,
  eio,
  slow,
  torn,
  flip,
  'rolled-back': rolledBack,
  backup,
  nodes,
  upgrade,
};

const gateKinds: Readonly<Record<string, GateKind>> = { mutants, honest, frames };

const USAGE = `Usage: npm run torture -- KIND [--rounds N] [--seed S] [--report]

${Object.entries(kinds)
  .map(([name, { summary, rounds }]) => `  ${name.padEnd(12)}${summary}; ${rounds} rounds`)
  .join('\n')}

       npm run torture -- GATE-KIND [--count N] [--seed S] [FILE…]

${Object.entries(gateKinds)
  .map(([name, { summary, count }]) => `  ${name.padEnd(12)}${summary}; ${count} updates`)
  .join('\n')}

  --report         puts the figures into the table of docs/reliability.md
  --from           the commit that is upgraded from; default: the one before
  --without-sync   skips every sync behind the server's back: a torture that takes the power must find losses then
`;
const MAX_FAULTS_PRINTED = 20;

function parseNumber(text: string | undefined, fallback: number): number {
  const value = text === undefined ? fallback : Number(text);
  return Number.isSafeInteger(value) && value >= 0 ? value : Number.NaN;
}

async function main(): Promise<number> {
  const { positionals, values } = parseArgs({
    allowPositionals: true,
    options: {
      rounds: { type: 'string' },
      count: { type: 'string' },
      seed: { type: 'string' },
      report: { type: 'boolean', default: false },
      from: { type: 'string' },
      'without-sync': { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    process.stdout.write(USAGE);
    return 0;
  }
  const [kindName = '', ...rest] = positionals;
  const kind = kinds[kindName];
  const gateKind = gateKinds[kindName];
  const rounds = parseNumber(values.rounds, kind?.rounds ?? 0);
  const seed = parseNumber(values.seed, Math.floor(Math.random() * 2 ** 31));
  if (gateKind) {
    const count = parseNumber(values.count, gateKind.count);
    if (!Number.isNaN(count + seed)) return tortureGate(kindName, gateKind, { count, seed, files: rest });
  }
  if (!kind || rest.length > 0 || Number.isNaN(rounds + seed)) {
    process.stderr.write(USAGE);
    return 2;
  }
  const from = values.from === undefined ? '' : ` --from ${values.from}`;
  const command = `${kindName} --rounds ${rounds} --seed ${seed}${from}`;
  process.stdout.write(`torture ${command}\n`);
  const folder = mkdtempSync(join(tmpdir(), 'weft-torture-'));
  const torture = new Torture({
    seed,
    folder,
    onMark: (mark) => process.stdout.write(mark),
    withoutSync: values['without-sync'],
    ...(values.from !== undefined && { from: values.from }),
  });
  const own = await kind.run(torture, rounds).catch((error: unknown) => {
    torture.fault(`the run could not go on: ${(error as Error).stack}`);
    return [];
  });
  const tally = torture.tally();
  const { faults } = tally;
  process.stdout.write(`\n${figureLine(tally, own)}\n`);
  printFaults(faults);
  if (values.report) writeReport(kindName, kind.promise, command, tally, own);
  if (faults.length === 0) rmSync(folder, { recursive: true, force: true });
  else process.stdout.write(`What the run left is kept in ${folder}\n`);
  return faults.length === 0 ? 0 : 1;
}

/** @returns the exit code */
async function tortureGate(
  name: string,
  kind: GateKind,
  options: { readonly count: number; readonly seed: number; readonly files: readonly string[] },
): Promise<number> {
  const { count, seed, files } = options;
  process.stdout.write(
    `torture ${[name, `--count ${count} --seed ${seed}`, ...files.map((file) => basename(file))].join(' ')}\n`,
  );
  const { figures, faults } = await kind.run({ ...options, onMark: (mark) => process.stdout.write(mark) });
  process.stdout.write(`\n${figures.join(', ')}, faults ${faults.length}\n`);
  printFaults(faults);
  return faults.length === 0 ? 0 : 1;
}

function printFaults(faults: readonly string[]): void {
  for (const fault of faults.slice(0, MAX_FAULTS_PRINTED)) process.stdout.write(`FAULT: ${fault}\n`);
  if (faults.length > MAX_FAULTS_PRINTED) process.stdout.write(`… ${faults.length - MAX_FAULTS_PRINTED} more faults\n`);
}

// What a run that broke off left open does not hold it up.
process.exit(await main());
