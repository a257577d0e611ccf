// Torture by the power: everything the server asks of the disk is traced; it is killed, and then what a disk may hold at
// moments before that is put together and read, many times for each run of the server. With the last one it goes on.

import { mkdtempSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import * as prng from 'lib0/prng';
import { spawnServer } from '../server-process.js';
import { DiskHistory } from './disk-image.js';
import { readDiskTrace } from './disk-trace.js';
import { ALL_CARRIERS, complaintsIn, type Kind, type Torture } from './driver.js';
import { copyFiles, FileKeeper, filesIn } from './file-keeper.js';
import { readStore, textOf } from './store-reader.js';
import { traceFiles, whyNoStrace } from './strace.js';

const ROUNDS_PER_GENERATION = 5;
const CUTS_PER_ROUND = 50;
/** One cut in so many is started by a server and read by clients; the others are read in this process. */
const CUTS_PER_SERVER = 25;
const WRITING_MS = { min: 300, max: 2_000 };
/** Chapters pasted into each document in a round that is to fill LevelDB's log, so that it begins another one. */
const FLOOD_CHAPTERS = 4;
/** Syncs a thread of the server has done before some fail, in a round that is to have such: more than a start takes. */
const SOUND_SYNCS = { min: 8, max: 16 };
/** Long enough to see many a millisecond begin, on a machine that has others to serve as well. */
const CLOCK_MS = 50;
/** A disk that undid the replacing of a file nobody kept is put together in another way, so often at most. */
const MAX_TRIES = 50;
/** Within this time of the end of a sync most cuts fall. */
const NEAR_SYNC_MS = 4;

export const power: Kind = {
  promise: 'what is Saved or shown survives a loss of power at any moment',
  summary: `the disk forgets what was not synced, at ${CUTS_PER_ROUND} moments of each round`,
  rounds: 10,
  async run(torture, rounds) {
    const whyNot = whyNoStrace();
    if (whyNot !== null) throw new Error(`The power cannot be taken here: ${whyNot}.`);
    const cutter = new PowerCutter(torture);
    await torture.start();
    for (let round = 0; round < rounds; round++) {
      if (round % ROUNDS_PER_GENERATION === 0) await torture.beginGeneration(ALL_CARRIERS);
      torture.beginRound();
      await cutter.round();
      torture.endRound('.');
      // What this is to show is shown, and what was lost cannot be waited for.
      if (torture.options.withoutSync && torture.tally().faults.length > 0) return cutter.figures();
    }
    await torture.finish();
    return cutter.figures();
  },
};

class PowerCutter {
  readonly #torture: Torture;
  #cuts = 0;
  #notKept = 0;
  #servers = 0;
  #syncsFailed = 0;

  constructor(torture: Torture) {
    this.#torture = torture;
  }

  figures(): string[] {
    const notKept = this.#notKept === 0 ? [] : [`cuts that could not be put together ${this.#notKept}`];
    return [`cuts ${this.#cuts}`, `of them served ${this.#servers}`, `syncs failed ${this.#syncsFailed}`, ...notKept];
  }

  /** @returns once the server runs on what the last cut left */
  async round(): Promise<void> {
    const torture = this.#torture;
    const { dataFolder, plans, random } = torture;
    const faultsBefore = torture.tally().faults.length;
    await torture.kill();
    const scratch = mkdtempSync(join(torture.options.folder, 'round-'));
    const before = join(scratch, 'before');
    copyFiles(dataFolder, before);
    const first = new Map(filesIn(before).map((path) => [path, statSync(join(before, path)).size]));
    const keeper = new FileKeeper(dataFolder, join(scratch, 'kept'));
    const traceFile = join(scratch, 'trace');

    const beganAtMs = performance.now();
    // A few syncs on each thread of the server, which the kernel forgets what they were to cover of.
    const failsSyncs = prng.real53(plans) < 0.35;
    const nth = prng.uint32(plans, SOUND_SYNCS.min, SOUND_SYNCS.max);
    const syncs = torture.options.withoutSync ? 'retval=0' : failsSyncs ? `error=EIO:when=${nth}..${nth + 1}` : null;
    await torture.start({ under: traceFiles(traceFile, syncs) });
    torture.letWritersIn();
    const isFlood = prng.real53(plans) < 0.25;
    for (const target of torture.targets) {
      const chapters = isFlood ? FLOOD_CHAPTERS : prng.uint32(plans, 0, 1);
      for (let i = 0; i < chapters; i++) torture.paste(target);
    }
    await torture.writeFor(prng.uint32(plans, WRITING_MS.min, WRITING_MS.max));
    await torture.kill();
    const endedAtMs = performance.now();
    keeper.close();

    const events = readDiskTrace(readFileSync(traceFile, 'utf8'), dataFolder);
    this.#syncsFailed += events.filter(({ kind }) => kind === 'failed-sync').length;
    const files = { before, after: dataFolder, find: keeper.find.bind(keeper) };
    const history = new DiskHistory(files, first, events);
    const clockMs = wallClockAtZero();
    const moments = Array.from({ length: CUTS_PER_ROUND - 1 }, () => {
      if (history.syncs.length === 0 || prng.real53(random) < 0.2)
        return beganAtMs + prng.real53(random) * (endedAtMs - beganAtMs);
      return prng.oneOf(random, [...history.syncs]).endMs - clockMs + (prng.real53(random) - 0.5) * 2 * NEAR_SYNC_MS;
    });
    for (const [index, atMs] of moments.entries()) {
      const image = join(scratch, `cut-${index}`);
      if (!history.writeImage(clockMs + atMs, random, image)) this.#notKept += 1;
      else if (index % CUTS_PER_SERVER === 0) await this.#serve(image, atMs);
      else await this.#read(image, atMs);
      if (torture.tally().faults.length > faultsBefore) {
        torture.fault(`see ${traceFile} before ${((clockMs + atMs) / 1000).toFixed(6)}, and ${image}`);
        break;
      }
      rmSync(image, { recursive: true, force: true });
    }

    const last = join(scratch, 'last');
    for (let tries = 1; !history.writeImage(clockMs + endedAtMs, random, last); tries++) {
      if (tries === MAX_TRIES) throw new Error('the files a killed server left are gone');
      rmSync(last, { recursive: true, force: true });
    }
    rmSync(dataFolder, { recursive: true });
    renameSync(last, dataFolder);
    this.#cuts += 1;
    await torture.start();
    await torture.check();
    this.#noteComplaints(torture.server.stderr);
    if (torture.tally().faults.length === faultsBefore) rmSync(scratch, { recursive: true });
  }

  async #read(image: string, atMs: number): Promise<void> {
    const torture = this.#torture;
    this.#cuts += 1;
    const documents = torture.targets.map(({ document }) => document);
    const { content, alarms } = await readStore(image, documents);
    for (const alarm of alarms) this.#noteComplaints(alarm);
    if (typeof content === 'string') return torture.fault(`a cut could not be opened: ${content}`);
    for (const target of torture.targets) {
      const channel = content.channels.get(target.document)!;
      if (typeof channel === 'string') torture.fault(`a cut of ${target.document} could not be read: ${channel}`);
      else torture.checkText(target, textOf(channel), atMs);
    }
  }

  async #serve(image: string, atMs: number): Promise<void> {
    this.#cuts += 1;
    this.#servers += 1;
    const server = spawnServer(image);
    try {
      const url = await server.ready;
      this.#torture.noteRestart(server.readyAfterMs);
      await this.#torture.check(this.#torture.targets, url, atMs);
    } catch (error) {
      this.#torture.fault(`a cut could not be served: ${(error as Error).message}`);
    }
    await server.kill();
    this.#noteComplaints(server.stderr);
  }

  /** LevelDB may find half a write, and say so; nobody was told of it. Anything else is a false alarm. */
  #noteComplaints(text: string): void {
    for (const line of complaintsIn(text)) {
      if (!/^(?:weft: )?LevelDB dropped \d+ damaged bytes/.test(line)) {
        this.#torture.fault(`complaint after a cut: ${line}`);
      }
    }
  }
}

/**
 * The time of day, in milliseconds since 1970, when `performance.now()` was 0. `Date.now()` is cut to whole milliseconds, and
 * never says too much: so the highest difference of many is the true one.
 */
function wallClockAtZero(): number {
  const endMs = performance.now() + CLOCK_MS;
  let highest = 0;
  while (performance.now() < endMs) highest = Math.max(highest, Date.now() - performance.now());
  return highest;
}
