// Who may knock, and how: the section `door` of the configuration. What it means is in server/src/access/doorkeeper.ts.

import { isIP } from 'node:net';
import type { ReadSource } from './access-settings.js';
import { messageOf, SyncError } from './sync-error.js';

export interface DoorSettings {
  /** Origins besides our own whose pages may connect, as `https://app.example.org`. */
  readonly origins: readonly string[];
  /** Host names that the server is reached under, as `weft.example.org` or `weft.example.org:8443`. */
  readonly hosts: readonly string[];
  /** Addresses or ranges of proxies whose `X-Forwarded-*` headers are believed, as `10.0.0.0/8`. */
  readonly trustedProxies: readonly string[];
  /** Paths of PEM files; null: the server speaks plain HTTP. */
  readonly tls: { readonly cert: string; readonly key: string } | null;
  readonly metrics: MetricsDoor;
}

/** Who may read `/metrics` besides admins. */
export interface MetricsDoor {
  /** A listener for them alone; null: none. */
  readonly listener: { readonly host: string; readonly port: number } | null;
  /** Whoever shows it may read them; on the listener, without one, everybody. */
  readonly token: string | null;
}

export const defaultDoor: DoorSettings = {
  origins: [],
  hosts: [],
  trustedProxies: [],
  tls: null,
  metrics: { listener: null, token: null },
};

/**
 * @param given the section `door` of the configuration
 * @param readSource for the token of the metrics
 * @throws SyncError `BAD_USAGE`
 */
export function readDoor(given: Readonly<Record<string, unknown>>, readSource: ReadSource): DoorSettings {
  const unknown = Object.keys(given).find((key) => !Object.hasOwn(defaultDoor, key));
  if (unknown !== undefined) {
    throw bad(`There is no setting "door.${unknown}". There are ${Object.keys(defaultDoor).join(', ')}.`);
  }
  return {
    origins: texts('origins', given.origins).map(originIn),
    hosts: texts('hosts', given.hosts).map(hostIn),
    trustedProxies: texts('trustedProxies', given.trustedProxies).map(rangeIn),
    tls: tlsIn(given.tls),
    metrics: metricsIn(given.metrics, readSource),
  };
}

const bad = (sentence: string): SyncError => new SyncError('BAD_USAGE', sentence);

function texts(name: string, given: unknown): string[] {
  if (given === undefined) return [];
  if (Array.isArray(given) && given.every((text) => typeof text === 'string')) return given;
  throw bad(`"door.${name}" has to be a list of texts, not ${JSON.stringify(given)}.`);
}

function originIn(text: string): string {
  const isOrigin = URL.canParse(text) && new URL(text).origin === text;
  if (isOrigin && /^https?:/.test(text)) return text;
  throw bad(`"door.origins" has to list origins like "https://app.example.org", not "${text}".`);
}

function hostIn(text: string): string {
  if (URL.canParse(`http://${text}`) && !/[/@?#\\\s]/.test(text)) return text.toLowerCase();
  throw bad(`"door.hosts" has to list host names like "weft.example.org", not "${text}".`);
}

function rangeIn(text: string): string {
  const [address = '', bits, ...rest] = text.split('/');
  const family = isIP(address);
  const isRange = bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (family === 4 ? 32 : 128));
  if (family !== 0 && isRange && rest.length === 0) return text;
  throw bad(`"door.trustedProxies" has to list addresses or ranges like "10.0.0.0/8", not "${text}".`);
}

function tlsIn(given: unknown): DoorSettings['tls'] {
  if (given === undefined || given === null) return null;
  const { cert, key, ...rest } = Object(given) as Record<string, unknown>;
  if (typeof cert === 'string' && typeof key === 'string' && Object.keys(rest).length === 0) return { cert, key };
  throw bad('"door.tls" has to name two files: { "cert": "fullchain.pem", "key": "privkey.pem" }.');
}

/** What is shorter can be guessed. */
const MIN_TOKEN_CHARACTERS = 16;

function metricsIn(given: unknown, readSource: ReadSource): MetricsDoor {
  if (given === undefined || given === null) return defaultDoor.metrics;
  const { host = '127.0.0.1', port, token, ...rest } = Object(given) as Record<string, unknown>;
  const isPort = port === undefined || (Number.isInteger(port) && Number(port) >= 0 && Number(port) <= 65_535);
  const isWhole = port !== undefined || (token !== undefined && Object(given).host === undefined);
  if (typeof host !== 'string' || host === '' || !isPort || !isWhole || Object.keys(rest).length > 0) {
    throw bad(
      '"door.metrics" has to name a listener, a token, or both: ' +
        '{ "host": "127.0.0.1", "port": 9464, "token": { "file": "metrics-token" } }.',
    );
  }
  const listener = port === undefined ? null : { host, port: Number(port) };
  return { listener, token: token === undefined ? null : tokenIn(token, readSource) };
}

function tokenIn(given: unknown, readSource: ReadSource): string {
  const source = Object(given) as { readonly env?: unknown; readonly file?: unknown };
  const { env, file } = source;
  const isOne = Object.keys(source).length === 1 && (typeof env === 'string' || typeof file === 'string');
  if (!isOne) {
    throw bad(
      '"door.metrics.token" has to be { "env": "NAME" } or { "file": "PATH" }: no secret belongs in this file.',
    );
  }
  let token: string;
  try {
    token = readSource(typeof env === 'string' ? { env } : { file: file as string });
  } catch (error) {
    throw bad(`"door.metrics.token": ${messageOf(error)}`);
  }
  if (token.length >= MIN_TOKEN_CHARACTERS && !/\s/.test(token)) return token;
  throw bad(`"door.metrics.token" has to have ${MIN_TOKEN_CHARACTERS} characters or more, and no spaces.`);
}
