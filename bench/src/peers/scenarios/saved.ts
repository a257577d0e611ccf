// How long it takes until somebody is told that a letter is on disk, when the server does half of what it can. What it can is
// found first: ever faster typing, until its core is full.

import { Crowd } from '../load/crowd.js';
import { compose, play } from '../load/pacer.js';
import { SavedTimes } from '../load/saved-times.js';
import { beginStretch, loadFigure, WARM_UP_MS } from '../load/stretch.js';
import type { Scenario } from '../scenario.js';

const DOCUMENTS = 200;
const WRITERS = 2;
const PEOPLE = DOCUMENTS * WRITERS;
/** Letters of each person. */
const FIRST_PER_SECOND = 10;
const FASTER = 1.2;
/** Nobody types faster than the server takes from one session in the long run. */
const MOST_PER_SECOND = 200;
const STEP_MS = 1500;
/** Of its core. What is left is what the system takes of it. */
const FULL_PERCENT = 95;
/** Who is told that late, waits behind others, whatever keeps them: the core, or a disk that is slow at the moment. */
const LATEST_MS = 250;
const MEASURED_MS = 6000;

const rates: number[] = [];
for (let rate = FIRST_PER_SECOND; rate < MOST_PER_SECOND; rate *= FASTER) rates.push(rate);
rates.push(MOST_PER_SECOND);
const LETTERS_EACH = Math.ceil(
  FIRST_PER_SECOND * (WARM_UP_MS / 1000) +
    rates.reduce((sum, rate) => sum + rate * (STEP_MS / 1000) + 1, 0) +
    MOST_PER_SECOND * (MEASURED_MS / 2000),
);

export const saved: Scenario = {
  name: 'saved',
  summary: `${DOCUMENTS} documents with two writers each, at half the rate that fills the core of the server`,
  servers: ['weft'],
  maxRounds: 3,
  figures: {
    p50: { unit: 'ms', isLessBetter: true, what: 'from typing to Saved, median' },
    p99: { unit: 'ms', isLessBetter: true, what: 'from typing to Saved, 99th percentile' },
    saturation: {
      unit: '1/s',
      isLessBetter: false,
      what: 'letters saved per second when the core of the server is full',
    },
    p99Full: { unit: 'ms', isLessBetter: true, isContext: true, what: 'the 99th percentile at that rate' },
    cpu: { unit: '%', isLessBetter: true, what: 'CPU of the server at half of that, of its core' },
    load: loadFigure,
  },
  async run(server) {
    const size = { documents: DOCUMENTS, writers: WRITERS, readers: 0, letters: LETTERS_EACH, isSmall: false };
    const crowd = await Crowd.join(server, size);
    const times = new SavedTimes(crowd);
    const type = async (rate: number, durationMs: number) => {
      times.latency.clear();
      const end = beginStretch(server);
      await play(compose(PEOPLE, rate, durationMs), (writer) => times.type(writer));
      await times.whenAllSaved();
      const { wallMs, serverCpuMs, loadPercent } = end();
      await crowd.whenDelivered();
      return { wallMs, cpu: (serverCpuMs / wallMs) * 100, loadPercent };
    };
    await type(FIRST_PER_SECOND, WARM_UP_MS);
    let full = 0;
    for (const rate of rates) {
      full = rate;
      const { cpu } = await type(rate, STEP_MS);
      if (cpu >= FULL_PERCENT || times.latency.percentileMs(99) > LATEST_MS) break;
    }
    const p99Full = times.latency.percentileMs(99);
    const half = await type(full / 2, MEASURED_MS);
    crowd.checkTexts();
    crowd.end();
    return {
      p50: times.latency.percentileMs(50),
      p99: times.latency.percentileMs(99),
      saturation: full * PEOPLE,
      p99Full,
      cpu: half.cpu,
      load: half.loadPercent,
    };
  },
};
