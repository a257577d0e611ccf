// Runs scenarios against servers, in turn: within a round every server has its go before any has another, so that what else
// happens to the machine happens to all. A round that fails counts for nothing, and is told.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LaunchedServer } from './launched-server.js';
import { wasLoadTheLimit } from './load/stretch.js';
import { withUnit } from './report/format.js';
import type { Failure, Result } from './results.js';
import type { Scenario, ServerName } from './scenario.js';
import { servers } from './servers.js';

export interface RoundsOptions {
  readonly scenarios: readonly Scenario[];
  readonly servers: readonly ServerName[];
  readonly rounds: number;
  /** Called after each scenario with everything so far, so that a run that breaks off is not lost. */
  readonly keep: (soFar: Outcome) => void;
  /** A folder for the CPU profiles of servers that write one; they end by themselves then, which takes longer. */
  readonly profileFolder: string | null;
  /** Takes a line for whoever watches. */
  readonly say: (line: string) => void;
}

export interface Outcome {
  /** That are done. */
  readonly scenarios: readonly Scenario[];
  readonly results: readonly Result[];
  readonly failures: readonly Failure[];
}

export async function runRounds(options: RoundsOptions): Promise<void> {
  const failures: Failure[] = [];
  const results: Result[] = [];
  const scenarios: Scenario[] = [];
  for (const scenario of options.scenarios) {
    const beganMs = performance.now();
    const names = scenario.servers.filter((name) => options.servers.includes(name));
    const measured = new Map(names.map((name) => [name, [] as (Readonly<Record<string, number>> | null)[]]));
    const rounds = Math.min(options.rounds, scenario.maxRounds ?? options.rounds);
    for (let round = 1; round <= rounds; round++) {
      // Every other round goes the other way: who is last in one is first in the next.
      for (const name of round % 2 === 1 ? names : names.toReversed()) {
        const outcome = await runRound(scenario, name, options.profileFolder);
        const failed = outcome instanceof Error;
        if (failed) failures.push({ scenario: scenario.name, server: name, round, reason: outcome.message });
        measured.get(name)!.push(failed ? null : outcome);
        options.say(
          `${scenario.name} ${round}/${rounds} ${name.padEnd(24)} ${failed ? outcome.message : line(scenario, outcome)}`,
        );
      }
    }
    options.say(`${scenario.name} took ${Math.round((performance.now() - beganMs) / 1000)} s.`);
    for (const [server, rounds] of measured) {
      for (const figure of Object.keys(scenario.figures)) {
        results.push({
          scenario: scenario.name,
          server,
          figure,
          values: rounds.map((round) => round?.[figure] ?? null),
        });
      }
    }
    scenarios.push(scenario);
    options.keep({ scenarios, results, failures });
  }
}

async function runRound(
  scenario: Scenario,
  name: ServerName,
  profileFolder: string | null,
): Promise<Readonly<Record<string, number>> | Error> {
  const dataFolder = mkdtempSync(join(tmpdir(), `weft-bench-${name}-`));
  try {
    const server = await LaunchedServer.start(name, servers[name], dataFolder, profileFolder);
    try {
      return await scenario.run(server);
    } catch (error) {
      const said = server.stderr.trim().slice(-500);
      return new Error(`${(error as Error).message}${said === '' ? '' : ` The server said: ${said}`}`);
    } finally {
      await server.close();
    }
  } catch (error) {
    return error as Error;
  } finally {
    rmSync(dataFolder, { recursive: true, force: true });
  }
}

function line({ figures }: Scenario, outcome: Readonly<Record<string, number>>): string {
  const told = Object.entries(figures)
    .flatMap(([name, { unit }]) => (outcome[name] === undefined ? [] : [`${name} ${withUnit(outcome[name], unit)}`]))
    .join(', ');
  return wasLoadTheLimit(outcome.load ?? 0, outcome.cpu ?? 0) ? `${told} (the load was the limit)` : told;
}
