// Torture by SIGKILL: writers of both dialects write, the server is killed at a random moment, started again on what it
// left, and fresh clients of both dialects compare the texts with what was promised, before any writer is back. What was
// not acknowledged comes again from the writers, and must then be there once.
// The kernel keeps what a killed process wrote: this shows that the order of write and promise is right, and that any
// half-done state on disk is read back. What a disk loses with the power is another torture.

import { setTimeout as sleep } from 'node:timers/promises';
import * as prng from 'lib0/prng';
import { type ColdJoin, coldJoinWeft, coldJoinYjs } from '../cold-join.js';
import { milliseconds } from '../percentile.js';
import { type ServerProcess, spawnServer, startServer } from '../server-process.js';
import { type Faults, Ledger } from './ledger.js';
import { ServerAddress } from './server-address.js';
import { type Person, type Target, type Writer, weftPerson, yjsPerson } from './writers.js';

const DOCUMENTS = 3;
const WEFT_PEOPLE = 2;
const YJS_PEOPLE_PER_DOCUMENT = 2;
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
const PASTE_UNITS = { min: 300_000, max: 500_000 };
const SETTLE_WITHIN_MS = 30_000;

/** What a round is to be; the same for the same seed, whatever the timing. */
interface Plan {
  /** Where the kill is aimed at. */
  readonly aim: 'writing' | 'checkpoint' | 'start-up';
  readonly writingMs: number;
  readonly buildingMs: number;
  readonly startingMs: number;
  /** Documents that get a paste. */
  readonly pastes: readonly boolean[];
}

function planRound(random: prng.PRNG): Plan {
  const chance = prng.real53(random);
  const aim = chance < 0.15 ? 'start-up' : chance < 0.5 ? 'checkpoint' : 'writing';
  return {
    aim,
    writingMs: prng.uint32(random, 0, MAX_WRITING_MS),
    buildingMs: prng.uint32(random, 0, MAX_BUILDING_MS),
    startingMs: prng.uint32(random, 0, MAX_STARTING_MS),
    pastes: Array.from({ length: DOCUMENTS }, () => prng.real53(random) < 0.3 || aim === 'checkpoint'),
  };
}

export interface KillOptions {
  readonly rounds: number;
  readonly seed: number;
  readonly dataFolder: string;
  /** One character for each round as it ends. */
  readonly onRound: (mark: string) => void;
}

export interface KillReport {
  readonly kills: number;
  readonly killsInStartUp: number;
  /** Kills that came after a checkpoint had become due and been begun, and before it was on disk. */
  readonly killsInCheckpoint: number;
  readonly written: number;
  readonly acknowledged: number;
  readonly lost: number;
  readonly duplicated: number;
  /** Everything wrong, in words; lost and duplicated tokens as well. */
  readonly faults: readonly string[];
  /** Times from start to ready, ascending. */
  readonly restartMs: readonly number[];
}

export async function tortureByKill(options: KillOptions): Promise<KillReport> {
  const torture = new KillTorture(options);
  for (let round = 0; round < options.rounds; round++) {
    if (round % ROUNDS_PER_GENERATION === 0) await torture.beginGeneration();
    options.onRound(await torture.round());
  }
  await torture.finish();
  return torture.report();
}

/** What fresh clients found in a document, and when it last had a checkpoint. */
type Findings = Map<Target, ColdJoin>;

class KillTorture {
  readonly #options: KillOptions;
  readonly #plans: prng.PRNG;
  /** What writers choose by: how often they do depends on time. */
  readonly #random: prng.PRNG;
  readonly #filler: string;
  /** Where the writers find the server: nowhere while a round's text is checked. */
  readonly #address = new ServerAddress();
  #server: ServerProcess | null = null;
  #url = '';
  #readyAtMs = 0;
  #targets: Target[] = [];
  #people: Person[] = [];
  readonly #left: Target[] = [];
  #findings: Findings = new Map();
  /** Bytes of acknowledged pastes by document, with their time: what made a checkpoint due. */
  #pasted: { readonly target: Target; readonly bytes: number; readonly atMs: number }[] = [];
  #names = 0;
  #rounds = 0;
  #killedAtMs = 0;
  #kills = 0;
  #killsInStartUp = 0;
  #killsInCheckpoint = 0;
  readonly #lost = new Set<string>();
  readonly #duplicated = new Set<string>();
  readonly #faults: string[] = [];
  readonly #restartMs: number[] = [];

  constructor(options: KillOptions) {
    this.#options = options;
    this.#plans = prng.create(options.seed);
    this.#random = prng.create(options.seed + 1);
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
    this.#filler = Array.from(prng.uint8Array(this.#random, 2 * PASTE_UNITS.max), (byte) => alphabet[byte % 64]).join(
      '',
    );
  }

  /** Leaves the documents written so far, once everything in them is saved, for new ones. */
  async beginGeneration(): Promise<void> {
    if (this.#server === null) await this.#start();
    else this.#letWritersIn();
    await this.#settle();
    for (const person of this.#people) person.close();
    this.#address.url = null;
    this.#left.push(...this.#targets);
    const from = this.#left.length;
    this.#targets = Array.from({ length: DOCUMENTS }, (_, i) => ({ document: `d${from + i}`, ledger: new Ledger() }));
    const setup = {
      address: this.#address,
      random: this.#random,
      nextName: (letter: string) => {
        this.#names += 1;
        return `${letter}${this.#names}`;
      },
      onFault: (fault: string) => this.#faults.push(fault),
    };
    this.#people = [
      ...Array.from({ length: WEFT_PEOPLE }, () => weftPerson(this.#targets, setup)),
      ...this.#targets.flatMap((target) =>
        Array.from({ length: YJS_PEOPLE_PER_DOCUMENT }, () => yjsPerson(target, setup)),
      ),
    ];
    await this.#check(this.#targets);
  }

  /** Write, kill, start, check. @returns a mark for what the kill hit */
  async round(): Promise<string> {
    this.#rounds += 1;
    const plan = planRound(this.#plans);
    this.#letWritersIn();
    for (const [index, target] of this.#targets.entries()) if (plan.pastes[index]) this.#paste(target);
    await this.#writeUntil(this.#momentFor(plan));
    this.#killedAtMs = performance.now();
    await this.#kill();
    if (plan.aim === 'start-up') await this.#killInStartUp(plan.startingMs);

    const before = this.#findings;
    const pasted = this.#pasted;
    const firstVisitMs = this.#readyAtMs + VISIT_EVERY_MS;
    await this.#start();
    await this.#check(this.#targets);

    const wasDue = (target: Target): boolean => {
      const { tailBytes, checkpointBytes } = before.get(target)!;
      const inTime = pasted.filter((paste) => paste.target === target && paste.atMs < firstVisitMs);
      const bytes = inTime.reduce((sum, paste) => sum + paste.bytes, tailBytes);
      return bytes > Math.max(DUE_TAIL_BYTES, checkpointBytes / 2);
    };
    const isUnchanged = (target: Target): boolean =>
      before.get(target)!.checkpointSeq === this.#findings.get(target)!.checkpointSeq;
    const hitCheckpoint =
      this.#killedAtMs > firstVisitMs && this.#targets.some((target) => wasDue(target) && isUnchanged(target));
    if (hitCheckpoint) this.#killsInCheckpoint += 1;
    return hitCheckpoint ? 'c' : plan.aim === 'start-up' ? 's' : '.';
  }

  /** Everything is saved, the server stopped as a supervisor stops it, and every document of the run read once more. */
  async finish(): Promise<void> {
    this.#letWritersIn();
    await this.#settle();
    for (const person of this.#people) person.close();
    await this.#stop();
    await this.#start();
    const all = [...this.#left, ...this.#targets];
    await this.#check(all);
    await this.#stop();
    for (const { document, ledger } of all) {
      if (ledger.acknowledged !== ledger.written) {
        this.#faults.push(`${document}: ${ledger.written - ledger.acknowledged} changes were never acknowledged`);
      }
    }
  }

  report(): KillReport {
    const all = [...this.#left, ...this.#targets];
    return {
      kills: this.#kills,
      killsInStartUp: this.#killsInStartUp,
      killsInCheckpoint: this.#killsInCheckpoint,
      written: all.reduce((sum, { ledger }) => sum + ledger.written, 0),
      acknowledged: all.reduce((sum, { ledger }) => sum + ledger.acknowledged, 0),
      lost: this.#lost.size,
      duplicated: this.#duplicated.size,
      faults: this.#faults,
      restartMs: this.#restartMs.sort((a, b) => a - b),
    };
  }

  #letWritersIn(): void {
    this.#address.url = this.#url;
    for (const person of this.#people) person.serverIsBack();
  }

  #momentFor({ aim, buildingMs, writingMs }: Plan): number {
    const nowMs = performance.now();
    const visitMs = this.#readyAtMs + VISIT_EVERY_MS;
    return aim === 'checkpoint' && nowMs < visitMs ? visitMs + buildingMs : nowMs + writingMs;
  }

  async #writeUntil(endMs: number): Promise<void> {
    const writers = this.#people.flatMap((person) => person.writers);
    for (;;) {
      const leftMs = endMs - performance.now();
      if (leftMs <= 0) return;
      for (let i = prng.uint32(this.#random, 1, 4); i > 0; i--) prng.oneOf(this.#random, writers as Writer[]).type();
      await sleep(Math.min(leftMs, prng.uint32(this.#random, 1, 10)));
    }
  }

  /** One of a document's writers pastes a chapter: enough to make a checkpoint due. */
  #paste(target: Target): void {
    const writers = this.#people.flatMap((person) => person.writers).filter((writer) => writer.target === target);
    const units = prng.uint32(this.#random, PASTE_UNITS.min, PASTE_UNITS.max);
    const from = prng.uint32(this.#random, 0, this.#filler.length - units);
    const writer = prng.oneOf(this.#random, writers);
    writer.paste(this.#filler.slice(from, from + units));
    const pasted = this.#pasted;
    void writer.whenAllSaved().then(() => pasted.push({ target, bytes: units, atMs: performance.now() }));
  }

  async #start(): Promise<void> {
    const { server, url } = await startServer(this.#options.dataFolder);
    this.#server = server;
    this.#url = url;
    this.#readyAtMs = performance.now();
    this.#restartMs.push(server.readyAfterMs);
    this.#pasted = [];
  }

  async #kill(): Promise<void> {
    this.#address.url = null;
    this.#kills += 1;
    const { signal, code } = await this.#server!.kill();
    if (signal !== 'SIGKILL') this.#faults.push(`the server had ended by itself with ${signal ?? code}`);
    this.#noteComplaints(this.#server!);
  }

  async #killInStartUp(afterMs: number): Promise<void> {
    const server = spawnServer(this.#options.dataFolder);
    await sleep(afterMs);
    this.#kills += 1;
    this.#killsInStartUp += 1;
    await server.kill();
    this.#noteComplaints(server);
  }

  async #stop(): Promise<void> {
    this.#address.url = null;
    const { code, signal } = await this.#server!.stop();
    if (code !== 0) this.#faults.push(`the server was asked to stop and ended with ${signal ?? code}`);
    this.#noteComplaints(this.#server!);
  }

  #noteComplaints({ stderr }: ServerProcess): void {
    if (stderr !== '') this.#faults.push(`the server complained: ${stderr.trim()}`);
  }

  async #settle(): Promise<void> {
    const writers = this.#people.flatMap((person) => person.writers);
    const settled = Promise.all(writers.map((writer) => writer.whenAllSaved())).then(() => true);
    const timeout = new AbortController();
    const isSettled = await Promise.race([settled, sleep(SETTLE_WITHIN_MS, false, { signal: timeout.signal })]);
    timeout.abort();
    if (!isSettled) this.#faults.push(`not everything was saved within ${SETTLE_WITHIN_MS} ms`);
  }

  /** Fresh clients of both dialects read every document; nobody writes meanwhile. */
  async #check(targets: readonly Target[]): Promise<void> {
    const findings: Findings = new Map();
    for (const target of targets) {
      const { document, ledger } = target;
      const [weft, yjsText] = await Promise.all([coldJoinWeft(this.#url, document), coldJoinYjs(this.#url, document)]);
      findings.set(target, weft);
      if (weft.text !== yjsText) this.#faults.push(`${document}: the dialects were given different texts`);
      this.#note(target, ledger.check(weft.text));
    }
    this.#findings = findings;
  }

  #note({ document, ledger }: Target, { lost, duplicated, returned, strayUnits }: Faults): void {
    const fault = (what: string): void => void this.#faults.push(`round ${this.#rounds}, ${document}: ${what}`);
    for (const token of lost) {
      if (this.#lost.has(token)) continue;
      const { to, atMs } = ledger.promised(token)!;
      const beforeMs = this.#killedAtMs - atMs;
      // What a dead process sent is still read for a moment, and counts.
      const when = `${milliseconds(Math.abs(beforeMs))} ${beforeMs < 0 ? 'after' : 'before'} the kill`;
      fault(`${token} is lost, which was promised to ${to} ${when}`);
      this.#lost.add(token);
    }
    for (const token of duplicated) {
      if (!this.#duplicated.has(token)) fault(`${token} is there more than once`);
      this.#duplicated.add(token);
    }
    for (const token of returned) fault(`${token} had been removed and is there again`);
    if (strayUnits > 0) fault(`${strayUnits} units nobody wrote`);
  }
}
