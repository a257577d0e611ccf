import { expect, test } from 'vitest';
import { type DoorSettings, defaultDoor } from '../door-settings.js';
import { Doorkeeper, type Knock, lineOf, type Visitor } from './doorkeeper.js';

type Headers = Readonly<Record<string, string>>;

function knock(headers: Headers, remoteAddress = '203.0.113.9', encrypted = false): Knock {
  return { headers, rawHeaders: Object.entries(headers).flat(), socket: { remoteAddress, encrypted } };
}

const keeperOf = (door: Partial<DoorSettings> = {}, isOpen = true): Doorkeeper =>
  new Doorkeeper({ ...defaultDoor, ...door }, { isOpen });

function visitorOf(keeper: Doorkeeper, headers: Headers, remoteAddress?: string, encrypted?: boolean): Visitor {
  const judged = keeper.judge(knock(headers, remoteAddress, encrypted));
  if (!judged.ok) throw new Error(judged.reason);
  return judged.visitor;
}

test.each([
  ['localhost:4400'],
  ['LOCALHOST:4400'],
  ['127.0.0.1:4400'],
  ['[::1]:4400'],
  ['192.168.1.7:4400'],
  ['weft.example.org'],
  ['weft.example.org:8443'],
])('an open server answers to %s', (host) => {
  expect(keeperOf({ hosts: ['weft.example.org'] }).judge(knock({ host }))).toMatchObject({ ok: true });
});

test.each([
  ['evil.example'],
  ['localhost.evil.example'],
  ['evil-localhost'],
  ['127.0.0.1.evil.example'],
  ['weft.example.org.evil.example'],
  ['evilweft.example.org'],
  ['localhost.'],
])('an open server does not answer to %s, and says what to do: its name may have been pointed here', (host) => {
  expect(keeperOf({ hosts: ['weft.example.org'] }).judge(knock({ host }))).toMatchObject({
    ok: false,
    status: 421,
    code: 'UNKNOWN_HOST',
    reason: expect.stringContaining('list it in "door.hosts"'),
  });
});

test('where rights are checked any name will do, until some are named', () => {
  for (const host of ['weft.example.org', '10.0.0.1:4400', '[fd00::1]']) {
    expect(keeperOf({}, false).judge(knock({ host }))).toMatchObject({ ok: true });
  }
  const named = keeperOf({ hosts: ['weft.example.org'] }, false);
  const answers = ['weft.example.org', 'other.example.org', '10.0.0.1', 'localhost:1', '127.0.0.1'].map(
    (host) => named.judge(knock({ host })).ok,
  );
  expect(answers).toEqual([true, false, false, true, true]);
});

test.each([
  [{}],
  [{ host: '' }],
  [{ host: 'a b' }],
  [{ host: 'localhost/evil' }],
  [{ host: 'user@localhost' }],
  [{ host: 'localhost:port' }],
  [{ host: 'localhost, evil.example' }],
  [{ host: 'localhost', Host: 'localhost' }],
] as Headers[][])('%j is no host', (headers) => {
  expect(keeperOf().judge(knock(headers!))).toMatchObject({ ok: false, status: 400 });
});

test('more than a hundred headers are refused', () => {
  const many = Object.fromEntries(Array.from({ length: 100 }, (_, i) => [`x-${i}`, '']));
  expect(keeperOf().judge(knock({ host: 'localhost', ...many }))).toMatchObject({ ok: false, status: 431 });
});

test.each([
  [{}, 'none'],
  [{ origin: 'http://localhost:4400' }, 'own'],
  // A proxy that nobody told us of speaks TLS for us.
  [{ origin: 'https://localhost:4400' }, 'own'],
  [{ origin: 'https://app.example.org' }, 'listed'],
  [{ origin: '' }, 'foreign'],
  [{ origin: 'null' }, 'foreign'],
  [{ origin: 'http://localhost' }, 'foreign'],
  [{ origin: 'http://localhost:44000' }, 'foreign'],
  [{ origin: 'http://localhost:4400.evil.example' }, 'foreign'],
  [{ origin: 'http://evil.example/localhost:4400' }, 'foreign'],
  [{ origin: 'http://localhost:4400@evil.example' }, 'foreign'],
  [{ origin: 'http://localhost:4400/' }, 'foreign'],
  [{ origin: 'http://1ocalhost:4400' }, 'foreign'],
  [{ origin: 'ws://localhost:4400' }, 'foreign'],
  [{ origin: 'file://' }, 'foreign'],
  [{ origin: 'https://app.example.org.evil.example' }, 'foreign'],
  [{ origin: 'https://evil-app.example.org' }, 'foreign'],
  [{ origin: 'https://APP.example.org' }, 'foreign'],
  [{ origin: 'http://app.example.org' }, 'foreign'],
  [{ origin: 'https://app.example.org, http://localhost:4400' }, 'foreign'],
] as [Headers, Visitor['page']][])('the page of %j is %s', (headers, page) => {
  const keeper = keeperOf({ origins: ['https://app.example.org'] });
  expect(visitorOf(keeper, { host: 'localhost:4400', ...headers }).page).toBe(page);
});

test('without a page a program may change things, and a browser may not: its cookie gives it away', () => {
  const mayChange = (headers: Headers): boolean =>
    visitorOf(keeperOf({ origins: ['https://app.example.org'] }), { host: 'localhost', ...headers }).mayChange;
  expect([mayChange({}), mayChange({ cookie: 'a=b', 'sec-fetch-site': 'same-origin' })]).toEqual([true, true]);
  expect([mayChange({ cookie: 'a=b' }), mayChange({ cookie: 'a=b', 'sec-fetch-site': 'none' })]).toEqual([
    false,
    false,
  ]);
  const origins = ['http://localhost', 'https://app.example.org', 'null', 'https://evil.example'];
  expect(origins.map((origin) => mayChange({ origin }))).toEqual([true, true, false, false]);
});

test('over TLS the page has to have come over TLS, too, and the port may be left out', () => {
  const keeper = keeperOf({ hosts: ['weft.example.org'] });
  const pageOf = (origin: string, host: string): string =>
    visitorOf(keeper, { host, origin }, '203.0.113.9', true).page;
  expect(pageOf('https://weft.example.org', 'weft.example.org')).toBe('own');
  expect(pageOf('https://weft.example.org', 'weft.example.org:443')).toBe('own');
  expect(pageOf('http://weft.example.org', 'weft.example.org')).toBe('foreign');
});

test('what a proxy says is believed when it is one of ours, as far as our proxies go', () => {
  const headers = {
    host: 'localhost',
    'x-forwarded-for': '198.51.100.1, 203.0.113.7, 10.1.2.3',
    'x-forwarded-proto': 'https',
    'x-forwarded-host': '127.0.0.1',
  };
  const keeper = keeperOf({ trustedProxies: ['10.0.0.0/8', '::1'] });
  const seen = { address: '203.0.113.7', isSecure: true, host: '127.0.0.1' };
  expect(visitorOf(keeper, headers, '10.0.0.1')).toMatchObject(seen);
  expect(visitorOf(keeper, headers, '::ffff:10.0.0.1')).toMatchObject(seen);
  expect(visitorOf(keeper, headers, '::1')).toMatchObject(seen);
  const stranger = { address: '203.0.113.9', isSecure: false, host: 'localhost' };
  expect(visitorOf(keeper, headers, '203.0.113.9')).toMatchObject(stranger);
  expect(visitorOf(keeperOf(), headers, '10.0.0.1')).toMatchObject({ ...stranger, address: '10.0.0.1' });
  const noise = { host: 'localhost', 'x-forwarded-for': '203.0.113.7, <script>' };
  expect(visitorOf(keeper, noise, '10.0.0.1').address).toBe('10.0.0.1');
});

test('who shares a line: an IPv4 address, or the network of an IPv6 one', () => {
  expect(lineOf('203.0.113.9')).toBe('203.0.113.9');
  expect(lineOf('2001:db8:1:2:3:4:5:6')).toBe('2001:db8:1:2');
  expect(lineOf('2001:db8:1:2::6')).toBe('2001:db8:1:2');
  expect(lineOf('2001:db8::6')).toBe('2001:db8:0:0');
  expect(lineOf('::1')).toBe('0:0:0:0');
  expect(lineOf('')).toBe('');
});
