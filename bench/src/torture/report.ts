// What a run of torture has come to: one line of figures in one form, and a row in docs/reliability.md.

import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { milliseconds, percentile } from '../percentile.js';
import type { Tally } from './driver.js';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const page = `${root}docs/reliability.md`;

/** @param own a kind's own figures */
export function figureLine(tally: Tally, own: readonly string[]): string {
  const { rounds, written, acknowledged, lost, duplicated, restartMs } = tally;
  return [
    `rounds ${rounds}`,
    `written ${written}`,
    `acknowledged ${acknowledged}`,
    `lost ${lost}`,
    `duplicated ${duplicated}`,
    ...(restartMs.length === 0
      ? []
      : [`restart p50 ${milliseconds(percentile(restartMs, 50))}`, `p99 ${milliseconds(percentile(restartMs, 99))}`]),
    ...own,
  ].join(', ');
}

/** Replaces the kind's row of the table, or adds it at the end of the table. */
export function writeReport(
  kind: string,
  promise: string,
  command: string,
  tally: Tally,
  own: readonly string[],
): void {
  const { rounds, acknowledged, lost, duplicated, restartMs, faults } = tally;
  const cells = [
    kind,
    promise,
    `\`npm run torture -- ${command}\``,
    rounds,
    acknowledged,
    lost,
    duplicated,
    restartMs.length === 0 ? '' : milliseconds(percentile(restartMs, 99)),
    own.join(', '),
    faults.length,
    new Date().toISOString().slice(0, 10),
    commit(),
  ];
  writeFileSync(page, withRow(readFileSync(page, 'utf8'), kind, cells.map(String)));
}

/** By its subject, which outlives a rebase; with a `+` when what is run is not what was committed. */
function commit(): string {
  const git = (...args: string[]): string => execFileSync('git', args, { cwd: root }).toString().trim();
  const changes = git('status', '--porcelain', '--', 'bench', 'server', 'packages');
  return `“${git('log', '-1', '--format=%s').replaceAll('|', '\\|')}”${changes === '' ? '' : ' +'}`;
}

/** @param text a page with one table whose rows begin with the kind */
export function withRow(text: string, kind: string, cells: readonly string[]): string {
  const lines = text.split('\n');
  const row = `| ${cells.join(' | ')} |`;
  const old = lines.findIndex((line) => line.startsWith(`| ${kind} `));
  if (old >= 0) lines[old] = row;
  else lines.splice(lines.findLastIndex((line) => line.startsWith('|')) + 1, 0, row);
  return lines.join('\n');
}
