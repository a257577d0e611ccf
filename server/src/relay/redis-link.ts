// Two connections to one Redis, for one that listens may do nothing else in the older protocol: made together, and ended together
// when either of them ends or does not answer any more.

import { createClient } from '@redis/client';
import type { RedisAddress, RedisHost, RedisLogin } from '../redis-address.js';

const CONNECT_WITHIN_MS = 5000;
/** How often each connection is asked whether it is still there; it has twice as long to answer. */
const PING_EVERY_MS = 1000;

type Client = ReturnType<typeof newClient>;

export interface RedisLink {
  readonly publishing: Client;
  readonly listening: Client;
  /** Resolves with what was wrong. */
  readonly ended: Promise<Error>;
  readonly end: (error: Error) => void;
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
      return await linkToMaster(await masterNamedBy(host, address, signal), address, signal);
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
    await within(Promise.all([publishing.connect(), listening.connect()]), signal);
  } catch (error) {
    end(error as Error);
    throw error;
  }
  for (const client of [publishing, listening]) timers.add(watch(client, end));
  return { publishing, listening, ended, end };
}

/** A connection may be open for hours to a machine that is gone. */
export function watch(
  client: { readonly ping: () => Promise<string> },
  end: (error: Error) => void,
  everyMs = PING_EVERY_MS,
): NodeJS.Timeout {
  let isAsked = false;
  let isLate = false;
  return setInterval(() => {
    if (isLate) return end(new Error('it does not answer any more'));
    // Where nothing ran here for a while, this comes before what lies there is read, or even before the question has left.
    isLate = isAsked;
    if (isAsked) return;
    isAsked = true;
    client.ping().then(
      () => {
        isAsked = false;
        isLate = false;
      },
      () => undefined,
    );
  }, everyMs);
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
    await within(client.connect(), signal);
    const answer = await within(client.sendCommand(['SENTINEL', 'GET-MASTER-ADDR-BY-NAME', master!]), signal);
    if (!Array.isArray(answer)) throw new Error(`the Sentinel at ${sentinel.host} knows of no master "${master}"`);
    const [host, port] = answer.map(String);
    return { host: host!, port: Number(port) };
  } finally {
    client.destroy();
  }
}

/** One that was replaced a moment ago may still be named; nobody else would hear what is published at it. */
async function linkToMaster(host: RedisHost, address: RedisAddress, signal: AbortSignal): Promise<RedisLink> {
  const found = await link(host, address, signal);
  try {
    const role = await within(found.publishing.sendCommand(['ROLE']), signal);
    if (!Array.isArray(role) || String(role[0]) !== 'master') throw new Error('the Sentinel names a master of before');
    return found;
  } catch (error) {
    found.end(error as Error);
    throw error;
  }
}

/** @throws Error once it has taken too long, or `signal` says so */
async function within<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  let giveUp!: () => void;
  const tooLate = new Promise<never>((_, reject) => {
    giveUp = () => reject(new Error('it does not answer'));
  });
  // Not AbortSignal.any with AbortSignal.timeout: that timeout is collected as garbage while somebody waits for it (Node 20).
  const timer = setTimeout(giveUp, CONNECT_WITHIN_MS);
  signal.addEventListener('abort', giveUp);
  if (signal.aborted) giveUp();
  try {
    return await Promise.race([work, tooLate]);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', giveUp);
  }
}

const newClient = ({ host, port }: RedisHost, isTls: boolean, login: RedisLogin) =>
  createClient({
    ...login,
    disableOfflineQueue: true,
    socket: { host, port, reconnectStrategy: false, connectTimeout: CONNECT_WITHIN_MS, ...(isTls && { tls: true }) },
  });
