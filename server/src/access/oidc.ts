// Asking a sign-in service who somebody is: OpenID Connect, authorization code with PKCE. State, nonce and verifier are
// made here, kept by the browser in between, and checked when it comes back; nothing is believed before that.

import * as openid from 'openid-client';
import { messageOf } from '../sync-error.js';

export interface OidcOptions {
  readonly issuer: string;
  readonly clientId: string;
  /** Null for a public client: PKCE alone. */
  readonly clientSecret: string | null;
  /** With `openid` among them. */
  readonly scopes: readonly string[];
  /** Where the service sends the browser back to. */
  readonly redirectUrl: string;
}

/** What the browser keeps while somebody signs in; worth nothing without the code that only the service gives. */
export interface SignInSecrets {
  readonly state: string;
  readonly nonce: string;
  readonly verifier: string;
}

export type SignInFault =
  /** The service could not be asked. */
  | 'unreachable'
  /** Whoever was asked said no. */
  | 'declined'
  /** The answer does not fit what was asked, or is not the service's. */
  | 'not-trusted';

export type SignInResult =
  | { readonly ok: true; readonly claims: Readonly<Record<string, unknown>> }
  /** `detail` is for whoever runs the server. */
  | { readonly ok: false; readonly fault: SignInFault; readonly detail: string };

const TIMEOUT_S = 8;
/** What the service says about itself is asked anew this often: keys and addresses change. */
const DISCOVERY_LASTS_MS = 3_600_000;
const MAX_RESPONSE_BYTES = 256 * 1024;

export class OidcClient {
  readonly #options: OidcOptions;
  readonly #now: () => number;
  #known: { readonly config: Promise<openid.Configuration>; readonly untilMs: number } | null = null;

  constructor(options: OidcOptions, now: () => number = Date.now) {
    this.#options = options;
    this.#now = now;
  }

  /**
   * Where to send the browser.
   *
   * @param asksAgain  even somebody whom the service knows is to choose who they are
   * @throws Error when the service cannot be reached
   */
  async begin(asksAgain: boolean): Promise<{ readonly url: URL; readonly secrets: SignInSecrets }> {
    const config = await this.#configuration();
    const secrets = {
      state: openid.randomState(),
      nonce: openid.randomNonce(),
      verifier: openid.randomPKCECodeVerifier(),
    };
    const url = openid.buildAuthorizationUrl(config, {
      redirect_uri: this.#options.redirectUrl,
      scope: this.#options.scopes.join(' '),
      state: secrets.state,
      nonce: secrets.nonce,
      code_challenge: await openid.calculatePKCECodeChallenge(secrets.verifier),
      code_challenge_method: 'S256',
      ...(asksAgain ? { prompt: promptFor(config) } : {}),
    });
    return { url, secrets };
  }

  /** @param search  the query the browser came back with, from `?` on */
  async finish(search: string, { state, nonce, verifier }: SignInSecrets): Promise<SignInResult> {
    try {
      const config = await this.#configuration();
      const tokens = await openid.authorizationCodeGrant(config, new URL(search, this.#options.redirectUrl), {
        expectedState: state,
        expectedNonce: nonce,
        pkceCodeVerifier: verifier,
        idTokenExpected: true,
      });
      const claims = tokens.claims();
      if (!claims) return { ok: false, fault: 'not-trusted', detail: 'there was no ID token in the answer' };
      return { ok: true, claims: { ...(await userInfo(config, tokens.access_token, claims.sub)), ...claims } };
    } catch (error) {
      return { ok: false, fault: faultOf(error), detail: detailOf(error) };
    }
  }

  #configuration(): Promise<openid.Configuration> {
    if (this.#known && this.#now() < this.#known.untilMs) return this.#known.config;
    const config = this.#discover();
    const known = { config, untilMs: this.#now() + DISCOVERY_LASTS_MS };
    this.#known = known;
    // A service that was away is asked again the next time.
    config.catch(() => {
      if (this.#known === known) this.#known = null;
    });
    return config;
  }

  async #discover(): Promise<openid.Configuration> {
    const { issuer, clientId, clientSecret } = this.#options;
    const server = new URL(issuer);
    return openid.discovery(
      server,
      clientId,
      undefined,
      clientSecret === null ? openid.None() : bySecret(clientSecret),
      {
        timeout: TIMEOUT_S,
        [openid.customFetch]: boundedFetch,
        // Only ever true for a service on this machine: the configuration refuses others without TLS.
        execute: server.protocol === 'http:' ? [openid.allowInsecureRequests] : [],
      },
    );
  }
}

/** In the body where the service takes it there, else in a header: most take both. */
function bySecret(secret: string): openid.ClientAuth {
  const [inBody, inHeader] = [openid.ClientSecretPost(secret), openid.ClientSecretBasic(secret)];
  return (server, ...rest) => {
    const methods = server.token_endpoint_auth_methods_supported ?? ['client_secret_basic'];
    return methods.includes('client_secret_post') ? inBody(server, ...rest) : inHeader(server, ...rest);
  };
}

/** Many services put only `sub` into the ID token, and the rest where it is asked for with the access token. */
async function userInfo(config: openid.Configuration, accessToken: string, subject: string): Promise<object> {
  if (config.serverMetadata().userinfo_endpoint === undefined) return {};
  return openid.fetchUserInfo(config, accessToken, subject);
}

/** To choose an account is more than to sign in again, and not every service knows how: it has to say that it does. */
function promptFor(config: openid.Configuration): string {
  const supported = config.serverMetadata().prompt_values_supported;
  return Array.isArray(supported) && supported.includes('select_account') ? 'select_account' : 'login';
}

/** Whatever a service answers, it takes no more memory than this. Redirects are not followed: secrets are sent along. */
const boundedFetch: openid.CustomFetch = async (url, options) => {
  const { body, signal, ...rest } = options;
  const response = await fetch(url, {
    ...rest,
    redirect: 'manual',
    body: body ?? null,
    signal: signal ?? null,
  } as RequestInit);
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of response.body ?? []) {
    chunks.push(chunk as Uint8Array);
    length += (chunk as Uint8Array).length;
    if (length > MAX_RESPONSE_BYTES) throw new TypeError(`an answer of more than ${MAX_RESPONSE_BYTES} bytes`);
  }
  const { status, statusText, headers } = response;
  const hasBody = length > 0 && status >= 200 && status !== 204 && status !== 304;
  return new Response(hasBody ? Buffer.concat(chunks) : null, { status, statusText, headers });
};

function faultOf(error: unknown): SignInFault {
  if (error instanceof openid.AuthorizationResponseError) {
    return error.error === 'temporarily_unavailable' || error.error === 'server_error' ? 'unreachable' : 'declined';
  }
  // What `fetch` throws when there is no answer, and what an abort does.
  const isNetwork = (cause: unknown): boolean =>
    cause instanceof TypeError || (cause instanceof Error && /Timeout|Abort/.test(cause.name));
  return isNetwork(error) || (error instanceof Error && isNetwork(error.cause)) ? 'unreachable' : 'not-trusted';
}

/** What went wrong, without anything that came in the request. */
function detailOf(error: unknown): string {
  if (error instanceof openid.AuthorizationResponseError || error instanceof openid.ResponseBodyError) {
    return `the service answered "${String(error.error)
      .slice(0, 64)
      .replace(/[^\w -]/g, '')}"`;
  }
  return messageOf(error).slice(0, 200);
}
