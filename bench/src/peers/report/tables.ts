// The tables of a run in Markdown, which a terminal can show as well: aims and what was reached, where a peer is ahead, and
// every figure there is.

import { bestOf, type Judgement, OURS } from '../budgets.js';
import { type FigureSpec, type MeasuredScenario, type Run, serversOf, valuesOf } from '../results.js';
import { type Estimate, estimate, estimateRatio } from '../statistics.js';
import { amount, kindOf, labelOf, measured, range, withUnit } from './format.js';

export function aimsTable(run: Run, judgements: readonly Judgement[]): string {
  return table(
    ['scenario', 'figure', 'whose', 'reached', 'aim', '95 % interval', 'verdict'],
    judgements.map(({ budget, server, peer, reached, verdict }) => {
      const spec = run.scenarios.find(({ name }) => name === budget.scenario)!.figures[budget.figure];
      const unit = budget.against === undefined ? (spec?.unit ?? '') : '';
      const bound =
        budget.atMost === undefined ? `≥ ${withUnit(budget.atLeast!, unit)}` : `≤ ${withUnit(budget.atMost, unit)}`;
      return [
        budget.scenario,
        spec?.what ?? budget.figure,
        labelOf(run, server),
        reached === null ? '–' : withUnit(reached.median, unit),
        budget.against === undefined ? bound : `${bound} of ${peer === null ? budget.against : labelOf(run, peer)}`,
        reached === null ? '–' : budget.inEveryRound ? `worst of ${reached.rounds}` : range(reached.interval),
        verdict,
      ];
    }),
  );
}

/** Where ours against the best peer stands, one for each figure and server of ours that has a peer. */
export interface Standing {
  readonly scenario: string;
  readonly spec: FigureSpec;
  readonly server: string;
  readonly peer: string;
  readonly ratio: Estimate;
  readonly verdict: 'better' | 'worse' | 'not separable';
}

export function standings(run: Run): Standing[] {
  return run.scenarios.flatMap(({ name, figures }) =>
    Object.entries(figures).flatMap(([figure, spec]) => {
      const peers = serversOf(run, name).filter((server) => kindOf(server) === 'peer');
      const peer = spec.isContext ? null : bestOf(run, name, figure, peers);
      return peer === null ? [] : OURS.flatMap((server) => standing(run, name, figure, spec, server, peer));
    }),
  );
}

function standing(
  run: Run,
  scenario: string,
  figure: string,
  spec: FigureSpec,
  server: string,
  peer: string,
): Standing[] {
  const ratio = estimateRatio(valuesOf(run, scenario, server, figure), valuesOf(run, scenario, peer, figure));
  if (ratio === null) return [];
  const { low, high } = ratio.interval ?? { low: 0, high: Number.POSITIVE_INFINITY };
  const [isBelow, isAbove] = [high < 1, low > 1];
  const verdict = !isBelow && !isAbove ? 'not separable' : isBelow === spec.isLessBetter ? 'better' : 'worse';
  return [{ scenario, spec, server, peer, ratio, verdict }];
}

/** Where a peer is ahead, or the rounds do not tell. */
export function notWonTable(run: Run, standings: readonly Standing[]): string {
  const order = { worse: 0, 'not separable': 1, better: 2 };
  return table(
    ['scenario', 'figure', 'ours', 'best peer', 'ours is … of it', '95 % interval', ''],
    standings
      .filter(({ verdict }) => verdict !== 'better')
      .sort((a, b) => order[a.verdict] - order[b.verdict])
      .map(({ scenario, spec, server, peer, ratio, verdict }) => [
        scenario,
        spec.what,
        labelOf(run, server),
        labelOf(run, peer),
        amount(ratio.median),
        range(ratio.interval),
        verdict === 'worse' ? 'the peer is better' : verdict,
      ]),
  );
}

/** More than these beside one another nobody reads. */
const MAX_COLUMNS = 14;

/** Medians of the rounds, with their intervals: a row for each server that took part, or for each figure where they are many. */
export function scenarioTable(run: Run, { name, figures }: MeasuredScenario): string {
  const servers = serversOf(run, name);
  const names = Object.entries(figures).map(([figure, { unit }]) => (unit === '' ? figure : `${figure}, ${unit}`));
  const cellsOf = (server: string): string[] =>
    Object.keys(figures).map((figure) => {
      const value = estimate(valuesOf(run, name, server, figure));
      return value === null ? '–' : measured(value);
    });
  const rows = servers.map((server) => [labelOf(run, server), ...cellsOf(server)]);
  if (names.length <= MAX_COLUMNS) return table(['server', ...names], rows);
  return table(
    ['figure', ...rows.map(([label]) => label!)],
    names.map((figure, index) => [figure, ...rows.map((row) => row[index + 1]!)]),
  );
}

/** Cells lined up, so that it can be read as it stands. @returns empty without rows */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  if (rows.length === 0) return '';
  const widths = head.map((cell, column) => Math.max(3, cell.length, ...rows.map((row) => row[column]!.length)));
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column]!)).join(' | ')} |`;
  return [line(head), line(widths.map((width) => '-'.repeat(width))), ...rows.map(line)].join('\n');
}
