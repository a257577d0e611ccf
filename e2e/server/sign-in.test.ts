// Signing in by a real OpenID Connect provider, step by step as a browser does it: what it keeps, what is checked when it
// comes back, and that nothing of it can be used twice, in another browser, or by another site.

import { randomBytes } from 'node:crypto';
import cookie from '@fastify/cookie';
import Fastify, { type FastifyInstance } from 'fastify';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Doorkeeper } from '../../server/src/access/doorkeeper.js';
import { Guests } from '../../server/src/access/guests.js';
import { type Identity, NOBODY, personOf } from '../../server/src/access/identity.js';
import { OidcClient } from '../../server/src/access/oidc.js';
import { SignedValues } from '../../server/src/access/signed-values.js';
import { openAccess } from '../../server/src/access/test/open-access.js';
import { WebSessions } from '../../server/src/access/web-sessions.js';
import { defaultDoor } from '../../server/src/door-settings.js';
import { keepTheDoor } from '../../server/src/http/at-the-door.js';
import { identityOf } from '../../server/src/http/identity-of.js';
import { serveSignIn } from '../../server/src/http/sign-in.js';
import { defaultLimits } from '../../server/src/limits.js';
import { CLIENT_ID, CLIENT_SECRET, SignInService } from '../sign-in-service.js';

const own = 'https://weft.test';
const redirectUrl = `${own}/auth/callback`;
const ann = { login: 'ann', name: 'Ann Ek', email: 'Ann@example.org' };
const dag = { login: 'dag', name: 'Dag', email: 'dag@example.org', emailVerified: false };

const complaints: string[] = [];
const notes: string[] = [];
const revoked = new Set<string | null>();
const tickets = new Map<string, Identity>();
let service: SignInService;
let app: FastifyInstance;

beforeAll(async () => {
  service = await SignInService.start(redirectUrl, [ann, dag]);
  app = await startApp(service.issuer);
});
afterAll(async () => {
  await app.close();
  await service.close();
});

async function startApp(issuer: string): Promise<FastifyInstance> {
  const key = randomBytes(32);
  const sessions = new WebSessions({ key, isRevoked: ({ tokenId }) => revoked.has(tokenId) });
  const who = identityOf(openAccess(new Guests(key)), sessions);
  const made = Fastify();
  const doorkeeper = new Doorkeeper({ ...defaultDoor, trustedProxies: ['127.0.0.1'] }, { isOpen: false });
  keepTheDoor(made, { doorkeeper, limits: defaultLimits });
  await made.register(cookie);
  serveSignIn(made, {
    service: {
      client: new OidcClient({
        issuer,
        clientId: CLIENT_ID,
        clientSecret: CLIENT_SECRET,
        scopes: ['openid', 'profile', 'email'],
        redirectUrl,
      }),
      pending: new SignedValues(key, 'signing-in'),
      identify: ({ sub, name, email }) => ({
        ...NOBODY,
        kind: 'user',
        person: personOf(issuer, String(sub)),
        name: String(name),
        email: String(email),
      }),
    },
    redeem: async (ticket) => {
      const identity = tickets.get(ticket) ?? null;
      tickets.delete(ticket);
      return identity;
    },
    sessions,
    identityOf: who,
    revoke: async ({ tokenId }) => void revoked.add(tokenId),
    note: (action, { person }) => notes.push(`${action} ${person}`),
    complain: (sentence) => complaints.push(sentence),
  });
  made.get('/who', async (request) => (await who(request)).name ?? 'nobody');
  return made;
}

/** Somebody's browser: it keeps cookies by host, and follows nothing by itself. */
class Browser {
  readonly jar = new Map<string, string>();

  async own(path: string, init: { method?: 'POST'; headers?: Record<string, string> } = {}, to = app) {
    const answer = await to.inject({
      method: init.method ?? 'GET',
      url: path,
      headers: {
        host: 'weft.test',
        'x-forwarded-proto': 'https',
        cookie: [...this.jar].map(([name, value]) => `${name}=${value}`).join('; '),
        ...init.headers,
      },
      ...(init.method === 'POST' ? { payload: {} } : {}),
    });
    for (const { name, value } of answer.cookies) {
      if (value === '') this.jar.delete(name);
      else this.jar.set(name, value);
    }
    return answer;
  }

  /** Goes through the provider's pages. @returns where it is sent back to */
  async atProvider(address: string, login: string): Promise<string> {
    const jar = new Map<string, string>();
    let [url, body]: [string, string | null] = [address, null];
    for (let step = 0; step < 10; step++) {
      const answer: Response = await fetch(url, {
        redirect: 'manual',
        headers: {
          cookie: [...jar].map(([name, value]) => `${name}=${value}`).join('; '),
          'content-type': 'application/x-www-form-urlencoded',
        },
        ...(body === null ? {} : { method: 'POST', body }),
      });
      for (const set of answer.headers.getSetCookie()) {
        const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(set) ?? [];
        jar.set(name, value);
      }
      const next: string | null = answer.headers.get('location');
      if (next?.startsWith(own)) return next.slice(own.length);
      body = next === null ? `login=${login}` : null;
      if (next !== null) url = new URL(next, url).href;
    }
    throw new Error('the provider leads nowhere');
  }

  /** Up to the address the provider sends it back to. */
  async begin(login: string, to = '/d/notes'): Promise<string> {
    const begun = await this.own(`/auth/sign-in?to=${encodeURIComponent(to)}`);
    return this.atProvider(begun.headers.location as string, login);
  }

  async who(): Promise<string> {
    return (await this.own('/who')).body;
  }
}

test('somebody signs in, is known, and signs out; a copy of the cookie is of no use then', async () => {
  const browser = new Browser();
  expect(await browser.who()).toBe('nobody');
  const back = await browser.begin('ann');
  const done = await browser.own(back);
  expect([done.statusCode, done.headers.location]).toEqual([303, '/d/notes']);
  expect(await browser.who()).toBe('Ann Ek');
  expect(notes.at(-1)).toBe(`signed-in ${personOf(service.issuer, 'ann')}`);

  const copy = new Browser();
  for (const [name, value] of browser.jar) copy.jar.set(name, value);
  expect(await copy.who()).toBe('Ann Ek');
  await browser.own('/auth/sign-out', { method: 'POST', headers: { origin: own } });
  expect([await browser.who(), await copy.who()]).toEqual(['nobody', 'nobody']);
  expect(notes.at(-1)).toBe(`signed-out ${personOf(service.issuer, 'ann')}`);
});

test('the cookie is out of reach of scripts, other sites, other hosts and plain connections, and ends by itself', async () => {
  const browser = new Browser();
  const begun = await browser.own('/auth/sign-in');
  const pending = begun.cookies.find(({ name }) => name.startsWith('weft-signing-in-'));
  expect(pending).toMatchObject({ httpOnly: true, sameSite: 'Lax', secure: true, path: '/auth/callback' });
  const done = await browser.own(await browser.atProvider(begun.headers.location as string, 'ann'));
  const session = done.cookies.find(({ name }) => name === '__Host-weft');
  expect(session).toMatchObject({ httpOnly: true, sameSite: 'Lax', secure: true, path: '/' });
  expect(session).not.toHaveProperty('domain');
  const lastsMs = (session?.expires?.getTime() ?? 0) - Date.now();
  expect(lastsMs).toBeGreaterThan(11.9 * 3_600_000);
  expect(lastsMs).toBeLessThan(12.1 * 3_600_000);
  // What was kept to come back with is gone.
  expect([...browser.jar.keys()]).toEqual(['__Host-weft']);
});

test('a page of another site does nothing with the cookie', async () => {
  const browser = new Browser();
  await browser.own(await browser.begin('ann'));
  const asked = await browser.own('/who', { headers: { origin: 'https://evil.example' } });
  expect(asked.body).toBe('nobody');
});

test('the way back works once, in the browser that began, with the state it began with', async () => {
  const [browser, other] = [new Browser(), new Browser()];
  const back = await browser.begin('ann');
  const problem = '/sign-in?problem=';
  expect((await other.own(back)).headers.location).toBe(`${problem}expired&to=%2F`);

  const [path, query] = back.split('?') as [string, string];
  const mixed = new URLSearchParams(query);
  mixed.set('state', `${mixed.get('state')?.slice(0, 12)}${'A'.repeat(31)}`);
  const forged = new Browser();
  for (const [name, value] of browser.jar) forged.jar.set(name, value);
  expect((await forged.own(`${path}?${mixed}`)).headers.location).toBe(`${problem}not-trusted&to=%2Fd%2Fnotes`);

  expect((await browser.own(back)).headers.location).toBe('/d/notes');
  expect((await browser.own(back)).headers.location).toBe(`${problem}expired&to=%2F`);
  expect(await browser.who()).toBe('Ann Ek');
  expect([await other.who(), await forged.who()]).toEqual(['nobody', 'nobody']);
});

test('a code of one sign-in is of no use in another, for the verifier is not the same', async () => {
  const [ben, eve] = [new Browser(), new Browser()];
  const bens = new URLSearchParams((await ben.begin('ann')).split('?')[1]);
  const eves = new URLSearchParams((await eve.begin('dag')).split('?')[1]);
  eves.set('code', bens.get('code') ?? '');
  const done = await eve.own(`/auth/callback?${eves}`);
  expect(done.headers.location).toBe('/sign-in?problem=not-trusted&to=%2Fd%2Fnotes');
  expect(await eve.who()).toBe('nobody');
});

test('who says no is told so, and nobody is signed in', async () => {
  const browser = new Browser();
  const done = await browser.own(await browser.begin(''));
  expect(done.headers.location).toBe('/sign-in?problem=declined&to=%2Fd%2Fnotes');
  expect(await browser.who()).toBe('nobody');
});

test('where signing in leads back to another site, it leads to the list', async () => {
  const browser = new Browser();
  const done = await browser.own(await browser.begin('ann', '//evil.example/d/'));
  expect(done.headers.location).toBe('/');
});

test('who wants another account is asked again', async () => {
  const begun = await new Browser().own('/auth/sign-in?again=1');
  expect(new URL(begun.headers.location as string).searchParams.get('prompt')).toBe('login');
});

test('a service that is away is said to be away, and asked again the next time', async () => {
  const away = await SignInService.start(redirectUrl, []);
  const { issuer } = away;
  await away.close();
  const lonely = await startApp(issuer);
  const begun = await new Browser().own('/auth/sign-in?to=/d/notes', {}, lonely);
  expect(begun.headers.location).toBe('/sign-in?problem=unreachable&to=%2Fd%2Fnotes');
  expect(complaints.at(-1)).toContain('The sign-in service cannot be reached');
  await lonely.close();
});

test('a ticket of the host signs in once, and never over somebody else', async () => {
  const guest: Identity = { ...NOBODY, kind: 'user', person: 'u-host', name: 'Hanna' };
  const browser = new Browser();
  tickets.set('one', guest);
  expect((await browser.own('/auth/ticket?ticket=one&to=/d/plan')).headers.location).toBe('/d/plan');
  expect(await browser.who()).toBe('Hanna');
  expect((await new Browser().own('/auth/ticket?ticket=one')).headers.location).toBe(
    '/sign-in?problem=ticket-used&to=%2F',
  );

  tickets.set('two', { ...guest, person: 'u-eve', name: 'Eve' });
  const over = await browser.own('/auth/ticket?ticket=two&to=/d/plan');
  expect(over.headers.location).toBe('/sign-in?problem=other-person&to=%2F');
  expect(await browser.who()).toBe('Hanna');
});

test('nobody is signed in by a picture, or by what else a page asks for', async () => {
  const browser = new Browser();
  tickets.set('three', { ...NOBODY, kind: 'user', person: 'u-eve', name: 'Eve' });
  for (const dest of ['image', 'script', 'style', 'empty', 'object']) {
    for (const path of ['/auth/ticket?ticket=three', '/auth/sign-in?again=1', '/auth/callback?state=x']) {
      const answer = await browser.own(path, { headers: { 'sec-fetch-dest': dest } });
      expect([answer.statusCode, answer.json().error.code]).toEqual([403, 'NO_VISIT']);
    }
  }
  expect(browser.jar.size).toBe(0);
  const visit = await browser.own('/auth/ticket?ticket=three', { headers: { 'sec-fetch-dest': 'document' } });
  expect([visit.headers.location, await browser.who()]).toEqual(['/', 'Eve']);
});

test('nothing secret is told to whoever runs the server', () => {
  const said = complaints.join('\n');
  expect(said).not.toMatch(/code=|state=|secret|eyJ/);
});
