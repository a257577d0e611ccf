// Where connections come in: which paths there are, which names, and whose pages may connect.

import { get } from 'node:http';
import { connect as connectSocket } from 'node:net';
import { expect, test } from 'vitest';
import { coldJoinWeft } from '../../bench/src/cold-join.js';
import { connect, newName, sharedServer, stockClient, untilText } from './harness.js';

const server = sharedServer();

/** What an upgrade of exactly this path is answered with: 101, or a refusal and its words. `ws` would tidy the path. */
function knock(path: string, origin?: string): Promise<{ status: number; body: string }> {
  const headers = {
    Connection: 'Upgrade',
    Upgrade: 'websocket',
    'Sec-WebSocket-Version': '13',
    'Sec-WebSocket-Key': 'dGhlIHNhbXBsZSBub25jZQ==',
    ...(origin === undefined ? {} : { Origin: origin }),
  };
  return new Promise((resolve, reject) => {
    const { hostname, port } = new URL(server.current.url);
    const request = get({ hostname, port, path, headers });
    request.on('error', reject);
    request.on('upgrade', (_response, socket) => {
      socket.destroy();
      resolve({ status: 101, body: '' });
    });
    request.on('response', (response) => {
      let body = '';
      response.setEncoding('utf8').on('data', (text: string) => {
        body += text;
      });
      response.on('end', () => resolve({ status: response.statusCode!, body }));
    });
  });
}

test.each(['/', '/wefts', '/weft/document', '/yjs', '/other/document'])('%s is no door: 404', async (path) => {
  expect(await knock(path)).toEqual({ status: 404, body: 'Connect to /weft or /yjs/{document}.\n' });
});

test.each([
  ['/yjs/', 'empty'],
  ['/yjs/a//b', 'empty part'],
  ['/yjs/a/../b', '".."'],
  ['/yjs/a/%2e%2e/b', '".."'],
  ['/yjs/%00', 'control characters'],
  ['/yjs/%ff', 'percent-encoded UTF-8'],
  [`/yjs/${'x'.repeat(256)}`, '255 bytes'],
])('the name in %s is refused with 400 and in words', async (path, words) => {
  const { status, body } = await knock(path);
  expect([status, body]).toEqual([400, expect.stringContaining(words)]);
});

test('a name that is not in NFC is refused with the form that would be right', async () => {
  const { status, body } = await knock(`/yjs/${encodeURIComponent('Cafe\u0301')}`);
  expect([status, body]).toEqual([400, 'A document name must be in Unicode form NFC: "Caf\u00e9".\n']);
});

test.each([
  ['a space and a percent sign', '100 % sure'],
  ['slashes', 'team/2031/minutes'],
  ['other scripts and emoji', 'Протокол/議事録 🧵'],
  ['what means something in URLs', 'a?b#c&d=e+f'],
])('a name with %s is one document in both dialects', async (_, stem) => {
  const name = newName(stem);
  const path = name.split('/').map(encodeURIComponent).join('/');
  const document = connect(server.current, 'Ann').open(name);
  document.doc.getText('text').insert(0, `I am ${name}`);
  await document.whenSaved();
  for (const room of [path, encodeURIComponent(name)]) {
    await untilText(stockClient(server.current, room).doc, `I am ${name}`);
  }
  expect((await coldJoinWeft(server.current.url, name)).text).toBe(`I am ${name}`);
});

test('a query after the name is not part of it', async () => {
  const name = newName();
  const { doc, provider } = stockClient(server.current, `${name}?token=1`);
  doc.getText('text').insert(0, 'without the query');
  await untilText(stockClient(server.current, name).doc, 'without the query');
  provider.destroy();
});

test('who is turned away and does not hang up is hung up on', async () => {
  const { hostname, port } = new URL(server.current.url);
  const socket = connectSocket({ host: hostname, port: Number(port), allowHalfOpen: true });
  socket.write('GET /nowhere HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n');
  const reset = new Promise((resolve) => socket.on('error', resolve));
  socket.resume();
  await new Promise((resolve) => socket.on('end', resolve));
  const talk = setInterval(() => socket.write('x'), 20);
  expect(await reset).toMatchObject({ code: expect.stringMatching(/ECONNRESET|EPIPE/) });
  clearInterval(talk);
});

test('the first that a session says comes with the answer to the upgrade', async () => {
  const name = newName();
  const { provider } = stockClient(server.current, name);
  // It is open, so that nothing has to be waited for.
  await new Promise((resolve) => provider.once('sync', resolve));
  const { hostname, host, port } = new URL(server.current.url);
  const socket = connectSocket({ host: hostname, port: Number(port) });
  socket.write(
    `GET /yjs/${name} HTTP/1.1\r\nHost: ${host}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n` +
      'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n',
  );
  const first = await new Promise<Buffer>((resolve) => socket.once('data', resolve));
  socket.destroy();
  // A frame of four bytes: SyncStep1 with the state vector of nothing.
  expect(first.subarray(first.indexOf('\r\n\r\n') + 4)).toEqual(Buffer.from([0x82, 4, 0, 0, 1, 0]));
});

test('pages of other sites are turned away with 403; programs and the own site are not', async () => {
  for (const path of ['/weft', '/yjs/document']) {
    expect((await knock(path, 'https://elsewhere.example')).status).toBe(403);
    expect((await knock(path, 'null')).status).toBe(403);
    expect((await knock(path, server.current.url)).status).toBe(101);
    expect((await knock(path)).status).toBe(101);
  }
});
