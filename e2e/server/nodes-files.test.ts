// Files of documents at the built server, with its store in Postgres: what one node took another one sends, a node that is killed while
// a file comes leaves nothing that is seen, and what lay in a data folder before is there.

import { randomBytes } from 'node:crypto';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, describe, expect, onTestFinished, test } from 'vitest';
import { PostgresServer } from '../../server/src/log/test/postgres-server.js';
import { ownFolder, runWeft, spawnWeft, until } from './harness.js';
import { RawSocket } from './raw-socket.js';

const postgres = await PostgresServer.start();
if (postgres.missing !== null) process.stdout.write(`Not tested: files at several nodes. ${postgres.missing}.\n`);
else afterAll(() => postgres.server.stop());

describe.skipIf(postgres.missing !== null)('files of documents in Postgres', () => {
  const { server: database } = postgres as { readonly server: PostgresServer };

  async function newStore(): Promise<string> {
    const store = await database.newPlace();
    onTestFinished(() => database.removePlace(store));
    return store;
  }

  async function serve(store: string, dataFolder: string, ...more: string[]) {
    const server = spawnWeft('serve', '--port', '0', '--data', dataFolder, '--store', store, ...more);
    return { server, dataFolder, url: await server.ready, pid: server.pid };
  }

  const node = async (store: string) => serve(store, await ownFolder(), '--nodes', 'several');

  async function add(to: { readonly url: string }, name: string, bytes: Uint8Array<ArrayBuffer>): Promise<string> {
    const address = `${to.url}/api/v1/documents/${name}/assets?name=lamp.bin`;
    const headers = { 'content-type': 'application/octet-stream' };
    const response = await fetch(address, { method: 'POST', body: bytes, headers });
    if (response.status > 201) throw new Error(await response.text());
    return ((await response.json()) as { readonly url: string }).url;
  }

  const bytesAt = async (url: string, headers = {}): Promise<Buffer> =>
    Buffer.from(await (await fetch(url, { headers })).arrayBuffer());

  const count = async (store: string, what: string): Promise<number> =>
    Number((await database.ask(`select count(*) as n from ${what}`, store)).rows[0].n);

  test('a file that one node took is sent by another, whole or in part; one that is killed on the way leaves nothing', {
    timeout: 60_000,
  }, async () => {
    const store = await newStore();
    const [a, b] = [await node(store), await node(store)];
    const file = new Uint8Array(randomBytes(3_000_001));
    const url = await add(a, 'notes', file);
    expect((await bytesAt(b.url + url)).equals(file)).toBe(true);
    const part = await bytesAt(b.url + url, { range: 'bytes=262140-1000000' });
    expect(part.equals(file.subarray(262_140, 1_000_001))).toBe(true);
    expect(await add(b, 'notes', file)).toBe(url);
    expect(await count(store, 'weft_file where is_placed')).toBe(1);
    await until(async () => (await count(store, 'weft_file')) === 1, 'the same one from before is removed');

    const socket = new RawSocket(a);
    socket.socket.on('error', () => undefined);
    const head = ['POST /api/v1/documents/notes/assets HTTP/1.1', 'Host: 127.0.0.1', 'Content-Type: image/png'];
    socket.send([...head, 'Content-Length: 5000000', '', ''].join('\r\n'));
    const picture = Buffer.concat([Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'), randomBytes(1_000_000)]);
    socket.send(picture);
    await until(
      async () => (await count(store, 'weft_file_piece p join weft_file using (upload) where not is_placed')) > 2,
      'it comes',
    );
    await a.server.kill();
    expect((await fetch(`${b.url}/api/v1/documents/notes`)).status).toBe(200);
    // Sent again, to another node.
    const other = new Uint8Array(randomBytes(500_000));
    expect((await bytesAt(b.url + (await add(b, 'notes', other)))).equals(other)).toBe(true);
    await database.ask(`update weft_file set touched_at = now() - interval '2 hours'`, store);
    const c = await node(store);
    await until(async () => (await count(store, 'weft_file where not is_placed')) === 0, 'it is cleared away');
    expect((await bytesAt(c.url + url)).equals(file)).toBe(true);

    const verify = async () => JSON.parse((await runWeft('verify', '--data', c.dataFolder, '--json')).stdout);
    expect(await verify()).toMatchObject({ isSound: true, findings: [] });
    const backup = path.join(await ownFolder(), 'backup');
    expect((await runWeft('backup', backup, '--data', c.dataFolder)).code).toBe(0);
    expect((await readFile(path.join(backup, 'assets', ...placeOf(url)))).equals(file)).toBe(true);
    await database.ask('delete from weft_file_piece where number = 3', store);
    expect(await verify()).toMatchObject({
      isSound: false,
      findings: [{ message: expect.stringMatching(/lamp\.bin.*is damaged/) }],
    });
  });

  test('what lay in the data folder is brought into the database, and then is nowhere else; large ones cost no memory to speak of', {
    timeout: 60_000,
  }, async () => {
    const store = await newStore();
    const dataFolder = await ownFolder();
    const first = await serve(store, dataFolder);
    const file = new Uint8Array(randomBytes(400_000));
    const url = await add(first, 'notes', file);
    await first.server.stop();
    // As a Weft from before has left it.
    const [folder, id] = placeOf(url);
    await mkdir(path.join(dataFolder, 'assets', folder), { recursive: true });
    await writeFile(path.join(dataFolder, 'assets', folder, id), file);
    await database.ask('delete from weft_file', store);
    const again = await serve(store, dataFolder);
    expect((await bytesAt(again.url + url)).equals(file)).toBe(true);
    expect(await readdir(path.join(dataFolder, 'assets', folder))).toEqual([]);

    // However many come and are read at once, memory is for pieces of them.
    const before = await residentBytes(again);
    const large = new Uint8Array(randomBytes(20_000_000));
    const sent = Array.from({ length: 4 }, (_, i) => add(again, 'notes', Uint8Array.from(large).fill(i, 0, 1)));
    const read = await Promise.all((await Promise.all(sent)).map((at) => bytesAt(again.url + at)));
    for (const [i, bytes] of read.entries()) expect(bytes.equals(Buffer.from(large).fill(i, 0, 1))).toBe(true);
    // Of 160 MB that were sent and read; what is seen waits for the next collection.
    expect((await residentBytes(again)) - before).toBeLessThan(100_000_000);

    await runWeft('erase', 'notes', '--yes', '--data', dataFolder);
    await until(async () => (await count(store, 'weft_file')) === 0, 'the files are gone');
    expect(await count(store, 'weft_file_piece')).toBe(0);
  });
});

/** Where a file lies below a folder of files. */
function placeOf(url: string): readonly [string, string] {
  const id = url.split('/').at(-1)!;
  return [id.slice(0, 2), id];
}

async function residentBytes({ pid }: { readonly pid: number }): Promise<number> {
  return Number(/VmRSS:\s+(\d+) kB/.exec(await readFile(`/proc/${pid}/status`, 'utf8'))![1]) * 1024;
}
