// The keys an issuer signs with: given in the configuration, or listed at an address. A token chooses among these and brings
// none along: its `kid` is looked up here, and every key has its one algorithm.

import type { KeyObject } from 'node:crypto';
import type { IssuerKeys, LocalKey } from '../access-settings.js';
import type { Algorithm } from '../public-key.js';
import { readPublicKey } from '../public-key.js';
import { messageOf } from '../sync-error.js';

export type VerifyKey = Uint8Array | KeyObject;

export interface TokenKeys {
  /** @param kid null when the token names no key @returns at most `MAX_KEYS_TRIED` */
  find(algorithm: Algorithm, kid: string | null): Promise<readonly VerifyKey[]>;
  /** Some key, to do with it what is done with a right one. */
  any(): LocalKey | null;
}

export interface JwksOptions {
  /** Takes a sentence for whoever runs the server. */
  readonly complain: (sentence: string) => void;
  readonly now: () => number;
}

/** A token that names no key is tried with these many. */
const MAX_KEYS_TRIED = 4;
const MAX_LISTED_KEYS = 50;
const MAX_LIST_BYTES = 256 * 1024;
const FETCH_TIMEOUT_MS = 5_000;
/** A list this old is fetched again before it is used. */
export const LIST_LIFETIME_MS = 10 * 60 * 1000;
/** Between two tries, whatever tokens ask for. */
export const LIST_COOLDOWN_MS = 30_000;

export const tokenKeys = (keys: IssuerKeys, options: JwksOptions): TokenKeys =>
  keys.kind === 'local' ? new LocalKeys(keys.keys) : new ListedKeys(keys.url, options);

function choose(keys: readonly LocalKey[], algorithm: Algorithm, kid: string | null): readonly VerifyKey[] {
  // A key without a name fits a token that names one, for many hosts name keys that their partners know by themselves.
  return keys
    .filter((key) => key.algorithm === algorithm && (kid === null || key.kid === null || key.kid === kid))
    .slice(0, MAX_KEYS_TRIED)
    .map(({ key }) => key);
}

class LocalKeys implements TokenKeys {
  readonly #keys: readonly LocalKey[];

  constructor(keys: readonly LocalKey[]) {
    this.#keys = keys;
  }

  async find(algorithm: Algorithm, kid: string | null): Promise<readonly VerifyKey[]> {
    return choose(this.#keys, algorithm, kid);
  }

  any(): LocalKey | null {
    return this.#keys[0] ?? null;
  }
}

/** A JWKS: fetched when needed, again when it is old or a key is missing, and kept while fetching fails. */
class ListedKeys implements TokenKeys {
  readonly #url: string;
  readonly #options: JwksOptions;
  #keys: readonly LocalKey[] = [];
  #fetchedAtMs = Number.NEGATIVE_INFINITY;
  #triedAtMs = Number.NEGATIVE_INFINITY;
  #fetching: Promise<void> | null = null;

  constructor(url: string, options: JwksOptions) {
    this.#url = url;
    this.#options = options;
  }

  async find(algorithm: Algorithm, kid: string | null): Promise<readonly VerifyKey[]> {
    if (this.#options.now() - this.#fetchedAtMs >= LIST_LIFETIME_MS) await this.#refresh();
    const found = choose(this.#keys, algorithm, kid);
    if (found.length > 0) return found;
    await this.#refresh();
    return choose(this.#keys, algorithm, kid);
  }

  any(): LocalKey | null {
    return this.#keys[0] ?? null;
  }

  /** Many wait for one fetch, and none begins soon after another. */
  #refresh(): Promise<void> {
    if (this.#fetching !== null) return this.#fetching;
    const nowMs = this.#options.now();
    if (nowMs - this.#triedAtMs < LIST_COOLDOWN_MS) return Promise.resolve();
    this.#triedAtMs = nowMs;
    this.#fetching = this.#fetch().finally(() => {
      this.#fetching = null;
    });
    return this.#fetching;
  }

  async #fetch(): Promise<void> {
    try {
      const response = await fetch(this.#url, {
        redirect: 'error',
        headers: { accept: 'application/json' },
        signal: AbortSignal.timeout(FETCH_TIMEOUT_MS),
      });
      if (!response.ok) throw new Error(`it answered ${response.status}`);
      const keys = keysIn(await readBounded(response));
      if (keys.length === 0) throw new Error('it lists no key that can be used');
      this.#keys = keys;
      this.#fetchedAtMs = this.#options.now();
    } catch (error) {
      const kept = this.#keys.length === 0 ? 'Nobody can sign in with it' : 'The keys from before are used';
      this.#options.complain(
        `The keys at ${this.#url} could not be fetched: ${messageOf(error)}. ${kept} until they can.`,
      );
    }
  }
}

async function readBounded(response: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of response.body ?? []) {
    bytes += chunk.length;
    if (bytes > MAX_LIST_BYTES) throw new Error(`the list has more than ${MAX_LIST_BYTES} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

interface ListedKey {
  readonly kid?: unknown;
  readonly use?: unknown;
  readonly alg?: unknown;
}

/** Public keys for signatures. What else is listed is for somebody else. */
function keysIn(text: string): LocalKey[] {
  const { keys } = Object(JSON.parse(text)) as { keys?: unknown };
  if (!Array.isArray(keys)) throw new Error('it is not a list of keys');
  return keys.slice(0, MAX_LISTED_KEYS).flatMap((listed: ListedKey | null): LocalKey[] => {
    const { kid, use, alg } = Object(listed) as ListedKey;
    if (use !== undefined && use !== 'sig') return [];
    try {
      const read = readPublicKey(JSON.stringify(listed));
      if (alg !== undefined && alg !== read.algorithm) return [];
      return [{ ...read, kid: typeof kid === 'string' ? kid : null }];
    } catch {
      return [];
    }
  });
}
