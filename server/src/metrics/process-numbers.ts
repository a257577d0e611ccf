// What the system and Node say of this process. The delay of the event loop is sampled by Node itself, outside of JavaScript;
// everything else is asked for when somebody wants to know.

import { readdir } from 'node:fs/promises';
import { monitorEventLoopDelay, performance } from 'node:perf_hooks';

/** How often the delay is looked at. Each look wakes the process, and an idle one should sleep: of a core 0.4 % at 10 ms, 0.07 % at 200. */
const SAMPLE_EVERY_MS = 200;
const NS_PER_MS = 1e6;

export class ProcessNumbers {
  readonly #delay = monitorEventLoopDelay({ resolution: SAMPLE_EVERY_MS });

  constructor() {
    this.#delay.enable();
  }

  /**
   * How late the event loop came to what was due, in milliseconds, since this was last called.
   * @returns by share of the samples that were at most so late
   */
  takeDelaysMs(): ReadonlyMap<number, number> {
    const lateMs = (ns: number): number => Math.max(0, ns / NS_PER_MS - SAMPLE_EVERY_MS);
    const delays = new Map([
      [0.5, lateMs(this.#delay.percentile(50))],
      [0.99, lateMs(this.#delay.percentile(99))],
      [1, lateMs(this.#delay.max)],
    ]);
    this.#delay.reset();
    return delays;
  }

  /** How long the event loop of the main thread was not waiting, since the start. */
  get busyMs(): number {
    return performance.eventLoopUtilization().active;
  }

  /** Of all threads. */
  get cpu(): { readonly userUs: number; readonly systemUs: number } {
    const { user, system } = process.cpuUsage();
    return { userUs: user, systemUs: system };
  }

  get memory(): NodeJS.MemoryUsage {
    return process.memoryUsage();
  }

  get startedAtMs(): number {
    return performance.timeOrigin;
  }

  /** @returns null where the system does not say */
  async openFiles(): Promise<number | null> {
    const files = await readdir('/proc/self/fd').catch(() => null);
    // One of them is for this look.
    return files && files.length - 1;
  }

  close(): void {
    this.#delay.disable();
  }
}
