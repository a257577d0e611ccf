// The built server as several nodes on one Postgres: work that one of them does for all goes on when it is killed, and when it is
// stopped, and who was stopped does no harm when it wakes up.

import { randomBytes } from 'node:crypto';
import { readdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, describe, expect, onTestFinished, test } from 'vitest';
import { ServerProcess } from '../../bench/src/server-process.js';
import { PostgresServer } from '../../server/src/log/test/postgres-server.js';
import { connect, newName, ownFolder, runWeft, spawnWeft, type TestServer, textOf, untilText } from './harness.js';

const postgres = await PostgresServer.start();
if (postgres.missing !== null) process.stdout.write(`Not tested: work of several nodes. ${postgres.missing}.\n`);
else afterAll(() => postgres.server.stop());

/** After 8 s a work is another node's, on a machine that has time. */
const WITHIN = { timeout: 30_000, interval: 50 };

describe.skipIf(postgres.missing !== null)('packing, which one of several nodes does', () => {
  const { server: database } = postgres as { readonly server: PostgresServer };

  async function goesOnAfter(signal: 'SIGKILL' | 'SIGSTOP'): Promise<void> {
    const store = await database.newPlace();
    onTestFinished(() => database.removePlace(store));
    const ask = async (text: string): Promise<string> =>
      String((await database.ask(text, store)).rows[0]?.answer ?? 'none');
    // The node that opened the store as the first is 0.
    const packer = () =>
      ask(`select (select count(*) from weft_server s where s.opened_at < h.opened_at) as answer
        from weft_lease join weft_server h on h.id = holder`);
    const serve = async () => {
      const dataFolder = await ownFolder();
      const server = spawnWeft('serve', '--port', '0', '--data', dataFolder, '--store', store, '--nodes', 'several');
      return { server, dataFolder, clients: { url: await server.ready } as TestServer };
    };
    const first = await serve();
    await expect.poll(packer, WITHIN).toBe('0');
    const second = await serve();
    const ann = connect(second.clients, 'Ann').open(newName());
    const text = ann.doc.getText('text');
    text.insert(0, 'Ann. ');
    await ann.whenSaved();
    process.kill(first.server.pid, signal);
    // More than it takes for something to be packed.
    for (let part = 0; part < 3; part++) text.insert(0, randomBytes(1_500_000).toString('hex'));
    await ann.whenSaved();
    await expect.poll(packer, WITHIN).toBe('1');
    if (signal === 'SIGSTOP') process.kill(first.server.pid, 'SIGCONT');
    const unpacked = () => ask('select count(*) as answer from weft_run where not is_packed');
    await expect.poll(unpacked, WITHIN).toBe('0');
    const reader = signal === 'SIGSTOP' ? first : await serve();
    await untilText(connect(reader.clients, 'Ben').open(ann.name).doc, textOf(ann.doc));
    expect(await runWeft('verify', '--data', second.dataFolder)).toMatchObject({ code: 0 });
  }

  // Both at once, for most of it is waiting.
  test('N2: it is done by another soon after it was killed or stopped, and no text is lost', async () => {
    await Promise.all([goesOnAfter('SIGKILL'), goesOnAfter('SIGSTOP')]);
  }, 90_000);
});

describe.skipIf(postgres.missing !== null)('what is done once a day, by one of several nodes', () => {
  const { server: database } = postgres as { readonly server: PostgresServer };

  /** For a process whose days take a fifth of a second, and whose clock is three of ours ahead. */
  const quickDays = `--import=data:text/javascript,${encodeURIComponent(`
    const [wait, now] = [setTimeout, Date.now];
    globalThis.setTimeout = (act, ms, ...rest) => wait(act, ms >= 600_000 ? 200 : ms, ...rest);
    Date.now = () => now() + 3 * 86_400_000;
  `)}`;

  test('L5, N2: another does it when the first one ends, once, and people at all of them write on', async () => {
    const store = await database.newPlace();
    onTestFinished(() => database.removePlace(store));
    const config = path.join(await ownFolder(), 'weft.json');
    await writeFile(config, JSON.stringify({ documents: { keepPastDays: 1, trashDays: 1 } }));
    const serve = async (env: Readonly<Record<string, string>> = {}) => {
      const dataFolder = await ownFolder();
      const args = ['--data', dataFolder, '--store', store, '--nodes', 'several', '--config', config];
      const server = new ServerProcess(['serve', '--port', '0', ...args], { env });
      onTestFinished(async () => void (await server.kill()));
      const clients = { url: await server.ready } as TestServer;
      return { server, clients, dataFolder, weft: (...rest: string[]) => runWeft(...rest, '--data', dataFolder) };
    };
    const count = async (text: string): Promise<number> => Number((await database.ask(text, store)).rows[0].count);
    const inStore = async (text: string): Promise<boolean> => {
      const isIn = `where position(convert_to('${text}', 'UTF8') in value) > 0`;
      return (
        (await count(
          `select (select count(*) from weft_run ${isIn}) + (select count(*) from weft_value ${isIn}) as count`,
        )) > 0
      );
    };
    const first = await serve();
    await expect.poll(() => count(`select count(*) from weft_lease where work = 'daily'`), WITHIN).toBe(1);
    const [a, b] = await Promise.all([1, 2].map(() => serve({ NODE_OPTIONS: quickDays })));

    const [notes, old] = [newName(), newName()];
    const cleo = connect(first.clients, 'Cleo').open(notes);
    cleo.doc.getText('text').insert(0, 'QkwxPast and the rest');
    await cleo.whenSaved();
    cleo.doc.getText('text').delete(0, 'QkwxPast '.length);
    await cleo.whenSaved();
    const file = path.join(path.dirname(config), 'old.md');
    await writeFile(file, 'QkwxTrash');
    const there = connect(first.clients, 'Cleo').open(old);
    there.doc.getText('text').insert(0, 'QkwxTrash');
    await there.whenSaved();
    expect(await a!.weft('import', file, '--name', old, '--replace')).toMatchObject({ code: 0, stderr: '' });
    const replaced = async (): Promise<number> => (await readdir(path.join(a!.dataFolder, 'replaced'))).length;
    const trashed = await fetch(`${first.clients.url}/api/v1/trash/${old}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ do: 'put' }),
    });
    expect(trashed.status).toBe(200);
    const [ann, ben] = [connect(a!.clients, 'Ann').open(notes), connect(b!.clients, 'Ben').open(notes)];
    for (const { doc } of [ann, ben]) await untilText(doc, 'and the rest');
    const docs = new Set([ann.doc, ben.doc]);
    expect([await inStore('QkwxPast'), await inStore('QkwxTrash'), await replaced()]).toEqual([true, true, 1]);

    expect(await first.server.stop()).toMatchObject({ code: 0 });
    for (const text of ['QkwxPast', 'QkwxTrash']) await expect.poll(() => inStore(text), WITHIN).toBe(false);
    await expect.poll(replaced, WITHIN).toBe(0);
    ann.doc.getText('text').insert(0, 'Ann. ');
    await untilText(ben.doc, 'Ann. and the rest');
    ben.doc.getText('text').insert(0, 'Ben. ');
    await untilText(ann.doc, 'Ben. Ann. and the rest');
    expect([docs.has(ann.doc), docs.has(ben.doc)]).toEqual([true, true]);
    const byItself = async (): Promise<unknown[][]> => {
      const { stdout } = await b!.weft('audit', '--json');
      const { records } = JSON.parse(stdout) as {
        records: { action: string; document: string | null; person: string }[];
      };
      const done = records.filter(({ action }) => action === 'past-trimmed' || action === 'document-erased');
      return done.map(({ action, document, person }) => [action, document, person]).sort();
    };
    // An erased document by a hash of its name alone.
    const once = [
      ['document-erased', null, ''],
      ['past-trimmed', notes, ''],
    ];
    await expect.poll(byItself, WITHIN).toEqual(once);
    for (const { server } of [a!, b!])
      expect(server.stderr.replace(/^.* was replaced by a command, .*\n/, '')).toBe('');
  }, 90_000);
});
