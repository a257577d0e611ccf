// What the store takes of its disk, and what is left there, for whoever watches. A large store is tens of thousands of files, so
// they are looked at now and then.

import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { measureDisk } from './disk-space.js';

const LOOK_EVERY_MS = 60_000;

export class StoreSize {
  readonly #folder: string;
  readonly #nowMs: () => number;
  #bytes: Promise<number | null> = Promise.resolve(null);
  #lookedAtMs = Number.NEGATIVE_INFINITY;

  constructor(folder: string, nowMs: () => number = () => performance.now()) {
    this.#folder = folder;
    this.#nowMs = nowMs;
  }

  /** Each is null where the disk does not say. `storeBytes` may be of a minute ago. */
  async measure(): Promise<{ readonly freeBytes: number | null; readonly storeBytes: number | null }> {
    if (this.#nowMs() - this.#lookedAtMs >= LOOK_EVERY_MS) {
      this.#lookedAtMs = this.#nowMs();
      this.#bytes = bytesOf(this.#folder).catch(() => null);
    }
    const free = measureDisk(this.#folder).catch(() => null);
    return { freeBytes: (await free)?.freeBytes ?? null, storeBytes: await this.#bytes };
  }
}

async function bytesOf(folder: string): Promise<number> {
  let bytes = 0;
  for (const file of await readdir(folder)) {
    // LevelDB may remove it meanwhile.
    bytes += await stat(join(folder, file))
      .then(({ size }) => size)
      .catch(() => 0);
  }
  return bytes;
}
