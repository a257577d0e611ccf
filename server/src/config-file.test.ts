import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { makeKeyPair } from '../test/key-pair.js';
import { readConfig } from './config.js';
import { type FileSettings, readConfigFile } from './config-file.js';
import { SyncError } from './sync-error.js';
import { defaultVersionPolicy } from './version-settings.js';

const folder = mkdtempSync(join(tmpdir(), 'weft-config-'));
afterAll(() => rmSync(folder, { recursive: true }));

const SECRET = 'a secret of thirty-two bytes, at least';
const env = { SECRET, SHORT: 'short' };
const rsa = makeKeyPair('rsa');
const ed = makeKeyPair('ed25519');
const small = makeKeyPair('short-rsa');
const pem = (key: { export(options: { type: 'spki'; format: 'pem' }): string | Buffer }): string =>
  key.export({ type: 'spki', format: 'pem' }).toString();

function read(text: string): FileSettings {
  const path = join(folder, 'weft.json');
  writeFileSync(path, text);
  return readConfigFile(path, env);
}

const readAccess = (access: unknown): FileSettings['access'] => read(JSON.stringify({ access })).access;

function faultOf(act: () => unknown): string {
  try {
    act();
  } catch (error) {
    expect(error).toBeInstanceOf(SyncError);
    expect(error).toMatchObject({ code: 'BAD_USAGE' });
    return (error as Error).message;
  }
  throw new Error('it was accepted');
}

const hs = { issuer: 'https://app', audience: 'weft', algorithms: ['HS256'], secret: { env: 'SECRET' } };
const publicUrl = 'https://weft.example.org';
const oidc = { issuer: 'https://login', clientId: 'weft', clientSecret: { env: 'SECRET' } };
const rs = { issuer: 'https://login', audience: ['weft'], algorithms: ['RS256'], publicKey: pem(rsa.publicKey) };

test('the example of the page is accepted as it stands', () => {
  const page = readFileSync(new URL('../../docs/configuration.md', import.meta.url), 'utf8');
  const example = /```json\n([\s\S]*?)```/.exec(page)?.[1] ?? '';
  writeFileSync(join(folder, 'example.json'), example);
  const { access, limits, door } = readConfigFile(join(folder, 'example.json'), { WEFT_TOKEN_SECRET: SECRET });
  expect(access).toMatchObject({
    create: 'signed-in',
    defaults: { signedIn: null, guests: null },
    longestTokenMs: 24 * 3_600_000,
    issuers: [
      { keys: { kind: 'local', keys: [{ kid: null, algorithm: 'HS256' }] }, audience: ['weft'] },
      { keys: { kind: 'jwks' }, claims: { name: 'preferred_username', email: 'email' } },
    ],
  });
  expect(limits.connectionsPerAddress).toBe(500);
  expect(door.hosts).toEqual(['weft.example.org']);
});

test('every setting of access has a row on the page', () => {
  const page = readFileSync(new URL('../../docs/configuration.md', import.meta.url), 'utf8');
  for (const access of [{ x: 1 }, { issuers: [{ ...hs, x: 1 }] }, { publicUrl, oidc: { ...oidc, x: 1 } }]) {
    const names = /There are (.*)\./.exec(faultOf(() => readAccess(access)))?.[1]?.split(', ') ?? [];
    expect(names.length).toBeGreaterThan(4);
    for (const name of names) expect(page).toMatch(new RegExp(`^\\| \`${name}[\`.]`, 'm'));
  }
});

test('no file and a file without access are an open server, an empty section closes it', () => {
  expect(read('{}').access).toBeNull();
  expect(readAccess({})).toEqual({
    issuers: [],
    create: 'signed-in',
    defaults: { signedIn: null, guests: null },
    guests: true,
    longestTokenMs: 744 * 3_600_000,
    publicUrl: null,
    oidc: null,
  });
  writeFileSync(join(folder, 'weft.json'), '{"access":{}}');
  expect(readConfig({}, { WEFT_CONFIG: join(folder, 'weft.json') }).access).not.toBeNull();
  expect(readConfig({ config: join(folder, 'weft.json') }, {}).access).not.toBeNull();
});

test('a sign-in service has a secret or none, and asks for name and address unless it is told otherwise', () => {
  expect(readAccess({ publicUrl, oidc })?.oidc).toMatchObject({
    clientSecret: SECRET,
    scopes: ['openid', 'profile', 'email'],
    claims: { name: 'name' },
  });
  const own = { issuer: 'http://127.0.0.1:9000', clientId: 'weft', scopes: ['openid'], claims: { name: 'nickname' } };
  expect(readAccess({ publicUrl, oidc: own })?.oidc).toMatchObject({
    clientSecret: null,
    scopes: ['openid'],
    claims: { name: 'nickname', email: 'email' },
  });
});

test('keys come from the file, from files beside it and from the environment, several for a change of keys', () => {
  writeFileSync(join(folder, 'key.pem'), pem(ed.publicKey));
  writeFileSync(join(folder, 'secret'), `${SECRET}\n`);
  const jwk = JSON.stringify(ed.publicKey.export({ format: 'jwk' }));
  const access = readAccess({
    issuers: [
      { ...hs, secret: [{ file: 'secret', kid: 'new' }, { env: 'SECRET' }] },
      { ...rs, algorithms: ['RS256', 'EdDSA'], publicKey: [rs.publicKey, { file: 'key.pem', kid: 'k' }, jwk] },
    ],
  });
  expect(access?.issuers.map(({ keys }) => keys)).toMatchObject([
    {
      kind: 'local',
      keys: [
        { kid: 'new', key: Uint8Array.from(Buffer.from(SECRET)) },
        { kid: null, algorithm: 'HS256' },
      ],
    },
    {
      kind: 'local',
      keys: [
        { kid: null, algorithm: 'RS256' },
        { kid: 'k', algorithm: 'EdDSA' },
        { kid: null, algorithm: 'EdDSA' },
      ],
    },
  ]);
});

test.each<[object, string]>([
  [{ isuers: [] }, 'There is no setting "access.isuers". There are issuers, create,'],
  [{ guests: 'yes' }, '"access.guests" has to be true or false, not "yes".'],
  [
    { create: 'everyone' },
    '"access.create" has to be one of "nobody", "signed-in", "anyone", "admin", not "everyone".',
  ],
  [
    { defaults: { signedIn: 'owner' } },
    '"access.defaults.signedIn" has to be one of "none", "reader", "commenter", "editor"',
  ],
  [{ defaults: { guest: 'none' } }, 'There is no setting "access.defaults.guest".'],
  [{ publicUrl: 'https://weft.example.org/x' }, '"access.publicUrl" has to be an origin like'],
  [{ oidc }, '"access.publicUrl": Signing in leads back to this server'],
  [{ publicUrl, oidc: { ...oidc, issuer: 'http://login' } }, '"access.oidc.issuer" has to be an https address'],
  [{ publicUrl, oidc: { ...oidc, scopes: ['email'] } }, '"access.oidc.scopes" has to be a list with "openid" in it'],
  [{ publicUrl, oidc: { ...oidc, clientSecret: 'x' } }, '"access.oidc.clientSecret" has to be'],
  [{ publicUrl, oidc: { ...oidc, clientSecret: { env: 'NO' } } }, 'The environment has no variable NO.'],
  [{ longestTokenHours: 0 }, '"access.longestTokenHours" has to be a number of hours above 0, not 0.'],
  [{ issuers: {} }, '"access.issuers" has to be a list of issuers, not {}.'],
  [{ issuers: [{ ...hs, issuer: undefined }] }, '"access.issuers[0].issuer" is missing. It has to be a text.'],
  [
    { issuers: [{ ...hs, audience: [] }] },
    '"access.issuers[0].audience" has to be a list with something in it, not [].',
  ],
  [
    { issuers: [{ ...hs, algorithms: ['none'] }] },
    '"access.issuers[0].algorithms[0]" has to be one of "HS256", "RS256"',
  ],
  [{ issuers: [{ ...hs, keys: 1 }] }, 'There is no setting "access.issuers[0].keys".'],
  [{ issuers: [{ ...hs, secret: undefined }] }, 'It needs one of "secret", "publicKey" and "jwksUrl", and no second.'],
  [{ issuers: [{ ...hs, ...rs, jwksUrl: 'https://x' }] }, '"access.issuers[0].publicKey": It needs one of "secret"'],
  [{ issuers: [{ ...rs, algorithms: ['HS256'] }] }, '"access.issuers[0].algorithms": HS256 is for a secret'],
  [{ issuers: [{ ...hs, algorithms: ['HS256', 'RS256'] }] }, 'RS256 is for key pairs'],
  [
    { issuers: [{ ...hs, secret: { env: 'SHORT' } }] },
    '"access.issuers[0].secret": It has 5 bytes, and needs at least 32',
  ],
  [{ issuers: [{ ...hs, secret: { env: 'NONE' } }] }, 'The environment has no variable NONE.'],
  [{ issuers: [{ ...hs, secret: { file: 'none' } }] }, 'The file none cannot be read: ENOENT'],
  [
    { issuers: [{ ...hs, secret: { env: 'SECRET', file: 'x' } }] },
    '"access.issuers[0].secret" has to be { "env": "NAME" }',
  ],
  [{ issuers: [{ ...rs, publicKey: 'no key' }] }, '"access.issuers[0].publicKey": It is no public key in PEM or JWK.'],
  [{ issuers: [{ ...rs, publicKey: pem(small.publicKey) }] }, 'RSA with 2048 bits or more.'],
  [{ issuers: [{ ...rs, publicKey: pem(ed.publicKey) }] }, 'It is a key for EdDSA, which "algorithms" does not list.'],
  [
    { issuers: [{ ...rs, publicKey: rsa.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString() }] },
    'It is a private key: that stays with whoever makes the tokens.',
  ],
  [
    { issuers: [{ ...rs, publicKey: undefined, jwksUrl: 'http://login.example.org/x' }] },
    'It has to be an https address',
  ],
  [{ issuers: [hs, { ...rs, issuer: hs.issuer }] }, '"access.issuers[1].issuer": "https://app" is there twice'],
  [{ guests: false, defaults: { guests: 'reader' } }, '"access.defaults.guests": It gives guests a role'],
  [{ guests: false, create: 'anyone' }, '"access.create": It lets anyone make documents'],
])('fault %# is said in a sentence', (access, sentence) => {
  expect(faultOf(() => readAccess(access))).toContain(sentence);
});

test('a secret that stands in the file itself is not repeated', () => {
  const fault = faultOf(() => readAccess({ issuers: [{ ...hs, secret: SECRET }] }));
  expect(fault).toContain('"access.issuers[0].secret" has to be { "env": "NAME" } or { "file": "PATH" }, or a list');
  expect(fault).not.toContain(SECRET);
});

test.each([
  ['', 'is not the JSON it has to be'],
  ['{"access":{},"access":{}}', 'The name "access" comes twice.'],
  ['[]', '"it" has to be an object in braces'],
  ['{"acess":{}}', 'There is no setting "acess". There are access, documents, limits, door.'],
  ['{"limits":{"x":1}}', 'There is no limit "limits.x"'],
  ['{"door":{"x":1}}', 'There is no setting "door.x"'],
  ['{"door":5}', '"door" has to be an object in braces, not 5.'],
])('%j is refused', (text, sentence) => {
  expect(faultOf(() => read(text))).toContain(sentence);
});

test('each fault has its line, and a file that is not there is named', () => {
  expect(faultOf(() => readAccess({ guests: 1, create: 2, other: 3 })).split('\n')).toHaveLength(5);
  expect(faultOf(() => readConfig({ config: '/nowhere/weft.json' }, {}))).toContain(
    '/nowhere/weft.json cannot be read',
  );
});

test('documents may have the shared types that are named, or any', () => {
  expect(read('{}').documents).toEqual({
    roots: null,
    versions: defaultVersionPolicy,
    keepPastDays: null,
    trashDays: 30,
  });
  expect(read('{"documents": {"roots": ["prosemirror", "meta"]}}').documents).toEqual({
    roots: new Set(['prosemirror', 'meta']),
    versions: defaultVersionPolicy,
    keepPastDays: null,
    trashDays: 30,
  });
  expect(faultOf(() => read('{"documents": {"roots": [""]}}'))).toContain(
    '"documents.roots[0]" has to be a list of names, none of them empty, not "".',
  );
  expect(faultOf(() => read('{"documents": {"root": []}}'))).toContain('There is no setting "documents.root".');
});

test('for how many days the past is kept is a whole number of them, or null', () => {
  expect(read('{"documents": {"keepPastDays": 365}}').documents.keepPastDays).toBe(365);
  expect(read('{"documents": {"keepPastDays": null}}').documents.keepPastDays).toBeNull();
  expect(read('{"documents": {"trashDays": 7}}').documents.trashDays).toBe(7);
  expect(read('{"documents": {"trashDays": null}}').documents.trashDays).toBeNull();
  for (const days of ['0', '1.5', '36501', '"90"']) {
    expect(faultOf(() => read(`{"documents": {"keepPastDays": ${days}}}`))).toContain(
      '"documents.keepPastDays" has to be a whole number of days, from 1 to 36500, or null, not',
    );
  }
});

test('which moments are kept by themselves can be said in part', () => {
  const { versions } = read('{"documents": {"versions": {"pauseMinutes": 2, "keepAllDays": 0.5}}}').documents;
  expect(versions).toEqual({ ...defaultVersionPolicy, pauseMs: 120_000, keepAllMs: 43_200_000 });
  expect(faultOf(() => read('{"documents": {"versions": {"pauseMinutes": 0}}}'))).toContain(
    '"documents.versions.pauseMinutes" has to be a number of minutes, from 1 to 1440, not 0.',
  );
  expect(faultOf(() => read('{"documents": {"versions": {"pause": 1}}}'))).toContain(
    'There is no setting "documents.versions.pause".',
  );
});
