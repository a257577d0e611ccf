// What a run of the bench leaves behind: one JSON file that holds everything its tables, charts and judgements are made
// from, and enough about the machine and the commit to measure it again.

import { readFileSync, writeFileSync } from 'node:fs';

/** Changes with the shape of the file. */
const FORMAT = 1;

export interface Run {
  /** When it began, ISO 8601 in UTC. */
  readonly date: string;
  /** Abbreviated hash of the repository's HEAD. */
  readonly commit: string;
  /** What that commit says it does: hashes change. Runs of before this was kept have none. */
  readonly subject?: string;
  /** Whether what was measured differs from what was committed. */
  readonly isDirty: boolean;
  /** What was typed to measure this. */
  readonly command: string;
  readonly durationMs: number;
  /** Other work kept the cores busy when the run began, and it was told to go on. */
  readonly wasBusy: boolean;
  readonly machine: Machine;
  /** Of the Node that ran the load and every server. */
  readonly node: string;
  /** Version by name of the server it belongs to. */
  readonly versions: Readonly<Record<string, string>>;
  /** Rounds asked for; a scenario may take fewer. */
  readonly rounds: number;
  /** What the servers and the load were started with, in words, by name. */
  readonly settings: Readonly<Record<string, string>>;
  /** Every scenario that was run, in the order of the report. */
  readonly scenarios: readonly MeasuredScenario[];
  readonly results: readonly Result[];
  /** Rounds that broke off; what they measured counts for nothing. */
  readonly failures: readonly Failure[];
  /** Scenarios that were measured apart from the rest, at another commit: all else that is said of a run is not about them. */
  readonly pieces?: readonly Piece[];
}

export interface Piece
  extends Pick<Run, 'date' | 'commit' | 'subject' | 'isDirty' | 'command' | 'durationMs' | 'wasBusy' | 'rounds'> {
  readonly scenarios: readonly string[];
}

export interface Machine {
  readonly cpu: string;
  readonly cores: number;
  readonly memoryBytes: number;
  readonly kernel: string;
  /** File system and device of the data folders, as `ext4 on /dev/vda`. */
  readonly disk: string;
}

export interface MeasuredScenario {
  readonly name: string;
  readonly summary: string;
  readonly figures: Readonly<Record<string, FigureSpec>>;
}

export interface FigureSpec {
  /** `µs`, `ms`, `%`, `MB`, `kB`, `1/s`, or empty for a count. */
  readonly unit: string;
  readonly isLessBetter: boolean;
  /** One phrase: `CPU of the server per delivery`. */
  readonly what: string;
  /** It says how a round went, or the same as another figure: no server is better for it. */
  readonly isContext?: true;
}

export interface Result {
  readonly scenario: string;
  readonly server: string;
  readonly figure: string;
  /** By round, so that the rounds of two servers can be paired; null where the round failed. */
  readonly values: readonly (number | null)[];
}

export interface Failure {
  readonly scenario: string;
  readonly server: string;
  /** From 1. */
  readonly round: number;
  /** A sentence. */
  readonly reason: string;
}

export function writeRun(file: string, run: Run): void {
  writeFileSync(file, `${JSON.stringify({ format: FORMAT, ...run }, null, 1)}\n`);
}

/** @throws Error when the file is no run, or one of another format */
export function readRun(file: string): Run {
  const { format, ...run } = JSON.parse(readFileSync(file, 'utf8')) as Run & { format?: unknown };
  if (format !== FORMAT) throw new Error(`${file} is not a run of this bench (format ${FORMAT})`);
  return run;
}

/**
 * Runs on one machine as one: a long run can be made in pieces, and a piece made again. What the later one measured counts.
 * Of another commit it may only hold other scenarios: servers are compared within one.
 *
 * @throws Error when they are of different machines or versions of Node, or of different commits and measured the same
 */
export function mergeRuns(runs: readonly Run[]): Run {
  return runs.reduce(putTogether);
}

function putTogether(earlier: Run, later: Run): Run {
  const again = new Set(later.scenarios.map(({ name }) => name));
  const isOfOneCommit = earlier.commit === later.commit && earlier.isDirty === later.isDirty;
  const isApart = !isOfOneCommit && !earlier.scenarios.some(({ name }) => again.has(name));
  const [one, other] = [earlier, later].map(({ commit, isDirty, node, machine }) =>
    JSON.stringify([...(isApart ? [] : [commit, isDirty]), node, machine]),
  );
  if (one !== other) {
    throw new Error(
      `Only runs of one commit on one machine can be put together, or of other scenarios: ${one} and ${other} differ.`,
    );
  }
  const isKept = ({ scenario }: { readonly scenario: string }): boolean => !again.has(scenario);
  const whole = isApart
    ? { pieces: [...(earlier.pieces ?? []), pieceOf(later)] }
    : {
        command: `${earlier.command}; ${later.command}`,
        durationMs: earlier.durationMs + later.durationMs,
        wasBusy: earlier.wasBusy || later.wasBusy,
        rounds: Math.min(earlier.rounds, later.rounds),
      };
  return {
    ...earlier,
    ...whole,
    versions: { ...earlier.versions, ...later.versions },
    settings: { ...earlier.settings, ...later.settings },
    scenarios: [...earlier.scenarios.filter(({ name }) => !again.has(name)), ...later.scenarios],
    results: [...earlier.results.filter(isKept), ...later.results],
    failures: [...earlier.failures.filter(isKept), ...later.failures],
  };
}

function pieceOf({ date, commit, subject, isDirty, command, durationMs, wasBusy, rounds, scenarios }: Run): Piece {
  const names = scenarios.map(({ name }) => name);
  return {
    date,
    commit,
    ...(subject !== undefined && { subject }),
    isDirty,
    command,
    durationMs,
    wasBusy,
    rounds,
    scenarios: names,
  };
}

/** The run a scenario was measured in, if it was measured apart from the rest. */
export function pieceWith(run: Run, scenario: string): Piece | undefined {
  return run.pieces?.find(({ scenarios }) => scenarios.includes(scenario));
}

/** By round; null for what failed, empty when it was not measured at all. */
export function valuesOf(run: Run, scenario: string, server: string, figure: string): readonly (number | null)[] {
  const isIt = (result: Result): boolean =>
    result.scenario === scenario && result.server === server && result.figure === figure;
  return run.results.find(isIt)?.values ?? [];
}

export function figureOf(run: Run, scenario: string, figure: string): FigureSpec | undefined {
  return run.scenarios.find(({ name }) => name === scenario)?.figures[figure];
}

/** Those that took part in a scenario, in the order of the results. */
export function serversOf(run: Run, scenario: string): string[] {
  return [...new Set(run.results.filter((result) => result.scenario === scenario).map(({ server }) => server))];
}
