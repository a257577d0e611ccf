// The built server as several nodes on one Postgres: work that one of them does for all goes on when it is killed, and when it is
// stopped, and who was stopped does no harm when it wakes up.

import { randomBytes } from 'node:crypto';
import { afterAll, describe, expect, onTestFinished, test } from 'vitest';
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
