// Two connections to one Redis, for one that listens may do nothing else in the older protocol: made together, and ended together
// when either of them ends or does not answer any more.

import { createClient } from '@redis/client';
import type { RedisAddress, RedisHost, RedisLogin } from '../redis-address.js';

const CONNECT_WITHIN_MS = 5000;
/** How often each connection is asked whether it is still there; it has as long to answer. */
const PING_EVERY_MS = 2000;

type Client = ReturnType<typeof newClient>;

export interface RedisLink {
  readonly publishing: Client;
  readonly listening: Client;
  /** Resolves with what was wrong. */
  readonly ended: Promise<Error>;
  end(): void;
}

/**
 * Connects to the first of the hosts that answers, or to the master that a Sentinel names.
 * @throws Error of the last host that was tried
 */
export async function connectToRedis(address: RedisAddress, signal: AbortSignal): Promise<RedisLink> {
  let last: unknown = null;
  for (const host of address.hosts) {
    signal.throwIfAborted();
    try {
      if (address.master === null) return await link(host, address, signal);
      const master = await link(await masterNamedBy(host, address, signal), address, signal);
      return await checkedMaster(master);
    } catch (error) {
      last = error;
    }
  }
  throw last;
}

async function link(host: RedisHost, { isTls, login }: RedisAddress, signal: AbortSignal): Promise<RedisLink> {
  const [publishing, listening] = [newClient(host, isTls, login), newClient(host, isTls, login)];
  const timers = new Set<NodeJS.Timeout>();
  let end!: (error: Error) => void;
  const ended = new Promise<Error>((resolve) => {
    end = (error) => {
      // What ends first is the reason; that the other one is ended as well is none.
      resolve(error);
      for (const timer of timers) clearInterval(timer);
      for (const client of [publishing, listening]) client.destroy();
    };
  });
  for (const client of [publishing, listening]) {
    client.on('error', end);
    client.on('end', () => end(new Error('the connection ended')));
  }
  try {
    await within([publishing.connect(), listening.connect()], signal);
  } catch (error) {
    end(error as Error);
    throw error;
  }
  for (const client of [publishing, listening]) timers.add(watch(client, end));
  return { publishing, listening, ended, end: () => end(new Error('it was closed')) };
}

/** A connection may be open for hours to a machine that is gone. */
function watch(client: Client, end: (error: Error) => void): NodeJS.Timeout {
  let hasAnswered = true;
  return setInterval(() => {
    if (!hasAnswered) return end(new Error('it does not answer any more'));
    hasAnswered = false;
    client.ping().then(
      () => {
        hasAnswered = true;
      },
      () => undefined,
    );
  }, PING_EVERY_MS);
}

/** @see https://redis.io/docs/latest/develop/reference/sentinel-clients/ */
async function masterNamedBy(
  sentinel: RedisHost,
  { master, isTls, sentinelLogin }: RedisAddress,
  signal: AbortSignal,
): Promise<RedisHost> {
  const client = newClient(sentinel, isTls, sentinelLogin);
  client.on('error', () => undefined);
  try {
    await within([client.connect()], signal);
    const asked = client.sendCommand(['SENTINEL', 'GET-MASTER-ADDR-BY-NAME', master!]);
    const [answer] = await within([asked], signal);
    if (!Array.isArray(answer)) throw new Error(`the Sentinel at ${sentinel.host} knows of no master "${master}"`);
    const [host, port] = answer.map(String);
    return { host: host!, port: Number(port) };
  } finally {
    client.destroy();
  }
}

/** One that was replaced a moment ago may still be named; nobody else would hear what is published at it. */
async function checkedMaster(link: RedisLink): Promise<RedisLink> {
  const role = await Promise.race([link.publishing.sendCommand(['ROLE']), link.ended]);
  if (Array.isArray(role) && String(role[0]) === 'master') return link;
  link.end();
  throw new Error('what the Sentinel names is no master any more');
}

/** @throws Error once it has taken too long, or `signal` says so */
function within<T>(work: readonly Promise<T>[], signal: AbortSignal): Promise<T[]> {
  const tooLate = AbortSignal.any([signal, AbortSignal.timeout(CONNECT_WITHIN_MS)]);
  return new Promise((resolve, reject) => {
    const giveUp = (): void => reject(new Error('it does not answer'));
    if (tooLate.aborted) giveUp();
    tooLate.addEventListener('abort', giveUp, { once: true });
    Promise.all(work).then(resolve, reject);
  });
}

const newClient = ({ host, port }: RedisHost, isTls: boolean, login: RedisLogin) =>
  createClient({
    ...login,
    disableOfflineQueue: true,
    socket: { host, port, reconnectStrategy: false, connectTimeout: CONNECT_WITHIN_MS, ...(isTls && { tls: true }) },
  });
