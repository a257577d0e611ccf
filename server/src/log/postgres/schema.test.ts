import pg from 'pg';
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest';
import type { SyncError } from '../../sync-error.js';
import { Holder } from '../test/holder.js';
import { content, textOf } from '../test/log-harness.js';
import { PostgresServer } from '../test/postgres-server.js';
import { openPostgresLog } from './postgres-log.js';
import { MIGRATIONS, type Migration, migrate } from './schema.js';

const postgres = await PostgresServer.start();
if (postgres.missing !== null) process.stdout.write(`Not tested: tables of other versions. ${postgres.missing}.\n`);
else afterAll(() => postgres.server.stop());

const addition: Migration = { sql: 'create table weft_later (number integer primary key)', isAddition: true };
const change: Migration = {
  sql: 'alter table weft_store add column later bigint not null default 0',
  isAddition: false,
};

describe.skipIf(postgres.missing !== null)('tables of other versions', () => {
  const { server } = postgres as { readonly server: PostgresServer };
  let client: pg.Client;

  beforeAll(async () => {
    client = new pg.Client(await server.newPlace());
    await client.connect();
    return () => client.end();
  });

  const numbersIn = async (table: string) =>
    (await client.query(`select number from ${table} order by number`)).rows.map(({ number }) => number);
  const known = MIGRATIONS.length;
  const needed = MIGRATIONS.flatMap(({ isAddition }, index) => (isAddition ? [] : [index + 1]));

  test('what a newer version added keeps no older one out, and is not made again', async () => {
    await migrate(client);
    await migrate(client, [...MIGRATIONS, addition]);
    await migrate(client);
    await migrate(client, [...MIGRATIONS, addition]);
    expect(await numbersIn('weft_migration')).toEqual(needed);
    expect(await numbersIn('weft_addition')).toContain(known + 1);
    // The versions before additions were told apart look at this number alone.
    const { rows } = await client.query('select coalesce(max(number), 0) as number from weft_migration');
    expect(rows[0].number).toBeLessThanOrEqual(known);
  });

  test('N3: what a newer version changed keeps older ones out, in a sentence, and is whole for those that know it', async () => {
    const newer = [...MIGRATIONS, addition, change];
    await migrate(client, newer);
    expect(await numbersIn('weft_migration')).toEqual([...needed, known + 2]);
    await expect(migrate(client)).rejects.toMatchObject({
      code: 'STORE_UNREADABLE',
      message: expect.stringContaining(
        `only those that know its tables number ${known + 2} may use it (this one knows ${known})`,
      ),
    });
    await migrate(client, newer);
  });

  test('N3: servers that share the store and do not know what a newer version changed end, and no later group of theirs is written', async () => {
    const url = await server.newPlace();
    const failures: SyncError[] = [];
    const open = async (askEveryMs: number) => {
      const leases = { lastsMs: 60_000, askEveryMs };
      const shared = { compareEveryMs: 2 ** 30, leases };
      const log = await openPostgresLog(url, { onFailure: (error) => failures.push(error), shared });
      onTestFinished(() => log.close());
      return log;
    };
    const [writing, idle] = [await open(2 ** 30), await open(10)];
    const ann = await Holder.open(writing, content('notes'));
    ann.append('before');
    await ann.until(() => !ann.isWaiting);
    const newer = new pg.Client(url);
    await newer.connect();
    onTestFinished(() => newer.end());

    // Nobody is in the way of what only adds.
    await migrate(newer, [...MIGRATIONS, addition]);
    ann.append('beside');
    await ann.until(() => !ann.isWaiting);
    expect(failures).toEqual([]);

    await migrate(newer, [...MIGRATIONS, addition, change]);
    await vi.waitFor(() => expect(failures).toHaveLength(1), { timeout: 10_000 });
    ann.append('after');
    await vi.waitFor(() => expect(failures).toHaveLength(2), { timeout: 10_000 });
    for (const { code, message } of failures) {
      expect(code).toBe('LOG_FAILED');
      expect(message).toContain('a newer version has changed its tables');
    }
    const entries = await (await idle.view(content('notes'))).entriesAfter(0);
    expect(entries.map(textOf)).toEqual(['before', 'beside']);
    await expect(open(10)).rejects.toMatchObject({ code: 'STORE_UNREADABLE' });
  });

  test('N3: a server that has looked at the tables, and takes the store while a newer version changes them, does not start', async () => {
    const url = await server.newPlace();
    const open = () =>
      openPostgresLog(url, { onFailure: () => undefined, shared: { compareEveryMs: 2 ** 30 } }).then((log) => {
        onTestFinished(() => log.close());
        return log;
      });
    // One that runs would wait for the lock as well, to say that it does.
    await (await open()).close();
    const newer = new pg.Client(url);
    await newer.connect();
    onTestFinished(() => newer.end());
    // As where it has begun to change them.
    await newer.query('begin; lock table weft_server in exclusive mode');
    const opening = expect(open()).rejects.toMatchObject({
      code: 'STORE_UNREADABLE',
      message: expect.stringContaining(`only those that know its tables number ${known + 1} may use it`),
    });
    const waiting = `select from pg_locks where relation = 'weft_server'::regclass and not granted`;
    await vi.waitFor(async () => expect((await newer.query(waiting)).rowCount).toBe(1), { timeout: 4000 });
    await migrate(newer, [...MIGRATIONS, change]);
    await opening;
    const { rows } = await newer.query(
      'select generation, shared_generation, (select count(*) from weft_server) as servers from weft_store',
    );
    expect(rows).toEqual([{ generation: '2', shared_generation: '1', servers: '0' }]);
  });
});
