// One node on a folder, or several on a Postgres and a Redis that are started for them, all on this machine: where people of a load
// come in, and what each part of it spends.

import { readdirSync, readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import pg from 'pg';
import { WeftClient } from '../peers/clients/weft-client.js';
import type { Door } from '../peers/load/crowd.js';
import { cpuMsOf } from '../peers/proc.js';
import { ServerProcess } from '../server-process.js';
import { Service } from '../services/service.js';

/** Of the loopback, from which people come: limits count by address. */
const ADDRESSES = 200;

export interface SiteOptions {
  /** Empty. */
  readonly folder: string;
  /** 0: one, which keeps its documents in its folder. */
  readonly nodes: number;
  /** For the command line of each. */
  readonly args?: readonly string[];
}

/** Since it was started. */
export interface Spent {
  readonly nodesCpuMs: number;
  readonly postgresCpuMs: number;
  readonly redisCpuMs: number;
  /** Of the database, whoever asked for them. */
  readonly transactions: number;
  /** In and out of Redis. */
  readonly redisBytes: number;
}

interface Services {
  readonly postgres: Service;
  readonly redis: Service;
}

export class Site {
  readonly nodes: readonly ServerProcess[];
  /** `http://host:port` of each node. */
  readonly urls: readonly string[];
  readonly #services: Services | null;
  readonly #postgresCpuMs = new Map<number, number>();
  readonly #redisCpuMs = new Map<number, number>();
  #people = 0;

  private constructor(nodes: readonly ServerProcess[], urls: readonly string[], services: Services | null) {
    this.nodes = nodes;
    this.urls = urls;
    this.#services = services;
  }

  /** @throws Error when Postgres or Redis is not installed */
  static async start({ folder, nodes: count, args = [] }: SiteOptions): Promise<Site> {
    const services = count === 0 ? null : await startServices();
    const shared = services
      ? ['--store', services.postgres.url, '--nodes', 'several', '--redis', services.redis.url]
      : [];
    const nodes = Array.from({ length: Math.max(1, count) }, (_, number) => {
      const place = ['--host', '127.0.0.1', '--port', '0', '--data', join(folder, `node-${number}`)];
      return new ServerProcess(['serve', ...place, ...shared, ...args]);
    });
    return new Site(nodes, await Promise.all(nodes.map(({ ready }) => ready)), services);
  }

  /**
   * Where people come in whose documents begin with `prefix`.
   * @param nodeOf a number for somebody by document and client id; each number has a node
   */
  door(prefix: string, nodeOf: (document: number, clientId: number) => number): Door {
    return {
      client: (document, { clientId = 0 } = {}) => {
        const number = this.#people++ % ADDRESSES;
        const node = nodeOf(Number(/\d+$/.exec(document)![0]), clientId) % this.urls.length;
        const port = Number(new URL(this.urls[node]!).port);
        const target = { port, path: '/weft', localAddress: `127.0.1.${1 + number}` };
        return WeftClient.open(target, prefix + document, clientId, null);
      },
    };
  }

  async spent(): Promise<Spent> {
    const nodesCpuMs = this.nodes.reduce((sum, { pid }) => sum + cpuMsOf(pid), 0);
    if (this.#services === null) {
      return { nodesCpuMs, postgresCpuMs: 0, redisCpuMs: 0, transactions: 0, redisBytes: 0 };
    }
    const { postgres, redis } = this.#services;
    return {
      nodesCpuMs,
      postgresCpuMs: cpuMsBelow(postgres.pid, this.#postgresCpuMs),
      redisCpuMs: cpuMsBelow(redis.pid, this.#redisCpuMs),
      transactions: await transactionsOf(postgres.url),
      redisBytes: await redisBytesOf(redis.url),
    };
  }

  async close(): Promise<void> {
    await Promise.all(this.nodes.map((node) => node.kill()));
    if (this.#services) await Promise.all([this.#services.postgres.stop(), this.#services.redis.stop()]);
  }
}

async function startServices(): Promise<Services> {
  const [postgres, redis] = await Promise.all([Service.start(), Service.start('--redis')]);
  const missing = postgres.missing ?? redis.missing;
  if (postgres.missing !== null || redis.missing !== null) throw new Error(`${missing}.`);
  return { postgres: postgres.service, redis: redis.service };
}

/** Of everything this process started, and what that started. @param seen what each had spent when it was last looked at, to be kept */
function cpuMsBelow(pid: number, seen: Map<number, number>): number {
  const parents = new Map<number, number>();
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    try {
      // Behind the name in parentheses: state, parent.
      const [, parent] = readFileSync(`/proc/${name}/stat`, 'utf8').split(') ').at(-1)!.split(' ');
      parents.set(Number(name), Number(parent));
    } catch {
      // It has ended meanwhile.
    }
  }
  const isBelow = (one: number | undefined): boolean => one === pid || (one !== undefined && isBelow(parents.get(one)));
  for (const [one, parent] of parents) {
    try {
      if (isBelow(parent)) seen.set(one, cpuMsOf(one));
    } catch {
      // As above.
    }
  }
  // Connections that nobody uses end, and what they have spent is spent.
  return [...seen.values()].reduce((sum, cpuMs) => sum + cpuMs, 0);
}

async function transactionsOf(url: string): Promise<number> {
  const client = new pg.Client(url);
  await client.connect();
  const { rows } = await client.query<{ count: string }>(
    'select xact_commit + xact_rollback as count from pg_stat_database where datname = current_database()',
  );
  await client.end();
  return Number(rows[0]!.count);
}

async function redisBytesOf(url: string): Promise<number> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  socket.end('INFO stats\r\nQUIT\r\n');
  let answer = '';
  for await (const bytes of socket) answer += bytes;
  const count = (what: string): number => Number(new RegExp(`${what}:(\\d+)`).exec(answer)?.[1]);
  return count('total_net_input_bytes') + count('total_net_output_bytes');
}
