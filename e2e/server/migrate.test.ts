// `weft migrate` as somebody uses it: copying while people write, the short end of it, and the way back; killed in the middle;
// and what is said where it cannot be done.

import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { cp, readdir } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, describe, expect, onTestFinished, test } from 'vitest';
import { openEnd } from '../../server/src/admin/migrate-ends.js';
import { holdFolder } from '../../server/src/control/hold-store.js';
import type { MovableStore } from '../../server/src/log/moving/movable-store.js';
import { notedStore, noteStore } from '../../server/src/log/store-note.js';
import { PostgresServer } from '../../server/src/log/test/postgres-server.js';
import { makeUsedStore } from '../../server/src/log/test/used-store.js';
import { connect, newName, ownFolder, ownServer, runWeft, spawnWeft, type TestServer, untilText } from './harness.js';

const postgres = await PostgresServer.start();
if (postgres.missing !== null) process.stdout.write(`Not tested: moving to Postgres. ${postgres.missing}.\n`);
else afterAll(() => postgres.server.stop());

describe.skipIf(postgres.missing !== null)('weft migrate', () => {
  const { server: database } = postgres as { readonly server: PostgresServer };

  async function newStore(): Promise<string> {
    const store = await database.newPlace();
    onTestFinished(() => database.removePlace(store));
    return store;
  }

  async function serve(dataFolder: string, ...more: string[]) {
    const server = spawnWeft('serve', '--port', '0', '--data', dataFolder, ...more);
    return { server, clients: { url: await server.ready } as TestServer };
  }

  async function add(url: string, document: string, bytes: Uint8Array<ArrayBuffer>): Promise<string> {
    const headers = { 'content-type': 'application/octet-stream' };
    const address = `${url}/api/v1/documents/${document}/assets?name=lamp.bin`;
    const response = await fetch(address, { method: 'POST', body: bytes, headers });
    expect(response.status).toBe(201);
    return ((await response.json()) as { readonly url: string }).url;
  }
  const bytesAt = async (url: string): Promise<Buffer> => Buffer.from(await (await fetch(url)).arrayBuffer());

  const migrate = (dataFolder: string, to: string, ...more: string[]) =>
    runWeft('migrate', '--data', dataFolder, '--to', to, '--json', ...more);

  test('documents go to Postgres while people write, and back into the folder', { timeout: 60_000 }, async () => {
    const dataFolder = await ownFolder();
    const store = await newStore();
    const onDisk = await serve(dataFolder);
    const name = newName();
    const held = connect(onDisk.clients, 'Ann').open(name);
    const text = held.doc.getText('text');
    text.insert(0, 'before. ');
    await held.whenSaved();
    const files = [randomBytes(700_001), randomBytes(10)].map((bytes) => new Uint8Array(bytes));
    const first = await add(onDisk.clients.url, name, files[0]!);

    const copied = await migrate(dataFolder, store);
    expect(copied.code).toBe(0);
    expect(JSON.parse(copied.stdout)).toMatchObject({
      phase: 'copied',
      faults: [],
      files: 1,
      entries: expect.any(Number),
    });
    expect(copied.stdout).not.toContain('weft@');
    const early = await runWeft('serve', '--port', '0', '--data', await ownFolder(), '--store', store);
    expect(early.code).not.toBe(0);
    expect(early.stderr).toContain('a copy that is not whole yet');

    text.insert(text.length, 'meanwhile. ');
    await held.whenSaved();
    await onDisk.server.stop();
    const moved = JSON.parse((await migrate(dataFolder, store)).stdout);
    expect(moved).toMatchObject({
      phase: 'moved',
      entries: 1,
      files: 0,
      faults: [],
      keptAs: path.join(dataFolder, 'store-moved'),
    });

    const inDatabase = await serve(dataFolder, '--store', store);
    const ben = connect(inDatabase.clients, 'Ben').open(name);
    await untilText(ben.doc, 'before. meanwhile. ');
    ben.doc.getText('text').insert(0, 'In the database. ');
    await ben.whenSaved();
    expect((await bytesAt(inDatabase.clients.url + first)).equals(files[0]!)).toBe(true);
    const second = await add(inDatabase.clients.url, name, files[1]!);
    expect(await runWeft('verify', '--data', dataFolder)).toMatchObject({ code: 0 });
    expect(inDatabase.server.stderr).toBe('');

    expect(JSON.parse((await migrate(dataFolder, 'folder')).stdout)).toMatchObject({ phase: 'copied' });
    await inDatabase.server.stop();
    expect((await migrate(dataFolder, 'folder')).stdout).toContain('NO_STORE');
    const back = JSON.parse((await migrate(dataFolder, 'folder', '--store', store)).stdout);
    expect(back).toMatchObject({ phase: 'moved', entries: 0, faults: [] });
    const home = await serve(dataFolder);
    await untilText(connect(home.clients, 'Cy').open(name).doc, 'In the database. before. meanwhile. ');
    for (const [index, url] of [first, second].entries()) {
      expect((await bytesAt(home.clients.url + url)).equals(files[index]!)).toBe(true);
    }
    expect((await readdir(dataFolder)).filter((file) => /^(?:store|assets|migrating)/.test(file)).sort()).toEqual([
      'assets',
      'assets-moved',
      'store',
      'store-moved',
    ]);
    expect(home.server.stderr).toBe('');
    await home.server.stop();
    const again = JSON.parse((await migrate(dataFolder, store)).stdout);
    expect(again).toMatchObject({ phase: 'moved', entries: 0, faults: [], keptAs: `${dataFolder}/store-moved-2` });
    const last = await serve(dataFolder, '--store', store);
    await untilText(connect(last.clients, 'Di').open(name).doc, 'In the database. before. meanwhile. ');
  });

  test('killed at any moment it is gone on with, there, and back from several nodes', { timeout: 90_000 }, async () => {
    const dataFolder = await ownFolder();
    await makeUsedStore(path.join(dataFolder, 'store'), 30);
    const name = newName();
    const files = Array.from({ length: 4 }, () => new Uint8Array(randomBytes(4_000_000)));
    const urls: string[] = [];
    const onDisk = await serve(dataFolder);
    for (const bytes of files) urls.push(await add(onDisk.clients.url, name, bytes));
    await onDisk.server.stop();
    /** How large a store is differs; what is in it does not. */
    const listed = async (folder = dataFolder): Promise<string> =>
      (await runWeft('documents', '--data', folder, '--json')).stdout.replace(/"bytes":\d+/g, '');
    const expectFiles = async ({ clients }: Awaited<ReturnType<typeof serve>>): Promise<void> => {
      for (const [index, url] of urls.entries())
        expect((await bytesAt(clients.url + url)).equals(files[index]!), `file ${index}`).toBe(true);
    };
    const whole = await listed();
    const store = await newStore();

    /** Killed sooner and later, until it comes to its end. */
    async function untilMoved(to: string, ...more: string[]): Promise<number> {
      for (let kills = 0; ; kills++) {
        const running = spawnWeft('migrate', '--data', dataFolder, '--to', to, '--json', ...more);
        const killer = setTimeout(() => void running.kill(), 250 * 1.6 ** kills);
        const { code } = await running.exited;
        clearTimeout(killer);
        // Killed after its last step, before it could say so.
        if (code === 0 || running.stderr.includes('are there already')) return kills;
        expect(kills, running.stderr).toBeLessThan(20);
      }
    }
    expect(await untilMoved(store)).toBeGreaterThan(0);
    expect(existsSync(path.join(dataFolder, 'store'))).toBe(false);
    const several = ['--store', store, '--nodes', 'several'];
    const nodes = [await serve(dataFolder, ...several), await serve(await ownFolder(), ...several)];
    expect(await listed()).toBe(whole);
    expect(await runWeft('verify', '--data', dataFolder)).toMatchObject({ code: 0 });
    for (const node of nodes) await expectFiles(node);
    // The one that was set aside is what it was.
    const aside = await ownFolder();
    await cp(path.join(dataFolder, 'store-moved'), path.join(aside, 'store'), { recursive: true });
    expect(await listed(aside)).toBe(whole);

    // Back, begun by a node that is killed over it, while somebody writes at the other one.
    const copying = migrate(dataFolder, 'folder');
    const ann = connect(nodes[1]!.clients, 'Ann').open(name);
    ann.doc.getText('text').insert(0, 'at another node');
    await ann.whenSaved();
    await nodes[0]!.server.kill();
    await copying;
    await nodes[1]!.server.stop();
    expect(await untilMoved('folder', '--store', store)).toBeGreaterThan(0);
    const home = await serve(dataFolder);
    await untilText(connect(home.clients, 'Cy').open(name).doc, 'at another node');
    await expectFiles(home);
    expect(await runWeft('verify', '--data', dataFolder)).toMatchObject({ code: 0 });
    const again = await runWeft('serve', '--port', '0', '--data', await ownFolder(), '--store', store);
    expect(again.stderr).toContain('moved');
  });

  test('ended between its last steps, no store can be served that is not the new one', async () => {
    const dataFolder = await ownFolder();
    const end = await openEnd(await newStore(), dataFolder, randomBytes(32));
    onTestFinished(() => end.close());
    const retire = () => Promise.reject(new Error('killed'));
    await expect(end.settle({ retire } as unknown as MovableStore)).rejects.toThrow('killed');
    // The old database is where the documents are, until it says that they are not.
    expect(await notedStore(dataFolder)).toBeNull();

    // With documents in the folder still, and the note that they are in the database.
    await makeUsedStore(path.join(dataFolder, 'store'), 1);
    await noteStore(dataFolder, 'postgres://localhost/weft');
    await expect(holdFolder(dataFolder)).rejects.toThrow('give that command once more');
  });

  test('where documents are already, or somebody is at work, nothing is moved', async () => {
    const server = await ownServer();
    const store = await newStore();
    const { server: node } = await serve(await ownFolder(), '--store', store, '--nodes', 'several');
    const failed = async (to: string, code = 1): Promise<string> => {
      const result = await migrate(server.dataFolder, to);
      expect(result.code).toBe(code);
      return result.stdout;
    };
    const [inUse, there, unknown] = await Promise.all([failed(store), failed('folder'), failed('mysql://x', 2)]);
    expect(inUse).toContain('STORE_IN_USE');
    expect(there).toContain('are there already');
    expect(unknown).toContain('BAD_USAGE');
    await node.stop();
    expect(await failed(store)).toContain('not a copy of these');
  });
});
