import { expect, test } from 'vitest';
import { type Budget, judge, OURS, readBudgets } from './budgets.js';
import { listScenarios } from './scenarios/index.js';
import { madeUpRun } from './test/made-up-run.js';

const scenarios = listScenarios({ paperFile: undefined, soakMs: 60_000 });

const groups = { peers: ['yws-0.1.5', 'hocuspocus-sqlite'] };
const ratio: Budget = { scenario: 's', figure: 'cost', servers: ['weft'], against: 'peers', atMost: 0.8 };

function verdictOn(budget: Budget, servers: Parameters<typeof madeUpRun>[0]['s']): string {
  return judge(madeUpRun({ s: servers ?? {} }), { groups, budgets: [budget] })[0]!.verdict;
}

const against = (ours: readonly (number | null)[]): string =>
  verdictOn(ratio, { weft: { cost: ours }, 'yws-0.1.5': { cost: [10, 10, 10, 10, 10] } });

test('an aim is met, or not, only when the whole interval says so', () => {
  expect(against([5, 6, 7, 6, 5])).toBe('met');
  expect(against([9, 10, 11, 9, 9])).toBe('not met');
  expect(against([5, 6, 9, 6, 5])).toBe('not separable');
});

test('with too few rounds nothing is separable, and without any nothing is measured', () => {
  expect(against([5, 5])).toBe('not separable');
  expect([against([null, null, null]), verdictOn(ratio, { weft: { cost: [1, 1, 1] } })]).toEqual([
    'not measured',
    'not measured',
  ]);
});

test('the best of a group is the one with the best median, whichever way is better', () => {
  const servers = {
    weft: { cost: [4, 4, 4], pace: [4, 4, 4] },
    'yws-0.1.5': { cost: [8, 8, 8], pace: [2, 2, 2] },
    'hocuspocus-sqlite': { cost: [5, 5, 90], pace: [1, 1, 1] },
  };
  const run = madeUpRun({ s: servers });
  const { atMost: _, ...some } = ratio;
  const [cost, pace] = judge(run, { groups, budgets: [ratio, { ...some, figure: 'pace', atLeast: 2 }] });
  expect([cost!.peer, cost!.reached!.median, pace!.peer, pace!.reached!.median, pace!.verdict]).toEqual([
    'hocuspocus-sqlite',
    0.8,
    'yws-0.1.5',
    2,
    'met',
  ]);
});

test('what may not happen once is judged by the worst round', () => {
  const never: Budget = { scenario: 's', figure: 'cost', servers: ['weft'], atMost: 0, inEveryRound: true };
  expect(verdictOn(never, { weft: { cost: [0, 0, 0, 0, 0] } })).toBe('met');
  expect(verdictOn(never, { weft: { cost: [0] } })).toBe('met');
  expect(verdictOn(never, { weft: { cost: [0, 0, 3, 0, 0] } })).toBe('not met');
});

test('both dialects of ours are judged when nobody is named, and scenarios that were not run are left out', () => {
  const servers = { weft: { cost: [1, 1, 1] }, 'weft-yjs': { cost: [3, 3, 3] } };
  const absolute: Budget = { scenario: 's', figure: 'cost', atMost: 2 };
  const judged = judge(madeUpRun({ s: servers }), { groups, budgets: [absolute, { ...absolute, scenario: 'other' }] });
  expect(judged.map(({ server, verdict }) => [server, verdict])).toEqual([
    ['weft', 'met'],
    ['weft-yjs', 'not met'],
  ]);
});

test('every aim of the file is about a figure and servers that its scenario has, and has one bound', () => {
  const { groups, budgets } = readBudgets();
  for (const budget of budgets) {
    const scenario = scenarios.find(({ name }) => name === budget.scenario);
    if (scenario === undefined) throw new Error(`there is no scenario ${budget.scenario}`);
    expect.soft(scenario.figures[budget.figure], `${budget.scenario}: ${budget.figure}`).toBeDefined();
    expect.soft([budget.atMost, budget.atLeast].filter((bound) => bound !== undefined)).toHaveLength(1);
    for (const server of budget.servers ?? OURS) expect.soft(scenario.servers, budget.scenario).toContain(server);
    if (budget.against === undefined) continue;
    const isThere = (server: string): boolean => scenario.servers.some((name) => name === server);
    expect.soft(groups[budget.against]?.some(isThere), `${budget.scenario}: ${budget.against}`).toBe(true);
  }
});
