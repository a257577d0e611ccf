// How long it takes to have the state of a recording at any of its entries, from a compacted store.

import { HistoryWorkers, rebuild } from '@weft/server/history';
import { milliseconds, percentile } from '../percentile.js';
import type { Figure } from './kind.js';
import { openLog } from './open-store.js';
import { lifeOf, livedChannel, storeLife } from './stored-life.js';

const AIM_MS = 2000;

export async function measureRebuild(dataFolder: string, file: string, count: number): Promise<Figure[]> {
  await storeLife(dataFolder, lifeOf(file, false));
  const log = await openLog(dataFolder);
  const workers = new HistoryWorkers();
  try {
    await log.compact(() => {});
    const view = await log.view(livedChannel);
    const tookMs: number[] = [];
    for (let round = 0; round < count; round++) {
      const startedMs = performance.now();
      await rebuild(view, 1 + Math.floor(((round + 0.5) / count) * view.head), workers);
      tookMs.push(performance.now() - startedMs);
    }
    const slowestMs = Math.max(...tookMs);
    const sorted = Float64Array.from(tookMs).sort();
    return [
      { what: 'states rebuilt', value: `${count} of ${view.head} entries, from one end to the other` },
      { what: 'p50', value: milliseconds(percentile(sorted, 50)) },
      { what: 'p99', value: milliseconds(percentile(sorted, 99)) },
      { what: 'slowest', value: milliseconds(slowestMs), aim: { text: 'under 2 s', isMet: slowestMs < AIM_MS } },
    ];
  } finally {
    await workers.close();
    await log.close();
  }
}
