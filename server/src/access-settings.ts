// Who may come in: the section `access` of the configuration, checked to the last word. docs/configuration.md says what each
// setting does.

import type { KeyObject } from 'node:crypto';
import type { Role } from '@weft/protocol';
import { z } from 'zod';
import { ALGORITHMS, type Algorithm, readPublicKey } from './public-key.js';

export interface AccessSettings {
  readonly issuers: readonly IssuerSettings[];
  /** Who may make documents whose names the server chooses. */
  readonly create: 'nobody' | 'signed-in' | 'anyone' | 'admin';
  /** What people may do in every document there is. */
  readonly defaults: { readonly signedIn: Role | null; readonly guests: Role | null };
  /** Whether people without an account get in, with a link or by `defaults.guests`. */
  readonly guests: boolean;
  /** A token that holds for longer is not accepted. */
  readonly longestTokenMs: number;
  /** Where people reach this server: an origin. */
  readonly publicUrl: string | null;
  /** The service that people sign in to the app with; null: none. Then `publicUrl` is known. */
  readonly oidc: OidcSettings | null;
}

export interface OidcSettings {
  readonly issuer: string;
  readonly clientId: string;
  /** null: a public client, which has PKCE alone. */
  readonly clientSecret: string | null;
  readonly scopes: readonly string[];
  readonly claims: ClaimNames;
}

export interface IssuerSettings {
  readonly issuer: string;
  /** A token has to be for one of them. */
  readonly audience: readonly string[];
  readonly algorithms: readonly Algorithm[];
  readonly keys: IssuerKeys;
  /** The names that claims have with this issuer. */
  readonly claims: ClaimNames;
}

export type IssuerKeys =
  | { readonly kind: 'local'; readonly keys: readonly LocalKey[] }
  | { readonly kind: 'jwks'; readonly url: string };

export interface LocalKey {
  /** A token that names a key has to name this one; null fits all. */
  readonly kid: string | null;
  readonly algorithm: Algorithm;
  readonly key: Uint8Array | KeyObject;
}

export interface ClaimNames {
  readonly name: string;
  readonly email: string;
  readonly emailVerified: string;
  readonly color: string;
  /** The claim that holds `{ roles, admin }`. */
  readonly weft: string;
}

/** Reads what `{ "env": "NAME" }` and `{ "file": "PATH" }` stand for. @throws Error with a half sentence */
export type ReadSource = (source: { readonly env: string } | { readonly file: string }) => string;

/** HS256 with less can be guessed (RFC 7518, 3.2). */
const MIN_SECRET_BYTES = 32;
const MAX_KEY_CHARACTERS = 16_384;
const HOUR_MS = 60 * 60 * 1000;

/** An object of these settings and no others. */
const group = <Shape extends z.ZodRawShape>(shape: Shape): z.ZodObject<Shape, z.core.$strict> =>
  z.strictObject(shape, {
    error: (issue) =>
      issue.code === 'unrecognized_keys' ? `There are ${Object.keys(shape).join(', ')}.` : 'an object in braces',
  });

const text = z
  .string({ error: 'a text' })
  .min(1, 'a text that is not empty')
  .max(1000, 'a text of 1000 characters at most');
const texts = z.array(text, { error: 'a list of texts' }).min(1, 'a list with something in it');
const flag = z.boolean({ error: 'true or false' });
const choice = <const Values extends readonly [string, ...string[]]>(values: Values) =>
  z.enum(values, { error: `one of ${values.map((value) => `"${value}"`).join(', ')}` });

const IN_ENV_OR_FILE = '{ "env": "NAME" } or { "file": "PATH" }';
const source = z.union([group({ env: text, kid: text.optional() }), group({ file: text, kid: text.optional() })], {
  error: `${IN_ENV_OR_FILE}, or a list of such: no secret belongs in this file`,
});
const publicSource = z.union([z.string().max(MAX_KEY_CHARACTERS), source], {
  error: `a key in PEM, ${IN_ENV_OR_FILE}, or a list of such`,
});
const oneOrMore = <Item extends z.ZodType>(item: Item) =>
  z.union([item, z.array(item).min(1).max(10)], { error: `${IN_ENV_OR_FILE}, or a list of up to 10` });

const roleOrNone = choice(['none', 'reader', 'commenter', 'editor']).transform((role): Role | null =>
  role === 'none' ? null : role,
);

const claims = group({
  name: text.default('name'),
  email: text.default('email'),
  emailVerified: text.default('email_verified'),
  color: text.default('color'),
  weft: text.default('weft'),
});

const issuer = group({
  issuer: text,
  audience: z.union([text.transform((one) => [one]), texts], { error: 'a text, or a list of texts' }),
  algorithms: z
    .array(choice(ALGORITHMS), { error: `a list of ${ALGORITHMS.join(', ')}` })
    .min(1, 'a list with something in it'),
  secret: oneOrMore(source).optional(),
  publicKey: oneOrMore(publicSource).optional(),
  jwksUrl: text.optional(),
  claims: claims.prefault({}),
});
type IssuerInput = z.output<typeof issuer>;

const oidc = group({
  issuer: text.refine((url) => isSafeUrl(url), { error: 'an https address (http is for loopback alone)' }),
  clientId: text,
  clientSecret: source.optional(),
  scopes: texts
    .refine((scopes) => scopes.includes('openid'), { error: 'a list with "openid" in it' })
    .default(['openid', 'profile', 'email']),
  claims: claims.prefault({}),
});
type OidcInput = z.output<typeof oidc>;

/**
 * The shape of the section `access`; what comes out of parsing it is ready to be used.
 * Messages of its faults are what a setting has to be, to go on after "has to be"; those of a contradiction are sentences.
 */
export const accessSection = (read: ReadSource) =>
  group({
    issuers: z
      .array(
        issuer.transform((given, context) =>
          readIssuer(given, read, (sentence, setting) => {
            context.addIssue({ code: 'custom', message: sentence, path: [setting] });
            return z.NEVER;
          }),
        ),
        { error: 'a list of issuers' },
      )
      .max(20, 'a list of 20 issuers at most')
      .superRefine((issuers, context) => {
        const names = issuers.map((one) => one.issuer);
        const twice = names.findIndex((name, n) => names.indexOf(name) < n);
        if (twice < 0) return;
        const message = `"${names[twice]}" is there twice: put all of its keys in one place.`;
        context.addIssue({ code: 'custom', message, path: [twice, 'issuer'] });
      })
      .default([]),
    create: choice(['nobody', 'signed-in', 'anyone', 'admin']).default('signed-in'),
    defaults: group({ signedIn: roleOrNone.default(null), guests: roleOrNone.default(null) }).prefault({}),
    guests: flag.default(true),
    longestTokenHours: z
      .number({ error: 'a number of hours' })
      .min(0.01, 'a number of hours above 0')
      .max(8784, 'a number of hours, 8784 at most')
      .default(744),
    publicUrl: text
      .refine((url) => URL.canParse(url) && /^https?:$/.test(new URL(url).protocol) && new URL(url).origin === url, {
        error: 'an origin like "https://weft.example.org", without a path',
      })
      .nullable()
      .default(null),
    oidc: oidc
      .transform((given, context) => readOidc(given, read, context))
      .nullable()
      .default(null),
  })
    .superRefine(({ oidc, publicUrl }, context) => {
      if (oidc === null || publicUrl !== null) return;
      const message = 'Signing in leads back to this server: say under which address people reach it.';
      context.addIssue({ code: 'custom', message, path: ['publicUrl'] });
    })
    .superRefine(({ guests, defaults, create }, context) => {
      if (guests) return;
      if (defaults.guests !== null) {
        const message = 'It gives guests a role, and "access.guests" is false: nobody without an account comes in.';
        context.addIssue({ code: 'custom', message, path: ['defaults', 'guests'] });
      }
      if (create === 'anyone') {
        const message = 'It lets anyone make documents, and "access.guests" is false. Say "signed-in".';
        context.addIssue({ code: 'custom', message, path: ['create'] });
      }
    })
    .transform(
      ({ longestTokenHours, ...settings }): AccessSettings => ({
        ...settings,
        longestTokenMs: longestTokenHours * HOUR_MS,
      }),
    );

function readOidc({ clientSecret, ...given }: OidcInput, read: ReadSource, context: z.RefinementCtx): OidcSettings {
  try {
    return { ...given, clientSecret: clientSecret === undefined ? null : read(clientSecret) };
  } catch (error) {
    context.addIssue({ code: 'custom', message: (error as Error).message, path: ['clientSecret'] });
    return z.NEVER;
  }
}

type Fault = (sentence: string, setting: string) => never;

function readIssuer(given: IssuerInput, read: ReadSource, fault: Fault): IssuerSettings {
  const { secret, publicKey, jwksUrl, ...rest } = given;
  const { algorithms } = rest;
  const named = Object.entries({ secret, publicKey, jwksUrl }).filter(([, value]) => value !== undefined);
  if (named.length !== 1) {
    return fault('It needs one of "secret", "publicKey" and "jwksUrl", and no second.', named[1]?.[0] ?? 'issuer');
  }
  const isShared = secret !== undefined;
  const misfit = algorithms.find((algorithm) => (algorithm === 'HS256') !== isShared);
  if (misfit !== undefined) {
    return fault(
      isShared
        ? `${misfit} is for key pairs: with "secret" there is HS256 alone.`
        : 'HS256 is for a secret that both sides know: with public keys it would let anybody make tokens.',
      'algorithms',
    );
  }
  if (jwksUrl !== undefined) {
    if (!isSafeUrl(jwksUrl)) return fault('It has to be an https address (http is for loopback alone).', 'jwksUrl');
    return { ...rest, keys: { kind: 'jwks', url: jwksUrl } };
  }
  const setting = isShared ? 'secret' : 'publicKey';
  const keys = [secret ?? publicKey ?? []].flat().map((one): LocalKey => {
    const kid = typeof one === 'string' ? null : (one.kid ?? null);
    try {
      const content = typeof one === 'string' ? one : read(one);
      return isShared ? { kid, ...sharedKey(content) } : { kid, ...publicKeyOf(content, algorithms) };
    } catch (error) {
      return fault((error as Error).message, setting);
    }
  });
  return { ...rest, keys: { kind: 'local', keys } };
}

function sharedKey(content: string): Omit<LocalKey, 'kid'> {
  const key = new TextEncoder().encode(content);
  if (key.length < MIN_SECRET_BYTES) {
    throw new Error(`It has ${key.length} bytes, and needs at least ${MIN_SECRET_BYTES}: less can be guessed.`);
  }
  return { algorithm: 'HS256', key };
}

function publicKeyOf(content: string, algorithms: readonly Algorithm[]): Omit<LocalKey, 'kid'> {
  const read = readPublicKey(content);
  if (!algorithms.includes(read.algorithm)) {
    throw new Error(`It is a key for ${read.algorithm}, which "algorithms" does not list.`);
  }
  return read;
}

/** Keys that come over a network come encrypted, or from this machine. */
function isSafeUrl(url: string): boolean {
  if (!URL.canParse(url)) return false;
  const { protocol, hostname } = new URL(url);
  return protocol === 'https:' || (protocol === 'http:' && /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(hostname));
}
