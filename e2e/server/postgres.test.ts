// The built server with its documents in Postgres: what people are told while the database is gone, what is there after a kill,
// and what is said to whoever looks for the documents elsewhere.

import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, describe, expect, onTestFinished, test } from 'vitest';
import { PostgresServer } from '../../server/src/log/test/postgres-server.js';
import {
  connect,
  newName,
  ownFolder,
  ownServer,
  runWeft,
  spawnWeft,
  stockClient,
  type TestServer,
  textOf,
  until,
  untilText,
} from './harness.js';

const postgres = await PostgresServer.start();
if (postgres.missing !== null) process.stdout.write(`Not tested: a server on Postgres. ${postgres.missing}.\n`);
else afterAll(() => postgres.server.stop());

describe.skipIf(postgres.missing !== null)('a server with its documents in Postgres', () => {
  const { server: database } = postgres as { readonly server: PostgresServer };

  async function newStore(): Promise<string> {
    const store = await database.newPlace();
    onTestFinished(() => database.removePlace(store));
    return store;
  }

  async function serve(dataFolder: string, store: string) {
    const server = spawnWeft('serve', '--port', '0', '--data', dataFolder, '--store', store);
    return { server, url: await server.ready };
  }

  const clientsOf = (url: string): TestServer => ({ url }) as TestServer;

  test('I1: what was told as saved is there after the database and then the server were killed', async () => {
    const store = await newStore();
    const dataFolder = await ownFolder();
    const { server, url } = await serve(dataFolder, store);
    const name = newName();
    const ann = connect(clientsOf(url), 'Ann').open(name);
    const ben = connect(clientsOf(url), 'Ben').open(name);
    const stock = stockClient(clientsOf(url), name);
    const text = ann.doc.getText('text');
    text.insert(0, 'before. ');
    await ann.whenSaved();
    await Promise.all([untilText(ben.doc, 'before. '), untilText(stock.doc, 'before. ')]);

    await database.kill();
    text.insert(text.length, 'while it is gone. ');
    await until(() => ann.saveState.kind === 'busy' && ben.saveState.kind === 'busy', 'both are told');
    expect(ann.saveState).toMatchObject({ reason: 'store-silent', changes: 1 });
    expect(ben.saveState).toMatchObject({ reason: 'store-silent', changes: 0 });
    expect(textOf(ben.doc)).toBe('before. ');
    const ready = await fetch(`${url}/readyz`);
    expect([ready.status, await ready.json()]).toMatchObject([
      503,
      { reason: expect.stringContaining('does not answer') },
    ]);

    // Who reads waits for a while.
    const list = fetch(`${url}/api/v1/documents`);
    await database.startAgain();
    expect((await list).status).toBe(200);
    await ann.whenSaved();
    const all = 'before. while it is gone. ';
    await Promise.all([untilText(ben.doc, all), untilText(stock.doc, all)]);
    expect((await fetch(`${url}/readyz`)).status).toBe(200);

    await server.kill();
    // A folder of its own: another machine.
    const again = await serve(await ownFolder(), store);
    await untilText(connect(clientsOf(again.url), 'Cy').open(name).doc, all);
    expect(again.server.stderr).toBe('');
    expect(await again.server.stop()).toMatchObject({ code: 0 });
  });

  test('commands ask the running server, and say where the documents are when none runs', async () => {
    const store = await newStore();
    const dataFolder = await ownFolder();
    const { server, url } = await serve(dataFolder, store);
    const name = newName();
    const ann = connect(clientsOf(url), 'Ann').open(name);
    ann.doc.getText('text').insert(0, 'text');
    await ann.whenSaved();
    for (const command of ['verify', 'compact', 'documents']) {
      const { code, stdout, stderr } = await runWeft(command, '--data', dataFolder);
      expect([code, stderr], command).toEqual([0, '']);
      expect(stdout).not.toBe('');
    }
    expect((await runWeft('documents', '--data', dataFolder)).stdout).toContain(name);
    expect((await runWeft('erase', name, '--yes', '--data', dataFolder)).code).toBe(0);
    expect((await runWeft('documents', '--data', dataFolder)).stdout).not.toContain(name);
    await server.stop();
    for (const command of [['documents'], ['verify'], ['serve', '--port', '0']]) {
      const { code, stderr } = await runWeft(...command, '--data', dataFolder);
      expect(code, command[0]).not.toBe(0);
      expect(stderr).toContain('are in the database postgres://127.0.0.1');
      expect(stderr).not.toContain('weft@');
    }
  });

  test('a backup takes documents from a folder to a database', async () => {
    const onDisk = await ownServer(await ownFolder());
    const name = newName();
    const ann = connect(onDisk, 'Ann').open(name);
    ann.doc.getText('text').insert(0, 'brought along');
    await ann.whenSaved();
    const backup = path.join(await ownFolder(), 'backup');
    expect(await runWeft('backup', backup, '--data', onDisk.dataFolder)).toMatchObject({ code: 0 });
    const dataFolder = await ownFolder();
    const { url } = await serve(dataFolder, await newStore());
    expect(await runWeft('restore-backup', backup, '--data', dataFolder)).toMatchObject({ code: 0 });
    await untilText(connect(clientsOf(url), 'Ben').open(name).doc, 'brought along');
    expect(await runWeft('verify', '--data', dataFolder)).toMatchObject({ code: 0 });
  });

  test('one server has a store, a folder with documents of its own is left alone, and an address says what it is', async () => {
    const store = await newStore();
    await serve(await ownFolder(), store);
    const refused = async (...args: string[]): Promise<string> => {
      const { code, stderr } = await runWeft('serve', '--port', '0', ...args);
      expect(code).not.toBe(0);
      return stderr;
    };
    expect(await refused('--data', await ownFolder(), '--store', store)).toContain(
      'Another Weft server has this store',
    );
    const { dataFolder } = await ownServer(await ownFolder());
    expect(await refused('--data', dataFolder, '--store', store)).toContain('holds documents of its own');
    expect(await refused('--data', await ownFolder(), '--store', 'db')).toContain('postgres://');
    const gone = await refused('--data', await ownFolder(), '--store', 'postgres://weft:secret@127.0.0.1:9/weft');
    expect(gone).toContain('The database at 127.0.0.1:9 cannot be used');
    expect(gone).not.toContain('secret');
  });

  test('L3: a database that was set back is noticed at the start', async () => {
    const store = await newStore();
    const dataFolder = await ownFolder();
    const { server, url } = await serve(dataFolder, store);
    const ann = connect(clientsOf(url), 'Ann').open(newName());
    ann.doc.getText('text').insert(0, 'text');
    await ann.whenSaved();
    await server.stop();
    await database.ask('update weft_store set journal_number = 0', store);
    const again = await serve(dataFolder, store);
    expect(again.server.stderr).toContain('ALARM: The store has lost its newest entries');
    await again.server.stop();
    await writeFile(path.join(dataFolder, 'watermark'), 'what is this');
    expect((await serve(dataFolder, store)).server.stderr).toContain(
      'ALARM: The file "watermark" in the data folder is damaged',
    );
  });
});
