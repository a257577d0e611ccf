import fc from 'fast-check';
import pg from 'pg';
import { afterAll, describe, expect, onTestFinished, test } from 'vitest';
import type { SyncError } from '../../sync-error.js';
import type { DocumentLog, Entry, OpenChannel } from '../document-log.js';
import type { StorageState } from '../storage-health.js';
import { CuttingProxy } from '../test/cutting-proxy.js';
import { content, documentName, Ear, newEntry, textOf, turn } from '../test/log-harness.js';
import { PostgresServer } from '../test/postgres-server.js';
import { WritingConnection } from './connections.js';
import { openPostgresLog } from './postgres-log.js';

const NOTES = content('notes');

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
    const log = await openPostgresLog(url, {
      onFailure: (error) => failures.push(error),
      onHealth: (state) => void (states.at(-1) !== state && states.push(state)),
      complain: (sentence) => said.push(sentence),
    });
    onTestFinished(() => log.close());
    return { log, states, failures, said };
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
      ['synchronous_commit', 'on'],
    ]) {
      expect((await client.query(`show ${setting}`)).rows).toEqual([{ [setting!]: value }]);
    }
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
