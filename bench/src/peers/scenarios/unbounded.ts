// One types as fast as its socket takes it: how many deliveries a server makes when nothing holds it back. Deliveries are
// letters, however many a frame brings.

import { setImmediate as nextTurn } from 'node:timers/promises';
import { Crowd } from '../load/crowd.js';
import { compose, play } from '../load/pacer.js';
import { beginStretch, loadFigure, WARM_UP_MS } from '../load/stretch.js';
import type { Scenario } from '../scenario.js';

/** Meanwhile: less than what the slowest server can, and in bursts like what counts. */
const WARM_UP_DELIVERIES_PER_SECOND = 50_000;
const WARM_UP_MOST_PER_SECOND = 400;
const WARM_UP_BURSTS_PER_SECOND = 4;
/** That leave in one write. */
const LETTERS_AT_ONCE = 200;

/** @param letters with those of the warming up within what one session may send at once (20,000), and some seconds for the slowest */
const unbounded = (readers: number, letters: number, maxRounds?: number): Scenario => ({
  name: `unbounded-${readers}`,
  summary: `one writer sends ${letters.toLocaleString('en')} updates as fast as the socket takes them, ${readers} readers`,
  servers: ['weft', 'weft-yjs', 'yws-0.1.5', 'hocuspocus-sqlite', 'ws-turn'],
  ...(maxRounds === undefined ? {} : { maxRounds }),
  figures: {
    deliveriesPerSecond: { unit: '1/s', isLessBetter: false, what: 'updates delivered, until every reader has all' },
    cpu: {
      unit: '%',
      isLessBetter: true,
      what: 'CPU of the server, of its core: well below 100, something else was the limit',
    },
    cpuPerDelivery: { unit: 'µs', isLessBetter: true, what: 'CPU of the server per delivery' },
    load: loadFigure,
  },
  async run(server) {
    const warmUp = warmUpOf(readers);
    const crowd = await Crowd.join(server, {
      documents: 1,
      writers: 1,
      readers,
      letters: letters + warmUp.bursts * warmUp.letters,
      isSmall: false,
    });
    try {
      await play(compose(1, WARM_UP_BURSTS_PER_SECOND, WARM_UP_MS), () => {
        for (let typed = 0; typed < warmUp.letters; typed++) crowd.type(0);
      });
      await crowd.whenDelivered();
      const deliveredBefore = crowd.deliveries.count;
      const end = beginStretch(server);
      for (let typed = 1; typed <= letters; typed++) {
        crowd.type(0);
        if (typed % LETTERS_AT_ONCE !== 0) continue;
        await crowd.clientOf(0).whenDrained();
        await nextTurn();
      }
      await crowd.whenDelivered();
      const { wallMs, serverCpuMs, loadPercent } = end();
      const delivered = crowd.deliveries.count - deliveredBefore;
      crowd.checkTexts();
      return {
        deliveriesPerSecond: delivered / (wallMs / 1000),
        cpu: (serverCpuMs / wallMs) * 100,
        cpuPerDelivery: (serverCpuMs * 1000) / delivered,
        load: loadPercent,
      };
    } finally {
      crowd.end();
    }
  },
});

function warmUpOf(readers: number): { readonly bursts: number; readonly letters: number } {
  const perSecond = Math.min(WARM_UP_MOST_PER_SECOND, WARM_UP_DELIVERIES_PER_SECOND / readers);
  return {
    bursts: (WARM_UP_MS / 1000) * WARM_UP_BURSTS_PER_SECOND,
    letters: perSecond / WARM_UP_BURSTS_PER_SECOND,
  };
}

export const unbounded10 = unbounded(10, 18_000);
export const unbounded100 = unbounded(100, 6000);
export const unbounded500 = unbounded(500, 1500, 3);
