// npm run bench -- [--only A,B] [--servers A,B] [--rounds N] [--out DIR] [--busy]
//
// Compares Weft with its peers: every scenario, every server in turn, servers on one core and the load on another. Exit code 1
// when a round failed, 2 when it could not begin.

import { mkdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { readCommit, readMachine } from './peers/machine.js';
import { installPeers } from './peers/peers.js';
import { busyCores, LOAD_CORE, pinThisProcess } from './peers/proc.js';
import { type Run, writeRun } from './peers/results.js';
import { runRounds, short } from './peers/runner.js';
import type { Scenario, ServerName } from './peers/scenario.js';
import { scenarios } from './peers/scenarios/index.js';
import { everyone, servers } from './peers/servers.js';
import { estimate } from './peers/statistics.js';

/** Cores that may be at work before it begins: what an idle system does. */
const BUSY_CORES = 0.25;

const USAGE = `Usage: npm run bench -- [--only A,B] [--servers A,B] [--rounds N] [--out DIR] [--busy]

${scenarios.map(({ name, summary }) => `  ${name.padEnd(16)}${summary}`).join('\n')}

Servers: ${everyone.join(', ')}

  --rounds N    5 when nothing is said
  --out DIR     writes run.json there
  --busy        begins although other work keeps the cores busy; the run says so
`;

async function main(): Promise<number> {
  const began = { date: new Date(), ms: performance.now() };
  const { values } = parseArgs({
    options: {
      only: { type: 'string' },
      servers: { type: 'string' },
      rounds: { type: 'string', default: '5' },
      out: { type: 'string' },
      busy: { type: 'boolean', default: false },
    },
  });
  const chosen = pick(values.only, scenarios, ({ name }: Scenario) => name).filter(
    ({ isOnRequest = false }) => !isOnRequest || values.only !== undefined,
  );
  const invited = pick(values.servers, everyone, (name: ServerName) => name);
  const rounds = Number(values.rounds);
  if (!(Number.isInteger(rounds) && rounds > 0))
    throw new Error(`--rounds takes a number of rounds, not "${values.rounds}".`);
  const say = (line: string): void => void process.stdout.write(`${line}\n`);
  const absence = invited.some((name) => servers[name].isPeer) ? installPeers(say) : null;
  if (absence !== null) say(`Without the peers: ${absence}`);
  const contestants = invited.filter((name) => absence === null || !servers[name].isPeer);
  const busy = await busyCores();
  if (busy > BUSY_CORES && !values.busy) {
    throw new Error(
      `Other work keeps ${busy.toFixed(2)} cores busy: figures would be about that as well. --busy measures anyway.`,
    );
  }
  pinThisProcess(LOAD_CORE);
  const { results, failures } = await runRounds({ scenarios: chosen, servers: contestants, rounds, say });
  const run: Run = {
    date: began.date.toISOString(),
    ...readCommit(),
    command: `npm run bench -- ${process.argv.slice(2).join(' ')}`.trim(),
    durationMs: Math.round(performance.now() - began.ms),
    wasBusy: busy > BUSY_CORES,
    machine: readMachine(tmpdir()),
    node: process.version,
    versions: Object.fromEntries(contestants.map((name) => [name, servers[name].version()])),
    rounds,
    settings: Object.fromEntries(contestants.map((name) => [name, servers[name].settings])),
    scenarios: chosen.map(({ name, summary, figures }) => ({ name, summary, figures })),
    results,
    failures,
  };
  printMedians(run, say);
  if (values.out !== undefined) {
    mkdirSync(values.out, { recursive: true });
    writeRun(join(values.out, 'run.json'), run);
  }
  return failures.length === 0 ? 0 : 1;
}

/** Those that were asked for, by name; all when nothing was. @throws Error for a name that is none */
function pick<T>(asked: string | undefined, all: readonly T[], nameOf: (one: T) => string): T[] {
  const names = asked?.split(',') ?? all.map(nameOf);
  return names.map((name) => {
    const found = all.find((one) => nameOf(one) === name);
    if (found === undefined) throw new Error(`There is no "${name}".\n\n${USAGE}`);
    return found;
  });
}

function printMedians({ scenarios: measured, results }: Run, say: (line: string) => void): void {
  for (const { name, summary, figures } of measured) {
    say(`\n${name}: ${summary}`);
    for (const server of new Set(results.filter(({ scenario }) => scenario === name).map((result) => result.server))) {
      const medians = Object.keys(figures).flatMap((figure) => {
        const values = results.find((r) => r.scenario === name && r.server === server && r.figure === figure)!.values;
        const median = estimate(values)?.median;
        return median === undefined ? [] : [`${figure} ${short(median)} ${figures[figure]!.unit}`];
      });
      say(`  ${server.padEnd(24)} ${medians.join(', ')}`);
    }
  }
}

main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    process.stderr.write(`bench: ${(error as Error).message}\n`);
    process.exit(2);
  },
);
