import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { judge, readBudgets } from '../budgets.js';
import { mergeRuns, type Run } from '../results.js';
import { listScenarios } from '../scenarios/index.js';
import { madeUpRun } from '../test/made-up-run.js';
import { drawChart, ticksUpTo } from './chart.js';
import { amount } from './format.js';
import { questions } from './questions.js';
import { notWonTable, standings } from './tables.js';
import { writeReport } from './write-report.js';

const scenarios = listScenarios({ paperFile: undefined, soakMs: 60_000 });

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'weft-report-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** Every scenario there is, with figures for everybody who takes part. */
function everything(): Run {
  return {
    ...madeUpRun({}),
    scenarios: scenarios.map(({ name, summary, figures }) => ({ name, summary, figures })),
    results: scenarios.flatMap(({ name, servers, figures }) =>
      servers.flatMap((server, place) =>
        Object.keys(figures).map((figure) => ({
          scenario: name,
          server,
          figure,
          values: [1, 2, 3].map((v) => v + place),
        })),
      ),
    ),
  };
}

test('the page holds every scenario with its figures, and every image it shows is there', () => {
  const run = everything();
  const page = readFileSync(writeReport(run, judge(run, readBudgets()), folder), 'utf8');
  for (const { name, figures } of scenarios) {
    expect(page).toContain(`### ${name}\n`);
    for (const figure of Object.keys(figures)) expect(page).toContain(`\`${figure}\``);
  }
  const images = [...page.matchAll(/!\[.*\]\((.+)\)/g)].map((match) => match[1]!);
  expect(images.length).toBeGreaterThan(0);
  for (const image of images) expect.soft(existsSync(join(folder, image)), image).toBe(true);
  expect(page).toContain('Checkpoints are a part of it: at most');
  expect(page).not.toMatch(/undefined|NaN|null/);
});

test('sections say which commit they were measured at, by its subject', () => {
  const all = everything();
  const isTyping = (name: string): boolean => name.startsWith('typing');
  const typing = {
    ...all,
    scenarios: all.scenarios.filter(({ name }) => isTyping(name)),
    results: all.results.filter(({ scenario }) => isTyping(scenario)),
  };
  const main = { ...madeUpRun({ 'fan-out-100': { weft: { cost: [1, 2, 3] } } }), subject: 'web: begin' };
  const later = { ...typing, commit: 'fff0000', subject: 'web: end', date: '2026-11-22T00:30:00.000Z' };
  const page = readFileSync(writeReport(mergeRuns([main, later]), [], folder), 'utf8');
  expect(page).toContain('Measured 2026-11-21 at “web: begin” (abc1234)');
  const apart = '_Measured apart, 2026-11-22, at “web: end” (fff0000)._';
  const sections = page.split(/^##+ /m).filter((section) => section.includes(apart));
  expect(sections.map((section) => section.split('\n')[0])).toEqual([
    'Typing in a long document',
    'typing',
    'typing-memory',
  ]);
});

test('a question is about figures that its scenarios have', () => {
  for (const { scenario, figure } of questions.flatMap(({ panels }) => panels)) {
    const found = scenarios.find(({ name }) => name === scenario);
    expect.soft(found?.figures[figure], `${scenario}: ${figure}`).toBeDefined();
  }
});

test('bench/README.md tells of every scenario', () => {
  const readme = readFileSync(new URL('../../../README.md', import.meta.url), 'utf8');
  for (const { name } of scenarios) expect.soft(readme).toContain(`\`${name}\``);
});

test('the page of a run of little is about that alone, and says what broke off', () => {
  const failure = { scenario: 'fan-out-100', server: 'weft', round: 2, reason: 'A letter | was lost.\nHere.' };
  const run = { ...madeUpRun({ 'fan-out-100': { weft: { cost: [1, null, 2] } } }), failures: [failure], rounds: 3 };
  const page = readFileSync(writeReport(run, [], folder), 'utf8');
  expect(page).toContain('A letter \\| was lost. Here.');
  expect(page).toContain('only 3 rounds');
  expect(readdirSync(join(folder, 'images/performance'))).toEqual([]);
});

test('a chart names everybody, with bars as long as their medians', () => {
  const run = madeUpRun({
    s: { weft: { cost: [10, 10, 10] }, 'yws-0.1.5': { cost: [20, 20, 20] }, 'ws-send': { cost: [null] } },
  });
  const svg = drawChart(run, 'Is < this > fast?', [{ scenario: 's', figure: 'cost', title: 'CPU & more' }])!;
  expect(svg).toContain('Is &lt; this &gt; fast?');
  expect(svg).toContain('CPU &amp; more');
  expect(svg).toContain('@y/websocket-server 0.1.5, in memory');
  expect(svg).toContain('no figure');
  const [ours, theirs] = [...svg.matchAll(/class="bar \w+".*? width="([\d.]+)"/g)].map((match) => Number(match[1]));
  expect(theirs! / ours!).toBeCloseTo(2, 1);
  expect(drawChart(run, 'Else?', [{ scenario: 'else', figure: 'cost', title: '' }])).toBeNull();
});

test('axes begin at zero and end at or above what they hold, in round steps', () => {
  expect(ticksUpTo(9)).toEqual([0, 2, 4, 6, 8, 10]);
  expect(ticksUpTo(0.3)).toEqual([0, 0.1, 0.2, 0.3]);
  expect(ticksUpTo(2_573_000).at(-1)).toBe(3_000_000);
  expect(ticksUpTo(0)).toEqual([0, 1]);
});

test('what is not won is told: where a peer is better first, then where the rounds do not tell', () => {
  const run = madeUpRun({
    s: {
      weft: { cost: [5, 6, 5], pace: [9, 9, 9] },
      'weft-yjs': { cost: [9, 11, 10], pace: [1, 1, 1] },
      'yws-0.1.5': { cost: [10, 10, 10], pace: [3, 3, 3] },
      'ws-send': { cost: [1, 1, 1], pace: [99, 99, 99] },
    },
  });
  expect(standings(run).map(({ server, verdict }) => [server, verdict])).toEqual([
    ['weft', 'better'],
    ['weft-yjs', 'not separable'],
    ['weft', 'better'],
    ['weft-yjs', 'worse'],
  ]);
  const rows = notWonTable(run, standings(run)).split('\n').slice(2);
  expect(rows.map((row) => row.split('|').at(-2)!.trim())).toEqual(['the peer is better', 'not separable']);
});

test('amounts have three digits that count', () => {
  expect([1234567, 123.4, 12.34, 1.234, 0.1234, 0.01234, 0, Number.POSITIVE_INFINITY].map(amount)).toEqual([
    '1,234,567',
    '123',
    '12.3',
    '1.23',
    '0.12',
    '0.012',
    '0',
    '∞',
  ]);
});
