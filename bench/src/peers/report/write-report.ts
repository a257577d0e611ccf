// Puts a run's page and charts into docs/, in place of those of the run before.

import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Judgement } from '../budgets.js';
import type { Run } from '../results.js';
import { drawChart } from './chart.js';
import { writePage } from './page.js';
import { questions } from './questions.js';

/** Both in the repository's docs folder. */
const PAGE = 'performance.md';
const IMAGES = 'images/performance';

const docs = fileURLToPath(new URL('../../../../docs', import.meta.url));

/** @param folder the docs folder @returns the page's file */
export function writeReport(run: Run, judgements: readonly Judgement[], folder = docs): string {
  const images = join(folder, IMAGES);
  mkdirSync(images, { recursive: true });
  for (const name of readdirSync(images)) if (name.endsWith('.svg')) rmSync(join(images, name));
  const drawn = new Set<string>();
  for (const { id, heading, panels } of questions) {
    const svg = drawChart(run, heading, panels);
    if (svg === null) continue;
    writeFileSync(join(images, `${id}.svg`), svg);
    drawn.add(id);
  }
  const page = join(folder, PAGE);
  writeFileSync(
    page,
    writePage(run, judgements, (id) => (drawn.has(id) ? `${IMAGES}/${id}.svg` : null)),
  );
  return page;
}
