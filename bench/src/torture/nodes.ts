// Torture of several nodes on one database: thirty writers at three of them, and each round something happens to a node, to Redis, to
// the database or to a connection in the middle of a commit. Whoever was at a node that is gone is led to another one, as a balancer
// does; at the end of a round everything is saved, and every node and every page shows the same.

import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import * as prng from 'lib0/prng';
import { milliseconds, percentile } from '../percentile.js';
import { ServerProcess } from '../server-process.js';
import { CuttingProxy } from '../services/cutting-proxy.js';
import { Service } from '../services/service.js';
import { ALL_CARRIERS, type Crowd, type Kind, type Torture } from './driver.js';
import { ServerAddress } from './server-address.js';
import type { Person, Target } from './writers.js';

const NODES = 3;
/** Six who have all three documents open, and twelve with one each: thirty writers, eighteen people. */
const CROWD = { weftPeople: 6, carriers: ALL_CARRIERS.carriers, yjsPeoplePerDocument: 4, comesAtOnce: false } as const;
const PEOPLE = 18;
/** They write so long before something happens, while it lasts, and after it. */
const WRITING_MS = { min: 200, max: 700 };
/** How long a node is stopped: where each harm comes once, and in long runs. The first is longer than a row may be held (N1). */
const STOPPED_MS = { short: 8000, long: 60_000 };
const REDIS_PAUSED_MS = 3000;
const EQUAL_WITHIN_MS = 30_000;

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
  async run(torture, rounds) {
    const [postgres, redis] = await Promise.all([Service.start('--no-sync'), Service.start('--redis')]);
    const missing = postgres.missing ?? redis.missing;
    if (postgres.missing !== null || redis.missing !== null) throw new Error(`${missing}`);
    const site = new Site(torture, postgres.service, redis.service, rounds > HARMS.length);
    try {
      return await site.run(rounds);
    } finally {
      await site.close();
      await Promise.all([postgres.service.stop(), redis.service.stop()]);
    }
  },
};

class Node {
  /** Its road to the database. */
  readonly road: CuttingProxy;
  readonly #torture: Torture;
  readonly #args: readonly string[];
  #server: ServerProcess | null = null;
  /** `http://host:port` */
  url = '';

  private constructor(torture: Torture, dataFolder: string, road: CuttingProxy, redisUrl: string) {
    this.#torture = torture;
    this.road = road;
    const place = ['--host', '127.0.0.1', '--port', '0', '--data', dataFolder];
    this.#args = ['serve', ...place, '--store', road.url, '--nodes', 'several', '--redis', redisUrl];
  }

  static async start(torture: Torture, number: number, databaseUrl: string, redisUrl: string): Promise<Node> {
    const road = await CuttingProxy.start(databaseUrl);
    const node = new Node(torture, join(torture.options.folder, `node-${number}`), road, redisUrl);
    await node.start();
    return node;
  }

  async start(): Promise<void> {
    const server = new ServerProcess(this.#args);
    this.#server = server;
    this.url = await server.ready;
    this.#torture.noteRestart(server.readyAfterMs);
    void server.exited.then(({ code, signal }) => {
      if (this.#server === server)
        this.#torture.fault(`a node ended by itself with ${signal ?? code}: ${server.stderr}`);
    });
  }

  async kill(): Promise<void> {
    const server = this.#server;
    this.#server = null;
    await server?.kill();
  }

  signal(signal: 'SIGSTOP' | 'SIGCONT'): void {
    process.kill(this.#server!.pid, signal);
  }

  async stop(): Promise<void> {
    const server = this.#server!;
    this.#server = null;
    const { code, signal } = await server.stop();
    if (code !== 0) this.#torture.fault(`a node was asked to stop and ended with ${signal ?? code}: ${server.stderr}`);
  }
}

class Site {
  readonly #torture: Torture;
  readonly #postgres: Service;
  readonly #redis: Service;
  readonly #isLong: boolean;
  #nodes: Node[] = [];
  /** Where each of the people finds a node. */
  readonly #addresses = Array.from({ length: PEOPLE }, () => new ServerAddress());
  /** From the end of a node to the first change of each writer there that another one made durable. */
  readonly #movedMs: number[] = [];
  /** From the stop of a node on: how long writers at others waited for Saved. */
  readonly #besideStoppedMs: number[] = [];
  #cuts = 0;

  constructor(torture: Torture, postgres: Service, redis: Service, isLong: boolean) {
    this.#torture = torture;
    this.#postgres = postgres;
    this.#redis = redis;
    this.#isLong = isLong;
  }

  async run(rounds: number): Promise<string[]> {
    const torture = this.#torture;
    for (let number = 0; number < NODES; number++) {
      this.#nodes.push(await Node.start(torture, number, this.#postgres.url, this.#redis.url));
    }
    this.#lead();
    torture.invite({ ...CROWD, addresses: this.#addresses } satisfies Crowd);
    for (const person of torture.people) person.serverIsBack();
    let harms: Harm[] = [];
    for (let round = 0; round < rounds; round++) {
      if (harms.length === 0) harms = shuffled(torture.plans, HARMS);
      const harm = harms.pop()!;
      torture.beginRound();
      await this.#write();
      await this.#befall(harm);
      await this.#write();
      await this.#rest();
      torture.endRound(MARKS[harm]);
    }
    torture.leaveDocuments();
    torture.checkAllAcknowledged();
    for (const node of this.#nodes) await node.stop();
    const moved = this.#movedMs.sort((a, b) => a - b);
    return [
      `moved p50 ${milliseconds(percentile(moved, 50))}`,
      `p99 ${milliseconds(percentile(moved, 99))}`,
      `waited beside a stopped node at most ${milliseconds(Math.max(...this.#besideStoppedMs))}`,
      `commits cut ${this.#cuts}`,
    ];
  }

  async close(): Promise<void> {
    for (const node of this.#nodes) await node.kill();
    for (const { road } of this.#nodes) await road.stop();
    this.#nodes = [];
  }

  #write(): Promise<void> {
    return this.#torture.writeFor(prng.uint32(this.#torture.random, WRITING_MS.min, WRITING_MS.max));
  }

  async #befall(harm: Harm): Promise<void> {
    const torture = this.#torture;
    const node = prng.oneOf(torture.plans, this.#nodes);
    torture.noteHarm();
    switch (harm) {
      case 'kill': {
        const moving = writeBy(this.#peopleAt(node));
        const killedAtMs = performance.now();
        await node.kill();
        this.#lead(node);
        await this.#write();
        await this.#untilDurable(moving, killedAtMs, this.#movedMs);
        await node.start();
        this.#lead();
        return;
      }
      case 'stop':
        return this.#stop(node);
      case 'redis':
        await this.#redis.kill();
        await this.#write();
        return this.#redis.startAgain();
      case 'flush':
        return this.#tellRedis('FLUSHALL');
      case 'pause':
        await this.#tellRedis(`CLIENT PAUSE ${REDIS_PAUSED_MS} ALL`);
        return this.#write();
      case 'database':
        await this.#postgres.kill();
        await this.#write();
        return this.#postgres.startAgain();
      case 'cut':
        for (const { road } of this.#nodes) {
          road.cuts.push(prng.oneOf(torture.plans, ['before', 'within', 'after']));
        }
        await this.#write();
        for (const { road } of this.#nodes) {
          this.#cuts += road.cutCount;
          road.cutCount = 0;
          road.cuts.length = 0;
        }
    }
  }

  /** Who comes anew is led to others; who is there stays, and is held up until it goes on, or has noticed. */
  async #stop(node: Node): Promise<void> {
    const stoppedMs = this.#isLong ? STOPPED_MS.long : STOPPED_MS.short;
    // Those who come from the one that is stopped had to notice it first.
    const beside = this.#nodes.filter((other) => other !== node).flatMap((other) => this.#peopleAt(other));
    node.signal('SIGSTOP');
    this.#lead(node);
    const endMs = performance.now() + stoppedMs;
    const durable: Promise<void>[] = [];
    while (performance.now() < endMs) {
      const atMs = performance.now();
      durable.push(this.#untilDurable(writeBy(beside), atMs, this.#besideStoppedMs));
      await this.#write();
    }
    await Promise.all(durable);
    node.signal('SIGCONT');
    this.#lead();
    const longestMs = Math.max(...this.#besideStoppedMs);
    if (longestMs > stoppedMs)
      this.#torture.fault(`a node that was stopped held others up for ${Math.round(longestMs)} ms`);
  }

  /** New connections lead each to its node, but to the next one for that which is away. */
  #lead(away: Node | null = null): void {
    for (const [index, address] of this.#addresses.entries()) {
      const own = this.#nodes[index % NODES]!;
      address.url = (own === away ? this.#nodes[(index + 1) % NODES]! : own).url;
    }
  }

  #peopleAt({ url }: Node): Person[] {
    return this.#torture.people.filter((_, person) => this.#addresses[person]!.ledTo === url);
  }

  /** Notes how long after `sinceMs` each word was promised to anybody. */
  async #untilDurable(words: readonly Word[], sinceMs: number, durations: number[]): Promise<void> {
    await until(() => words.every(({ target, token }) => target.ledger.promised(token) !== null));
    for (const { target, token } of words) {
      const promised = target.ledger.promised(token);
      if (promised === null) this.#torture.fault(`${token} was not saved within ${EQUAL_WITHIN_MS} ms`);
      else durations.push(promised.atMs - sinceMs);
    }
  }

  /** Nobody writes: everything is saved, and what is shown anywhere is the same. */
  async #rest(): Promise<void> {
    const torture = this.#torture;
    await torture.settle();
    if (!(await until(() => torture.targets.every((target) => textsOf(torture.people, target).size === 1)))) {
      torture.fault(`pages did not show the same ${EQUAL_WITHIN_MS} ms after everything was saved`);
    }
    for (const { url } of this.#nodes) {
      const findings = await torture.check(torture.targets, url);
      for (const [target, { text }] of findings) {
        if (!textsOf(torture.people, target).has(text))
          torture.fault(`${target.document}: a node has another text than pages`);
      }
    }
  }

  async #tellRedis(command: string): Promise<void> {
    const { hostname, port } = new URL(this.#redis.url);
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

interface Word {
  readonly target: Target;
  readonly token: string;
}

/** Everybody writes a word in each of their documents. @returns the words */
const writeBy = (people: readonly Person[]): Word[] =>
  people.flatMap(({ writers }) => writers.map((writer) => ({ target: writer.target, token: writer.type() })));

const textsOf = (people: readonly Person[], target: Target): Set<string> =>
  new Set(people.flatMap((person) => person.copies()).flatMap((copy) => (copy.target === target ? [copy.text] : [])));

function shuffled<T>(random: prng.PRNG, all: readonly T[]): T[] {
  const rest = [...all];
  return Array.from(all, () => rest.splice(prng.uint32(random, 0, rest.length - 1), 1)[0]!);
}

/** @returns whether it came true in time */
async function until(isTrue: () => boolean): Promise<boolean> {
  const endMs = performance.now() + EQUAL_WITHIN_MS;
  while (!isTrue()) {
    if (performance.now() > endMs) return false;
    await sleep(20);
  }
  return true;
}
