// How busy this process is: the share of the last moments in which its event loop was not waiting. It is looked at when
// somebody asks, and not more often than each tenth of a second: an idle process keeps no timer for it.

import { type EventLoopUtilization, performance } from 'node:perf_hooks';

const SAMPLE_EVERY_MS = 100;

export interface Load {
  /** 0: it only waited; 1: it never did. Of the last tenth of a second, or since it was last asked for, if that is longer ago. */
  readonly utilisation: number;
}

export class EventLoopLoad implements Load {
  #sample: EventLoopUtilization = performance.eventLoopUtilization();
  #sampledAtMs = performance.now();
  #utilisation = 0;

  get utilisation(): number {
    const nowMs = performance.now();
    if (nowMs - this.#sampledAtMs < SAMPLE_EVERY_MS) return this.#utilisation;
    const sample = performance.eventLoopUtilization();
    this.#utilisation = performance.eventLoopUtilization(sample, this.#sample).utilization;
    this.#sample = sample;
    this.#sampledAtMs = nowMs;
    return this.#utilisation;
  }
}
