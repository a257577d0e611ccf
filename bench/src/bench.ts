// npm run bench -- [SCENARIO …] [--only A,B] [--servers A,B] [--rounds N] [--out DIR] [--paper FILE] [--soak SECONDS] [--busy]
//                  [--blocks A,B] [--minutes N] [--profile DIR] [--check] [--page]
// npm run bench -- --report FILE[,FILE] [--check]
// npm run bench -- nodes
//
// Compares Weft with its peers: every scenario, every server in turn, servers on one core and the load on another. Exit code 1
// when a round failed or, with --check, when an aim was clearly missed; 2 when it could not begin.

import { spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { judge, readBudgets } from './peers/budgets.js';
import { readCommit, readMachine, withSubject } from './peers/machine.js';
import { installPeers } from './peers/peers.js';
import { busyCores, LOAD_CORE, pinThisProcess } from './peers/proc.js';
import { aimsTable, scenarioTable } from './peers/report/tables.js';
import { writeReport } from './peers/report/write-report.js';
import { mergeRuns, type Run, readRun, writeRun } from './peers/results.js';
import { type Outcome, runRounds } from './peers/runner.js';
import type { Scenario, ServerName } from './peers/scenario.js';
import { listScenarios } from './peers/scenarios/index.js';
import { everyone, servers } from './peers/servers.js';

/** Cores that may be at work before it begins: what an idle system does. */
const BUSY_CORES = 0.25;

const usage = (scenarios: readonly Scenario[]): string => `Usage: npm run bench -- [SCENARIO …] [options]
       npm run bench -- --report FILE[,FILE] [--check]
       npm run bench -- nodes    (as npm run measure -- nodes: no peer is compared)

${scenarios.map(({ name, summary, isOnRequest }) => `  ${name.padEnd(20)}${summary}${isOnRequest ? ' (when named, or with --check)' : ''}`).join('\n')}

Servers: ${everyone.join(', ')}

  --only A,B       these scenarios
  --servers A,B    these servers
  --rounds N       5 when nothing is said
  --out DIR        where run.json goes, with its page and charts; bench/results when nothing is said
  --paper FILE     a recorded editing trace for the paper, instead of one made from a seed
  --soak SECONDS   how long the soak takes; 30 when nothing is said
  --blocks A,B     the documents of typing; 200,2000,5000 when nothing is said
  --minutes N      how long typing-memory takes for each editor; 10 when nothing is said
  --busy           begins although other work keeps the cores busy; the run says so
  --profile DIR    writes CPU profiles of the servers that end when they are asked to; figures are worse meanwhile
  --check          holds the figures against bench/budgets.json: exit code 1 when one is clearly not met
  --page           writes docs/performance.md and its charts from this run
  --report FILE    writes them from runs that were kept, without measuring; several are put together
`;

// Servers and browsers go when this process exits by itself, and a signal alone would not let it.
for (const [signal, code] of [
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const)
  process.once(signal, () => process.exit(code));

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      only: { type: 'string' },
      servers: { type: 'string' },
      rounds: { type: 'string', default: '5' },
      out: { type: 'string', default: 'bench/results' },
      paper: { type: 'string' },
      soak: { type: 'string', default: '30' },
      blocks: { type: 'string' },
      minutes: { type: 'string', default: '10' },
      busy: { type: 'boolean', default: false },
      profile: { type: 'string' },
      report: { type: 'string' },
      page: { type: 'boolean', default: false },
      check: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  const soakMs = Number(values.soak) * 1000;
  if (!(soakMs > 0)) throw new Error(`--soak takes a number of seconds, not "${values.soak}".`);
  const scenarios = listScenarios({
    paperFile: values.paper,
    soakMs,
    typingBlocks: values.blocks?.split(',').map(Number),
    typingMinutes: Number(values.minutes),
  });
  if (values.help) {
    process.stdout.write(usage(scenarios));
    return 0;
  }
  if (positionals.join() === 'nodes') return measureNodes();
  const isMeasured = values.report === undefined;
  const run =
    values.report === undefined
      ? await measure({ ...values, only: asked(values.only, positionals, scenarios) }, scenarios)
      : mergeRuns(values.report.split(',').map(readRun).map(withSubject));
  const judgements = judge(run, readBudgets());
  if (isMeasured) {
    for (const scenario of run.scenarios)
      say(`\n${scenario.name}: ${scenario.summary}\n${scenarioTable(run, scenario)}`);
    say(`\n${join(values.out, 'run.json')} and ${writeReport(run, judgements, values.out)} hold all of it.`);
  }
  if (values.page || !isMeasured) say(`${writeReport(run, judgements)} is written.`);
  if (values.check) say(`\n${aimsTable(run, judgements)}`);
  const isMissed = values.check && judgements.some(({ verdict }) => verdict === 'not met');
  return isMissed || run.failures.length > 0 ? 1 : 0;
}

/** Ours alone: what several nodes carry and cost is held against one. */
function measureNodes(): number {
  const measure = fileURLToPath(new URL('measure.js', import.meta.url));
  return spawnSync(process.execPath, [measure, 'nodes'], { stdio: 'inherit' }).status ?? 1;
}

interface Asked {
  readonly out: string;
  readonly profile?: string;
  readonly only: string | undefined;
  readonly servers?: string;
  readonly rounds: string;
  readonly busy: boolean;
  readonly check: boolean;
}

/** Without --out: where a run is kept says nothing of what it measured, and no page should tell the folders of a machine. */
function typedCommand(args: readonly string[]): string {
  const telling = args.filter((arg, index) => !arg.startsWith('--out') && args[index - 1] !== '--out');
  return ['npm run bench', telling.join(' ')].filter(Boolean).join(' -- ');
}

async function measure(asked: Asked, scenarios: readonly Scenario[]): Promise<Run> {
  const began = { date: new Date(), ms: performance.now() };
  const isAsked = asked.only !== undefined || asked.check;
  const chosen = pick(asked.only, scenarios, ({ name }: Scenario) => name).filter(
    ({ isOnRequest = false }) => !isOnRequest || isAsked,
  );
  const invited = pick(asked.servers, everyone, (name: ServerName) => name).filter((name) =>
    chosen.some(({ servers }) => servers.includes(name)),
  );
  const rounds = Number(asked.rounds);
  if (!(Number.isInteger(rounds) && rounds > 0))
    throw new Error(`--rounds takes a number of rounds, not "${asked.rounds}".`);
  const absence = invited.some((name) => servers[name].isPeer) ? installPeers(say) : null;
  if (absence !== null) say(`Without the peers: ${absence}`);
  const contestants = invited.filter((name) => absence === null || !servers[name].isPeer);
  const busy = await busyCores();
  if (busy > BUSY_CORES && !asked.busy) {
    throw new Error(
      `Other work keeps ${busy.toFixed(2)} cores busy: figures would be about that as well. --busy measures anyway.`,
    );
  }
  pinThisProcess(LOAD_CORE);
  mkdirSync(asked.out, { recursive: true });
  const runOf = ({ scenarios, results, failures }: Outcome): Run => ({
    date: began.date.toISOString(),
    ...readCommit(),
    command: typedCommand(process.argv.slice(2)),
    durationMs: Math.round(performance.now() - began.ms),
    wasBusy: busy > BUSY_CORES,
    machine: readMachine(tmpdir()),
    node: process.version,
    versions: Object.fromEntries(contestants.map((name) => [name, servers[name].version()])),
    rounds,
    settings: Object.fromEntries(contestants.map((name) => [name, servers[name].settings])),
    scenarios: scenarios.map(({ name, summary, figures }) => ({ name, summary, figures })),
    results,
    failures,
  });
  let run = runOf({ scenarios: [], results: [], failures: [] });
  await runRounds({
    scenarios: chosen,
    servers: contestants,
    rounds,
    profileFolder: asked.profile === undefined ? null : resolve(asked.profile),
    keep: (outcome) => {
      run = runOf(outcome);
      writeRun(join(asked.out, 'run.json'), run);
    },
    say,
  });
  return run;
}

/** A name without an option is that of a scenario, or what several begin with: `typing` is `typing-memory` as well. */
function asked(only: string | undefined, names: readonly string[], scenarios: readonly Scenario[]): string | undefined {
  const named = names.flatMap((name) => {
    const family = scenarios.filter((scenario) => scenario.name === name || scenario.name.startsWith(`${name}-`));
    return family.length === 0 ? [name] : family.map((scenario) => scenario.name);
  });
  return [...(only?.split(',') ?? []), ...named].join(',') || undefined;
}

const say = (line: string): void => void process.stdout.write(`${line}\n`);

/** Those that were asked for, by name; all when nothing was. @throws Error for a name that is none */
function pick<T>(asked: string | undefined, all: readonly T[], nameOf: (one: T) => string): T[] {
  const names = asked?.split(',') ?? all.map(nameOf);
  return names.map((name) => {
    const found = all.find((one) => nameOf(one) === name);
    if (found === undefined) throw new Error(`There is no "${name}". There are ${all.map(nameOf).join(', ')}.`);
    return found;
  });
}

main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    process.stderr.write(`bench: ${(error as Error).message}\n`);
    process.exit(2);
  },
);
