// Where the Redis is by which several nodes tell each other news, as --redis says it. One server; or some of a cluster, each of which
// tells all of them what is published at it; or Sentinels, which know where the master is at the moment.

export interface RedisHost {
  readonly host: string;
  readonly port: number;
}

export interface RedisLogin {
  readonly username?: string;
  readonly password?: string;
}

export interface RedisAddress {
  /** One at least, in the order in which they are tried. */
  readonly hosts: readonly RedisHost[];
  /** Name of the master, where the hosts are Sentinels; null where they are what one connects to. */
  readonly master: string | null;
  readonly isTls: boolean;
  readonly login: RedisLogin;
  /** For the Sentinels, which have passwords of their own. */
  readonly sentinelLogin: RedisLogin;
}

const ADDRESS =
  /^redis(s?)(\+sentinel)?:\/\/(?:([^/?#]*)@)?([^@/?#]+)(?:\/([^/?#]*))?(?:\?sentinelPassword=([^&#]+))?$/;
const HOST = /^(\[[\da-fA-F:.]+\]|[^:[\]]+)(?::(\d{1,5}))?$/;
const PORT = 6379;
const SENTINEL_PORT = 26_379;

/**
 * @param text `redis://user:password@host:port`, `rediss://…` for TLS; several hosts with commas between them; for Sentinels
 *             `redis+sentinel://user:password@host:port,…/name of the master`, with `?sentinelPassword=…` where they ask for one
 * @returns null when it is none
 */
export function parseRedisAddress(text: string): RedisAddress | null {
  const [, s, sentinel, login = '', hosts = '', path = '', sentinelPassword] = ADDRESS.exec(text) ?? [];
  const port = sentinel === undefined ? PORT : SENTINEL_PORT;
  const parsed = hosts.split(',').map((host) => parseHost(host, port));
  if (!parsed.every((host) => host !== null)) return null;
  // A number is a database, and news goes to all of them.
  if (sentinel === undefined ? !/^\d*$/.test(path) || sentinelPassword !== undefined : path === '') return null;
  try {
    return {
      hosts: parsed,
      master: sentinel === undefined ? null : decodeURIComponent(path),
      isTls: s === 's',
      login: parseLogin(login),
      sentinelLogin: sentinelPassword === undefined ? {} : { password: decodeURIComponent(sentinelPassword) },
    };
  } catch {
    return null;
  }
}

function parseHost(text: string, defaultPort: number): RedisHost | null {
  const [, host, port = `${defaultPort}`] = HOST.exec(text) ?? [];
  if (host === undefined || Number(port) < 1 || Number(port) > 65_535) return null;
  return { host: host.replace(/^\[|\]$/g, ''), port: Number(port) };
}

function parseLogin(text: string): RedisLogin {
  const colon = text.indexOf(':');
  const username = decodeURIComponent(colon < 0 ? text : text.slice(0, colon));
  const password = colon < 0 ? '' : decodeURIComponent(text.slice(colon + 1));
  return { ...(username !== '' && { username }), ...(password !== '' && { password }) };
}
