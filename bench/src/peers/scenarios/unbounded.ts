// One types as fast as its socket takes it: how many deliveries a server makes when nothing holds it back. Deliveries are
// letters, however many a frame brings.

import { setImmediate as nextTurn } from 'node:timers/promises';
import { Crowd } from '../load/crowd.js';
import { compose, play } from '../load/pacer.js';
import { beginStretch, loadFigure } from '../load/stretch.js';
import type { Scenario } from '../scenario.js';
import { everyone } from '../servers.js';

const WARM_UP_MS = 1000;
const WARM_UP_PER_SECOND = 500;
/** That leave in one write. */
const LETTERS_AT_ONCE = 200;

/** @param letters with those of the warming up within what one session may send at once (20,000), and some seconds for the slowest */
const unbounded = (readers: number, letters: number): Scenario => ({
  name: `unbounded-${readers}`,
  summary: `one writer sends ${letters.toLocaleString('en')} updates as fast as the socket takes them, ${readers} readers`,
  servers: everyone,
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
    const crowd = await Crowd.join(server, {
      documents: 1,
      writers: 1,
      readers,
      letters: letters + WARM_UP_PER_SECOND + 1,
      isSmall: false,
    });
    try {
      await play(compose(1, WARM_UP_PER_SECOND, WARM_UP_MS), () => crowd.type(0));
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

export const unbounded10 = unbounded(10, 18_000);
export const unbounded100 = unbounded(100, 6000);
export const unbounded500 = unbounded(500, 1500);
