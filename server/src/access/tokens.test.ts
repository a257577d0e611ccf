import { createPublicKey } from 'node:crypto';
import { exportJWK, importPKCS8, SignJWT } from 'jose';
import { describe, expect, test } from 'vitest';
import { personOf, tokenIdOf } from './identity.js';
import {
  closedSettings,
  ec,
  ed,
  hsIssuer,
  type MadeToken,
  makeToken,
  pairIssuer,
  rsa,
  SECRET,
  START_MS,
  startAccess,
} from './test/access-harness.js';

const seconds = START_MS / 1000;
const pair = { iss: 'https://login' };
const b64 = (value: unknown): string =>
  Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');
const goodClaims = { iss: 'https://app', aud: 'weft', sub: 'ann', iat: seconds, exp: seconds + 3600 };

/** Signed with the right secret, over bytes that no library would write. */
async function sealed(header: string, claims: string): Promise<string> {
  const key = await crypto.subtle.importKey('raw', SECRET, { name: 'HMAC', hash: 'SHA-256' }, false, ['sign']);
  const signed = `${b64(header)}.${b64(claims)}`;
  const signature = await crypto.subtle.sign('HMAC', key, new TextEncoder().encode(signed));
  return `${signed}.${Buffer.from(signature).toString('base64url')}`;
}

describe('a token that is accepted', () => {
  test('says who somebody is, and what they may do', async () => {
    const { access } = await startAccess();
    const token = await makeToken({
      claims: {
        name: 'Ann',
        color: '#112233',
        email: ' Ann@Example.org ',
        email_verified: true,
        jti: 'one',
        weft: { roles: { 'notes/*': 'reader', 'team/**': 'owner' } },
      },
    });
    expect(await access.identify({ token, guest: '' })).toEqual({
      person: personOf('https://app', 'ann'),
      kind: 'user',
      name: 'Ann',
      color: '#112233',
      email: 'ann@example.org',
      roles: {
        isAdmin: false,
        patterns: [
          { segments: ['notes', '*'], role: 'reader' },
          { segments: ['team', '**'], role: 'owner' },
        ],
      },
      issuedAtMs: START_MS,
      expiresAtMs: START_MS + 3_600_000,
      tokenId: tokenIdOf('https://app', 'one'),
      scope: null,
      via: [],
    });
  });

  test.each<[string, MadeToken]>([
    ['HS256', {}],
    ['HS256 with a kid where keys have none', { header: { kid: 'of-the-host' } }],
    ['RS256', { header: { alg: 'RS256', kid: 'rsa' }, claims: pair, key: rsa.privateKey }],
    ['RS256 without a kid', { header: { alg: 'RS256' }, claims: pair, key: rsa.privateKey }],
    ['ES256', { header: { alg: 'ES256', kid: 'ec' }, claims: pair, key: ec.privateKey }],
    ['EdDSA', { header: { alg: 'EdDSA', kid: 'ed' }, claims: pair, key: ed.privateKey }],
    ['one of several audiences', { claims: { aud: ['other', 'weft'] } }],
    [
      'another of our audiences',
      { header: { alg: 'EdDSA' }, claims: { ...pair, aud: 'intranet' }, key: ed.privateKey },
    ],
    ['typ JWT', { header: { typ: 'JWT' } }],
    ['typ at+jwt', { header: { typ: 'application/at+JWT' } }],
    ['five seconds late', { claims: { exp: seconds - 4 } }],
    ['five seconds early', { claims: { nbf: seconds + 4, iat: seconds + 4 } }],
    ['no iat', { claims: { iat: undefined } }],
    ['an empty claim of rights', { claims: { weft: {} } }],
    ['admin', { claims: { weft: { admin: true } } }],
  ])('%s', async (_what, made) => {
    const { access } = await startAccess();
    expect(await access.identify({ token: await makeToken(made), guest: '' })).toMatchObject({ kind: 'user' });
  });

  test('has no e-mail address unless its issuer has verified it, and always a name', async () => {
    const { access } = await startAccess();
    const identityOf = async (claims: Record<string, unknown>) =>
      access.identify({ token: await makeToken({ claims }), guest: '' });
    for (const email_verified of [undefined, false, 'true', 1]) {
      expect(await identityOf({ email: 'a@b', email_verified })).toMatchObject({ email: null, name: 'Someone' });
    }
    expect(await identityOf({ email: 'a@b', email_verified: true })).toMatchObject({ email: 'a@b', name: 'a@b' });
    expect(await identityOf({ name: 7, color: {}, email: [] })).toMatchObject({ name: 'Someone', color: null });
  });

  test('has its claims under the names of its issuer', async () => {
    const issuer = { ...hsIssuer, claims: { ...hsIssuer.claims, name: 'nick', weft: 'https://x/weft' } };
    const { access } = await startAccess({ ...closedSettings, issuers: [issuer] });
    const token = await makeToken({ claims: { name: 'No', nick: 'Yes', 'https://x/weft': { admin: true }, weft: 0 } });
    expect(await access.identify({ token, guest: '' })).toMatchObject({ name: 'Yes', roles: { isAdmin: true } });
  });

  test('is one person with every key and at every time, and another one with another issuer', async () => {
    const { access } = await startAccess();
    const identify = async (made: MadeToken) =>
      (await access.identify({ token: await makeToken(made), guest: '' })).person;
    const person = await identify({});
    expect(await identify({ claims: { iat: seconds - 9, exp: seconds + 99 } })).toBe(person);
    expect(await identify({ header: { alg: 'EdDSA' }, claims: pair, key: ed.privateKey })).not.toBe(person);
    expect(await identify({ claims: { sub: 'ann\0' } })).not.toBe(person);
  });
});

/** Test 41 of the scorecard, each under the name of what is tried. */
const attacks: Record<string, () => Promise<string>> = {
  'alg none': async () => `${b64({ alg: 'none' })}.${b64(goodClaims)}.`,
  'alg none with the signature of another token': async () =>
    `${b64({ alg: 'none' })}.${b64(goodClaims)}.${(await makeToken()).split('.')[2]}`,
  'alg None': async () => `${b64({ alg: 'None' })}.${b64(goodClaims)}.AAAA`,
  'no alg': () => sealed('{}', JSON.stringify(goodClaims)),
  'alg of another type': () => sealed('{"alg":["HS256"]}', JSON.stringify(goodClaims)),
  'HS256 with the public key of RS256 as its secret': async () => {
    const secret = new TextEncoder().encode(rsa.publicKey.export({ type: 'spki', format: 'pem' }).toString());
    return makeToken({ claims: pair, key: secret });
  },
  'HS256 with the public key in DER as its secret': async () =>
    makeToken({
      header: { kid: 'rsa' },
      claims: pair,
      key: Uint8Array.from(rsa.publicKey.export({ type: 'spki', format: 'der' })),
    }),
  'an RS256 signature for the issuer of a secret': () => makeToken({ header: { alg: 'RS256' }, key: rsa.privateKey }),
  'PS256, which is not listed, with the right key': async () => {
    const key = await importPKCS8(rsa.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(), 'PS256');
    return new SignJWT({ ...goodClaims, ...pair }).setProtectedHeader({ alg: 'PS256', kid: 'rsa' }).sign(key);
  },
  'an embedded jwk': async () => {
    const jwk = await exportJWK(createPublicKey(ed.privateKey));
    return makeToken({ header: { alg: 'EdDSA', jwk }, claims: pair, key: ed.privateKey });
  },
  ...Object.fromEntries(
    ['jku', 'x5u'].map((name) => [
      `a ${name} that leads away`,
      () => makeToken({ header: { [name]: 'https://evil.example/keys' } }),
    ]),
  ),
  'an x5c': () => makeToken({ header: { x5c: ['AAAA'] } }),
  'crit that is understood': () => sealed('{"alg":"HS256","crit":["exp"],"exp":1}', JSON.stringify(goodClaims)),
  'crit that is empty': () => sealed('{"alg":"HS256","crit":[]}', JSON.stringify(goodClaims)),
  'b64 false': () => sealed('{"alg":"HS256","b64":false,"crit":["b64"]}', JSON.stringify(goodClaims)),
  zip: () => sealed('{"alg":"HS256","zip":"DEF"}', JSON.stringify(goodClaims)),
  ...Object.fromEntries(
    ['/dev/null', '../../../etc/passwd', "x' OR '1'='1", 'https://evil.example/key', 'unknown', '__proto__'].map(
      (kid) => [
        `kid ${kid}, where keys have names`,
        () => makeToken({ header: { alg: 'EdDSA', kid }, claims: pair, key: ed.privateKey }),
      ],
    ),
  ),
  'kid of a file without content, signed with nothing': async () =>
    `${b64({ alg: 'HS256', kid: '/dev/null' })}.${b64(goodClaims)}.${b64('')}AAAA`,
  'kid that is empty': () => sealed('{"alg":"HS256","kid":""}', JSON.stringify(goodClaims)),
  'kid that is no text': () => sealed('{"alg":"HS256","kid":{}}', JSON.stringify(goodClaims)),
  'kid of a key for another algorithm': () =>
    makeToken({ header: { alg: 'EdDSA', kid: 'rsa' }, claims: pair, key: ed.privateKey }),
  expired: () => makeToken({ claims: { exp: seconds - 6 } }),
  'expired long ago': () => makeToken({ claims: { exp: 1 } }),
  'nbf in the future': () => makeToken({ claims: { nbf: seconds + 6 } }),
  'iat in the future': () => makeToken({ claims: { iat: seconds + 60 } }),
  'iat that is no number': () => makeToken({ claims: { iat: `${seconds}` } }),
  'exp that is no number': () => makeToken({ claims: { exp: `${seconds + 60}` } }),
  'exp in a thousand years': () => makeToken({ claims: { exp: seconds + 3e10 } }),
  'exp beyond every number': () =>
    sealed('{"alg":"HS256"}', JSON.stringify(goodClaims).replace(/"exp":\d+/, '"exp":1e999')),
  'no exp': () => makeToken({ claims: { exp: undefined } }),
  'no iss': () => makeToken({ claims: { iss: undefined } }),
  'no aud': () => makeToken({ claims: { aud: undefined } }),
  'no sub': () => makeToken({ claims: { sub: undefined } }),
  'sub that is empty': () => makeToken({ claims: { sub: '' } }),
  'sub that is no text': () => sealed('{"alg":"HS256"}', JSON.stringify({ ...goodClaims, sub: 7 })),
  'sub of a thousand characters': () => makeToken({ claims: { sub: 'x'.repeat(1000) } }),
  'wrong aud': () => makeToken({ claims: { aud: 'weft2' } }),
  'aud in another case': () => makeToken({ claims: { aud: 'WEFT' } }),
  'aud of another issuer of ours': () => makeToken({ claims: { aud: 'intranet' } }),
  'aud that is an object': () => sealed('{"alg":"HS256"}', JSON.stringify({ ...goodClaims, aud: { 0: 'weft' } })),
  'wrong iss': () => makeToken({ claims: { iss: 'https://evil' } }),
  'iss with a slash at its end': () => makeToken({ claims: { iss: 'https://app/' } }),
  'iss of another issuer of ours': () => makeToken({ claims: { iss: 'https://login' } }),
  'iss that is a list': () => sealed('{"alg":"HS256"}', JSON.stringify({ ...goodClaims, iss: ['https://app'] })),
  'wrong typ': () => makeToken({ header: { typ: 'logout+jwt' } }),
  'typ of a guest': () => makeToken({ header: { typ: 'weft-guest+jwt' } }),
  'another secret': () => makeToken({ key: new TextEncoder().encode('another secret of thirty-two bytes') }),
  'a signature with a bit turned': async () => {
    const token = await makeToken();
    return `${token.slice(0, -10)}${token.at(-10) === 'A' ? 'B' : 'A'}${token.slice(-9)}`;
  },
  'claims that were changed': async () => {
    const [header, , signature] = (await makeToken()).split('.');
    return `${header}.${b64({ ...goodClaims, sub: 'eve' })}.${signature}`;
  },
  huge: () => makeToken({ claims: { name: 'x'.repeat(9000) } }),
  'duplicate sub': () => sealed('{"alg":"HS256"}', `{"sub":"eve",${JSON.stringify(goodClaims).slice(1)}`),
  'duplicate exp, escaped': () => sealed('{"alg":"HS256"}', `{"\\u0065xp":1,${JSON.stringify(goodClaims).slice(1)}`),
  'duplicate alg': () => sealed('{"alg":"none","alg":"HS256"}', JSON.stringify(goodClaims)),
  'duplicate in the claim of rights': () =>
    sealed('{"alg":"HS256"}', `${JSON.stringify(goodClaims).slice(0, -1)},"weft":{"admin":false,"admin":true}}`),
  'claims that are a list': () => sealed('{"alg":"HS256"}', '[]'),
  'claims that are no JSON': () => sealed('{"alg":"HS256"}', 'admin'),
  'claims that are not UTF-8': async () => {
    const [header] = (await makeToken()).split('.');
    return `${header}.${Buffer.from([0x7b, 0xff, 0x7d]).toString('base64url')}.AAAA`;
  },
  'an encrypted token': async () => `${b64({ alg: 'dir', enc: 'A128GCM' })}..AAAA.AAAA.AAAA`,
  'a token with a space': async () => ` ${await makeToken()}`,
  'no token at all': async () => 'hello',
  'dots alone': async () => '..',
  'a ticket that nobody made': async () => `wt_${'A'.repeat(43)}`,
  'an admin token that nobody made': async () => `wa_${'A'.repeat(43)}`,
  ...Object.fromEntries(
    [
      false,
      null,
      'admin',
      [],
      { admin: 'true' },
      { admin: 1 },
      { admin: null },
      { roles: false },
      { roles: [] },
      { roles: { 'notes/*': 'admin' } },
      { roles: { 'notes/*': 'Editor' } },
      { roles: { 'notes/*': true } },
      { roles: { 'draft-*': 'editor' } },
      { roles: { '/notes': 'editor' } },
      { role: { 'notes/*': 'editor' } },
      { roles: Object.fromEntries(Array.from({ length: 101 }, (_, n) => [`n${n}`, 'reader'])) },
    ].map((weft, n) => [`rights ${n}: ${JSON.stringify(weft).slice(0, 40)}`, () => makeToken({ claims: { weft } })]),
  ),
};

describe('test 41: a token that is not accepted', () => {
  test.each(Object.keys(attacks))('%s', async (what) => {
    const token = await attacks[what]!();
    const { access, notes } = await startAccess();
    const refusal = await access.identify({ token, guest: '' }).then(
      () => 'accepted',
      (error: unknown) => error,
    );
    expect(refusal).toMatchObject({
      code: 'UNAUTHORIZED',
      message: 'Your sign-in is not accepted, or it has ended. Sign in again: your text is kept meanwhile.',
    });
    // Why is told to those who look after the server, and nothing of the token.
    expect(Object.keys(refusal as object).sort()).toEqual(['code', 'name']);
    expect((refusal as Error).cause).toBeUndefined();
    expect(notes).toEqual([{ action: 'refused', person: '', detail: { why: expect.any(String) } }]);
    const why = notes[0]?.detail?.why ?? '';
    for (const part of token.split(/[.\s]+/)) if (part.length > 5) expect(why).not.toContain(part);
    expect(why).not.toMatch(/ann|evil|etc|https/);
  });

  test('nothing is fetched for what a token names', async () => {
    const before = globalThis.fetch;
    let fetched = 0;
    globalThis.fetch = () => Promise.reject(new Error(`fetched ${++fetched}`));
    try {
      const { access } = await startAccess();
      for (const attack of Object.values(attacks)) {
        await access.identify({ token: await attack(), guest: '' }).catch(() => undefined);
      }
    } finally {
      globalThis.fetch = before;
    }
    expect(fetched).toBe(0);
  });

  test('a flood of them fills no audit log', async () => {
    const { access, notes, clock } = await startAccess();
    const show = () => access.identify({ token: 'no token', guest: '' }).catch(() => undefined);
    for (let n = 0; n < 200; n++) await show();
    expect(notes).toHaveLength(60);
    clock.nowMs += 60_000;
    await show();
    expect(notes.slice(60).map(({ detail }) => detail?.why)).toEqual([
      expect.stringMatching(/^140 more were refused/),
      expect.any(String),
    ]);
  });

  test('is refused after the work of a signature, however early it is known', async () => {
    const { access } = await startAccess({ ...closedSettings, issuers: [pairIssuer] });
    const header = { alg: 'RS256', kid: 'rsa' };
    const tokens = [
      await makeToken({ header, claims: { iss: 'https://nobody' }, key: rsa.privateKey }),
      await makeToken({ header, claims: { ...pair, exp: 1 }, key: rsa.privateKey }),
    ];
    // In turn, so that what else the machine does meets both.
    const timesMs: [number[], number[]] = [[], []];
    for (let n = 0; n < 400; n++) {
      const startMs = performance.now();
      await access.identify({ token: tokens[n % 2]!, guest: '' }).catch(() => undefined);
      timesMs[n % 2]!.push(performance.now() - startMs);
    }
    const [early, late] = timesMs.map((times) => times.sort((a, b) => a - b)[100]!) as [number, number];
    expect(early).toBeGreaterThan(late / 3);
    expect(late).toBeGreaterThan(early / 3);
  });
});
