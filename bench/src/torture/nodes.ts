// Torture of several nodes on one database: thirty writers at three of them, and each round something happens to a node, to Redis, to
// the database or to a connection in the middle of a commit. Whoever was at a node that is gone is led to another one, as a balancer
// does; at the end of a round everything is saved, and every node and every page shows the same.

import { connect } from 'node:net';
import * as prng from 'lib0/prng';
import { milliseconds, percentile } from '../percentile.js';
import { ALL_CARRIERS, type Kind, type Torture } from './driver.js';
import { type Node, Site, writeBy } from './site.js';

/** Six who have all three documents open, and twelve with one each: thirty writers, eighteen people. */
const CROWD = { weftPeople: 6, carriers: ALL_CARRIERS.carriers, yjsPeoplePerDocument: 4, comesAtOnce: false } as const;
const SITE = { nodes: 3, people: 18 } as const;
/** They write so long before something happens, while it lasts, and after it. */
const WRITING_MS = { min: 200, max: 700 };
/**
 * How long a node is stopped: where each harm comes once, and in long runs. The first is longer than a row may be held (N1). For a
 * minute they write as fast as people do: what thirty write faster without seeing each other is rightly refused as tangled.
 */
const STOPPED = { short: { ms: 8000, slowness: 1 }, long: { ms: 60_000, slowness: 10 } };
const REDIS_PAUSED_MS = 3000;

const HARMS = ['kill', 'stop', 'redis', 'flush', 'pause', 'database', 'cut'] as const;
type Harm = (typeof HARMS)[number];

/** Shown for a round. */
const MARKS: Readonly<Record<Harm, string>> = {
  kill: 'k',
  stop: 's',
  redis: 'r',
  flush: 'f',
  pause: 'p',
  database: 'd',
  cut: 'c',
};

export const nodes: Kind = {
  promise: 'what is Saved or shown at any of three nodes survives the loss of a node, of Redis and of the database',
  summary: 'three nodes on one Postgres: nodes, Redis, the database and connections fail',
  rounds: 35,
  run: (torture, rounds) =>
    Site.use(torture, SITE, (site) =>
      new Harming(torture, site, rounds > HARMS.length ? STOPPED.long : STOPPED.short).run(rounds),
    ),
};

class Harming {
  readonly #torture: Torture;
  readonly #site: Site;
  readonly #stopped: (typeof STOPPED)['long'];
  /** From the end of a node to the first change of each writer there that another one made durable. */
  readonly #movedMs: number[] = [];
  /** From the stop of a node on: how long writers at others waited for Saved. */
  readonly #besideStoppedMs: number[] = [];
  #cuts = 0;

  constructor(torture: Torture, site: Site, stopped: (typeof STOPPED)['long']) {
    this.#torture = torture;
    this.#site = site;
    this.#stopped = stopped;
  }

  async run(rounds: number): Promise<string[]> {
    const [torture, site] = [this.#torture, this.#site];
    for (const node of site.nodes) await node.start();
    let harms: Harm[] = [];
    for (let round = 0; round < rounds; round++) {
      if (harms.length === 0) {
        harms = shuffled(torture.plans, HARMS);
        // The longer a text, the less may be written in it by people who do not see each other.
        torture.leaveDocuments();
        site.open(CROWD);
      }
      const harm = harms.pop()!;
      torture.beginRound();
      await this.#write();
      await this.#befall(harm);
      await this.#write();
      await site.rest();
      torture.endRound(MARKS[harm]);
    }
    await site.close();
    const moved = this.#movedMs.sort((a, b) => a - b);
    return [
      `moved p50 ${milliseconds(percentile(moved, 50))}`,
      `p99 ${milliseconds(percentile(moved, 99))}`,
      `waited beside a stopped node at most ${milliseconds(Math.max(...this.#besideStoppedMs))}`,
      `commits cut ${this.#cuts}`,
    ];
  }

  #write(slowness = 1): Promise<void> {
    const ms = prng.uint32(this.#torture.random, WRITING_MS.min, WRITING_MS.max);
    return this.#torture.writeUntil(performance.now() + ms, slowness);
  }

  async #befall(harm: Harm): Promise<void> {
    const [torture, site] = [this.#torture, this.#site];
    const node = prng.oneOf(torture.plans, [...site.nodes]);
    torture.noteHarm();
    switch (harm) {
      case 'kill': {
        const moving = writeBy(site.peopleAt(node));
        const killedAtMs = performance.now();
        await node.kill();
        site.lead(node);
        await this.#write();
        await site.untilDurable(moving, killedAtMs, this.#movedMs);
        await node.start();
        site.lead();
        return;
      }
      case 'stop':
        return this.#stop(node);
      case 'redis':
        await site.redis.kill();
        await this.#write();
        return site.redis.startAgain();
      case 'flush':
        return this.#tellRedis('FLUSHALL');
      case 'pause':
        await this.#tellRedis(`CLIENT PAUSE ${REDIS_PAUSED_MS} ALL`);
        return this.#write();
      case 'database':
        await site.postgres.kill();
        await this.#write();
        return site.postgres.startAgain();
      case 'cut':
        for (const { road } of site.nodes) {
          road.cuts.push(prng.oneOf(torture.plans, ['before', 'within', 'after']));
        }
        await this.#write();
        for (const { road } of site.nodes) {
          this.#cuts += road.cutCount;
          road.cutCount = 0;
          road.cuts.length = 0;
        }
    }
  }

  /** Who comes anew is led to others; who is there stays, and is held up until it goes on, or has noticed. */
  async #stop(node: Node): Promise<void> {
    const site = this.#site;
    const { ms: stoppedMs, slowness } = this.#stopped;
    // Those who come from the one that is stopped had to notice it first.
    const beside = site.nodes.filter((other) => other !== node).flatMap((other) => site.peopleAt(other));
    node.signal('SIGSTOP');
    site.lead(node);
    const endMs = performance.now() + stoppedMs;
    const durable: Promise<void>[] = [];
    while (performance.now() < endMs) {
      const atMs = performance.now();
      durable.push(site.untilDurable(writeBy(beside), atMs, this.#besideStoppedMs));
      await this.#write(slowness);
    }
    await Promise.all(durable);
    node.signal('SIGCONT');
    site.lead();
    const longestMs = Math.max(...this.#besideStoppedMs);
    if (longestMs > stoppedMs)
      this.#torture.fault(`a node that was stopped held others up for ${Math.round(longestMs)} ms`);
  }

  async #tellRedis(command: string): Promise<void> {
    const { hostname, port } = new URL(this.#site.redis.url);
    const socket = connect(Number(port), hostname);
    const answer = await new Promise<string>((resolve, reject) => {
      socket.once('error', reject);
      socket.once('data', (bytes) => resolve(bytes.toString()));
      socket.write(`${command}\r\n`);
    });
    socket.destroy();
    if (!answer.startsWith('+OK')) throw new Error(`Redis answered ${command} with ${answer}`);
  }
}

function shuffled<T>(random: prng.PRNG, all: readonly T[]): T[] {
  const rest = [...all];
  return Array.from(all, () => rest.splice(prng.uint32(random, 0, rest.length - 1), 1)[0]!);
}
