// Torture by a full disk: it fills up while people write, stays full for a moment, and is freed; then a further SIGKILL, or one
// while it is full. Nothing may be called saved meanwhile that is not there afterwards; people see each other and may
// join and read; once there is room everything is saved without help.

import { setTimeout as sleep } from 'node:timers/promises';
import * as prng from 'lib0/prng';
import { coldJoinWeft } from '../cold-join.js';
import { milliseconds, percentile } from '../percentile.js';
import type { Kind, Torture } from './driver.js';
import { Guest } from './guest.js';
import { makeSmallDisk, type SmallDisk } from './small-disk.js';

const ROUNDS_PER_GENERATION = 5;
const WRITING_MS = { min: 200, max: 600 };
const FULL_MS = 1_000;
/** One round of a long run is full for this long. */
const LONG_FULL_MS = 60_000;
const ROUNDS_OF_LONG_RUN = 10;
/** In that one they write no quicker than people do: what thousands wrote who did not see each other is refused, see rivals.ts. */
const LONG_SLOWNESS = 10;
const RESERVE_MIB = 32;
/** From the moment the disk is full on. */
const TOLD_WITHIN_MS = 2_000;
const LOOK_EVERY_MS = 200;
/** Presence and reading go on, if not as quickly. */
const GUEST_WITHIN_MS = 5_000;

export const full: Kind = {
  promise: 'a full disk loses nothing that is Saved; people see each other and read; once freed all is saved',
  summary: `the disk fills up for ${FULL_MS / 1000} s, with SIGKILL during or after that`,
  rounds: 10,
  async run(torture, rounds) {
    const disk = makeSmallDisk(torture.dataFolder);
    try {
      const filler = new DiskFiller(torture, disk);
      await filler.start();
      for (let round = 0; round < rounds; round++) {
        if (round % ROUNDS_PER_GENERATION === 0) await torture.beginGeneration();
        torture.beginRound();
        const isLong = rounds >= ROUNDS_OF_LONG_RUN && round === 1;
        torture.endRound(await filler.round(isLong ? LONG_FULL_MS : FULL_MS));
      }
      await torture.finish();
      return filler.figures();
    } finally {
      disk.remove();
    }
  },
};

class DiskFiller {
  readonly #torture: Torture;
  readonly #disk: SmallDisk;
  #starts = 0;
  #killedWhileFull = 0;
  readonly #presenceMs: number[] = [];
  readonly #joinMs: number[] = [];
  readonly #toldMs: number[] = [];
  readonly #recoveredMs: number[] = [];

  constructor(torture: Torture, disk: SmallDisk) {
    this.#torture = torture;
    this.#disk = disk;
  }

  /** Every other server keeps a reserve, and stops taking edits before the disk is full. */
  start(): Promise<void> {
    this.#starts += 1;
    return this.#torture.start({ env: { WEFT_RESERVE_MIB: this.#starts % 2 === 0 ? `${RESERVE_MIB}` : '0' } });
  }

  /** @returns a mark: `k` for a SIGKILL while it was full, `.` for one after it was free and all saved */
  async round(fullMs: number): Promise<string> {
    const torture = this.#torture;
    const { plans } = torture;
    const killsWhileFull = prng.real53(plans) < 0.4;
    const { document } = torture.targets[0]!;
    const [mover, watcher] = [new Guest(torture.url, document), new Guest(torture.url, document)];
    await Promise.all([mover.document.whenSynced(), watcher.document.whenSynced()]);
    torture.letWritersIn();
    for (const target of torture.targets) if (prng.real53(plans) < 0.3) torture.paste(target);
    await torture.writeFor(prng.uint32(plans, WRITING_MS.min, WRITING_MS.max));
    this.#disk.fill(torture.server.pid);
    const fullAtMs = performance.now();
    let isTold = false;
    const told = watcher.whenTold(TOLD_WITHIN_MS).then((atMs) => {
      isTold = true;
      this.#toldMs.push(atMs - fullAtMs);
    });
    const telling = told.catch((error: Error) => torture.fault(error.message));
    const endMs = fullAtMs + fullMs;
    const writing = torture.writeUntil(endMs, fullMs === LONG_FULL_MS ? LONG_SLOWNESS : 1);
    while (performance.now() < endMs || (!isTold && performance.now() < fullAtMs + TOLD_WITHIN_MS)) {
      await sleep(LOOK_EVERY_MS);
      this.#disk.fill(torture.server.pid);
      this.#presenceMs.push(await mover.moveFor(watcher, GUEST_WITHIN_MS));
      const startMs = performance.now();
      await coldJoinWeft(torture.url, document);
      this.#joinMs.push(performance.now() - startMs);
    }
    await Promise.all([writing, telling]);
    for (const guest of [mover, watcher]) guest.close();
    if (killsWhileFull) {
      this.#killedWhileFull += 1;
      await torture.kill();
      this.#disk.free(torture.server.pid);
    } else {
      this.#disk.free(torture.server.pid);
      const startMs = performance.now();
      await torture.settle();
      this.#recoveredMs.push(performance.now() - startMs);
      await torture.kill();
    }
    await this.start();
    await torture.check();
    return killsWhileFull ? 'k' : '.';
  }

  figures(): string[] {
    const p99 = (times: number[]): string =>
      milliseconds(
        percentile(
          times.sort((a, b) => a - b),
          99,
        ),
      );
    return [
      this.#disk.kind,
      `killed while full ${this.#killedWhileFull}`,
      `people told p99 ${p99(this.#toldMs)}`,
      `presence meanwhile p99 ${p99(this.#presenceMs)}`,
      `join meanwhile p99 ${p99(this.#joinMs)}`,
      `all saved again p99 ${p99(this.#recoveredMs)}`,
    ];
  }
}
