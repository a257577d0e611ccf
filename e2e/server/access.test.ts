// The built server with access configured: tokens of a host, one-time tickets, links and revocation over real connections,
// and that nothing secret of all that is in any log or file.

import { randomBytes } from 'node:crypto';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { CloseCode, PROTOCOL_VERSION } from '@weft/protocol';
import { SignJWT } from 'jose';
import { expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { tokenIdOf } from '../../server/src/access/identity.js';
import { BareWeft, ownFolder, runWeft, spawnWeft, type TestServer, webSocketUrl } from './harness.js';

const ISSUER = 'https://app.example';
const UNAUTHORIZED = { code: CloseCode.Unauthorized, reason: expect.stringContaining('Sign in again') };

async function stage() {
  const folder = await ownFolder();
  const secret = randomBytes(32).toString('base64url');
  const config = path.join(folder, 'weft.json');
  const issuer = { issuer: ISSUER, audience: 'weft', algorithms: ['HS256'], secret: { file: 'secret' } };
  await writeFile(path.join(folder, 'secret'), secret);
  await writeFile(config, JSON.stringify({ access: { issuers: [issuer] }, limits: { connectionsPerSecond: 1000 } }));
  const dataFolder = path.join(folder, 'data');
  const start = async () => {
    const process = spawnWeft('serve', '--port', '0', '--data', dataFolder, '--config', config);
    const url = await process.ready;
    return { process, url, server: { url } as TestServer };
  };
  const token = (subject: string, claims: object = {}): Promise<string> =>
    new SignJWT({ jti: `jti-of-${subject}`, name: subject, ...claims })
      .setProtectedHeader({ alg: 'HS256' })
      .setIssuer(ISSUER)
      .setAudience('weft')
      .setSubject(subject)
      .setIssuedAt()
      .setExpirationTime('1h')
      .sign(new TextEncoder().encode(secret));
  const { process, url, server } = await start();
  return { process, url, server, token, start, secret, dataFolder };
}

async function ask(url: string, bearer: string, where: string, body?: object) {
  const headers = { ...(bearer && { authorization: `Bearer ${bearer}` }), 'content-type': 'application/json' };
  const request = body ? { method: 'POST', headers, body: JSON.stringify(body) } : { headers };
  const response = await fetch(`${url}/api/v1/${where}`, request);
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

const hello = (token: string) =>
  ({
    type: 'Hello',
    version: PROTOCOL_VERSION,
    client: 'test',
    name: 'x',
    color: '#000000',
    token,
    guest: '',
  }) as const;

const open = (document: string, link = '') =>
  ({
    type: 'Open',
    ref: 1,
    document,
    kind: 0,
    clientId: 1 + Math.floor(Math.random() * 2 ** 31),
    outboxId: 'bare',
    epoch: 0,
    seq: 0,
    proof: new Uint8Array(),
    link,
  }) as const;

test('of 100 connections that show one ticket at once, one is let in', async () => {
  const { server, url, token } = await stage();
  const { body } = await ask(url, await token('ann'), 'tickets', {});
  const sockets = Array.from({ length: 100 }, () => new BareWeft(server));
  await Promise.all(sockets.map((socket) => socket.opened));
  for (const socket of sockets) void socket.say(hello(String(body.ticket)));
  const outcomes = await Promise.all(
    sockets.map((socket) => Promise.race([socket.next('Welcome').catch(() => null), socket.closed.then(() => null)])),
  );
  expect(outcomes.filter((welcome) => welcome !== null)).toMatchObject([{ name: 'ann' }]);
  const closed = await Promise.all(sockets.filter((_, n) => outcomes[n] === null).map((socket) => socket.closed));
  expect(closed).toEqual(Array.from({ length: 99 }, () => UNAUTHORIZED));
});

test('what is taken away is out within a second: a role, a link, a token, a person', async () => {
  const { server, url, token, start, process } = await stage();
  const [ann, ben, admin] = [await token('ann'), await token('ben'), await token('root', { weft: { admin: true } })];
  const { body: made } = await ask(url, ann, 'documents', {});
  const document = String(made.name);
  const share = (command: object) => ask(url, ann, `access/${document}`, command);
  const { body: shared } = await share({ do: 'make-link', role: 'editor', label: '', expiresAtMs: null });
  const link = String(shared.secret);
  const { body: meOfBen } = await ask(url, ben, 'me');
  await share({ do: 'grant', person: meOfBen.person, role: 'editor' });

  const enter = async (proof: string, secret = '') => {
    const socket = new BareWeft(server);
    await socket.say(hello(proof), open(document, secret));
    expect((await socket.next('Opened')).role).toBeGreaterThan(0);
    return socket;
  };
  const latenciesMs: Record<string, number> = {};
  const measure = async (what: string, takeAway: () => Promise<{ status: number }>, gone: Promise<unknown>) => {
    const startMs = performance.now();
    expect((await takeAway()).status).toBe(200);
    await gone;
    latenciesMs[what] = Math.round(performance.now() - startMs);
  };

  const byRole = await enter(ben);
  await measure('role', () => share({ do: 'remove', person: meOfBen.person }), byRole.next('Closed'));
  const byLink = await enter('', link);
  const [{ id }] = ((await ask(url, ann, `access/${document}`)).body.links ?? []) as [{ id: string }];
  await measure('link', () => share({ do: 'revoke-link', id }), byLink.next('Closed'));
  await share({ do: 'everyone', role: 'reader' });
  const byToken = await enter(ben);
  const revoke = (what: object) => ask(url, admin, 'revocations', what);
  await measure('token', () => revoke({ token: tokenIdOf(ISSUER, 'jti-of-ben') }), byToken.closed);
  const carol = await token('carol');
  const byPerson = await enter(carol);
  const { body: meOfCarol } = await ask(url, carol, 'me');
  await measure('person', () => revoke({ person: meOfCarol.person }), byPerson.closed);
  for (const [what, latencyMs] of Object.entries(latenciesMs)) expect(latencyMs, `ms, by ${what}`).toBeLessThan(1000);

  // And out for good.
  await process.stop();
  const again = await start();
  for (const proof of [ben, carol]) {
    const socket = new BareWeft(again.server);
    await socket.say(hello(proof));
    expect(await socket.closed).toEqual(UNAUTHORIZED);
    expect((await ask(again.url, proof, 'documents')).status).toBe(401);
  }
  expect((await ask(again.url, ann, `documents/${document}`)).body.role).toBe('owner');
});

test('nothing secret is in what the server says, keeps or lists', async () => {
  const { server, url, token, secret, process, dataFolder } = await stage();
  const ann = await token('ann', { weft: { admin: true } });
  const { name: document } = (await ask(url, ann, 'documents', {})).body;
  const link = { do: 'make-link', role: 'reader', label: '', expiresAtMs: null };
  const { secret: linkSecret } = (await ask(url, ann, `access/${document}`, link)).body;
  const { guest } = (await ask(url, '', 'guests', {})).body as { guest: string };
  const { ticket: used } = (await ask(url, ann, 'tickets', {})).body;
  const { ticket: unused } = (await ask(url, ann, 'tickets', {})).body;
  const wrong = `${ann.slice(0, -6)}AAAAAA`;

  const show = async (proof: string, more: object = {}) => {
    const socket = new BareWeft(server);
    await socket.say({ ...hello(proof), ...more }, open(String(document), String(linkSecret)));
    await Promise.race([socket.next('Opened').catch(() => null), socket.closed]);
  };
  for (const proof of [ann, String(used), String(used), wrong]) await show(proof);
  await show('', { guest });
  await show('', { guest: `${guest.slice(0, -6)}AAAAAA` });
  for (const [query, protocols] of [
    [`?ticket=${unused}`, []],
    [`?ticket=${unused}`, []],
    ['', ['weft.yjs', `bearer.${ann}`]],
    ['', ['weft.yjs', `bearer.${wrong}`]],
  ] as const) {
    const socket = new WebSocket(webSocketUrl({ url }, `/yjs/${document}${query}`), [...protocols]);
    await new Promise((resolve) => socket.once('message', resolve).once('close', resolve).once('error', resolve));
    socket.terminate();
  }
  for (const where of ['documents', 'nowhere', `access/${document}`, 'revocations']) await ask(url, wrong, where, {});
  const listed = await Promise.all(
    ['sessions', 'audit', 'documents', `access/${document}`, 'me'].map((where) => ask(url, ann, where)),
  );
  expect(listed.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200]);
  await process.stop();
  const { stdout: audit } = await runWeft('audit', '--json', '--after', '0', '--data', dataFolder);
  expect(audit).toContain('"refused"');

  const kept = await Promise.all(
    (await readdir(dataFolder, { recursive: true, withFileTypes: true }))
      .filter((file) => file.isFile())
      .map((file) => readFile(path.join(file.parentPath, file.name), 'latin1')),
  );
  const everything = [process.stdout, process.stderr, audit, JSON.stringify(listed), ...kept].join('\n');
  // What is looked for can be found: the list of documents is in there.
  expect(everything).toContain(String(document));
  const [tokenPart, wrongPart, guestPart] = [ann, wrong, guest].map((proof) =>
    String(proof.split('.')[2]).slice(0, 20),
  );
  for (const hidden of [secret, tokenPart, wrongPart, guestPart, linkSecret, used, unused]) {
    expect(String(hidden).length).toBeGreaterThan(15);
    expect(everything).not.toContain(String(hidden));
  }
});
