// People typing at a steady pace, in one document or in many: what each delivery costs the server and how long it takes.

import type { FigureSpec } from '../results.js';
import type { RunningServer } from '../scenario.js';
import { Crowd } from './crowd.js';
import { compose, play } from './pacer.js';
import { beginStretch, loadFigure, MEASURED_MS, WARM_UP_MS } from './stretch.js';

/** Up to so many people, everybody shows the text in the end; unless there is too much of it. */
const SMALL_DELIVERIES_PER_SECOND = 10_000;

export interface TypingLoad {
  readonly documents: number;
  /** In each document. */
  readonly writers: number;
  readonly readers: number;
  /** Letters of each writer. */
  readonly perSecond: number;
}

export const typingFigures = {
  cpuPerDelivery: { unit: 'µs', isLessBetter: true, what: 'CPU of the server per delivery' },
  cpuPerUpdate: { unit: 'µs', isLessBetter: true, what: 'CPU of the server per update typed' },
  checkpoints: { unit: '%', isLessBetter: true, isContext: true, what: 'how much of that CPU went into checkpoints' },
  cpu: { unit: '%', isLessBetter: true, isContext: true, what: 'CPU of the server, of its core' },
  p50: { unit: 'ms', isLessBetter: true, what: 'from typing to somebody else, median of all deliveries' },
  p99: { unit: 'ms', isLessBetter: true, what: 'from typing to somebody else, 99th percentile of all deliveries' },
  load: loadFigure,
} as const satisfies Record<string, FigureSpec>;

/** One round. @throws Error with a sentence when a letter was lost or doubled, or a text differs */
export async function runTyping(
  server: RunningServer,
  { documents, writers, readers, perSecond }: TypingLoad,
): Promise<Readonly<Record<string, number>>> {
  const deliveriesPerSecond = documents * writers * perSecond * (writers + readers - 1);
  const crowd = await Crowd.join(server, {
    documents,
    writers,
    readers,
    letters: Math.ceil(((WARM_UP_MS + MEASURED_MS) / 1000) * perSecond) + 2,
    isSmall: deliveriesPerSecond <= SMALL_DELIVERIES_PER_SECOND,
  });
  try {
    await play(compose(crowd.writers, perSecond, WARM_UP_MS), (writer) => crowd.type(writer));
    await crowd.whenDelivered();
    crowd.deliveries.latency.clear();
    const typedBefore = crowd.typed;
    const end = beginStretch(server);
    await play(compose(crowd.writers, perSecond, MEASURED_MS), (writer) => crowd.type(writer));
    await crowd.whenDelivered();
    const { wallMs, serverCpuMs, checkpointPercent, loadPercent } = end();
    crowd.checkTexts();
    const { latency } = crowd.deliveries;
    return {
      cpuPerDelivery: (serverCpuMs * 1000) / latency.count,
      cpuPerUpdate: (serverCpuMs * 1000) / (crowd.typed - typedBefore),
      ...(checkpointPercent === null ? {} : { checkpoints: checkpointPercent }),
      cpu: (serverCpuMs / wallMs) * 100,
      p50: latency.percentileMs(50),
      p99: latency.percentileMs(99),
      load: loadPercent,
    };
  } finally {
    crowd.end();
  }
}
