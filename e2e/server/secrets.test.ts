// Every secret there is goes through every door that could take it, and through the wrong ones: what the server prints,
// keeps, lists and answers must not have it. Only the one answer that makes a secret may (scorecard 43).

import { randomBytes } from 'node:crypto';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import path from 'node:path';
import { PROTOCOL_VERSION } from '@weft/protocol';
import { expect, onTestFinished, test } from 'vitest';
import { signedToken } from '../../bench/src/signed-token.js';
import { CLIENT_ID, CLIENT_SECRET, SignInService } from '../sign-in-service.js';
import { ISSUER } from './closed-server.js';
import { BareSocket, BareWeft, ownFolder, runWeft, spawnWeft, webSocketUrl } from './harness.js';

const POST = { method: 'POST' };

test('43: no secret is in what the server says, keeps, lists or answers, whichever door it was shown at', async () => {
  const port = await freePort();
  const own = `http://127.0.0.1:${port}`;
  const service = await SignInService.start(`${own}/auth/callback`, [
    { login: 'ann', name: 'Ann', email: 'a@b.example' },
  ]);
  onTestFinished(() => service.close());
  const folder = await ownFolder();
  const hostSecret = randomBytes(32).toString('base64url');
  const dataFolder = path.join(folder, 'data');
  await writeFile(path.join(folder, 'host'), hostSecret);
  await writeFile(path.join(folder, 'client'), CLIENT_SECRET);
  const host = { issuer: ISSUER, audience: 'weft', algorithms: ['HS256'], secret: { file: 'host' } };
  const oidc = { issuer: service.issuer, clientId: CLIENT_ID, clientSecret: { file: 'client' } };
  const access = { publicUrl: own, oidc, issuers: [host], guests: true, create: 'signed-in' };
  const limits = { connectionsPerSecond: 10_000, requestsAtOnce: 100_000, requestsPerSecond: 10_000 };
  await writeFile(path.join(folder, 'weft.json'), JSON.stringify({ access, limits }));
  const config = path.join(folder, 'weft.json');
  const server = spawnWeft('serve', '--port', String(port), '--data', dataFolder, '--config', config);
  await server.ready;

  const said: string[] = [];
  /** An answer; everything in it is noted, but for the cookies it sets. */
  const ask = async (where: string, init: RequestInit = {}): Promise<Response> => {
    const answer = await fetch(`${own}${where}`, { redirect: 'manual', ...init });
    const headers = [...answer.headers].filter(([name]) => name !== 'set-cookie');
    said.push(JSON.stringify(headers), await answer.clone().text());
    return answer;
  };
  /** An answer that is there to give a secret. */
  const given = async (token: string, where: string, body: object): Promise<Record<string, string>> => {
    const headers = { 'content-type': 'application/json', ...(token && { authorization: `Bearer ${token}` }) };
    const answer = await fetch(`${own}/api/v1/${where}`, { ...POST, headers, body: JSON.stringify(body) });
    expect(answer.ok).toBe(true);
    return (await answer.json()) as Record<string, string>;
  };

  // Made.
  const seconds = Math.floor(Date.now() / 1000);
  const claims = { iss: ISSUER, aud: 'weft', sub: 'ann', name: 'Ann', iat: seconds, exp: seconds + 3600 };
  const token = signedToken(claims, hostSecret);
  const document = (await given(token, 'documents', {})).name!;
  const makeLink = { do: 'make-link', role: 'editor', label: '', expiresAtMs: null };
  const link = (await given(token, `access/${document}`, makeLink)).secret!;
  const { stdout: admin } = await runWeft('admin-token', '--data', dataFolder);
  const signIn = await signInAt(own, 'ann', ask);
  const secrets: Record<string, string> = {
    token,
    'token that ended': signedToken({ ...claims, exp: seconds - 7200 }, hostSecret),
    'token of another key': signedToken(claims, 'another secret, of forty characters or more'),
    link,
    'link that was never made': `wl_${'Q'.repeat(20)}${link.slice(23)}`,
    'admin token': admin.trim(),
    'admin token that was never made': `${admin.trim().slice(0, -12)}QQQQQQQQQQQQ`,
    guest: (await given('', 'guests', {})).guest!,
    ticket: (await given(token, 'tickets', {})).ticket!,
    'ticket for a document': (await given('', 'tickets', { document, link })).ticket!,
    ...signIn,
  };

  // Shown.
  for (const secret of Object.values(secrets)) {
    const bearer = { authorization: `Bearer ${secret}` };
    const json = { ...bearer, 'content-type': 'application/json' };
    for (const where of [
      'documents',
      'nowhere',
      `access/${document}`,
      'me',
      'audit',
      'sessions',
      `documents/${document}`,
    ]) {
      await ask(`/api/v1/${where}`, { headers: bearer });
    }
    await ask(`/api/v1/documents/${document}`, { headers: { 'weft-link': secret } });
    for (const name of ['weft', '__Host-weft']) await ask('/api/v1/me', { headers: { cookie: `${name}=${secret}` } });
    for (const body of [
      `{"link":"${secret}`,
      JSON.stringify({ do: secret }),
      JSON.stringify({ token: secret }),
      secret,
    ]) {
      for (const where of ['documents', 'tickets', `access/${document}`, 'revocations', 'guests', 'nowhere']) {
        await ask(`/api/v1/${where}`, { ...POST, headers: json, body });
      }
    }
    const value = encodeURIComponent(secret);
    await ask(`/auth/callback?code=${value}&state=${value}`);
    await ask(`/auth/callback?error=${value}&error_description=${value}&state=${value}`);
    const stock = [
      new BareSocket(webSocketUrl({ url: own }, `/yjs/${document}?ticket=${value}`)),
      new BareSocket(webSocketUrl({ url: own }, `/yjs/${document}?token=${value}`)),
      new BareSocket(webSocketUrl({ url: own }, `/yjs/${document}`), [
        'weft.yjs',
        `bearer.${secret.replace(/[^\w.-]/g, '-')}`,
      ]),
    ];
    const sockets = [
      ...stock,
      await hello(own, document, { token: secret }),
      await hello(own, document, { guest: secret }),
    ];
    sockets.push(await hello(own, document, { link: secret }));
    for (const socket of sockets) {
      await Promise.race([socket.heardOut().catch(() => {}), socket.closed]);
      socket.webSocket.terminate();
      said.push((await socket.closed).reason);
    }
    await ask(`/auth/ticket?ticket=${value}`);
  }
  for (const where of ['/healthz', '/readyz', '/metrics', '/']) await ask(where);
  const { stdout: newAdmin } = await runWeft('admin-token', '--data', dataFolder);
  for (const where of ['audit?limit=1000', 'sessions', 'documents']) {
    const { status } = await ask(`/api/v1/${where}`, { headers: { authorization: `Bearer ${newAdmin.trim()}` } });
    expect(status).toBe(200);
  }
  expect((await server.stop()).code).toBe(0);
  const { stdout: audit } = await runWeft('audit', '--json', '--after', '0', '--data', dataFolder);

  // Looked for; that something can be found is shown by what is no secret.
  const files = (await readdir(dataFolder, { recursive: true, withFileTypes: true })).filter((file) => file.isFile());
  const kept = await Promise.all(files.map((file) => readFile(path.join(file.parentPath, file.name), 'latin1')));
  const places = {
    stdout: server.stdout,
    stderr: server.stderr,
    audit,
    answers: said.join('\n'),
    data: kept.join('\n'),
  };
  expect([places.answers, places.data].map((text) => holds(text, document))).toEqual([true, true]);
  expect([audit, places.stdout]).toEqual([expect.stringContaining('"refused"'), expect.stringContaining('listening')]);
  const hits = Object.entries({ ...secrets, host: hostSecret }).flatMap(([name, secret]) =>
    Object.entries(places).flatMap(([place, text]) => (holds(text, secret) ? [`${name} in ${place}`] : [])),
  );
  expect(hits).toEqual([]);
  expect(Object.values(places).join('\n')).not.toContain(CLIENT_SECRET);
}, 60_000);

/**
 * Whether it is in there, by the end, which tells it from others: a signature, or what is random. In pieces, for the store
 * compresses what it keeps, and what was there before may stand in the middle.
 */
function holds(text: string, secret: string): boolean {
  const [, ...pieces] = /(.{8})(.{8})(.{8})$/.exec(secret)!;
  return pieces.some((piece) => text.includes(piece));
}

/** Shows something of this, and opens the document. */
async function hello(
  own: string,
  document: string,
  shown: { token?: string; guest?: string; link?: string },
): Promise<BareWeft> {
  const { token = '', guest = '', link = '' } = shown;
  const socket = new BareWeft({ url: own });
  await socket.say({
    type: 'Hello',
    version: PROTOCOL_VERSION,
    client: 'test',
    name: 'Eve',
    color: '#2a6f97',
    token,
    guest,
  });
  await socket.ask(document, { link });
  await Promise.race([socket.next('Opened', 'Closed').catch(() => null), socket.closed]);
  return socket;
}

/** Signs somebody in as a browser would. @returns what it was given on the way: cookies, and the code */
async function signInAt(
  own: string,
  login: string,
  ask: (where: string, init?: RequestInit) => Promise<Response>,
): Promise<Record<string, string>> {
  const cookieOf = (answer: Response): string => /^[^;]+/.exec(answer.headers.getSetCookie().at(-1) ?? '')?.[0] ?? '';
  const begun = await fetch(`${own}/auth/sign-in?to=/d/notes`, { redirect: 'manual' });
  const pending = cookieOf(begun);
  const jar = new Map<string, string>();
  let url = begun.headers.get('location')!;
  for (let body: string | null = null; !url.startsWith(own); ) {
    const cookie = [...jar].map((pair) => pair.join('=')).join('; ');
    const headers = { cookie, 'content-type': 'application/x-www-form-urlencoded' };
    const answer: Response = await fetch(url, {
      redirect: 'manual',
      headers,
      ...(body === null ? {} : { ...POST, body }),
    });
    for (const set of answer.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(set) ?? [];
      jar.set(name, value);
    }
    const next: string | null = answer.headers.get('location');
    body = next === null ? `login=${login}` : null;
    if (next !== null) url = new URL(next, url).href;
  }
  const done = await ask(url.slice(own.length), { headers: { cookie: pending } });
  expect([done.status, done.headers.get('location')]).toEqual([303, '/d/notes']);
  const session = done.headers.getSetCookie().find((set) => /^(__Host-)?weft=/.test(set))!;
  const value = (cookie: string): string => cookie.slice(cookie.indexOf('=') + 1).replace(/;.*$/, '');
  return {
    'code of the sign-in service': new URL(url).searchParams.get('code')!,
    'cookie of a sign-in that is under way': value(pending),
    'cookie of a session': value(session),
  };
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
