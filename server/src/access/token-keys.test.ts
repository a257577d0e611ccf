import { createSecretKey } from 'node:crypto';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { closedSettings, ec, ed, makeToken, pairIssuer, rsa, startAccess } from './test/access-harness.js';
import { LIST_COOLDOWN_MS, LIST_LIFETIME_MS } from './token-keys.js';

type Answer = (response: ServerResponse) => void;

const jwk = (key: typeof rsa.publicKey, more: object): object => ({ ...key.export({ format: 'jwk' }), ...more });
const rsaKey = jwk(rsa.publicKey, { kid: 'rsa', use: 'sig', alg: 'RS256' });
const edKey = jwk(ed.publicKey, { kid: 'ed' });
const list =
  (...keys: unknown[]): Answer =>
  (response) =>
    void response.end(JSON.stringify({ keys }));

/** An issuer that lists its keys on loopback; `answer` may be put in the place of another. */
async function stage(first: Answer = list(rsaKey)) {
  let fetches = 0;
  const at = { answer: first };
  const server = createServer((_request, response) => {
    fetches++;
    at.answer(response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/keys`;
  const all = await startAccess({ ...closedSettings, issuers: [{ ...pairIssuer, keys: { kind: 'jwks', url } }] });
  const show = async (header: object, key = rsa.privateKey) => {
    // The clock of these tests goes further than a token holds.
    const seconds = all.clock.nowMs / 1000;
    const claims = { iss: 'https://login', iat: seconds, exp: seconds + 600 };
    const token = await makeToken({ header: { alg: 'RS256', ...header }, claims, key });
    return all.access.identify({ token, guest: '' }).then(
      () => 'in',
      (error: { code: string }) => error.code,
    );
  };
  return { ...all, show, at, url, fetches: () => fetches };
}

test('keys are fetched when they are needed, and once for many who need them', async () => {
  const { show, fetches } = await stage(list(rsaKey, edKey));
  expect(fetches()).toBe(0);
  const shown = await Promise.all(Array.from({ length: 20 }, () => show({ kid: 'rsa' })));
  expect(new Set(shown)).toEqual(new Set(['in']));
  expect(await show({})).toBe('in');
  expect(await show({ alg: 'EdDSA', kid: 'ed' }, ed.privateKey)).toBe('in');
  expect(fetches()).toBe(1);
});

test('a token with an unknown kid has them fetched again, but not for each such token', async () => {
  const { show, at, clock, fetches } = await stage(list(rsaKey));
  expect(await show({ kid: 'rsa' })).toBe('in');
  at.answer = list(rsaKey, edKey);
  expect(await show({ alg: 'EdDSA', kid: 'ed' }, ed.privateKey)).toBe('UNAUTHORIZED');
  clock.nowMs += LIST_COOLDOWN_MS;
  expect(await show({ alg: 'EdDSA', kid: 'ed' }, ed.privateKey)).toBe('in');
  for (let n = 0; n < 50; n++) expect(await show({ kid: `made-up-${n}` })).toBe('UNAUTHORIZED');
  expect(fetches()).toBe(2);
});

test('a key that is listed no more counts no more once the list is old', async () => {
  const { show, at, clock } = await stage(list(rsaKey, edKey));
  expect(await show({ kid: 'rsa' })).toBe('in');
  at.answer = list(edKey);
  expect(await show({ kid: 'rsa' })).toBe('in');
  clock.nowMs += LIST_LIFETIME_MS;
  expect(await show({ kid: 'rsa' })).toBe('UNAUTHORIZED');
});

test.each<[string, Answer]>([
  ['an error', (response) => void response.writeHead(500).end('{}')],
  ['a broken connection', (response) => void response.destroy()],
  ['no JSON', (response) => void response.end('<html>')],
  ['no list', (response) => void response.end('{}')],
  ['an empty list', list()],
  ['a list of other things', list(null, 7, { kty: 'RSA' }, { kty: 'oct', k: 'AAAA', alg: 'HS256', kid: 'rsa' })],
  ['a way elsewhere', (response) => void response.writeHead(302, { location: 'http://127.0.0.1:1/' }).end()],
  ['a list without end', (response) => void response.write(`{"keys":[${'{},'.repeat(200_000)}`)],
])('the keys from before are kept when fetching gives %s', async (_what, broken) => {
  const { show, at, clock, said, fetches, url } = await stage();
  expect(await show({ kid: 'rsa' })).toBe('in');
  at.answer = broken;
  clock.nowMs += LIST_LIFETIME_MS;
  expect(await show({ kid: 'rsa' })).toBe('in');
  expect(await show({ kid: 'rsa' })).toBe('in');
  expect(fetches()).toBe(2);
  expect(said).toEqual([expect.stringContaining(`The keys at ${url} could not be fetched: `)]);
  at.answer = list(edKey);
  clock.nowMs += LIST_COOLDOWN_MS;
  expect(await show({ kid: 'rsa' })).toBe('UNAUTHORIZED');
});

test('an issuer that does not answer lets nobody in, and is asked again when it may', async () => {
  const { show, at, clock, said } = await stage((response) => void response.destroy());
  expect(await show({ kid: 'rsa' })).toBe('UNAUTHORIZED');
  expect(said[0]).toContain('Nobody can sign in with it until they can.');
  at.answer = list(rsaKey);
  expect(await show({ kid: 'rsa' })).toBe('UNAUTHORIZED');
  clock.nowMs += LIST_COOLDOWN_MS;
  expect(await show({ kid: 'rsa' })).toBe('in');
});

test('listed keys are used for what they are for, and no other way', async () => {
  const { show } = await stage(
    list(
      jwk(rsa.publicKey, { kid: 'encrypts', use: 'enc' }),
      jwk(rsa.publicKey, { kid: 'other-alg', alg: 'RS512' }),
      jwk(ec.publicKey, { kid: 'ec' }),
      { kty: 'oct', kid: 'shared', k: Buffer.from('a secret of thirty-two bytes, at least').toString('base64url') },
      { ...rsa.privateKey.export({ format: 'jwk' }), kid: 'private' },
    ),
  );
  for (const kid of ['encrypts', 'other-alg', 'private', 'ec']) expect(await show({ kid })).toBe('UNAUTHORIZED');
  const shared = createSecretKey('a secret of thirty-two bytes, at least', 'utf8');
  expect(await show({ alg: 'HS256', kid: 'shared' }, shared)).toBe('UNAUTHORIZED');
  expect(await show({ alg: 'ES256', kid: 'ec' }, ec.privateKey)).toBe('in');
});
