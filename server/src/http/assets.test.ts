// Files of documents over HTTP, by a server that listens: who may add and see them, with which headers, and what is refused.

import { once } from 'node:events';
import { readdir, rm, truncate } from 'node:fs/promises';
import { request } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { text } from 'node:stream/consumers';
import type { Role } from '@weft/protocol';
import { expect, test } from 'vitest';
import type { Access } from '../access/access.js';
import { Doorkeeper } from '../access/doorkeeper.js';
import { NOBODY } from '../access/identity.js';
import { png } from '../assets/test/pictures.js';
import { defaultDoor } from '../door-settings.js';
import { defaultLimits } from '../limits.js';
import { StorageReports } from '../log/storage-health.js';
import { httpStage, type StageOptions } from './test/http-stage.js';

const picture = png(6, 4);

async function stage(options: StageOptions = {}) {
  const { app, log, sharing, complaints, assets, dataFolder } = await httpStage(options);
  await log.createDocument('team/plan' as never, 1);
  await sharing.write('team/plan', { owner: 'u-ann', people: [{ person: 'u-ben', email: null, role: 'reader' }] });
  await app.listen({ host: '127.0.0.1', port: 0 });
  const url = `http://127.0.0.1:${(app.server.address() as AddressInfo).port}`;
  const send = (
    person: string,
    bytes: Uint8Array<ArrayBuffer> | string,
    init: RequestInit = {},
    to = '?name=lamp.png',
  ) =>
    fetch(`${url}/api/v1/documents/team/plan/assets${to}`, {
      method: 'POST',
      body: bytes,
      ...init,
      headers: { authorization: `Bearer ${person}`, 'content-type': 'application/octet-stream', ...init.headers },
    });
  const get = (person: string, path: string, headers: Record<string, string> = {}, method = 'GET') =>
    fetch(url + path, { method, headers: { ...(person && { authorization: `Bearer ${person}` }), ...headers } });
  const incoming = () => readdir(`${dataFolder}/assets/incoming`).catch(() => []);
  return { app, assets, complaints, get, incoming, log, send, sharing, url };
}

const sent = async (response: Response) => (await response.json()) as { id: string; url: string };
const refusal = async (response: Response) => {
  const { error } = (await response.json()) as { error: { code: string; message: string } };
  expect(error.message).toMatch(/^[A-Z].*\.$/);
  return [response.status, error.code];
};
const bytesOf = (bytes: Uint8Array): Uint8Array<ArrayBuffer> => new Uint8Array(bytes);

test('who may write adds a file, who may read sees it, and for nobody else it is there', async () => {
  const { get, send } = await stage();
  const added = await send('u-ann', bytesOf(picture), { headers: { 'content-type': 'image/png' } });
  expect(added.status).toBe(201);
  const { id, url, ...rest } = await sent(added);
  expect(url).toBe(`/api/v1/documents/team/plan/assets/${id}`);
  expect(rest).toEqual({ name: 'lamp.png', bytes: picture.length, type: 'image/png', width: 6, height: 4 });
  expect((await send('u-ann', bytesOf(picture))).status).toBe(200);
  for (const person of ['u-ann', 'u-ben', 'admin']) {
    expect(Buffer.from(await (await get(person, url)).arrayBuffer())).toEqual(picture);
  }
  expect(await refusal(await send('u-ben', bytesOf(picture)))).toEqual([403, 'EDITORS_ONLY']);
  const answers = new Set<string>();
  for (const [person, path] of [
    ['u-cleo', url],
    ['', url],
    ['u-cleo', url.replace(id, '0'.repeat(64))],
    ['u-ann', url.replace(id, '0'.repeat(64))],
    ['u-ann', url.replace('plan', 'other')],
  ] as const) {
    const response = await get(person, path);
    answers.add(`${response.status} ${await response.text()}`);
  }
  expect([...answers]).toEqual([expect.stringMatching(/^404 .*NOT_FOUND/)]);
  expect(await refusal(await send('u-cleo', bytesOf(picture)))).toEqual([404, 'NOT_FOUND']);
  // Encoded as one part as well.
  expect((await get('u-ann', url.replace('team/plan', 'team%2Fplan'))).status).toBe(200);
});

test('a picture comes with headers that let a page show it and nothing run', async () => {
  const { get, send } = await stage();
  // A GIF for those who look at the beginning, a page for those who do not.
  const polyglot = Buffer.concat([
    Buffer.from('GIF89a\x06\0\x04\0', 'latin1'),
    Buffer.from('<script>alert(1)</script>'),
  ]);
  const { url } = await sent(await send('u-ann', bytesOf(polyglot), {}, '?name=a%22%0d%0ab%C3%A9.html'));
  const { headers } = await get('u-ann', url);
  expect(Object.fromEntries(headers)).toMatchObject({
    'content-type': 'image/gif',
    'x-content-type-options': 'nosniff',
    'content-security-policy': "default-src 'none'; sandbox",
    'cross-origin-resource-policy': 'same-origin',
    'content-disposition': `inline; filename="ab_.html.gif"; filename*=UTF-8''ab%C3%A9.html.gif`,
    'cache-control': 'private, max-age=31536000, immutable',
    vary: 'Origin, Authorization, Cookie, Weft-Guest, Weft-Link',
  });
  // A failure is kept by nobody.
  const missing = await get(
    'u-ann',
    url.replace(/.$/, (digit) => (digit === '0' ? '1' : '0')),
  );
  expect(missing.headers.get('cache-control')).toBe('no-store');
  expect(missing.headers.get('content-security-policy')).toContain("default-src 'self'");
});

test.each([
  ['<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>', 'x.svg', 'application/octet-stream'],
  ['<!doctype html><script>alert(1)</script>', 'x.html', 'application/octet-stream'],
  ['%PDF-1.7 …', 'x.pdf', 'application/pdf'],
])('%j is only ever saved to a disk', async (text, name, type) => {
  const { get, send } = await stage();
  const { url } = await sent(await send('u-ann', text, {}, `?name=${name}`));
  const { headers } = await get('u-ann', url);
  expect(headers.get('content-type')).toBe(type);
  expect(headers.get('content-disposition')).toMatch(new RegExp(`^attachment; filename="${name}"`));
});

test('parts of it, its head, and nothing when it is known already', async () => {
  const { get, send } = await stage();
  const { id, url } = await sent(await send('u-ann', bytesOf(picture)));
  const n = picture.length;
  for (const [range, first, last] of [
    ['bytes=0-9', 0, 9],
    ['bytes=10-', 10, n - 1],
    ['bytes=-5', n - 5, n - 1],
    [`bytes=5-${n * 2}`, 5, n - 1],
  ] as const) {
    const response = await get('u-ann', url, { range, 'if-range': `"${id}"` });
    expect([response.status, response.headers.get('content-range')]).toEqual([206, `bytes ${first}-${last}/${n}`]);
    expect(Buffer.from(await response.arrayBuffer())).toEqual(picture.subarray(first, last + 1));
  }
  for (const range of ['bytes=9-5', 'bytes=0-1,3-4', 'lines=1-2', 'bytes=-', 'bytes=a-b']) {
    const response = await get('u-ann', url, { range });
    expect([range, response.status]).toEqual([range, 200]);
    expect((await response.arrayBuffer()).byteLength).toBe(n);
  }
  expect((await get('u-ann', url, { range: 'bytes=0-1', 'if-range': '"other"' })).status).toBe(200);
  for (const range of [`bytes=${n}-`, 'bytes=-0']) {
    const response = await get('u-ann', url, { range });
    expect(response.headers.get('content-range')).toBe(`bytes */${n}`);
    expect(await refusal(response)).toEqual([416, 'NO_SUCH_RANGE']);
  }
  const head = await get('u-ann', url, {}, 'HEAD');
  expect([head.status, head.headers.get('content-length'), head.headers.get('etag')]).toEqual([200, `${n}`, `"${id}"`]);
  for (const known of [`"${id}"`, `"x", W/"${id}"`, '*']) {
    const response = await get('u-ann', url, { 'if-none-match': known });
    expect([response.status, await response.text()]).toEqual([304, '']);
    expect(response.headers.get('content-security-policy')).toBe("default-src 'none'; sandbox");
  }
  // Whoever may not see it is not told that it is known either.
  expect((await get('u-cleo', url, { 'if-none-match': '*' })).status).toBe(404);
});

test('what cannot be taken is refused with a sentence, and leaves nothing', async () => {
  const { assets, incoming, send, url } = await stage({ http: { limits: { ...defaultLimits, fileBytes: 2048 } } });
  const as = (type: string) => ({ headers: { 'content-type': type } });
  expect(await refusal(await send('u-ann', bytesOf(new Uint8Array(2049))))).toEqual([413, 'FILE_TOO_LARGE']);
  expect(await refusal(await send('u-ann', bytesOf(png(60_000, 60_000).subarray(0, 2000))))).toEqual([
    413,
    'PICTURE_TOO_LARGE',
  ]);
  expect(await refusal(await send('u-ann', '<svg/>', as('image/svg+xml')))).toEqual([415, 'NO_PICTURE']);
  expect(await refusal(await send('u-ann', '<svg/>'.padEnd(1000), as('image/png')))).toEqual([415, 'NO_PICTURE']);
  expect(await refusal(await send('u-ann', bytesOf(picture.subarray(0, 20)), as('image/png')))).toEqual([
    415,
    'NO_PICTURE',
  ]);
  for (const type of [
    'text/plain',
    'text/plain;charset=x',
    'multipart/form-data; boundary=x',
    'application/x-www-form-urlencoded',
  ]) {
    expect(await refusal(await send('u-ann', bytesOf(picture), as(type)))).toEqual([415, 'NO_FILE']);
  }
  expect(await refusal(await send('u-ann', ''))).toEqual([400, 'EMPTY_FILE']);
  const stream = new ReadableStream({
    start(controller) {
      controller.enqueue(picture);
      controller.close();
    },
  });
  const chunked = { body: stream, duplex: 'half' } as RequestInit;
  expect(await refusal(await send('u-ann', '', chunked))).toEqual([411, 'LENGTH_REQUIRED']);
  const foreign = { headers: { origin: 'https://elsewhere.example', 'content-type': 'image/png' } };
  expect(await refusal(await send('u-ann', bytesOf(picture), foreign))).toEqual([403, 'OTHER_SITE']);
  expect(await refusal(await fetch(`${url}/api/v1/documents/a//b/assets`, { method: 'POST', body: 'x' }))).toEqual([
    400,
    'BAD_NAME',
  ]);
  expect(await assets.list('team/plan' as never)).toEqual([]);
  expect(await incoming()).toEqual([]);
});

test('a page of a listed origin may read what a file is called, and no other page', async () => {
  const origin = 'https://app.example.org';
  const doorkeeper = new Doorkeeper({ ...defaultDoor, origins: [origin] }, { isOpen: true });
  const { get, send } = await stage({ http: { doorkeeper } });
  const { url } = await sent(await send('u-ann', bytesOf(picture)));
  const { headers } = await get('u-ann', url, { origin });
  expect(headers.get('access-control-allow-origin')).toBe(origin);
  expect(headers.get('access-control-expose-headers')).toContain('content-disposition');
  const foreign = await get('u-ann', url, { origin: 'https://elsewhere.example' });
  expect(foreign.headers.has('access-control-expose-headers')).toBe(false);
});

test('a document, and a person, has so much and no more', async () => {
  const limits = { ...defaultLimits, filesPerDocument: 2, fileBytesAtOnce: 300, fileBytesPerSecond: 1 };
  const { send } = await stage({ http: { limits } });
  for (const height of [1, 2]) expect((await send('u-ann', bytesOf(png(2, height)))).status).toBe(201);
  expect(await refusal(await send('admin', bytesOf(png(2, 3))))).toEqual([507, 'DOCUMENT_FULL']);
  const tooOften = await send('u-ann', bytesOf(png(200, 2)).fill(1, 40));
  const later = await send('u-ann', bytesOf(Buffer.alloc(250)));
  expect(tooOften.status).toBeGreaterThanOrEqual(400);
  expect(await refusal(later)).toEqual([429, 'TOO_MANY']);
  expect(Number(later.headers.get('retry-after'))).toBeGreaterThan(1);
});

test('guests of one line count as one, for another identity is free', async () => {
  const limits = { ...defaultLimits, fileBytesAtOnce: 300, fileBytesPerSecond: 1 };
  const guests = ['g-one', 'g-two'].map((person) => ({ ...NOBODY, person, kind: 'guest' as const }));
  const { send, sharing } = await stage({ http: { limits }, known: guests });
  await sharing.write('team/plan', { everyone: 'editor' });
  expect((await send('g-one', bytesOf(Buffer.alloc(200)))).status).toBe(201);
  expect(await refusal(await send('g-two', bytesOf(Buffer.alloc(201))))).toEqual([429, 'TOO_MANY']);
  expect((await send('u-ann', bytesOf(Buffer.alloc(202)))).status).toBe(201);
});

test('while nothing can be saved, nothing is taken', async () => {
  const storage = new StorageReports<'disk'>();
  const { send } = await stage({ http: { storage } });
  storage.report('disk', 'full');
  expect(await refusal(await send('u-ann', bytesOf(picture)))).toEqual([503, 'NOT_SAVED']);
  storage.report('disk', 'ok');
  expect((await send('u-ann', bytesOf(picture))).status).toBe(201);
});

test('a disk that fills up while a file comes ends it at once, and nothing of it stays', async () => {
  const storage = new StorageReports<'disk'>();
  const { incoming, url } = await stage({ http: { storage } });
  const headers = { authorization: 'Bearer u-ann', 'content-type': 'image/png', 'content-length': 2000 };
  const sending = request(`${url}/api/v1/documents/team/plan/assets`, { method: 'POST', headers });
  const answered = new Promise<number | undefined>((resolve) => {
    sending.on('response', ({ statusCode }) => resolve(statusCode));
  });
  sending.on('error', () => undefined);
  sending.write(png(9, 9));
  await expect.poll(incoming).toHaveLength(1);
  storage.report('disk', 'full');
  expect(await answered).toBe(503);
  await expect.poll(incoming).toEqual([]);
  sending.destroy();
});

/** Somebody's right to write, until it is something else. */
async function rightsThatEnd() {
  let role: Role | null = 'editor';
  const watches = new Set<() => void>();
  const watch: Access['watch'] = async (_identity, _document, _link, changed) => {
    const tell = (): void => changed(role, 'It was changed.');
    watches.add(tell);
    return {
      get role() {
        return role;
      },
      trashedRole: null,
      end: () => void watches.delete(tell),
    };
  };
  const become = (next: Role | null): void => {
    role = next;
    for (const tell of [...watches]) tell();
  };
  const staged = await stage({ configured: async () => ({ access: { watch } }) as never });
  return { ...staged, become, watched: () => watches.size };
}

test.each([
  ['reader', [403, 'EDITORS_ONLY']],
  [null, [404, 'NOT_FOUND']],
] as const)('rights that become %j while a file comes end it, and nothing of it stays', async (role, answer) => {
  const { assets, become, incoming, url, watched } = await rightsThatEnd();
  const headers = { authorization: 'Bearer u-ben', 'content-type': 'image/png', 'content-length': 2000 };
  const sending = request(`${url}/api/v1/documents/team/plan/assets`, { method: 'POST', headers });
  const answered = new Promise<Response>((resolve) => {
    sending.on('response', async (response) => {
      resolve(new Response(await text(response), { status: response.statusCode! }));
    });
  });
  sending.on('error', () => undefined);
  sending.write(png(9, 9));
  await expect.poll(incoming).toHaveLength(1);
  become(role);
  expect(await refusal(await answered)).toEqual(answer);
  await expect.poll(incoming).toEqual([]);
  expect(await assets.list('team/plan' as never)).toEqual([]);
  expect(watched()).toBe(0);
  sending.destroy();
});

test('rights that end when a file has come whole keep it from being added', async () => {
  const { assets, become, incoming, send } = await rightsThatEnd();
  const receive = assets.receive.bind(assets);
  assets.receive = async (...about) => {
    const result = await receive(...about);
    become(null);
    return result;
  };
  expect(await refusal(await send('u-ben', bytesOf(picture)))).toEqual([404, 'NOT_FOUND']);
  expect(await assets.list('team/plan' as never)).toEqual([]);
  await expect.poll(incoming).toEqual([]);
});

test('a file that has just come whole when the disk fills up does not stay either', async () => {
  const storage = new StorageReports<'disk'>();
  const { assets, incoming, send } = await stage({ http: { storage } });
  const receive = assets.receive.bind(assets);
  assets.receive = async (...about) => {
    const result = await receive(...about);
    storage.report('disk', 'full');
    return result;
  };
  expect(await refusal(await send('u-ann', bytesOf(picture)))).toEqual([503, 'NOT_SAVED']);
  await expect.poll(incoming).toEqual([]);
});

test('the first thing in a new document may be a picture; one that is gone meanwhile is not made again', async () => {
  const { get, log, send, sharing, url } = await stage();
  await sharing.write('new', { owner: 'u-ann' });
  const headers = { authorization: 'Bearer u-ann', 'content-type': 'image/png' };
  const first = await fetch(`${url}/api/v1/documents/new/assets`, { method: 'POST', body: bytesOf(picture), headers });
  expect(first.status).toBe(201);
  expect(await log.document('new' as never)).not.toBeNull();
  const document = log.document.bind(log);
  let looks = 0;
  log.document = async (name) => (looks++ === 0 ? document(name) : null);
  expect(await refusal(await send('u-ann', bytesOf(png(9, 9))))).toEqual([404, 'NOT_FOUND']);
  log.document = document;
  expect((await get('u-ann', '/api/v1/documents/team/plan')).status).toBe(200);
});

test('who asks on and on without waiting for the answers is cut off', async () => {
  const { app } = await stage();
  const line = connect((app.server.address() as AddressInfo).port, '127.0.0.1');
  let answers = '';
  line.on('data', (piece) => {
    answers += piece;
  });
  line.on('error', () => undefined);
  line.write('GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n'.repeat(50));
  await once(line, 'close');
  expect(answers.split('HTTP/1.1 200').length - 1).toBeLessThan(3);
});

test('documents whose names look like addresses of files are documents', async () => {
  const { get, log, sharing } = await stage();
  for (const name of ['notes/assets', 'assets', `notes/assets/${'a'.repeat(63)}`]) {
    await log.createDocument(name as never, 1);
    await sharing.write(name, { owner: 'u-ann' });
    const response = await get('u-ann', `/api/v1/documents/${name}`);
    expect([response.status, ((await response.json()) as { name: string }).name]).toEqual([200, name]);
  }
});

test('a file that was damaged or lost is told of, and not sent', async () => {
  const { assets, complaints, get, send } = await stage();
  const { id, url } = await sent(await send('u-ann', bytesOf(picture)));
  await truncate(assets.files.whereIs(id as never), 5);
  expect(await refusal(await get('u-ann', url))).toEqual([500, 'FILE_DAMAGED']);
  await rm(assets.files.whereIs(id as never));
  expect(await refusal(await get('u-ann', url))).toEqual([500, 'FILE_DAMAGED']);
  expect(complaints).toEqual([expect.stringContaining('has 5 bytes'), expect.stringContaining('is missing')]);
  expect((await send('u-ann', bytesOf(picture))).status).toBe(200);
  expect((await get('u-ann', url)).status).toBe(200);
});
