// The aims of bench/budgets.json, held against a run. A judgement takes the whole interval: only what lies on one side of the
// aim from end to end is met or not met; everything else is not separable, which is a result of its own.

import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { figureOf, type Run, valuesOf } from './results.js';
import { type Estimate, estimate, estimateRatio, type Interval } from './statistics.js';

export interface Budgets {
  /** Servers by the name an aim has for them. */
  readonly groups: Readonly<Record<string, readonly string[]>>;
  readonly budgets: readonly Budget[];
}

/** One of `atMost` and `atLeast` is there. */
export interface Budget {
  readonly scenario: string;
  readonly figure: string;
  /** Whose figure; each is judged alone. Both dialects of ours when nothing is said. */
  readonly servers?: readonly string[];
  /** A group: the aim is a ratio to the best of it in the same run. Without one it is in the figure's own unit. */
  readonly against?: string;
  readonly atMost?: number;
  readonly atLeast?: number;
  /** Judged by the worst round, and not by the median: for what may not happen once. */
  readonly inEveryRound?: boolean;
}

export interface Judgement {
  readonly budget: Budget;
  readonly server: string;
  /** The best of the group, by its median; null for an aim in the figure's own unit. */
  readonly peer: string | null;
  /** A ratio, or in the figure's unit; of the worst round where every round counts. Null when it was not measured. */
  readonly reached: Estimate | null;
  readonly verdict: 'met' | 'not met' | 'not separable' | 'not measured';
}

export const OURS = ['weft', 'weft-yjs'];

export function readBudgets(): Budgets {
  return JSON.parse(readFileSync(fileURLToPath(new URL('../../budgets.json', import.meta.url)), 'utf8')) as Budgets;
}

/** One for each aim and server, for the scenarios of this run. */
export function judge(run: Run, { groups, budgets }: Budgets): Judgement[] {
  const measured = new Set(run.scenarios.map(({ name }) => name));
  return budgets
    .filter(({ scenario }) => measured.has(scenario))
    .flatMap((budget) =>
      (budget.servers ?? OURS).map((server) =>
        judgeServer(run, budget, server, budget.against === undefined ? null : groups[budget.against]!),
      ),
    );
}

function judgeServer(run: Run, budget: Budget, server: string, group: readonly string[] | null): Judgement {
  const { scenario, figure } = budget;
  const values = valuesOf(run, scenario, server, figure);
  const peer = group && bestOf(run, scenario, figure, group);
  const estimated = group ? peer && estimateRatio(values, valuesOf(run, scenario, peer, figure)) : estimate(values);
  if (!estimated) return { budget, server, peer, reached: null, verdict: 'not measured' };
  const reached = budget.inEveryRound ? { ...estimated, ...worstOf(values, budget) } : estimated;
  return {
    budget,
    server,
    peer,
    reached,
    verdict: reached.interval ? verdictOn(reached.interval, budget) : 'not separable',
  };
}

/** By the median; null when none was measured. */
export function bestOf(run: Run, scenario: string, figure: string, group: readonly string[]): string | null {
  const isLessBetter = figureOf(run, scenario, figure)?.isLessBetter ?? true;
  let [best, bestMedian]: [string | null, number] = [null, Number.NaN];
  for (const server of group) {
    const median = estimate(valuesOf(run, scenario, server, figure))?.median;
    if (median === undefined) continue;
    if (best === null || (isLessBetter ? median < bestMedian : median > bestMedian))
      [best, bestMedian] = [server, median];
  }
  return best;
}

/** Nothing is estimated here: it happened. */
function worstOf(values: readonly (number | null)[], { atMost }: Budget): Pick<Estimate, 'median' | 'interval'> {
  const known = values.filter((value) => value !== null);
  const worst = atMost === undefined ? Math.min(...known) : Math.max(...known);
  return { median: worst, interval: { low: worst, high: worst } };
}

function verdictOn({ low, high }: Interval, { atMost, atLeast }: Budget): Judgement['verdict'] {
  const isWithin = (value: number): boolean =>
    (atMost === undefined || value <= atMost) && (atLeast === undefined || value >= atLeast);
  if (isWithin(low) && isWithin(high)) return 'met';
  return isWithin(low) || isWithin(high) ? 'not separable' : 'not met';
}
