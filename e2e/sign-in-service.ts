// A real OpenID Connect provider on loopback, with a form that asks for nothing but who one is.

import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { Provider } from 'oidc-provider';
import { makeKeyPair } from '../server/test/key-pair.js';

export interface Account {
  /** What one types into the form; the subject of the account. */
  readonly login: string;
  readonly name: string;
  readonly email: string;
  /** Default: true. */
  readonly emailVerified?: boolean;
}

export const CLIENT_ID = 'weft';
export const CLIENT_SECRET = 'a secret of tests, and of nothing else';
const SCOPES = 'openid profile email';

export class SignInService {
  readonly issuer: string;
  readonly #server: Server;

  private constructor(server: Server, issuer: string) {
    this.#server = server;
    this.issuer = issuer;
  }

  /** @param redirectUrl  where browsers are sent back to */
  static async start(redirectUrl: string, accounts: readonly Account[]): Promise<SignInService> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const provider = createProvider(issuer, redirectUrl, accounts);
    const answer = provider.callback();
    server.on('request', (request: IncomingMessage, response: ServerResponse) => {
      const answered = request.url?.startsWith('/interaction/')
        ? askWhoItIs(provider, request, response)
        : answer(request, response);
      answered.catch((error: unknown) => response.writeHead(500).end(String(error)));
    });
    return new SignInService(server, issuer);
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

function createProvider(issuer: string, redirectUrl: string, accounts: readonly Account[]): Provider {
  const { privateKey } = makeKeyPair('rsa');
  const provider: Provider = new Provider(issuer, {
    clients: [
      {
        client_id: CLIENT_ID,
        client_secret: CLIENT_SECRET,
        redirect_uris: [redirectUrl],
        token_endpoint_auth_method: 'client_secret_post',
      },
    ],
    claims: { openid: ['sub'], profile: ['name'], email: ['email', 'email_verified'] },
    cookies: { keys: ['tests'] },
    features: { devInteractions: { enabled: false } },
    findAccount: (_context: unknown, subject: string) => {
      const account = accounts.find(({ login }) => login === subject);
      if (!account) return undefined;
      const { name, email, emailVerified = true } = account;
      return { accountId: subject, claims: () => ({ sub: subject, name, email, email_verified: emailVerified }) };
    },
    interactions: { url: (_context: unknown, { uid }: { uid: string }) => `/interaction/${uid}` },
    jwks: { keys: [{ ...privateKey.export({ format: 'jwk' }), alg: 'RS256', use: 'sig' }] },
    // Whoever signs in here has agreed.
    loadExistingGrant: async ({ oidc }: { oidc: { client: { clientId: string }; session: { accountId: string } } }) => {
      const grant = new provider.Grant({ clientId: oidc.client.clientId, accountId: oidc.session.accountId });
      grant.addOIDCScope(SCOPES);
      await grant.save();
      return grant;
    },
    ttl: { AccessToken: 600, AuthorizationCode: 60, Grant: 600, IdToken: 600, Interaction: 600, Session: 600 },
  });
  return provider;
}

/** A form; an empty answer declines. */
async function askWhoItIs(provider: Provider, request: IncomingMessage, response: ServerResponse): Promise<void> {
  if (request.method !== 'POST') {
    response.writeHead(200, { 'Content-Type': 'text/html' });
    response.end(
      '<!doctype html><html lang="en"><title>Who are you?</title><form method="post"><label>Login <input name="login"></label><button>Continue</button></form>',
    );
    return;
  }
  const login = new URLSearchParams(await text(request)).get('login') ?? '';
  const declined = { error: 'access_denied', error_description: 'somebody said no' };
  await provider.interactionFinished(request, response, login === '' ? declined : { login: { accountId: login } });
}
