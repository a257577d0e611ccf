// The HTTP side of the built server: health, the documents API, headers, and what is wrong said clearly.

import { describe, expect, test } from 'vitest';
import * as Y from 'yjs';
import { BareWeft, connect, newName, sharedServer, stockClient, until } from './harness.js';

const server = sharedServer();
const get = (path: string): Promise<Response> => fetch(server.current.url + path);
const create = (body: string): Promise<Response> =>
  fetch(`${server.current.url}/api/v1/documents`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body,
  });

interface Info {
  readonly name: string;
  readonly title: string;
  readonly excerpt: string;
  readonly characters: number;
}
async function list(): Promise<Info[]> {
  return ((await (await get('/api/v1/documents')).json()) as { documents: Info[] }).documents;
}

test('healthz and readyz answer', async () => {
  for (const [path, body] of [
    ['/healthz', { status: 'ok' }],
    ['/readyz', { status: 'ready', alarms: 0 }],
  ] as const) {
    const response = await get(path);
    expect([response.status, await response.json()]).toEqual([200, body]);
  }
});

test.each(['/healthz', '/api/v1/documents', '/nowhere'])('%s carries the security headers', async (path) => {
  const { headers } = await get(path);
  expect(headers.get('X-Content-Type-Options')).toBe('nosniff');
  expect(headers.get('Referrer-Policy')).toBe('no-referrer');
  expect(headers.get('Content-Security-Policy')).toContain("default-src 'self'");
  expect(headers.get('Access-Control-Allow-Origin')).toBe(null);
});

describe('documents', () => {
  test('one is created once', async () => {
    const name = newName('minutes/2031');
    const body = JSON.stringify({ name });
    const created = await create(body);
    expect([created.status, await created.json()]).toEqual([201, { name }]);
    const again = await create(body);
    expect(again.status).toBe(409);
    expect(await again.json()).toMatchObject({ error: { code: 'EXISTS' } });
    expect((await list()).filter((document) => document.name === name)).toHaveLength(1);
    expect(await (await get(`/api/v1/documents/${name}`)).json()).toMatchObject({ name, characters: 0 });
  });

  test('one without a name is given one', async () => {
    const { name } = (await (await create('{}')).json()) as { name: string };
    expect(name).toMatch(/^[0-9a-f-]{36}$/);
    expect((await get(`/api/v1/documents/${name}`)).status).toBe(200);
  });

  test('J4: an edit puts a document on the list within two seconds, with title and excerpt from its text', async () => {
    const name = newName();
    const { doc } = connect(server.current, 'Ann').open(name);
    const startedAtMs = performance.now();
    doc.transact(() => {
      const heading = new Y.XmlElement('heading');
      heading.insert(0, [new Y.XmlText('Notes on weaving')]);
      const paragraph = new Y.XmlElement('paragraph');
      paragraph.insert(0, [new Y.XmlText('Warp and weft.')]);
      doc.getXmlFragment('prosemirror').insert(0, [heading, paragraph]);
    });
    const find = async () => (await list()).find((document) => document.name === name);
    await until(async () => (await find())?.title === 'Notes on weaving', 'the document is listed with its title');
    // A second more than promised: this machine may be doing other things as well.
    expect(performance.now() - startedAtMs).toBeLessThan(3000);
    expect(await find()).toMatchObject({ excerpt: 'Warp and weft.', characters: 30 });
  });

  test('J4: joins, in either dialect, and failed joins create nothing', async () => {
    const name = newName();
    const bare = new BareWeft(server.current);
    await bare.open(name);
    await bare.say({ type: 'Presence', channel: 1, clientSeq: 0, state: '{"cursor":null}' });
    const { provider } = stockClient(server.current, name);
    await until(() => provider.synced, 'the stock client is synced');
    await bare.say({ type: 'Ping', nonce: 7 });
    await bare.next('Pong');
    expect((await list()).map((document) => document.name)).not.toContain(name);
    expect((await get(`/api/v1/documents/${name}`)).status).toBe(404);
  });

  test.each([
    ['', 'empty'],
    ['a//b', 'empty part'],
    ['a/../b', '".."'],
    ['x'.repeat(256), '255 bytes'],
    ['line\nbreak', 'control characters'],
    ['Cafe\u0301', 'NFC: "Caf\u00e9"'],
  ])('the name %j is refused in words', async (name, words) => {
    const response = await create(JSON.stringify({ name }));
    expect(response.status).toBe(400);
    const { error } = (await response.json()) as { error: { code: string; message: string } };
    expect(error.code).toBe('BAD_NAME');
    expect(error.message).toContain(words);
  });

  test('a name that is no text is refused, and none is chosen for it', async () => {
    const response = await create('{"name":5}');
    expect([response.status, await response.json()]).toMatchObject([400, { error: { code: 'BAD_NAME' } }]);
  });

  test('a page of another site makes none, by no kind of request', async () => {
    const before = (await list()).length;
    for (const type of ['application/json', 'text/plain']) {
      const response = await fetch(`${server.current.url}/api/v1/documents`, {
        method: 'POST',
        headers: { 'Content-Type': type, Origin: 'https://elsewhere.example' },
        body: '{}',
      });
      expect([response.status, await response.json()]).toMatchObject([403, { error: { code: 'OTHER_SITE' } }]);
    }
    expect(await list()).toHaveLength(before);
  });

  test('names keep every character in a path, decoded once', async () => {
    const name = newName('50%25 of/Ünï çødé 🧵 ?#&');
    expect((await create(JSON.stringify({ name }))).status).toBe(201);
    const path = name.split('/').map(encodeURIComponent).join('/');
    expect(await (await get(`/api/v1/documents/${path}`)).json()).toMatchObject({ name });
    expect((await get(`/api/v1/documents/${encodeURIComponent(name)}`)).status).toBe(200);
  });
});

test.each([
  ['no JSON', '{"name":'],
  ['too long a body', JSON.stringify({ name: 'x', padding: 'x'.repeat(100_000) })],
])('%s is refused as JSON', async (_, body) => {
  const response = await create(body);
  expect(response.status).toBeGreaterThanOrEqual(400);
  expect(response.status).toBeLessThan(500);
  expect(await response.json()).toMatchObject({ error: { code: expect.any(String), message: expect.any(String) } });
});

test('a path that cannot be decoded is refused as JSON, too', async () => {
  const response = await get('/api/v1/documents/%zz');
  expect([response.status, await response.json()]).toMatchObject([400, { error: { code: 'BAD_REQUEST' } }]);
});

test('a path that is not there is a 404 in JSON', async () => {
  for (const path of ['/api/v1/nothing', '/api/v2/documents', '/nowhere.js']) {
    const response = await get(path);
    expect([response.status, await response.json()]).toMatchObject([404, { error: { code: 'NOT_FOUND' } }]);
  }
});
