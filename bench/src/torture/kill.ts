// Torture by SIGKILL: the server is killed at a random moment and started again on what it left. What was not
// acknowledged comes again from the writers, and must then be there once.
// The kernel keeps what a killed process wrote: this shows that the order of write and promise is right, and that any
// half-done state on disk is read back. What a disk loses with the power is another torture.

import { setTimeout as sleep } from 'node:timers/promises';
import * as prng from 'lib0/prng';
import { spawnServer } from '../server-process.js';
import { ALL_CARRIERS, type Findings, type Kind, type Torture } from './driver.js';
import type { Target } from './writers.js';

/** Documents are left for new ones after this many rounds, or the checks would take longer with each round. */
const ROUNDS_PER_GENERATION = 20;
/** Longest time of writing before a kill. */
const MAX_WRITING_MS = 600;
/** Longest time a server that is killed while it starts is given; it is ready sooner than that, or not. */
const MAX_STARTING_MS = 400;
/** The server looks for checkpoints that are due this often, first so long after its start; due is a tail of more bytes. */
const VISIT_EVERY_MS = 500;
const DUE_TAIL_BYTES = 256 * 1024;
/** A kill aimed at a checkpoint comes up to this long after it was begun. */
const MAX_BUILDING_MS = 200;

export const kill: Kind = {
  promise: 'what is Saved or shown survives SIGKILL at any moment',
  summary: 'the server is killed (SIGKILL) at random moments and started again',
  rounds: 20,
  async run(torture, rounds) {
    const killer = new Killer(torture);
    await torture.start();
    for (let round = 0; round < rounds; round++) {
      if (round % ROUNDS_PER_GENERATION === 0) await killer.beginGeneration();
      torture.beginRound();
      torture.endRound(await killer.round());
    }
    await torture.finish();
    return killer.figures();
  },
};

interface Plan {
  /** Where the kill is aimed at. */
  readonly aim: 'writing' | 'checkpoint' | 'start-up';
  readonly writingMs: number;
  readonly buildingMs: number;
  readonly startingMs: number;
  /** Documents that get a paste. */
  readonly pastes: readonly boolean[];
}

function planRound(random: prng.PRNG, documents: number): Plan {
  const chance = prng.real53(random);
  const aim = chance < 0.15 ? 'start-up' : chance < 0.5 ? 'checkpoint' : 'writing';
  return {
    aim,
    writingMs: prng.uint32(random, 0, MAX_WRITING_MS),
    buildingMs: prng.uint32(random, 0, MAX_BUILDING_MS),
    startingMs: prng.uint32(random, 0, MAX_STARTING_MS),
    pastes: Array.from({ length: documents }, () => prng.real53(random) < 0.3 || aim === 'checkpoint'),
  };
}

class Killer {
  readonly #torture: Torture;
  #findings: Findings = new Map();
  /** Bytes of acknowledged pastes by document, with their time: what made a checkpoint due. */
  #pasted: { readonly target: Target; readonly bytes: number; readonly atMs: number }[] = [];
  #kills = 0;
  #killsInStartUp = 0;
  /** Kills that came after a checkpoint had become due and been begun, and before it was on disk. */
  #killsInCheckpoint = 0;

  constructor(torture: Torture) {
    this.#torture = torture;
  }

  async beginGeneration(): Promise<void> {
    this.#findings = await this.#torture.beginGeneration(ALL_CARRIERS);
  }

  /** Write, kill, start, check. @returns a mark for what the kill hit */
  async round(): Promise<string> {
    const torture = this.#torture;
    const { targets } = torture;
    const plan = planRound(torture.plans, targets.length);
    torture.letWritersIn();
    for (const [index, target] of targets.entries()) if (plan.pastes[index]) this.#paste(target);
    await torture.writeUntil(this.#momentFor(plan));
    const killedAtMs = performance.now();
    this.#kills += 1;
    await torture.kill();
    torture.noteComplaints();
    if (plan.aim === 'start-up') await this.#killInStartUp(plan.startingMs);

    const before = this.#findings;
    const pasted = this.#pasted;
    this.#pasted = [];
    const firstVisitMs = torture.readyAtMs + VISIT_EVERY_MS;
    await torture.start();
    this.#findings = await torture.check();

    const wasDue = (target: Target): boolean => {
      const { tailBytes, checkpointBytes } = before.get(target)!;
      const inTime = pasted.filter((paste) => paste.target === target && paste.atMs < firstVisitMs);
      const bytes = inTime.reduce((sum, paste) => sum + paste.bytes, tailBytes);
      return bytes > Math.max(DUE_TAIL_BYTES, checkpointBytes / 2);
    };
    const isUnchanged = (target: Target): boolean =>
      before.get(target)!.checkpointSeq === this.#findings.get(target)!.checkpointSeq;
    const hitCheckpoint = killedAtMs > firstVisitMs && targets.some((target) => wasDue(target) && isUnchanged(target));
    if (hitCheckpoint) this.#killsInCheckpoint += 1;
    return hitCheckpoint ? 'c' : plan.aim === 'start-up' ? 's' : '.';
  }

  figures(): string[] {
    return [
      `kills ${this.#kills}`,
      `during start-up ${this.#killsInStartUp}`,
      `during a checkpoint ${this.#killsInCheckpoint}`,
    ];
  }

  #momentFor({ aim, buildingMs, writingMs }: Plan): number {
    const nowMs = performance.now();
    const visitMs = this.#torture.readyAtMs + VISIT_EVERY_MS;
    return aim === 'checkpoint' && nowMs < visitMs ? visitMs + buildingMs : nowMs + writingMs;
  }

  #paste(target: Target): void {
    const pasted = this.#pasted;
    const { bytes, saved } = this.#torture.paste(target);
    void saved.then(() => pasted.push({ target, bytes, atMs: performance.now() }));
  }

  async #killInStartUp(afterMs: number): Promise<void> {
    const server = spawnServer(this.#torture.dataFolder);
    await sleep(afterMs);
    this.#kills += 1;
    this.#killsInStartUp += 1;
    await server.kill();
    this.#torture.noteComplaints(server);
  }
}
