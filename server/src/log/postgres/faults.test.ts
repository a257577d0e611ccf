import fc from 'fast-check';
import pg from 'pg';
import { afterAll, describe, expect, onTestFinished, test, vi } from 'vitest';
import { CuttingProxy } from '../../../../bench/src/services/cutting-proxy.js';
import { LogMetrics } from '../../metrics/metrics.js';
import type { SyncError } from '../../sync-error.js';
import type { DocumentLog, Entry, OpenChannel } from '../document-log.js';
import type { StorageState } from '../storage-health.js';
import { content, documentName, Ear, newEntry, textOf, turn } from '../test/log-harness.js';
import { PostgresServer } from '../test/postgres-server.js';
import { ReadingConnections, WritingConnection } from './connections.js';
import { openPostgresLog } from './postgres-log.js';
import { LOCK, SCHEMA_NUMBER } from './schema.js';

const NOTES = content('notes');
const SOON = { timeout: 25_000, interval: 10 };

const postgres = await PostgresServer.start();
if (postgres.missing !== null) process.stdout.write(`Not tested: faults of Postgres. ${postgres.missing}.\n`);
else afterAll(() => postgres.server.stop());

describe.skipIf(postgres.missing !== null)('a log in a database that fails', () => {
  const { server } = postgres as { readonly server: PostgresServer };

  async function newPlace(): Promise<string> {
    const url = await server.newPlace();
    onTestFinished(() => server.removePlace(url));
    return url;
  }

  async function openLog(url: string) {
    const states: StorageState[] = [];
    const failures: SyncError[] = [];
    const said: string[] = [];
    const metrics = new LogMetrics();
    const log = await openPostgresLog(url, {
      metrics,
      onFailure: (error) => failures.push(error),
      onHealth: (state) => void (states.at(-1) !== state && states.push(state)),
      complain: (sentence) => said.push(sentence),
    });
    onTestFinished(() => log.close());
    return { log, states, failures, said, metrics };
  }

  /** A log by a road that breaks. */
  async function openByProxy() {
    const url = await newPlace();
    const proxy = await CuttingProxy.start(url);
    onTestFinished(() => proxy.stop());
    return { ...(await openLog(proxy.url)), proxy, url };
  }

  /** What another server would find, that the first one is gone. */
  async function entriesIn(log: DocumentLog, url: string): Promise<Entry[]> {
    await log.close();
    const again = await openPostgresLog(url, { onFailure: () => undefined });
    try {
      return await (await again.view(NOTES)).entriesAfter(0);
    } finally {
      await again.close();
    }
  }

  const texts = (entries: readonly Entry[]): string[] => entries.map(textOf);

  /** Appends numbered entries, one each turn. */
  async function writeOn(channel: OpenChannel, count: number): Promise<string[]> {
    const all: string[] = [];
    for (let number = 1; number <= count; number++) {
      all.push(`entry ${number}`);
      channel.append(newEntry(all.at(-1)!, { clientSeq: number }));
      await turn();
    }
    return all;
  }

  test('I1: a connection that is cut in the middle of a commit loses nothing and doubles nothing', async () => {
    const { log, proxy, states, url } = await openByProxy();
    const ear = new Ear();
    const channel = await log.open(NOTES, ear);
    const cut = fc.constantFrom('before', 'within', 'after', null);
    const cuts = fc.sample(fc.array(cut, { minLength: 60, maxLength: 60 }), { numRuns: 1, seed: 17 })[0]!;
    const expected: string[] = [];
    for (const [round, next] of cuts.entries()) {
      proxy.cuts.push(next);
      for (const part of ['a', 'b']) {
        expected.push(`${round} ${part}`);
        channel.append(newEntry(expected.at(-1)!, { clientSeq: expected.length }));
      }
      await ear.hears(expected.length);
    }
    expect(proxy.cutCount).toBeGreaterThan(30);
    expect(new Set(states)).toEqual(new Set(['silent', 'ok']));
    expect(states.at(-1)).toBe('ok');
    expect(ear.heard).toEqual([...ear.heard].sort((a, b) => a - b));
    expect(texts(await entriesIn(log, url))).toEqual(expected);
  });

  test('what is rearranged while the connection is cut is rearranged once', async () => {
    const { log, proxy, url } = await openByProxy();
    const entries = ['x', 'y', 'z'].map((text, index) => ({ seq: index + 1, ...newEntry(text) }));
    for (const cuts of [['after'], ['within'], [null, 'after'], [null, 'before'], [null, 'within']] as const) {
      proxy.cuts.push(...cuts);
      const epoch = await log.replaceChannel(NOTES, { entries, checkpoint: null });
      expect(await log.view(NOTES)).toMatchObject({ epoch, head: 3 });
      await log.records.write([{ table: 'person', key: 'ann', value: new Uint8Array() }]);
    }
    expect(proxy.cutCount).toBe(5);
    proxy.cuts.push(null, 'after');
    await log.eraseDocument(documentName('notes'));
    expect(await log.document(documentName('notes'))).toBeNull();
    expect(await entriesIn(log, url)).toEqual([]);
  });

  test('a database that ends at once and comes back is written on, and says meanwhile that it is silent', async () => {
    const url = await newPlace();
    const { log, said, states } = await openLog(url);
    const ear = new Ear();
    const channel = await log.open(NOTES, ear);
    const first = await writeOn(channel, 40);
    await ear.hears(20);
    await server.kill();
    const heard = ear.heard.at(-1)!;
    const later = ['while it is gone', 'and still'];
    for (const text of later) channel.append(newEntry(text));
    while (states.length === 0) await turn();
    expect(states).toEqual(['silent']);
    expect(ear.heard.at(-1)).toBe(heard);
    expect(said.join()).toContain('does not answer');
    // Who reads waits, too.
    const reading = log.view(NOTES);
    await server.startAgain();
    await ear.hears(42);
    expect((await reading).head).toBeGreaterThanOrEqual(heard);
    expect(states).toEqual(['silent', 'ok']);
    expect(texts(await entriesIn(log, url))).toEqual([...first, ...later]);
  });

  test('N1: a session that stopped with a row in its hands holds nobody up for good', async () => {
    const url = await newPlace();
    const { log } = await openLog(url);
    const ear = new Ear();
    const channel = await log.open(NOTES, ear);
    channel.append(newEntry('a'));
    await ear.hears(1);
    const stopped = new pg.Client(url);
    const ended = new Promise((resolve) => stopped.on('error', resolve));
    await stopped.connect();
    // As our connections have it: see the next test.
    await stopped.query(`set idle_in_transaction_session_timeout = '5s'`);
    await stopped.query('begin');
    await stopped.query('select from weft_channel for update');
    channel.append(newEntry('b'));
    await ear.hears(2);
    await ended;
    expect(texts(await entriesIn(log, url))).toEqual(['a', 'b']);
  });

  test('N1: our connections wait and idle for 5 s at most, and wait for the disk', async () => {
    const writing = new WritingConnection(await newPlace());
    onTestFinished(() => writing.close());
    const client = await writing.open();
    for (const [setting, value] of [
      ['lock_timeout', '5s'],
      ['idle_in_transaction_session_timeout', '5s'],
      ['statement_timeout', '9s'],
      ['tcp_user_timeout', '10000'],
      ['synchronous_commit', 'on'],
    ]) {
      expect((await client.query(`show ${setting}`)).rows).toEqual([{ [setting!]: value }]);
    }
  });

  test('reads that take long are six at most, end after 9 s, and hold up no commit', async () => {
    const url = await newPlace();
    const { log } = await openLog(url);
    const reading = new ReadingConnections(url);
    onTestFinished(() => reading.close());
    expect(await reading.query('show statement_timeout')).toEqual([{ statement_timeout: '9s' }]);
    const slow = new pg.Client(url);
    await slow.connect();
    await slow.query('select pg_advisory_lock(7)');
    const reads = Array.from({ length: 8 }, () => reading.query('select pg_advisory_lock_shared(7)'));
    const waiting = `select count(*)::int as count from pg_stat_activity where query like '%lock_shared(7)' and state = 'active'`;
    while ((await server.ask(waiting)).rows[0].count < 6) await turn();
    const ear = new Ear();
    (await log.open(NOTES, ear)).append(newEntry('a'));
    await ear.hears(1);
    expect((await server.ask(waiting)).rows[0].count).toBe(6);
    await slow.end();
    await Promise.all(reads);
  });

  test('a snapshot that cannot begin leaves no connection behind', async () => {
    const url = await newPlace();
    const reading = new ReadingConnections(url);
    onTestFinished(() => reading.close());
    const query = pg.Client.prototype.query as (...args: unknown[]) => Promise<unknown>;
    const spied = vi.spyOn(pg.Client.prototype, 'query').mockImplementation(function (
      this: pg.Client,
      ...args: unknown[]
    ) {
      const isBegin = String(args[0]).includes('begin isolation level');
      return isBegin ? Promise.reject(new Error('It was cut.')) : query.apply(this, args);
    } as never);
    const ended = vi.spyOn(pg.Client.prototype, 'end');
    onTestFinished(() => void vi.restoreAllMocks());
    await expect(reading.snapshot()).rejects.toThrow('It was cut.');
    expect(ended).toHaveBeenCalledTimes(1);
    expect(ended.mock.contexts[0]).toBe(spied.mock.contexts.at(-1));
  });

  test('a second server does not get the store, and gets it when the first one is gone', async () => {
    const url = await newPlace();
    const { log } = await openLog(url);
    await expect(openLog(url)).rejects.toMatchObject({ code: 'STORE_IN_USE' });
    await log.close();
    await openLog(url);
  });

  test('N1: a server whose store was taken over writes nothing more, and says so', async () => {
    const { failures, log, proxy, url } = await openByProxy();
    const ear = new Ear();
    const channel = await log.open(NOTES, ear);
    channel.append(newEntry('a'));
    await ear.hears(1);
    proxy.isClosed = true;
    proxy.breakAll();
    let second: DocumentLog | null = null;
    // The database may not have noticed at once.
    while (second === null) {
      const outcome = await openLog(url).catch((error: SyncError) => error.code);
      if (typeof outcome === 'string') expect(outcome).toBe('STORE_IN_USE');
      else second = outcome.log;
    }
    channel.append(newEntry('of the first'));
    proxy.isClosed = false;
    while (failures.length === 0) await turn();
    expect(failures[0]).toMatchObject({ code: 'LOG_FAILED', message: expect.stringContaining('taken it over') });
    expect(ear.heard).toEqual([1]);
    const other = new Ear();
    const taken = await second.open(NOTES, other);
    taken.append(newEntry('of the second'));
    await other.hears(2);
    expect(texts(await taken.entriesAfter(0))).toEqual(['a', 'of the second']);
  });

  test('N1: an idle server notices that its store was taken over', async () => {
    const { failures, log, proxy, states, url } = await openByProxy();
    proxy.isClosed = true;
    proxy.breakAll();
    while (states.length === 0) await turn();
    expect(states).toEqual(['silent']);
    await openLog(url);
    proxy.isClosed = false;
    while (failures.length === 0) await turn();
    expect(failures[0]).toMatchObject({ code: 'LOG_FAILED', message: expect.stringContaining('taken it over') });
    await expect(log.records.write([{ table: 'person', key: 'ann', value: new Uint8Array() }])).rejects.toMatchObject({
      code: 'LOG_FAILED',
    });
  });

  test('N1: an idle server whose connection broke has the store again before another one can', async () => {
    const { failures, proxy, states, url } = await openByProxy();
    const holders = async (): Promise<number[]> =>
      (await server.ask(`select pid from pg_locks where locktype = 'advisory' and granted`)).rows.map(({ pid }) => pid);
    const [first] = await holders();
    proxy.breakAll();
    for (let now: number[] = []; now.length === 0 || now.includes(first!); ) now = await holders();
    await expect(openLog(url)).rejects.toMatchObject({ code: 'STORE_IN_USE' });
    expect([failures, states]).toEqual([[], []]);
  });

  test('N1: nothing is written without the lock, though nobody has taken the store', async () => {
    const { log, metrics, proxy, states, url } = await openByProxy();
    const ear = new Ear();
    const channel = await log.open(NOTES, ear);
    const other = new pg.Client(url);
    await other.connect();
    const has = `pg_advisory_lock(${LOCK.store}, ${SCHEMA_NUMBER})`;
    proxy.isClosed = true;
    proxy.breakAll();
    // Free once the database has noticed.
    await other.query(`select ${has}`);
    channel.append(newEntry('a'));
    proxy.isClosed = false;
    const { failedWrites } = metrics;
    while (metrics.failedWrites < failedWrites + 4) await turn();
    expect(ear.heard).toEqual([]);
    expect(states).toEqual(['silent']);
    await other.end();
    await ear.hears(1);
    expect(states).toEqual(['silent', 'ok']);
  });

  test('a road on which nothing comes any more is given up, and another one taken', async () => {
    const { log, proxy, states, url } = await openByProxy();
    const ear = new Ear();
    const channel = await log.open(NOTES, ear);
    proxy.isSilent = true;
    channel.append(newEntry('a'));
    while (states.length === 0) await turn();
    proxy.isSilent = false;
    await ear.hears(1);
    expect(states).toEqual(['silent', 'ok']);
    expect(texts(await entriesIn(log, url))).toEqual(['a']);
  });

  test('I1: a group whose answer was lost is not acknowledged before a synchronous standby has it', async () => {
    const { log, proxy, url } = await openByProxy();
    const ear = new Ear();
    const channel = await log.open(NOTES, ear);
    /** A session that has written, and waits for a standby. */
    const waiting = async (besides = 0): Promise<number | undefined> => {
      const all = `select pid from pg_stat_activity where wait_event = 'SyncRep' and backend_type = 'client backend'`;
      return (await server.ask(all)).rows.map(({ pid }) => pid).find((pid) => pid !== besides);
    };
    const standby = (names: string) =>
      server
        .ask(`alter system set synchronous_standby_names = '${names}'`)
        .then(() => server.ask('select pg_reload_conf()'));
    onTestFinished(async () => void (await standby('')));
    await standby('gone');
    // Some are written before that holds.
    const written: string[] = [];
    const first = await vi.waitUntil(() => {
      if (ear.heard.length === written.length) {
        written.push(`${written.length + 1}`);
        channel.append(newEntry(written.at(-1)!, { clientSeq: written.length }));
      }
      return waiting();
    }, SOON);
    proxy.breakAll();
    // The session of the second try waits as the first one did.
    await vi.waitUntil(() => waiting(first), SOON);
    expect(ear.heard).toHaveLength(written.length - 1);
    await standby('');
    await ear.hears(written.length);
    expect(texts(await entriesIn(log, url))).toEqual(written);
  }, 60_000);

  test('a database that was set back ends the writing', async () => {
    const url = await newPlace();
    const { failures, log } = await openLog(url);
    const ear = new Ear();
    const channel = await log.open(NOTES, ear);
    channel.append(newEntry('a'));
    await ear.hears(1);
    await server.ask('update weft_store set group_number = group_number - 1', url);
    channel.append(newEntry('b'));
    while (failures.length === 0) await turn();
    expect(failures[0]!.message).toContain('set back');
    expect(ear.heard).toEqual([1]);
  });

  test('a changed byte is noticed', async () => {
    const url = await newPlace();
    const { log } = await openLog(url);
    const ear = new Ear();
    const channel = await log.open(NOTES, ear);
    channel.append(newEntry('precious'));
    await ear.hears(1);
    await server.ask('update weft_run set value = set_byte(value, 40, get_byte(value, 40) # 1)', url);
    await expect(channel.entriesAfter(0)).rejects.toMatchObject({ code: 'STORE_UNREADABLE' });
  });

  test('tables of a newer version are left alone, and those of none are made once', async () => {
    const url = await newPlace();
    const { log } = await openLog(url);
    await log.close();
    await server.ask('insert into weft_migration (number) values (9999)', url);
    await expect(openLog(url)).rejects.toMatchObject({
      code: 'STORE_UNREADABLE',
      message: expect.stringContaining('newer'),
    });
    await expect(openLog('postgres://127.0.0.1:1/x')).rejects.toMatchObject({ code: 'STORE_UNREADABLE' });
  });
});
