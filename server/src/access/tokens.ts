// Tokens of the host: JWTs, each checked by the rules of its issuer and by nothing it says itself. Whatever is wrong is thrown
// as a sentence for those who look after the server, with nothing of the token in it; who showed it hears nothing of it.

import { MAX_TOKEN_LENGTH } from '@weft/protocol';
import { compactVerify, jwtVerify } from 'jose';
import type { IssuerSettings } from '../access-settings.js';
import { ALGORITHMS, type Algorithm } from '../public-key.js';
import { parseStrictJson } from '../strict-json.js';
import { type Identity, NOBODY, personOf, tokenIdOf } from './identity.js';
import { tokenIdentity } from './token-claims.js';
import { type JwksOptions, type TokenKeys, tokenKeys, type VerifyKey } from './token-keys.js';

const CLOCK_SKEW_SECONDS = 5;
const MAX_ID_CHARACTERS = 255;

/** They bring keys along, or change what is signed. */
const REFUSED_HEADERS = ['crit', 'jwk', 'jku', 'x5u', 'x5c', 'b64', 'zip', 'enc'];
/** What a token may say it is; other kinds of tokens are signed with the same keys. */
const TYPES = ['jwt', 'at+jwt'];

interface Issuer {
  readonly settings: IssuerSettings;
  readonly keys: TokenKeys;
}

type Claims = Readonly<Record<string, unknown>>;

export interface TokensOptions extends JwksOptions {
  readonly issuers: readonly IssuerSettings[];
  readonly longestTokenMs: number;
}

export class Tokens {
  readonly #issuers: readonly Issuer[];
  readonly #options: TokensOptions;

  constructor(options: TokensOptions) {
    this.#options = options;
    this.#issuers = options.issuers.map((settings) => ({ settings, keys: tokenKeys(settings.keys, options) }));
  }

  /** @throws Error saying why it is not accepted */
  async read(token: string): Promise<Identity> {
    if (token.length > MAX_TOKEN_LENGTH) throw new Error('the token is too long');
    let checked: { claims: Claims; issuer: Issuer; algorithm: Algorithm; keys: readonly VerifyKey[] };
    try {
      checked = await this.#prepare(token);
    } catch (error) {
      await this.#verifyForNothing();
      throw error;
    }
    const { claims, issuer, algorithm, keys } = checked;
    await this.#verify(token, issuer.settings, algorithm, keys);
    return this.#identityIn(claims, issuer.settings);
  }

  /** What can be known before the signature is: who says to have made it, how, and with which keys. */
  async #prepare(token: string) {
    const parts = token.split('.');
    if (parts.length !== 3 || !/^[\w-]+\.[\w-]+\.[\w-]+$/.test(token)) throw new Error('it is not a signed JWT');
    const [header, claims] = [readPart(parts[0]), readPart(parts[1])];
    const refused = REFUSED_HEADERS.find((name) => Object.hasOwn(header, name));
    if (refused !== undefined) throw new Error(`its header has "${refused}"`);
    const { alg, kid, typ } = header;
    if (typ !== undefined && !isType(typ)) throw new Error('it is a token of another type');
    if (kid !== undefined && !isId(kid)) throw new Error('its kid is no name of a key');
    const issuer = this.#issuers.find(({ settings }) => settings.issuer === claims.iss);
    if (issuer === undefined) throw new Error('its issuer is not known here');
    const algorithm = ALGORITHMS.find((known) => known === alg);
    if (algorithm === undefined || !issuer.settings.algorithms.includes(algorithm)) {
      throw new Error('its algorithm is not one of its issuer');
    }
    const keys = await issuer.keys.find(algorithm, kid ?? null);
    if (keys.length === 0) throw new Error('no key of its issuer fits it');
    return { claims, issuer, algorithm, keys };
  }

  async #verify(
    token: string,
    { issuer, audience }: IssuerSettings,
    algorithm: Algorithm,
    keys: readonly VerifyKey[],
  ): Promise<void> {
    let fault: unknown;
    for (const key of keys) {
      try {
        await jwtVerify(token, key, {
          algorithms: [algorithm],
          issuer,
          audience: [...audience],
          requiredClaims: ['iss', 'aud', 'exp', 'sub'],
          clockTolerance: CLOCK_SKEW_SECONDS,
          currentDate: new Date(this.#options.now()),
        });
        return;
      } catch (error) {
        fault = error;
        if (codeOf(error) !== 'ERR_JWS_SIGNATURE_VERIFICATION_FAILED') break;
      }
    }
    throw new Error(faultInWords(fault));
  }

  #identityIn(claims: Claims, settings: IssuerSettings): Identity {
    const { sub, jti, iat, exp } = claims;
    if (!isId(sub)) throw new Error('its sub is no id');
    if (jti !== undefined && !isId(jti)) throw new Error('its jti is no id');
    const nowMs = this.#options.now();
    const issuedAtMs = iat === undefined ? 0 : secondsIn(iat) * 1000;
    // A token from tomorrow would outlive what is revoked today.
    if (issuedAtMs > nowMs + CLOCK_SKEW_SECONDS * 1000) throw new Error('it was issued in the future');
    const expiresAtMs = secondsIn(exp) * 1000;
    if (expiresAtMs > nowMs + this.#options.longestTokenMs) throw new Error('it holds for longer than is allowed');
    return {
      ...NOBODY,
      ...tokenIdentity(claims, settings.claims),
      person: personOf(settings.issuer, sub),
      kind: 'user',
      issuedAtMs,
      expiresAtMs,
      tokenId: jti === undefined ? null : tokenIdOf(settings.issuer, jti),
    };
  }

  /** So that the time it takes does not say how far a token came. */
  async #verifyForNothing(): Promise<void> {
    const some = this.#issuers.map(({ keys }) => keys.any()).find((key) => key !== null);
    if (!some) return;
    const header = Buffer.from(JSON.stringify({ alg: some.algorithm })).toString('base64url');
    await compactVerify(`${header}.e30.${'A'.repeat(86)}`, some.key).catch(() => undefined);
  }
}

/** @throws Error when it is no JSON object, or has a name twice */
function readPart(part = ''): Claims {
  try {
    const bytes = Buffer.from(part, 'base64url');
    const value = parseStrictJson(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Claims;
  } catch {
    // Said below, without what it holds.
  }
  throw new Error('it holds no JSON object with every name once');
}

const isId = (value: unknown): value is string =>
  typeof value === 'string' && value.length > 0 && value.length <= MAX_ID_CHARACTERS;

const isType = (typ: unknown): boolean =>
  typeof typ === 'string' && TYPES.includes(typ.toLowerCase().replace(/^application\//, ''));

function secondsIn(value: unknown): number {
  if (typeof value === 'number' && Number.isFinite(value) && value >= 0) return value;
  throw new Error('one of its times is no number');
}

const codeOf = (error: unknown): unknown => (error as { code?: unknown }).code;

/** From the kind of fault alone: messages of others may quote what they refuse. */
function faultInWords(error: unknown): string {
  const { claim } = error as { claim?: unknown };
  switch (codeOf(error)) {
    case 'ERR_JWS_SIGNATURE_VERIFICATION_FAILED':
      return 'its signature is not of its issuer';
    case 'ERR_JWT_EXPIRED':
      return 'it has expired';
    case 'ERR_JWT_CLAIM_VALIDATION_FAILED':
      return `its claim "${typeof claim === 'string' ? claim.slice(0, 20) : ''}" does not hold`;
    default:
      return 'it cannot be verified';
  }
}
