// The door of a configured server: which names, pages and addresses come in, what every answer carries, TLS, and limits that
// are reached. What each rule is in detail is in server/src/access/doorkeeper.test.ts.

import { execFileSync, spawnSync } from 'node:child_process';
import { copyFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { connect as connectTls } from 'node:tls';
import { CloseCode } from '@weft/protocol';
import { describe, expect, test } from 'vitest';
import { coldJoinWeft } from '../../bench/src/cold-join.js';
import {
  BareWeft,
  BareYjs,
  connect,
  ownFolder,
  SYNC,
  spawnWeft,
  type TestServer,
  until,
  updatesOf,
} from './harness.js';
import { RawSocket, upgradeHead } from './raw-socket.js';

/** A server of one test, with this configuration, and open wherever nothing else is said. */
async function configured(config: object, folder?: string): Promise<TestServer> {
  const own = folder ?? (await ownFolder());
  const file = path.join(own, 'config.json');
  writeFileSync(file, JSON.stringify(config));
  const dataFolder = path.join(own, 'data');
  const server = spawnWeft('serve', '--port', '0', '--data', dataFolder, '--config', file, '--allow-anonymous');
  const url = await server.ready;
  return {
    url,
    pid: server.pid,
    dataFolder,
    get stderr() {
      return server.stderr;
    },
    stop: () => server.stop(),
    kill: () => server.kill(),
    exited: server.exited,
  };
}

const ask = async (server: TestServer, ...lines: string[]): Promise<{ status: number; text: string }> => {
  const socket = new RawSocket(server);
  socket.send(`${lines.join('\r\n')}\r\nConnection: close\r\n\r\n`);
  await socket.closed;
  return socket.answer();
};

describe('pages and names', () => {
  test('every answer says what a browser may do with it, and no script may stand in a page', async () => {
    const server = await configured({});
    for (const path of ['/', '/d/notes', '/healthz', '/api/v1/documents', '/nothing']) {
      const { text } = await ask(server, `GET ${path} HTTP/1.1`, 'Host: localhost:1');
      for (const header of [
        /^content-security-policy: default-src 'self'; connect-src 'self' ws:\/\/localhost:1 wss:\/\/localhost:1;/im,
        /^content-security-policy: .*; object-src 'none'; base-uri 'none'; frame-ancestors 'self'; form-action 'self'/im,
        /^x-content-type-options: nosniff\r$/im,
        /^referrer-policy: no-referrer\r$/im,
        /^cross-origin-opener-policy: same-origin\r$/im,
      ])
        expect(text).toMatch(header);
      expect(text).not.toMatch(/unsafe-|<script>|access-control-allow/i);
    }
  });

  test('a page that is listed may use the API and connect, others may not', async () => {
    const server = await configured({ door: { origins: ['https://app.example.org'], hosts: ['weft.example.org'] } });
    const post = ['POST /api/v1/documents HTTP/1.1', 'Host: weft.example.org', 'Content-Type: application/json'];
    const empty = ['Content-Length: 2', '', '{}'].join('\r\n');
    const change = async (origin: string) => {
      const socket = new RawSocket(server);
      socket.send([...post, `Origin: ${origin}`, empty].join('\r\n'));
      return socket.answer();
    };
    const listed = await change('https://app.example.org');
    expect(listed.status).toBe(201);
    expect(listed.text).toMatch(/^access-control-allow-origin: https:\/\/app\.example\.org\r$/im);
    expect(listed.text).not.toMatch(/allow-credentials/i);
    const preflight = ['OPTIONS /api/v1/documents HTTP/1.1', 'Host: weft.example.org'];
    const asks = (origin: string) =>
      ask(server, ...preflight, `Origin: ${origin}`, 'Access-Control-Request-Method: POST');
    expect(await asks('https://app.example.org')).toMatchObject({ status: 204 });
    const others = ['null', 'https://app.example.org.evil.example', 'https://evil.example', 'http://app.example.org'];
    for (const origin of others) {
      const refused = [await change(origin), await asks(origin)];
      for (const { status, text } of refused) expect([status, /allow-origin/i.test(text)]).toEqual([403, false]);
      for (const door of ['/weft', '/yjs/notes']) {
        const head = upgradeHead(door, [`Origin: ${origin}`]).replace('127.0.0.1', 'weft.example.org');
        expect((await ask(server, head.trimEnd())).status).toBe(403);
      }
    }
    expect((await ask(server, 'GET /healthz HTTP/1.1', 'Host: evil.example')).status).toBe(421);
  });
});

const hasOpenssl = spawnSync('openssl', ['version']).status === 0;
if (!hasOpenssl) console.warn('The test of TLS is skipped: there is no openssl here to make certificates with.');

test.skipIf(!hasOpenssl)('with TLS the server speaks it, and takes new files into use when it is told to', async () => {
  const folder = await ownFolder();
  const file = (name: string): string => path.join(folder, name);
  const make = (name: string): void => {
    const subject = ['-subj', `/CN=${name}`, '-days', '2'];
    const files = ['-keyout', file(`${name}.key`), '-out', file(`${name}.pem`)];
    const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
    execFileSync('openssl', ['req', '-x509', ...curve, ...subject, ...files], { stdio: 'pipe' });
  };
  const use = (name: string): void => {
    for (const ending of ['key', 'pem']) copyFileSync(file(`${name}.${ending}`), file(`used.${ending}`));
  };
  make('first');
  make('second');
  use('first');
  const server = await configured({ door: { tls: { cert: file('used.pem'), key: file('used.key') } } }, folder);
  expect(server.url).toMatch(/^https:/);
  const nameShown = (): Promise<string> =>
    new Promise((resolve, reject) => {
      const { port } = new URL(server.url);
      const socket = connectTls({ port: Number(port), host: '127.0.0.1', rejectUnauthorized: false }, () => {
        resolve(String(socket.getPeerCertificate().subject.CN));
        socket.destroy();
      });
      socket.on('error', reject);
    });
  expect(await nameShown()).toBe('first');
  use('second');
  process.kill(server.pid, 'SIGHUP');
  await until(async () => (await nameShown()) === 'second', 'the second certificate is shown');
  writeFileSync(file('used.pem'), 'nonsense');
  process.kill(server.pid, 'SIGHUP');
  await until(() => server.stderr.includes('The old ones stay in use.'), 'the fault is told');
  expect(await nameShown()).toBe('second');
});

describe('at a limit', () => {
  test('one more connection of an address is turned away, until one of them is gone', async () => {
    const server = await configured({ limits: { connectionsPerAddress: 2 } });
    const first = new BareWeft(server);
    const second = new BareYjs(server, 'a');
    await Promise.all([first.opened, second.opened]);
    const refused = await ask(server, upgradeHead('/weft').trimEnd());
    expect([refused.status, /^Retry-After: 10\r$/m.test(refused.text)]).toEqual([429, true]);
    first.webSocket.close();
    const isLetIn = () =>
      new RawSocket(server).upgrade('/weft').then(
        () => true,
        () => false,
      );
    await until(isLetIn, 'there is room for another one');
  });

  test('who connects, or asks for changes, too often is told when to come back', async () => {
    const server = await configured({
      limits: { connectionsPerAddress: 3, connectionsPerSecond: 0.1, requestsAtOnce: 2, requestsPerSecond: 0.1 },
    });
    for (let i = 0; i < 3; i++) {
      const socket = new RawSocket(server);
      await socket.upgrade('/weft');
      socket.socket.destroy();
      await socket.closed;
    }
    await until(
      async () => (await ask(server, upgradeHead('/weft').trimEnd())).text.includes('too often'),
      'it is told',
    );
    const make = () =>
      fetch(`${server.url}/api/v1/documents`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: '{}',
      });
    expect([(await make()).status, (await make()).status]).toEqual([201, 201]);
    const third = await make();
    expect([third.status, Number(third.headers.get('retry-after')) > 5]).toEqual([429, true]);
    expect((await fetch(`${server.url}/healthz`)).status).toBe(200);
  });

  test('a session that writes too much is told to wait and loses nothing; others in the document are as ever', async () => {
    const server = await configured({ limits: { updatesAtOnce: 10, updatesPerSecond: 5 } });
    const [abuser, other] = [new BareWeft(server), new BareWeft(server)];
    const { channel } = await abuser.open('shared', { clientId: 11 });
    await other.open('shared', { clientId: 12, outboxId: 'other' });
    const updates = updatesOf(
      ...Array.from({ length: 20 }, (_, i) => (text: { insert: (at: number, s: string) => void }) => {
        text.insert(i, 'x');
      }),
    );
    for (const [i, update] of updates.entries()) {
      await abuser.say({ type: 'Update', channel, clientSeq: i + 1, update });
    }
    const busy = await abuser.next('Busy');
    expect(busy.clientSeq).toBe(11);
    expect(busy.retryAfterMs).toBeGreaterThanOrEqual(1000);
    expect(busy.retryAfterMs).toBeLessThan(3000);
    const [theirs] = updatesOf((text) => text.insert(0, 'mine'));
    await other.say({ type: 'Update', channel, clientSeq: 1, update: theirs! });
    expect(await other.next('Saved')).toMatchObject({ clientSeq: 1 });
    expect(abuser.webSocket.readyState).toBe(abuser.webSocket.OPEN);
  });

  test('A18: a stock client that asks on and on is answered once, and its newest question later', async () => {
    const server = await configured({ limits: { secondsBetweenAnswers: 2 } });
    const client = new BareYjs(server, 'long');
    await client.sync(SYNC.step1, Uint8Array.of(0));
    await client.next(SYNC.step2);
    const askedMs = performance.now();
    await client.sync(SYNC.update, updatesOf((text) => text.insert(0, 'x'.repeat(50_000)))[0]!);
    await client.next(SYNC.update);
    const before = client.receivedBytes;
    for (let i = 0; i < 200; i++) await client.sync(SYNC.step1, Uint8Array.of(0));
    expect((await client.next(SYNC.step2)).length).toBeGreaterThan(50_000);
    expect(performance.now() - askedMs).toBeGreaterThan(1900);
    expect(client.receivedBytes - before).toBeLessThan(51_000);
  });

  test('one more document on a connection is turned down, and a connection that asks too much may come back', async () => {
    const server = await configured({ limits: { openDocuments: 2, joinsAtOnce: 3, joinsPerSecond: 0.01 } });
    const client = new BareWeft(server);
    await client.open('a', { outboxId: 'a' });
    const open = { type: 'Open', kind: 0, clientId: 1, epoch: 0, seq: 0, proof: new Uint8Array(), link: '' } as const;
    await client.say({ ...open, ref: 2, document: 'b', outboxId: 'b' });
    const { channel } = await client.next('Opened');
    await client.say({ ...open, ref: 3, document: 'c', outboxId: 'c' });
    expect(await client.next('Closed')).toMatchObject({ ref: 3, code: CloseCode.TooMuch });
    await client.say({ type: 'Close', channel });
    await client.say({ ...open, ref: 4, document: 'b', outboxId: 'b' });
    await client.say({ type: 'Close', channel: (await client.next('Opened')).channel });
    await client.say({ ...open, ref: 5, document: 'd', outboxId: 'd' });
    expect(await client.next('Closed')).toMatchObject({ ref: 5, code: CloseCode.TooMany });
  });
});

test('where the parts of documents are named, no other is written', async () => {
  const server = await configured({ documents: { roots: ['text'] } });
  const connection = connect(server, 'Ann');
  const document = connection.open('notes');
  await document.whenSynced();
  document.doc.getText('text').insert(0, 'as agreed');
  await document.whenSaved();
  document.doc.getText('elsewhere').insert(0, 'not');
  await until(() => document.drafts.length > 0, 'what was written elsewhere is kept aside');
  expect(document.drafts[0]!.reason).toContain('This change could not be read.');
  expect((await coldJoinWeft(server.url, 'notes')).text).toBe('as agreed');
});
