// The built server as several nodes on one Postgres, with and without a Redis: people at different nodes write one document, and
// what was told as saved is there when a node is killed.

import { execFileSync, spawnSync } from 'node:child_process';
import path from 'node:path';
import { afterAll, describe, expect, onTestFinished, test, vi } from 'vitest';
import { Service } from '../../bench/src/services/service.js';
import { PostgresServer } from '../../server/src/log/test/postgres-server.js';
import { freePort, startRedis } from '../../server/src/relay/test/redis-process.js';
import { Nginx, nginxMissing } from '../nginx.js';
import {
  connect,
  newName,
  ownFolder,
  runWeft,
  spawnWeft,
  stockClient,
  type TestServer,
  textOf,
  until,
  untilText,
} from './harness.js';

const [postgres, redis] = await Promise.all([PostgresServer.start(), Service.start('--redis')]);
const missing = postgres.missing ?? redis.missing;
if (missing !== null) process.stdout.write(`Not tested: several nodes. ${missing}.\n`);
afterAll(() =>
  Promise.all([postgres.missing === null && postgres.server.stop(), redis.missing === null && redis.service.stop()]),
);

describe.skipIf(missing !== null)('several nodes on one database', () => {
  const { server: database } = postgres as { readonly server: PostgresServer };
  const { service: relay } = redis as { readonly service: Service };

  async function newStore(): Promise<string> {
    const store = await database.newPlace();
    onTestFinished(() => database.removePlace(store));
    return store;
  }

  async function serve(store: string, ...more: string[]) {
    const dataFolder = await ownFolder();
    const several = ['--store', store, '--nodes', 'several', ...more];
    const server = spawnWeft('serve', '--port', '0', '--data', dataFolder, ...several);
    return { server, dataFolder, clients: { url: await server.ready } as TestServer };
  }

  /** With a password, too. Nodes that are started from now on know who made its certificate. */
  async function redisWithTls(): Promise<string> {
    if (spawnSync('openssl', ['version']).status !== 0) {
      process.stdout.write('Redis without TLS: there is no openssl here to make a certificate with.\n');
      return relay.url;
    }
    const folder = await ownFolder();
    const [key, cert] = [path.join(folder, 'key.pem'), path.join(folder, 'cert.pem')];
    const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'];
    const subject = ['-subj', '/CN=redis', '-addext', 'subjectAltName=IP:127.0.0.1'];
    execFileSync('openssl', ['req', '-x509', ...curve, ...subject, '-keyout', key, '-out', cert], { stdio: 'pipe' });
    vi.stubEnv('NODE_EXTRA_CA_CERTS', cert);
    onTestFinished(() => void vi.unstubAllEnvs());
    const port = await freePort();
    const tls = ['port 0', `tls-port ${port}`, `tls-cert-file ${cert}`, `tls-key-file ${key}`, 'tls-auth-clients no'];
    await startRedis([...tls, 'requirepass a:secret'], onTestFinished);
    return `rediss://:a%3Asecret@127.0.0.1:${port}`;
  }

  test.each([
    ['by way of Redis, with TLS and a password', true],
    ['by comparing heads alone', false],
  ])(
    'people at two nodes write one document, %s, and a node that is killed takes nothing along',
    async (_, hasRedis) => {
      const store = await newStore();
      const more = hasRedis ? ['--redis', await redisWithTls()] : [];
      const [a, b] = [await serve(store, ...more), await serve(store, ...more)];
      const name = newName();
      const ann = connect(a.clients, 'Ann').open(name);
      const ben = connect(b.clients, 'Ben').open(name);
      const stock = stockClient(b.clients, name);
      const text = ann.doc.getText('text');
      text.insert(0, 'Ann. ');
      await ann.whenSaved();
      await Promise.all([untilText(ben.doc, 'Ann. '), untilText(stock.doc, 'Ann. ')]);
      for (let round = 0; round < 20; round++) {
        text.insert(text.length, 'a');
        ben.doc.getText('text').insert(0, 'b');
        if (round % 5 === 0) await Promise.all([ann.whenSaved(), ben.whenSaved()]);
      }
      await Promise.all([ann.whenSaved(), ben.whenSaved()]);
      const isWhole = (doc: typeof ann.doc): boolean => textOf(doc).length === 'Ann. '.length + 40;
      await until(() => [ann, ben, stock].every(({ doc }) => isWhole(doc)), 'everybody has everything');
      expect(textOf(ben.doc)).toBe(textOf(ann.doc));
      expect(textOf(stock.doc)).toBe(textOf(ann.doc));
      if (hasRedis) {
        await until(() => ben.presence.getStates().has(ann.doc.clientID), 'Ben sees Ann');
        await until(() => ann.presence.getStates().has(ben.doc.clientID), 'Ann sees Ben');
      }
      text.insert(0, 'Last of Ann. ');
      await ann.whenSaved();
      const all = textOf(ann.doc);
      await a.server.kill();
      if (hasRedis) {
        const hasAnn = (): boolean => ben.presence.getStates().has(ann.doc.clientID);
        await expect.poll(hasAnn, { timeout: 25_000, message: 'Ann goes with her node' }).toBe(false);
      }
      await untilText(connect(b.clients, 'Cy').open(name).doc, all);
      await untilText(ben.doc, all);
      const again = await serve(store, ...more);
      await untilText(connect(again.clients, 'Dan').open(name).doc, all);
      expect(await runWeft('verify', '--data', b.dataFolder)).toMatchObject({ code: 0, stderr: '' });
      expect(await again.server.stop()).toMatchObject({ code: 0 });
    },
    // The people of a node that is killed are shown for 15 s.
    120_000,
  );

  test('what is not safe for several is refused, and says so', async () => {
    const store = await newStore();
    const { server, dataFolder, clients } = await serve(store);
    expect(server.stderr).toBe('');
    const name = newName();
    const ann = connect(clients, 'Ann').open(name);
    ann.doc.getText('text').insert(0, 'text');
    await ann.whenSaved();
    const backup = path.join(await ownFolder(), 'backup');
    expect(await runWeft('backup', backup, '--data', dataFolder)).toMatchObject({ code: 0 });
    const restore = await runWeft('restore-backup', backup, '--all', '--data', dataFolder);
    expect(restore.code).not.toBe(0);
    expect(restore.stderr).toContain('where one node alone has the store. Nothing was changed');
    await untilText(connect(clients, 'Ben').open(name).doc, 'text');
    const single = await runWeft('restore-backup', backup, '--document', name, '--data', dataFolder);
    expect(single).toMatchObject({ code: 0 });
    expect(await runWeft('compact', '--data', dataFolder)).toMatchObject({ code: 0 });
    const alone = await runWeft('serve', '--port', '0', '--data', await ownFolder(), '--store', store);
    expect(alone.stderr).toContain('Another Weft server has this store');
  });

  test('of two who name one moment, or make one document, at two nodes at once neither overwrites the other', async () => {
    const store = await newStore();
    const nodes = [await serve(store), await serve(store)];
    const name = newName();
    const ann = connect(nodes[0]!.clients, 'Ann').open(name);
    ann.doc.getText('text').insert(0, 'text');
    await ann.whenSaved();
    const post = ({ clients }: (typeof nodes)[number], what: string, body: object) =>
      fetch(`${clients.url}/api/v1/${what}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      });
    const names = ['first', 'second', 'third', 'fourth'];
    const named = await Promise.all(
      names.map((title, index) => post(nodes[index % 2]!, `versions/${name}`, { name: title, seq: 1 })),
    );
    expect(named.map(({ status }) => status)).toEqual([201, 201, 201, 201]);
    const { versions } = (await (await fetch(`${nodes[0]!.clients.url}/api/v1/versions/${name}`)).json()) as {
      versions: { name: string }[];
    };
    expect(versions.map((version) => version.name).sort()).toEqual(names.sort());
  });

  test('of two nodes at which people wrote one document and left, one makes a version of it', async () => {
    const store = await newStore();
    const nodes = [await serve(store), await serve(store)];
    const name = newName();
    const shared = nodes.map(({ clients }, index) => connect(clients, `Writer ${index}`));
    const documents = shared.map((connection) => connection.open(name));
    for (const [index, { doc }] of documents.entries()) {
      doc.getText('text').insert(0, `${index}`);
      await documents[index]!.whenSaved();
    }
    await until(() => documents.every(({ doc }) => textOf(doc).length === 2), 'both have everything');
    for (const connection of shared) connection.close();
    const versions = async (): Promise<{ seq: number; reason: string }[]> => {
      const answers = await Promise.all(
        nodes.map(async ({ clients }) => (await fetch(`${clients.url}/api/v1/versions/${name}`)).json()),
      );
      const [first, second] = (answers as { versions: { seq: number; reason: string }[] }[]).map((one) => one.versions);
      return JSON.stringify(first) === JSON.stringify(second) ? first! : [];
    };
    await expect.poll(versions, { timeout: 30_000 }).toMatchObject([{ seq: 2, reason: 'automatic' }]);
    for (const { server } of nodes) {
      expect(await server.stop()).toMatchObject({ code: 0 });
      expect(server.stderr).not.toContain('No version of');
    }
  }, 60_000);

  const carriers = ['websocket', 'events', 'poll'] as const;
  const sessionsAt = async ({ clients }: { readonly clients: TestServer }): Promise<number> => {
    const page = await (await fetch(`${clients.url}/metrics`)).text();
    return [...page.matchAll(/^weft_sessions\{.*\} (\d+)$/gm)].reduce((sum, [, count]) => sum + Number(count), 0);
  };

  test.each(['events', 'poll'] as const)(
    'who comes by %s and is led to another node in the middle goes on there, and back, and nothing is lost or there twice',
    async (rung) => {
      const store = await newStore();
      const nodes = [await serve(store, '--redis', relay.url), await serve(store, '--redis', relay.url)];
      const name = newName();
      let leads = 0;
      const { url } = nodes[0]!.clients;
      const led: typeof fetch = (input, init) => fetch(String(input).replace(url, nodes[leads % 2]!.clients.url), init);
      const ann = connect(nodes[0]!.clients, 'Ann', { transports: [rung], fetch: led }).open(name);
      const ben = connect(nodes[1]!.clients, 'Ben').open(name);
      let written = '';
      for (; leads < 3; leads++) {
        for (const word of ['one ', 'two ', 'three ']) {
          written += word;
          ann.doc.getText('text').insert(written.length - word.length, word);
        }
        await ann.whenSaved();
        await untilText(ben.doc, written);
      }
      expect(textOf(ann.doc)).toBe(written);
      for (const { clients } of nodes) await untilText(connect(clients, 'Cy').open(name).doc, written);
    },
    60_000,
  );

  test.skipIf(nginxMissing !== null)(
    'behind nginx as docs/proxy.md has it those of one document are at one node, by all transports, and at others when it ends',
    async () => {
      const store = await newStore();
      const nodes = [await serve(store), await serve(store), await serve(store)];
      const nginx = await Nginx.startAsWritten(nodes.map(({ clients }) => clients.url));
      onTestFinished(() => nginx.stop());
      const behind = { url: nginx.url } as TestServer;
      const name = newName();
      const documents = carriers.map((rung) =>
        connect(behind, rung, {
          url: `${nginx.url.replace('http', 'ws')}/weft?document=${name}`,
          transports: [rung],
        }).open(name),
      );
      const stock = stockClient(behind, name);
      for (const { doc } of documents) doc.getText('text').insert(0, 'a');
      await Promise.all(documents.map((document) => document.whenSaved()));
      await untilText(stock.doc, 'aaa');
      const live = await Promise.all(nodes.map(sessionsAt));
      expect([...live].sort()).toEqual([0, 0, 4]);
      await nodes[live.indexOf(4)]!.server.kill();
      for (const { doc } of documents) doc.getText('text').insert(0, 'b');
      await Promise.all(documents.map((document) => document.whenSaved()));
      await until(() => [...documents, stock].every(({ doc }) => textOf(doc).length === 6), 'everybody has everything');
      const left = nodes.filter((_, index) => live[index] === 0);
      await expect.poll(async () => (await Promise.all(left.map(sessionsAt))).sort()).toEqual([0, 4]);
    },
    60_000,
  );

  test.skipIf(nginxMissing !== null)(
    'behind nginx that chooses a node in turn people with WebSockets write one document',
    async () => {
      const store = await newStore();
      const nodes = [await serve(store), await serve(store)];
      const nginx = await Nginx.startAsWritten(
        nodes.map(({ clients }) => clients.url),
        '',
      );
      onTestFinished(() => nginx.stop());
      const name = newName();
      const behind = { url: nginx.url } as TestServer;
      const documents = ['Ann', 'Ben'].map((person) =>
        connect(behind, person, { transports: ['websocket'] }).open(name),
      );
      for (const { doc } of documents) doc.getText('text').insert(0, 'a');
      await Promise.all(documents.map((document) => document.whenSaved()));
      await until(() => documents.every(({ doc }) => textOf(doc).length === 2), 'both have everything');
      expect(await Promise.all(nodes.map(sessionsAt))).toEqual([1, 1]);
    },
  );
});
