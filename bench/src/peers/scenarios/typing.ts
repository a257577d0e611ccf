// What a key and somebody else's letter cost the page of a long document: a real browser, in turn with Weft's page and with the
// editor that y-prosemirror's documentation builds, on the same server, text and writers.

import { percentile } from '../../percentile.js';
import { Stage } from '../../typing/stage.js';
import type { FigureSpec } from '../results.js';
import type { RunningServer, Scenario } from '../scenario.js';

/** Of text: paragraphs and headings, wherever they stand. */
const SIZES = [200, 2000, 5000] as const;
const WRITERS = 20;
/** Keys, or letters of another: until V8 has compiled most of it, and those that count. */
const WARM_UP = 25;
const COUNTED = 60;
/** Of the typist in the long run, who thinks in between. */
const MEMORY_PAUSE_MS = 500;
const MAX_ROUNDS = 3;
const editors = ['weft', 'y-prosemirror'] as const;

const ms = (what: string): FigureSpec => ({ unit: 'ms', isLessBetter: true, what });

function figuresOf(blocks: number): Record<string, FigureSpec> {
  const at = `${blocks.toLocaleString('en')} blocks`;
  return {
    [`key${blocks}P50`]: ms(`${at}, alone: script per own key, until the next one, median`),
    [`key${blocks}P95`]: ms(`${at}, alone: the same, 95th percentile`),
    [`remote${blocks}P50`]: ms(`${at}, one other writes: script per update, until the next one, median`),
    [`remote${blocks}P95`]: ms(`${at}, one other writes: the same, 95th percentile`),
    [`crowdKey${blocks}P50`]: ms(`${at}, ${WRITERS} others write: script in the task of an own key, median`),
    [`crowdKey${blocks}P95`]: ms(`${at}, ${WRITERS} others write: the same, 95th percentile`),
    [`crowdRemote${blocks}P50`]: ms(
      `${at}, ${WRITERS} others write: script in a task that brings their letters, median`,
    ),
    [`crowdRemote${blocks}P95`]: ms(`${at}, ${WRITERS} others write: the same, 95th percentile`),
    [`longest${blocks}`]: ms(`${at}: longest task in all of this, layout and painting included`),
    [`heap${blocks}`]: { unit: 'MB', isLessBetter: true, what: `${at}: what script holds afterwards` },
  };
}

const growthFigures: Record<string, FigureSpec> = Object.fromEntries(
  [
    ['key', 'script per own key'],
    ['remote', 'script per update of another'],
    ['crowdKey', `script per own key while ${WRITERS} others write`],
    ['crowdRemote', `script per arrival while ${WRITERS} others write`],
  ].map(([figure, what]) => [
    `${figure}Growth`,
    {
      unit: '',
      isLessBetter: true,
      what: `${what}: the median in the longest document, in times of that in the shortest`,
    },
  ]),
);

/** @param sizes in blocks; those of the aims when nothing is said */
export function typing(sizes: readonly number[] = SIZES): Scenario {
  return {
    name: 'typing',
    summary: `somebody types in a browser, in documents of ${sizes.join(', ')} blocks, alone and with ${WRITERS} others`,
    servers: editors,
    maxRounds: MAX_ROUNDS,
    isOnRequest: true,
    figures: Object.assign({}, ...sizes.map(figuresOf), growthFigures),
    async run(server) {
      const figures: Record<string, number> = {};
      for (const blocks of sizes) Object.assign(figures, await measure(server, blocks));
      for (const growth of Object.keys(growthFigures)) {
        const figure = growth.replace('Growth', '');
        figures[growth] = figures[`${figure}${sizes.at(-1)}P50`]! / figures[`${figure}${sizes[0]}P50`]!;
      }
      return figures;
    },
  };
}

async function measure(server: RunningServer, blocks: number): Promise<Record<string, number>> {
  const stage = await Stage.open(server, blocks);
  const { page } = stage;
  try {
    await stage.typeOwn(WARM_UP);
    const own = await page.trace(() => stage.typeOwn(COUNTED));
    await stage.typeAsOther(WARM_UP);
    const other = await page.trace(() => stage.typeAsOther(COUNTED));
    await stage.letOthersIn(WRITERS);
    await stage.typeOwn(WARM_UP);
    const crowd = await page.trace(() => stage.typeOwn(COUNTED));
    stage.silence();
    const heapBytes = await page.heapBytes();
    await stage.check();
    return {
      ...percentiles(`key${blocks}`, own.scriptPerKeyMs()),
      ...percentiles(`remote${blocks}`, other.scriptPerMessageMs()),
      ...percentiles(`crowdKey${blocks}`, crowd.scriptInKeyTasksMs()),
      ...percentiles(`crowdRemote${blocks}`, crowd.scriptInMessageTasksMs()),
      [`longest${blocks}`]: Math.max(own.longestTaskMs(), other.longestTaskMs(), crowd.longestTaskMs()),
      [`heap${blocks}`]: heapBytes / 1e6,
    };
  } finally {
    await stage.close();
  }
}

function percentiles(figure: string, values: readonly number[]): Record<string, number> {
  const sorted = values.toSorted((a, b) => a - b);
  return { [`${figure}P50`]: percentile(sorted, 50), [`${figure}P95`]: percentile(sorted, 95) };
}

/** @param minutes that somebody goes on typing in the longest document, while the others do */
export function typingMemory(sizes: readonly number[] = SIZES, minutes = 10): Scenario {
  const blocks = Math.max(...sizes);
  return {
    name: 'typing-memory',
    summary: `somebody types for ${minutes} minutes in a browser, in a document of ${blocks} blocks with ${WRITERS} others`,
    servers: editors,
    maxRounds: 1,
    isOnRequest: true,
    figures: {
      heapBefore: { unit: 'MB', isLessBetter: true, what: 'what script of the page holds at the beginning' },
      heapAfter: { unit: 'MB', isLessBetter: true, what: `the same after ${minutes} minutes` },
      longest: ms('longest task in all of it that took more than 50 ms, or 0'),
    },
    async run(server) {
      const stage = await Stage.open(server, blocks);
      try {
        await stage.letOthersIn(WRITERS);
        await stage.typeOwn(WARM_UP);
        const before = await stage.page.heapBytes();
        await stage.page.beginWatchingTasks();
        await stage.typeOwn((minutes * 60_000) / MEMORY_PAUSE_MS, MEMORY_PAUSE_MS);
        const longest = await stage.page.longestTaskMs();
        stage.silence();
        const after = await stage.page.heapBytes();
        await stage.check();
        return { heapBefore: before / 1e6, heapAfter: after / 1e6, longest };
      } finally {
        await stage.close();
      }
    },
  };
}
