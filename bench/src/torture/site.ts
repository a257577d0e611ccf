// Several nodes on one database with a crowd before them, as tortures of nodes share it: each node's road to the database can be cut,
// people are led to nodes as a balancer does, and once nobody writes every node and every page has to show the same.

import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ServerProcess } from '../server-process.js';
import { CuttingProxy } from '../services/cutting-proxy.js';
import { Service } from '../services/service.js';
import { type Crowd, complaintsIn, type Torture } from './driver.js';
import { ServerAddress } from './server-address.js';
import type { Person, Target } from './writers.js';

const EQUAL_WITHIN_MS = 30_000;

export class Node {
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

  static async make(torture: Torture, number: number, databaseUrl: string, redisUrl: string): Promise<Node> {
    const road = await CuttingProxy.start(databaseUrl);
    return new Node(torture, join(torture.options.folder, `node-${number}`), road, redisUrl);
  }

  /** @param main of the build that it is to be; default: the one of these sources */
  async start(main?: string): Promise<void> {
    const server = new ServerProcess(this.#args, main === undefined ? {} : { main });
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

  /** As a supervisor does. */
  async stop(): Promise<void> {
    const server = this.#server!;
    this.#server = null;
    const { code, signal } = await server.stop();
    if (code !== 0) this.#torture.fault(`a node was asked to stop and ended with ${signal ?? code}: ${server.stderr}`);
  }

  /** What it has said so far, but for what earlier builds say at their start. */
  get complaints(): readonly string[] {
    return complaintsIn(this.#server?.stderr ?? '').filter((line) => !line.includes('are an experiment'));
  }
}

export class Site {
  readonly nodes: readonly Node[];
  readonly postgres: Service;
  readonly redis: Service;
  readonly #torture: Torture;
  /** Where each of the people finds a node. */
  readonly #addresses: readonly ServerAddress[];

  private constructor(torture: Torture, nodes: readonly Node[], postgres: Service, redis: Service, people: number) {
    this.nodes = nodes;
    this.postgres = postgres;
    this.redis = redis;
    this.#torture = torture;
    this.#addresses = Array.from({ length: people }, () => new ServerAddress());
  }

  /**
   * Does something to so many nodes, which do not run yet, and ends them all.
   * @param people how many will come
   * @throws Error where there is no Postgres or Redis
   */
  static async use<T>(
    torture: Torture,
    { nodes: count, people }: { readonly nodes: number; readonly people: number },
    action: (site: Site) => Promise<T>,
  ): Promise<T> {
    const [postgres, redis] = await Promise.all([Service.start('--no-sync'), Service.start('--redis')]);
    if (postgres.missing !== null || redis.missing !== null) throw new Error(`${postgres.missing ?? redis.missing}`);
    const { url } = postgres.service;
    const nodes = await Promise.all(
      Array.from({ length: count }, (_, number) => Node.make(torture, number, url, redis.service.url)),
    );
    const site = new Site(torture, nodes, postgres.service, redis.service, people);
    try {
      return await action(site);
    } finally {
      for (const node of nodes) await node.kill();
      for (const { road } of nodes) await road.stop();
      await Promise.all([postgres.service.stop(), redis.service.stop()]);
    }
  }

  /** The people come. */
  open(crowd: Omit<Crowd, 'addresses'>): void {
    this.lead();
    this.#torture.invite({ ...crowd, addresses: this.#addresses });
    for (const person of this.#torture.people) person.serverIsBack();
  }

  /** They go, and all nodes end. */
  async close(): Promise<void> {
    this.#torture.leaveDocuments();
    this.#torture.checkAllAcknowledged();
    for (const node of this.nodes) await node.stop();
  }

  /** New connections lead each to its node, but to the next one for that which is away. */
  lead(away: Node | null = null): void {
    for (const [index, address] of this.#addresses.entries()) {
      const own = this.nodes[index % this.nodes.length]!;
      address.url = (own === away ? this.nodes[(index + 1) % this.nodes.length]! : own).url;
    }
  }

  peopleAt({ url }: Node): Person[] {
    return this.#torture.people.filter((_, person) => this.#addresses[person]!.ledTo === url);
  }

  /** Notes how long after `sinceMs` each word was promised to anybody. */
  async untilDurable(words: readonly Word[], sinceMs: number, durations: number[]): Promise<void> {
    await until(() => words.every(({ target, token }) => target.ledger.promised(token) !== null));
    for (const { target, token } of words) {
      const promised = target.ledger.promised(token);
      if (promised === null) this.#torture.fault(`${token} was not saved within ${EQUAL_WITHIN_MS} ms`);
      else durations.push(promised.atMs - sinceMs);
    }
  }

  /** Nobody writes: everything is saved, and what is shown anywhere is the same. */
  async rest(): Promise<void> {
    const torture = this.#torture;
    await torture.settle();
    if (!(await until(() => torture.targets.every((target) => textsOf(torture.people, target).size === 1)))) {
      torture.fault(`pages did not show the same ${EQUAL_WITHIN_MS} ms after everything was saved`);
    }
    for (const { url } of this.nodes) {
      const findings = await torture.check(torture.targets, url);
      for (const [target, { text }] of findings) {
        if (!textsOf(torture.people, target).has(text))
          torture.fault(`${target.document}: a node has another text than pages`);
      }
    }
  }
}

export interface Word {
  readonly target: Target;
  readonly token: string;
}

/** Everybody writes a word in each of their documents. @returns the words */
export const writeBy = (people: readonly Person[]): Word[] =>
  people.flatMap(({ writers }) => writers.map((writer) => ({ target: writer.target, token: writer.type() })));

const textsOf = (people: readonly Person[], target: Target): Set<string> =>
  new Set(people.flatMap((person) => person.copies()).flatMap((copy) => (copy.target === target ? [copy.text] : [])));

/** @returns whether it came true in time */
async function until(isTrue: () => boolean): Promise<boolean> {
  const endMs = performance.now() + EQUAL_WITHIN_MS;
  while (!isTrue()) {
    if (performance.now() > endMs) return false;
    await sleep(20);
  }
  return true;
}
