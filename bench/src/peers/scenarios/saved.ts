// How long it takes until somebody is told that a letter is on disk, when the server does half of what it can. What it can is
// found first: ever faster typing, until some of it waits.

import { Crowd } from '../load/crowd.js';
import { Histogram } from '../load/histogram.js';
import { compose, play } from '../load/pacer.js';
import { beginStretch, loadFigure } from '../load/stretch.js';
import type { Scenario } from '../scenario.js';

const DOCUMENTS = 200;
const WRITERS = 2;
const PEOPLE = DOCUMENTS * WRITERS;
/** Letters of each person. */
const FIRST_PER_SECOND = 20;
const FASTER = 1.25;
/** Nobody types faster than the server takes from one session in the long run. */
const MOST_PER_SECOND = 200;
const STEP_MS = 1000;
/** A letter that is saved later than this after it was typed waited behind others: that was more than the server can do. */
const LATEST_MS = 250;
const MEASURED_MS = 4000;

const rates: number[] = [];
for (let rate = FIRST_PER_SECOND; rate < MOST_PER_SECOND; rate *= FASTER) rates.push(rate);
rates.push(MOST_PER_SECOND);
/** Each step may be tried twice. */
const LETTERS_EACH = Math.ceil(
  rates.reduce((sum, rate) => sum + 2 * (rate + 1), 0) + MOST_PER_SECOND * (MEASURED_MS / 2000),
);

export const saved: Scenario = {
  name: 'saved',
  summary: `${DOCUMENTS} documents with two writers each, at half the rate that the server can save`,
  servers: ['weft'],
  maxRounds: 3,
  figures: {
    p50: { unit: 'ms', isLessBetter: true, what: 'from typing to Saved, median' },
    p99: { unit: 'ms', isLessBetter: true, what: 'from typing to Saved, 99th percentile' },
    saturation: {
      unit: '1/s',
      isLessBetter: false,
      what: `letters saved per second with none later than ${LATEST_MS} ms, at most`,
    },
    cpu: { unit: '%', isLessBetter: true, what: 'CPU of the server at half of that, of its core' },
    load: loadFigure,
  },
  async run(server) {
    const size = { documents: DOCUMENTS, writers: WRITERS, readers: 0, letters: LETTERS_EACH, isSmall: false };
    const crowd = await Crowd.join(server, size);
    const times = new SavedTimes(crowd);
    const keepsUpWith = async (rate: number): Promise<boolean> => {
      times.latency.clear();
      await play(compose(PEOPLE, rate, STEP_MS), (writer) => times.type(writer));
      await times.whenAllSaved();
      await crowd.whenDelivered();
      return times.latency.percentileMs(100) <= LATEST_MS;
    };
    let most = 0;
    for (const rate of rates) {
      // Once it may have been a pause of something else.
      if (!((await keepsUpWith(rate)) || (await keepsUpWith(rate)))) break;
      most = rate;
    }
    if (most === 0)
      throw new Error(`The server does not keep up with ${PEOPLE * FIRST_PER_SECOND} letters per second.`);
    times.latency.clear();
    const end = beginStretch(server);
    await play(compose(PEOPLE, most / 2, MEASURED_MS), (writer) => times.type(writer));
    await times.whenAllSaved();
    const { wallMs, serverCpuMs, loadPercent } = end();
    await crowd.whenDelivered();
    crowd.checkTexts();
    crowd.end();
    return {
      p50: times.latency.percentileMs(50),
      p99: times.latency.percentileMs(99),
      saturation: most * PEOPLE,
      cpu: (serverCpuMs / wallMs) * 100,
      load: loadPercent,
    };
  },
};

/** From each letter to the word that it is on disk. */
class SavedTimes {
  readonly latency = new Histogram();
  readonly #crowd: Crowd;
  /** By writer, of its letters in order. */
  readonly #typedAtMs: readonly number[][];
  readonly #saved: Int32Array;
  #unsaved = 0;
  #onAllSaved: () => void = () => {};

  constructor(crowd: Crowd) {
    this.#crowd = crowd;
    this.#typedAtMs = Array.from({ length: crowd.writers }, () => []);
    this.#saved = new Int32Array(crowd.writers);
    for (let writer = 0; writer < crowd.writers; writer++) {
      crowd.clientOf(writer).onSaved = (letters) => this.#note(writer, letters);
    }
  }

  type(writer: number): void {
    this.#typedAtMs[writer]!.push(performance.now());
    this.#unsaved += 1;
    this.#crowd.type(writer);
  }

  whenAllSaved(): Promise<void> {
    if (this.#unsaved === 0) return Promise.resolve();
    return new Promise((resolve) => {
      this.#onAllSaved = resolve;
    });
  }

  #note(writer: number, letters: number): void {
    const nowMs = performance.now();
    const typedAtMs = this.#typedAtMs[writer]!;
    for (; this.#saved[writer]! < letters; this.#saved[writer]!++) {
      this.latency.recordMs(nowMs - typedAtMs[this.#saved[writer]!]!);
      this.#unsaved -= 1;
    }
    if (this.#unsaved === 0) this.#onAllSaved();
  }
}
