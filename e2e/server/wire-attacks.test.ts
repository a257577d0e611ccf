// What a stranger may send to keep a server busy or fill its memory: lines that are opened and never used, headers and bodies
// that trickle in or never end, bombs and doubles. Each is answered with 4xx or closed in bounded time, the memory of the
// server stays bounded, and a writer beside all of it is saved as ever.

import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { CloseCode } from '@weft/protocol';
import { Connection } from '@weft/provider';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { BareWeft, newName, sharedServer, until, webSocketUrl } from './harness.js';
import { frame, OPCODE, RawSocket, upgradeHead } from './raw-socket.js';

const MIB = 1024 * 1024;
const server = sharedServer();

const residentBytes = (): number => {
  const status = readFileSync(`/proc/${server.current.pid}/status`, 'utf8');
  return Number(/VmRSS:\s+(\d+) kB/.exec(status)![1]) * 1024;
};

let witness: ReturnType<Connection['open']>;
let disturbances = 0;
let memoryBefore = 0;
beforeAll(async () => {
  const person = { name: 'Witness', color: '#2a6f97', token: '', guest: '' };
  const connection = new Connection({ url: webSocketUrl(server.current, '/weft'), person, WebSocket });
  witness = connection.open('undisturbed');
  await witness.whenSynced();
  connection.on('status', (status) => {
    if (status.kind === 'waiting') disturbances += 1;
  });
  memoryBefore = residentBytes();
  return () => connection.close();
});
afterAll(async () => {
  witness.doc.getText('text').insert(0, 'as if nothing had happened');
  await witness.whenSaved();
  expect(disturbances).toBe(0);
  expect(server.current.stderr).toBe('');
  expect(residentBytes() - memoryBefore).toBeLessThan(300 * MIB);
});

const post = (body: string | Uint8Array, headers: readonly string[] = []): Buffer =>
  Buffer.concat([
    Buffer.from(
      [
        'POST /api/v1/documents HTTP/1.1',
        'Host: 127.0.0.1',
        'Content-Type: application/json',
        `Content-Length: ${Buffer.byteLength(body)}`,
        ...headers,
        '\r\n',
      ].join('\r\n'),
    ),
    Buffer.from(body),
  ]);

const answerTo = async (bytes: string | Uint8Array): Promise<number> => {
  const socket = new RawSocket(server.current);
  socket.send(bytes);
  return (await socket.answer()).status;
};

describe('a request is refused', () => {
  const many = (count: number): string[] => Array.from({ length: count }, (_, i) => `X${i}: 1`);
  test.each([
    ['with 101 headers', `GET /healthz HTTP/1.1\r\nHost: a\r\n${many(100).join('\r\n')}\r\n\r\n`, 431],
    ['with 2,000 headers', `GET /healthz HTTP/1.1\r\nHost: a\r\n${many(2000).join('\r\n')}\r\n\r\n`, 431],
    ['with a header of 20 KB', `GET /healthz HTTP/1.1\r\nHost: a\r\nX: ${'x'.repeat(20_000)}\r\n\r\n`, 431],
    ['with a path of 20 KB', `GET /${'x'.repeat(20_000)} HTTP/1.1\r\nHost: a\r\n\r\n`, 431],
    ['to upgrade with 2,000 headers', `${upgradeHead('/weft', many(2000))}\r\n`, 431],
    ['with a body of 65 KB', post(`"${'x'.repeat(65 * 1024)}"`), 413],
    ['with JSON 10,000 deep', post(`${'['.repeat(10_000)}${']'.repeat(10_000)}`), 400],
    ['with a name that comes twice', post('{"name":"a","name":"b"}'), 400],
    ['with a name that comes twice in disguise', post('{"name":"a","n\\u0061me":"b"}'), 400],
    ['with a body that is no UTF-8', post(Buffer.from([0x22, 0xc3, 0x28, 0x22])), 400],
    ['with a body that is no JSON', post('{"name":'), 400],
    ['with a bomb in gzip', post(gzipSync(new Uint8Array(40 * MIB)), ['Content-Encoding: gzip']), 400],
    ['with a body of another type', post('name=a').toString().replace('application/json', 'text/plain'), 415],
  ])('%s', async (_, bytes, status) => {
    expect(await answerTo(bytes)).toBe(status);
  });

  /** Of two readers in a row one might see another request in these (smuggling). */
  const double = (...headers: string[]): string =>
    `POST /api/v1/documents HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n${headers.join('\r\n')}\r\n\r\n` +
    '0\r\n\r\nGET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n';
  test.each([
    [['Content-Length: 5', 'Transfer-Encoding: chunked']],
    [['Transfer-Encoding: chunked', 'Content-Length: 5']],
    [['Content-Length: 5', 'Content-Length: 6']],
    [['Content-Length: 5, 5']],
    [['Content-Length: +5']],
    [['Content-Length: -1']],
    [['Content-Length: 0x5']],
    [['Transfer-Encoding: chunked, identity']],
    [['Transfer-Encoding: xchunked']],
    [['Transfer-Encoding : chunked']],
    [['Transfer-Encoding:\u000bchunked']],
    [['Transfer-Encoding: identity', 'Transfer-Encoding: chunked, chunked, gzip']],
    [['X: 1\n\n']],
    [['X\u0000: 1']],
  ])('that says twice, or wrongly, where it ends: %j', async (headers) => {
    const socket = new RawSocket(server.current);
    socket.send(double(...headers));
    const { status, text } = await socket.answer();
    expect(status).toBe(400);
    expect(text).not.toContain('"status":"ok"');
  });

  test.each(['zz', '-1', '5;'.padEnd(20_000, 'x'), 'ffffffffffffffffff'])(
    'in chunks of a length that is none (%#)',
    async (length) => {
      const head = 'POST /api/v1/documents HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n';
      const status = await answerTo(`${head}Transfer-Encoding: chunked\r\n\r\n${length}\r\nx\r\n0\r\n\r\n`);
      expect([400, 413]).toContain(status);
    },
  );

  test('when its body has no end: it is read no further than the limit', async () => {
    const socket = new RawSocket(server.current);
    socket.send('POST /api/v1/documents HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n');
    socket.send('Transfer-Encoding: chunked\r\n\r\n');
    const chunk = `4000\r\n${' '.repeat(0x4000)}\r\n`;
    for (let i = 0; i < 20; i++) socket.send(chunk);
    expect((await socket.answer()).status).toBe(413);
  });
});

test('who trickles headers or a body, or says nothing at all, is closed in the end', { timeout: 40_000 }, async () => {
  const trickling = [
    'GET /weft HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nX: ',
    `${post('').toString('latin1').replace('Content-Length: 0', 'Content-Length: 60000')}{`,
    '',
  ].flatMap((begin) =>
    Array.from({ length: 20 }, () => {
      const socket = new RawSocket(server.current);
      if (begin !== '') socket.send(begin);
      const timer = setInterval(() => socket.send(begin === '' ? '' : 'x'), 500);
      void socket.closed.then(() => clearInterval(timer));
      return socket;
    }),
  );
  expect((await fetch(`${server.current.url}/healthz`)).status).toBe(200);
  await Promise.all(trickling.map(({ closed }) => closed));
});

describe('over WebSockets', () => {
  test('a flood of empty fragments ends with 4413', async () => {
    const socket = new RawSocket(server.current);
    await socket.upgrade('/weft');
    socket.send(frame({ opcode: OPCODE.binary, fin: false }));
    const piece = Buffer.concat(Array.from({ length: 1000 }, () => frame({ opcode: OPCODE.continuation, fin: false })));
    for (let i = 0; i < 40; i++) socket.send(piece);
    expect(await socket.closeCode()).toBe(CloseCode.TooMuch);
  });

  test('messages that never end cost no more than one message each', async () => {
    const before = residentBytes();
    const sockets = await Promise.all(
      Array.from({ length: 10 }, async () => {
        const socket = new RawSocket(server.current);
        await socket.upgrade(`/yjs/${newName()}`);
        socket.send(frame({ opcode: OPCODE.binary, fin: false }));
        const piece = frame({ opcode: OPCODE.continuation, fin: false, payload: new Uint8Array(64 * 1024) });
        for (let i = 0; i < 100; i++) socket.send(piece);
        return socket;
      }),
    );
    for (const socket of sockets) expect(await socket.closeCode()).toBe(CloseCode.TooMuch);
    expect(residentBytes() - before).toBeLessThan(150 * MIB);
  });

  test('pings without end are answered as long as the answers are read, and then the newest alone', async () => {
    const before = residentBytes();
    const socket = new RawSocket(server.current);
    await socket.upgrade('/weft');
    socket.socket.pause();
    const pings = Buffer.concat(
      Array.from({ length: 500 }, () => frame({ opcode: OPCODE.ping, payload: 'x'.repeat(125) })),
    );
    for (let i = 0; i < 1000; i++) socket.send(pings);
    // All 60 MB are taken, and most of them not answered.
    await expect.poll(() => socket.socket.writableLength, { timeout: 20_000 }).toBe(0);
    expect((await fetch(`${server.current.url}/healthz`)).status).toBe(200);
    expect(residentBytes() - before).toBeLessThan(100 * MIB);
    socket.socket.resume();
    socket.send(frame({ opcode: OPCODE.close }));
    let pongs = 0;
    for (let got = await socket.frame(); got?.opcode === OPCODE.pong; got = await socket.frame()) pongs += 1;
    expect(pongs).toBeGreaterThan(0);
    expect(pongs).toBeLessThan(250_000);
  });

  test('a thousand absent documents opened on one connection leave nothing behind', async () => {
    const client = new BareWeft(server.current);
    await client.hello();
    const open = { type: 'Open', kind: 0, clientId: 1, epoch: 0, seq: 0, proof: new Uint8Array(), link: '' } as const;
    for (let ref = 1; ref <= 1000; ref++) {
      await client.say({ ...open, ref, document: `tried-${ref}`, outboxId: `o${ref}` });
    }
    for (let ref = 1; ref <= 1000; ref++) await client.next('Opened');
    await client.say({ ...open, ref: 1001, document: 'tried-1001', outboxId: 'o' });
    expect(await client.next('Closed')).toMatchObject({ ref: 1001, code: CloseCode.TooMuch });
    client.webSocket.close();
    await client.closed;
    await until(async () => {
      const answer = await fetch(`${server.current.url}/api/v1/documents`);
      return !(await answer.text()).includes('tried-');
    }, 'none of them is listed');
  });
});
