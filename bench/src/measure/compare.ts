// How long it takes to compare two moments of a recording that are a day of writing apart, from a compacted store that was just
// opened, and how long the thread that serves people is kept from them meanwhile.

import { setTimeout as sleep } from 'node:timers/promises';
import { Comparisons, HistoryWorkers, Moments, Turns } from '@weft/server/history';
import type { DocumentLog } from '@weft/server/log';
import { milliseconds, percentile } from '../percentile.js';
import type { Figure } from './kind.js';
import { openLog } from './open-store.js';
import { lifeOf, livedChannel, storeLife } from './stored-life.js';

const AIM_MS = 2000;
const STALL_AIM_MS = 50;

/** @param file without one it is a paper that is made from a seed */
export async function measureCompare(dataFolder: string, file: string, isSmall: boolean): Promise<Figure[]> {
  const life = lifeOf(file, isSmall);
  await storeLife(dataFolder, life);
  const count = isSmall ? 3 : 20;
  const compacting = await openLog(dataFolder);
  await compacting.compact(() => {});
  await compacting.close();
  const tookMs: number[] = [];
  const stalls = new Stalls();
  let entries = 0;
  let apart = 0;
  for (let round = 0; round < count; round++) {
    // Each with a log and a worker of its own: cold, but for what the system keeps of files.
    const log = await openLog(dataFolder);
    const workers = new HistoryWorkers();
    try {
      const view = await log.view(livedChannel);
      entries = view.head;
      apart = Math.ceil(view.head / life.days);
      const from = Math.floor(((round + 0.5) / count) * (view.head - apart + 1));
      const startedMs = performance.now();
      const [earlier, later] = [from, from + apart].map((seq) => ({ kind: 'seq', seq }) as const);
      await stalls.during(() => comparisonsIn(log, workers).compare(livedChannel.document, earlier!, later!, ''));
      tookMs.push(performance.now() - startedMs);
    } finally {
      await workers.close();
      await log.close();
    }
  }
  const slowestMs = Math.max(...tookMs);
  const sorted = Float64Array.from(tookMs).sort();
  return [
    { what: 'compared', value: `${count} times, ${apart} of ${entries} entries apart, from one end to the other` },
    { what: 'p50', value: milliseconds(percentile(sorted, 50)) },
    { what: 'slowest', value: milliseconds(slowestMs), aim: { text: 'under 2 s', isMet: slowestMs < AIM_MS } },
    {
      what: 'longest stall',
      value: milliseconds(stalls.longestMs),
      aim: { text: 'under 50 ms', isMet: stalls.longestMs < STALL_AIM_MS },
    },
  ];
}

function comparisonsIn(log: DocumentLog, workers: HistoryWorkers): Comparisons {
  const turns = new Turns({ atOnce: 1 });
  const moments = new Moments({ log, history: workers, turns, versions: { find: async () => null } });
  return new Comparisons({ log, comparer: workers, moments, turns });
}

/** How late a timer of a millisecond comes, at the worst. */
class Stalls {
  longestMs = 0;

  async during<T>(action: () => Promise<T>): Promise<T> {
    const watch = { isOver: false };
    const watched = this.#watch(watch);
    try {
      return await action();
    } finally {
      watch.isOver = true;
      await watched;
    }
  }

  async #watch(watch: { readonly isOver: boolean }): Promise<void> {
    let lastMs = performance.now();
    while (!watch.isOver) {
      await sleep(1);
      const nowMs = performance.now();
      this.longestMs = Math.max(this.longestMs, nowMs - lastMs - 1);
      lastMs = nowMs;
    }
  }
}
