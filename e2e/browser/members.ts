// The test function of stories among people who are known: a server with access configured, a sign-in service on loopback,
// and windows of people who sign in there.

import { createHmac } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import type { BrowserContextOptions, Page } from '@playwright/test';
import { CLIENT_ID, CLIENT_SECRET, SignInService } from '../sign-in-service.js';
import { test as base, expect } from './story.js';
import { WeftServer } from './weft-server.js';
import type { Writer } from './writer.js';

interface Members {
  readonly service: SignInService;
  /** Opens a window for somebody and signs them in. @param login  one of `accounts` */
  member(login: keyof typeof accounts, options?: BrowserContextOptions): Promise<Writer>;
}

export const accounts = {
  ann: { login: 'ann', name: 'Ann Ek', email: 'ann@example.org' },
  ben: { login: 'ben', name: 'Ben Ro', email: 'ben@example.org' },
  cleo: { login: 'cleo', name: 'Cleo Vi', email: 'cleo@example.org' },
} as const;

export const test = base.extend<Members & { readonly port: number }>({
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads from the pattern what a fixture needs
  port: async ({}, use) => use(await freePort()),

  service: async ({ port }, use) => {
    const service = await SignInService.start(`${origin(port)}/auth/callback`, Object.values(accounts));
    await use(service);
    await service.close();
  },

  server: async ({ port, service }, use) => {
    const oidc = { issuer: service.issuer, clientId: CLIENT_ID, clientSecret: { env: 'WEFT_TEST_SECRET' } };
    process.env.WEFT_TEST_SECRET = CLIENT_SECRET;
    process.env.WEFT_TEST_HOST_SECRET = HOST_SECRET;
    const host = { issuer: HOST, audience: 'weft', algorithms: ['HS256'], secret: { env: 'WEFT_TEST_HOST_SECRET' } };
    const server = await WeftServer.start({ access: { publicUrl: origin(port), oidc, issuers: [host] } }, port);
    await use(server);
    await server.dispose();
    expect(server.complaints, 'what the server wrote to stderr').toBe('');
  },

  member: async ({ join, server }, use) => {
    await use(async (login, options = {}) => {
      const writer = await join(accounts[login].name, options);
      await writer.page.goto(server.url);
      await signIn(writer.page, login, writer.words.start.signIn);
      return writer;
    });
  },
});

/** From a page with a way to sign in, through the service and back. */
export async function signIn(page: Page, login: string, link = 'Sign in'): Promise<void> {
  await page.getByRole('link', { name: link }).first().click();
  await answerService(page, login);
}

/** On the page of the service. */
export async function answerService(page: Page, login: string): Promise<void> {
  await page.getByRole('textbox', { name: 'Login' }).fill(login);
  await page.getByRole('button', { name: 'Continue' }).click();
  await page.waitForURL(/^http:\/\/127\.0\.0\.1:\d+\/(?!interaction|auth)/);
}

const HOST = 'https://host.test';
const HOST_SECRET = 'thirty-two bytes of a secret, at least';

/** What an application that Weft is a part of says of somebody, for a minute. */
export function hostToken(subject: string, name: string): string {
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  const exp = Math.floor(Date.now() / 1000) + 60;
  const signed = `${part({ alg: 'HS256', typ: 'JWT' })}.${part({ iss: HOST, aud: 'weft', sub: subject, name, exp })}`;
  return `${signed}.${createHmac('sha256', HOST_SECRET).update(signed).digest('base64url')}`;
}

const origin = (port: number): string => `http://127.0.0.1:${port}`;

/** Taken by nobody a moment ago: where people sign in has to know it before the server is started. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

export { expect };
