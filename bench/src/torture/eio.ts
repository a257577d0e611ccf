// Torture by syncs that fail: with EIO, one or several at once, or all of them for a while. Nothing may be called saved that is
// not on disk; once the disk is sound again everything is; and a SIGKILL right then, or in the middle of it, loses nothing.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as prng from 'lib0/prng';
import { coldJoinWeft } from '../cold-join.js';
import { milliseconds, percentile } from '../percentile.js';
import { ALL_CARRIERS, type Kind, type Torture } from './driver.js';
import { failSyncsFor, injectedIn, injectIntoSyncs, whyNoStrace } from './strace.js';

const ROUNDS_PER_GENERATION = 10;
const WRITING_MS = { min: 200, max: 800 };
const SPELL_MS = { min: 100, max: 2_000 };
/** Syncs each thread of the server has done before one of its syncs fails: some are done already when it is ready. */
const SOUND_SYNCS = { min: 4, max: 40 };

export const eio: Kind = {
  promise: 'syncs that fail lose nothing that is Saved, and are got over without help',
  summary: 'single syncs, or all for a while, fail with EIO, with SIGKILL during or after that',
  rounds: 10,
  async run(torture, rounds) {
    const whyNot = whyNoStrace();
    if (whyNot !== null) throw new Error(`No sync can be made to fail here: ${whyNot}.`);
    const failer = new SyncFailer(torture);
    await torture.start();
    for (let round = 0; round < rounds; round++) {
      if (round % ROUNDS_PER_GENERATION === 0) await torture.beginGeneration(ALL_CARRIERS);
      torture.beginRound();
      torture.endRound(await failer.round());
    }
    await torture.finish();
    return failer.figures();
  },
};

class SyncFailer {
  readonly #torture: Torture;
  #failed = 0;
  #killedWhileFailing = 0;
  readonly #recoveredMs: number[] = [];

  constructor(torture: Torture) {
    this.#torture = torture;
  }

  /** @returns a mark: `1` for single failures, `s` for a spell of them, `k` for a SIGKILL in such a spell */
  async round(): Promise<string> {
    const torture = this.#torture;
    const { plans } = torture;
    const chance = prng.real53(plans);
    const file = join(torture.options.folder, 'syncs');
    await torture.kill();
    if (chance < 0.4) {
      const when = prng.uint32(plans, SOUND_SYNCS.min, SOUND_SYNCS.max);
      const many = prng.uint32(plans, 0, 3);
      await torture.start({ under: injectIntoSyncs(`error=EIO:when=${when}..${when + many}`, file) });
      torture.letWritersIn();
      await torture.writeFor(WRITING_MS.max);
      await this.#settle();
    } else {
      await torture.start();
      torture.letWritersIn();
      const spellMs = prng.uint32(plans, SPELL_MS.min, SPELL_MS.max);
      const writingMs = prng.uint32(plans, WRITING_MS.min, WRITING_MS.max);
      await torture.writeFor(writingMs);
      const spell = failSyncsFor(torture.server.pid, spellMs, file);
      await torture.writeFor(spellMs);
      // Who comes to read is served what is on disk.
      for (const { document } of torture.targets) await coldJoinWeft(torture.url, document);
      if (chance < 0.7) {
        await spell;
        await this.#settle();
      } else this.#killedWhileFailing += 1;
    }
    await torture.kill();
    this.#failed += injectedIn(readFileSync(file, 'utf8'));
    await torture.start();
    await torture.check();
    return chance < 0.4 ? '1' : chance < 0.7 ? 's' : 'k';
  }

  figures(): string[] {
    this.#recoveredMs.sort((a, b) => a - b);
    if (this.#failed === 0) this.#torture.fault('no sync has failed');
    return [
      `syncs failed ${this.#failed}`,
      `killed meanwhile ${this.#killedWhileFailing}`,
      `all saved again p50 ${milliseconds(percentile(this.#recoveredMs, 50))}`,
      `p99 ${milliseconds(percentile(this.#recoveredMs, 99))}`,
    ];
  }

  async #settle(): Promise<void> {
    const startMs = performance.now();
    await this.#torture.settle();
    this.#recoveredMs.push(performance.now() - startMs);
  }
}
