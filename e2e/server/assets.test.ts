// Files of documents, over real sockets, with the server as it is shipped: who may do what with them, what hostile clients get, and
// what is there after the process was killed at any moment.

import { randomBytes } from 'node:crypto';
import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { uploadAsset } from '@weft/provider';
import { expect, test } from 'vitest';
import { png } from '../../server/src/assets/test/pictures.js';
import { closedServer } from './closed-server.js';
import { newName, ownFolder, ownServer, runWeft, sharedServer, type TestServer, until } from './harness.js';
import { RawSocket } from './raw-socket.js';

const server = sharedServer();
const picture = new Uint8Array(png(6, 4));

interface Added {
  readonly id: string;
  readonly url: string;
}

const post = (to: { readonly url: string }, name: string, bytes: Uint8Array<ArrayBuffer>, headers = {}) =>
  fetch(`${to.url}/api/v1/documents/${name}/assets?name=lamp.png`, {
    method: 'POST',
    body: bytes,
    headers: { 'content-type': 'application/octet-stream', ...headers },
  });

async function add(to: { readonly url: string }, name: string, bytes: Uint8Array<ArrayBuffer>): Promise<Added> {
  const response = await post(to, name, bytes);
  if (response.status > 201) throw new Error(await response.text());
  return (await response.json()) as Added;
}

const bytesAt = async (url: string): Promise<Buffer> => Buffer.from(await (await fetch(url)).arrayBuffer());

async function filesIn(dataFolder: string): Promise<string[]> {
  const folder = path.join(dataFolder, 'assets');
  const found = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  return found.filter((entry) => entry.isFile()).map(({ name, parentPath }) => `${path.basename(parentPath)}/${name}`);
}

const incomingOf = async ({ dataFolder }: TestServer): Promise<string[]> =>
  (await filesIn(dataFolder)).filter((file) => file.startsWith('incoming/'));

/** The head of an upload, which may say what it likes. */
const head = (name: string, ...headers: readonly string[]): string =>
  [
    `POST /api/v1/documents/${name}/assets HTTP/1.1`,
    'Host: 127.0.0.1',
    'Content-Type: image/png',
    ...headers,
    '',
    '',
  ].join('\r\n');

test('by token, link and guest: each may do what they may do with the document', async () => {
  const closed = await closedServer();
  const [ann, ben, cleo] = ['ann', 'ben', 'cleo'].map((name) => closed.token(name)) as [string, string, string];
  const { name } = (await closed.ask(ann, 'POST', 'documents', { body: {} })).body;
  const as = (token: string) => ({ authorization: `Bearer ${token}` });
  const added = await post(closed, name, picture, as(ann));
  const { url } = (await added.json()) as Added;
  const see = async (headers: Record<string, string>) => (await fetch(closed.url + url, { headers })).status;
  expect([added.status, await see(as(ann)), await see(as(ben)), await see({})]).toEqual([201, 200, 404, 404]);

  const linkFor = async (role: string): Promise<string> =>
    (await closed.ask(ann, 'POST', `access/${name}`, { body: { do: 'make-link', role } })).body.secret;
  const [reading, writing] = [await linkFor('reader'), await linkFor('editor')];
  const { guest } = (await closed.ask('', 'POST', 'guests', { body: {} })).body;
  const guestWith = (link: string) => ({ 'weft-guest': guest, 'weft-link': link });
  expect(await see(guestWith(reading))).toBe(200);
  expect((await post(closed, name, picture, guestWith(reading))).status).toBe(403);
  expect((await post(closed, name, new Uint8Array(png(9, 9)), guestWith(writing))).status).toBe(201);
  expect((await post(closed, name, picture, as(cleo))).status).toBe(404);
  // Once taken away it is gone.
  await closed.ask(ann, 'POST', `access/${name}`, {
    body: { do: 'grant', person: (await closed.ask(ben, 'GET', 'me')).body.person, role: 'reader' },
  });
  expect(await see(as(ben))).toBe(200);
  await closed.ask(ann, 'POST', `access/${name}`, {
    body: { do: 'remove', person: (await closed.ask(ben, 'GET', 'me')).body.person },
  });
  expect(await see(as(ben))).toBe(404);
});

test('the provider adds a file, and says why it could not', async () => {
  const options = { url: `${server.current.url}/weft`, document: newName('team/café') };
  const file = new File([picture], 'lamp.png', { type: 'image/png' });
  const { url, name, width, height } = await uploadAsset(file, options);
  expect({ name, width, height }).toEqual({ name: 'lamp.png', width: 6, height: 4 });
  expect(await bytesAt(server.current.url + url)).toEqual(Buffer.from(picture));
  const drawing = new File(['<svg/>'], 'x.svg', { type: 'image/svg+xml' });
  await expect(uploadAsset(drawing, options)).rejects.toMatchObject({ code: 'NO_PICTURE', mayRetry: false });
});

test('a page of a listed origin may ask with its proofs, others get no answer they can read', async () => {
  const name = newName();
  const { url } = await add(server.current, name, picture);
  const foreign = await fetch(server.current.url + url, { headers: { origin: 'https://elsewhere.example' } });
  expect(foreign.headers.get('access-control-allow-origin')).toBeNull();
  expect(foreign.headers.get('cross-origin-resource-policy')).toBe('same-origin');
  expect((await post(server.current, name, picture, { origin: 'https://elsewhere.example' })).status).toBe(403);
});

test('who says that a file is too large is told so before any of it is read, and is closed when it is sent all the same', async () => {
  const socket = new RawSocket(server.current);
  socket.send(head(newName(), 'Content-Length: 10000000000'));
  const { status, text } = await socket.answer();
  expect([status, text]).toEqual([413, expect.stringContaining('FILE_TOO_LARGE')]);
  const piece = Buffer.alloc(64 * 1024);
  const timer = setInterval(() => socket.send(piece), 20);
  await socket.closed;
  clearInterval(timer);
  expect(await incomingOf(server.current)).toEqual([]);
});

test('what is cut off leaves nothing, and nobody is told that it was kept', async () => {
  const name = newName();
  const sockets = Array.from({ length: 4 }, () => new RawSocket(server.current));
  for (const socket of sockets) {
    socket.send(head(name, 'Content-Length: 100000'));
    socket.send(png(60, 40));
  }
  await until(async () => (await incomingOf(server.current)).length === 4, 'all of them are being received');
  for (const { socket } of sockets) socket.destroy();
  await until(async () => (await incomingOf(server.current)).length === 0, 'nothing is left');
  expect((await fetch(`${server.current.url}/api/v1/documents/${name}`)).status).toBe(404);
});

test('what is behind the length that was said is another request, and no part of the file', async () => {
  const socket = new RawSocket(server.current);
  const next = 'GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n';
  const first = head(newName(), `Content-Length: ${picture.length}`);
  socket.send(Buffer.concat([Buffer.from(first), picture, Buffer.from(next)]));
  await socket.closed;
  const { text } = await socket.answer();
  expect(text).toMatch(/^HTTP\/1\.1 201 /);
  expect(text).toContain(`"bytes":${picture.length},`);
  expect(text).toContain('{"status":"ok"}');
});

test.each([
  '../../../store/CURRENT',
  '..%2f..%2fstore%2fCURRENT',
  `${'0'.repeat(62)}..`,
  `%2e%2e%2f${'0'.repeat(64)}`,
  `${'a'.repeat(64)}%00`,
  'A'.repeat(64),
])('the id %j leads nowhere', async (id) => {
  const name = newName();
  await add(server.current, name, picture);
  const socket = new RawSocket(server.current);
  socket.send(`GET /api/v1/documents/${name}/assets/${id} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n`);
  const { status, text } = await socket.answer();
  expect([400, 404]).toContain(status);
  expect(text).toContain('application/json');
});

test('many large files at once cost no memory to speak of', { timeout: 60_000 }, async () => {
  const own = await ownServer(await ownFolder());
  const residentBytes = async (): Promise<number> =>
    Number(/VmRSS:\s+(\d+) kB/.exec(await readFile(`/proc/${own.pid}/status`, 'utf8'))![1]) * 1024;
  await add(own, 'warm', new Uint8Array(randomBytes(1_000_000)));
  const before = await residentBytes();
  const file = new Uint8Array(randomBytes(20_000_000));
  // Each is another file: the first byte differs.
  const sent = Array.from({ length: 6 }, (_, i) => add(own, 'large', Uint8Array.from(file).fill(i, 0, 1)));
  const urls = (await Promise.all(sent)).map(({ url }) => own.url + url);
  for (const [i, url] of urls.entries()) {
    expect((await bytesAt(url)).equals(Buffer.from(file).fill(i, 0, 1))).toBe(true);
  }
  // Half of what was sent would be seen; buffers that wait for the next collection are not.
  expect((await residentBytes()) - before).toBeLessThan(60_000_000);
});

test('weft verify names what is missing or damaged, and what is nobody’s; weft erase leaves nothing', async () => {
  const own = await ownServer(await ownFolder());
  const { dataFolder } = own;
  const [good, damaged, lost] = await Promise.all(
    [4, 5, 6].map((height) => add(own, 'notes', new Uint8Array(png(9, height)))),
  );
  const place = ({ id }: Added): string => path.join(dataFolder, 'assets', id.slice(0, 2), id);
  const verify = async () => JSON.parse((await runWeft('verify', '--data', dataFolder, '--json')).stdout);
  expect(await verify()).toMatchObject({ isSound: true, findings: [] });
  const nobodys = path.join(path.dirname(place(good!)), good!.id.replace(/.{8}$/, '00000000'));
  await writeFile(nobodys, 'x');
  await writeFile(place(damaged!), 'other');
  await rm(place(lost!));
  const findings = (report: { findings: { severity: string; message: string }[] }) =>
    report.findings
      .map(({ severity, message }) => `${severity} ${/is damaged|is missing|No document has/.exec(message)?.[0]}`)
      .toSorted();
  const wanted = ['damage is damaged', 'damage is missing', 'remark No document has'];
  expect(findings(await verify())).toEqual(wanted);
  await own.stop();
  expect(findings(await verify())).toEqual(wanted);
  await rm(nobodys);
  await runWeft('erase', 'notes', '--yes', '--data', dataFolder);
  expect(await filesIn(dataFolder)).toEqual([]);
  expect(await verify()).toMatchObject({ isSound: true, findings: [] });
});

test('I1: whenever the process is killed, what was acknowledged is there whole, and nothing else is', {
  timeout: 120_000,
}, async () => {
  const dataFolder = await ownFolder();
  const acknowledged = new Map<string, Buffer>();
  const ROUNDS = 6;
  for (let round = 0; round < ROUNDS; round++) {
    const own = await ownServer(dataFolder);
    expect((await filesIn(dataFolder)).filter((file) => /^(incoming|suspects)\//.test(file))).toEqual([]);
    for (const [url, bytes] of acknowledged)
      expect([url, (await bytesAt(own.url + url)).equals(bytes)]).toEqual([url, true]);
    let count = 0;
    let isOver = false;
    const sendAll = async (lane: number): Promise<void> => {
      while (!isOver) {
        // One file of all lanes is the same, and sent by two at once.
        const bytes = lane < 2 ? Buffer.from(`${round} ${count >> 1}`) : randomBytes(1 + ((lane * 40_009) % 300_000));
        try {
          const { url } = await add(own, `notes-${lane % 3}`, new Uint8Array(bytes));
          acknowledged.set(url, bytes);
          count += 1;
        } catch {
          // It was killed meanwhile, or is about to be.
        }
      }
    };
    const lanes = Array.from({ length: 6 }, (_, lane) => sendAll(lane));
    await until(() => count >= 5 + 7 * round, 'some files are acknowledged');
    isOver = true;
    await own.kill();
    await Promise.all(lanes);
  }
  const own = await ownServer(dataFolder);
  for (const [url, bytes] of acknowledged)
    expect([url, (await bytesAt(own.url + url)).equals(bytes)]).toEqual([url, true]);
  await own.stop();
  const { stdout } = await runWeft('verify', '--data', dataFolder, '--json');
  expect(JSON.parse(stdout)).toMatchObject({ isSound: true });
  expect(
    JSON.parse(stdout).findings.filter(
      ({ message }: { message: string }) => /file/.test(message) && /assets/.test(message),
    ),
  ).toEqual([]);
});
