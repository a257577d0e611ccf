import { afterAll, describe, expect, onTestFinished, test, vi } from 'vitest';
import { CuttingProxy } from '../../../../bench/src/services/cutting-proxy.js';
import type { RecordChange, RecordStore, Table, WrittenRecord } from '../document-log.js';
import { documentName } from '../test/log-harness.js';
import { PostgresServer } from '../test/postgres-server.js';
import { openPostgresLog } from './postgres-log.js';

const postgres = await PostgresServer.start();
if (postgres.missing !== null) process.stdout.write(`Not tested: records of several servers. ${postgres.missing}.\n`);
else afterAll(() => postgres.server.stop());

const record = (table: Table, key: string, text: string | null): RecordChange => ({
  table,
  key,
  value: text === null ? null : new TextEncoder().encode(text),
});

describe.skipIf(postgres.missing !== null)('records that several servers write', () => {
  const { server } = postgres as { readonly server: PostgresServer };

  async function openLog(url: string) {
    const log = await openPostgresLog(url, {
      onFailure: () => expect.unreachable('the log failed'),
      shared: { compareEveryMs: 2 ** 30 },
    });
    onTestFinished(() => log.close());
    return log;
  }

  async function openTwo() {
    const url = await server.newPlace();
    onTestFinished(() => server.removePlace(url));
    return { url, a: await openLog(url), b: await openLog(url) };
  }

  async function textOf(records: RecordStore, table: Table, key: string): Promise<string | null> {
    const value = await records.get(table, key);
    return value && new TextDecoder().decode(value);
  }

  test('one that is not as its writer knew it is not written, nor anything that was to be written with it', async () => {
    const { a, b } = await openTwo();
    const first = await a.records.writeIf([record('access', 'notes', null)], [record('access', 'notes', '1')]);
    const changes = [record('access', 'notes', '2'), record('person', 'u-1', 'Ben')];
    expect([first, await b.records.writeIf([record('access', 'notes', null)], changes)]).toEqual([true, false]);
    expect(await textOf(b.records, 'access', 'notes')).toBe('1');
    expect(await textOf(b.records, 'person', 'u-1')).toBeNull();
    expect(await b.records.writeIf([record('access', 'notes', '1')], changes)).toBe(true);
    expect(await a.records.writeIf([record('access', 'notes', '2')], [record('access', 'notes', null)])).toBe(true);
    expect(await textOf(b.records, 'access', 'notes')).toBeNull();
  });

  test('of two who count in one record at once, over connections that break, none is lost', async () => {
    const { url } = await openTwo();
    const servers = await Promise.all(
      [0, 1].map(async () => {
        const proxy = await CuttingProxy.start(url);
        onTestFinished(() => proxy.stop());
        const { records } = await openLog(proxy.url);
        proxy.cuts.push('before', null, 'after', 'within', null, 'after');
        return records;
      }),
    );
    await Promise.all(
      servers.map(async (records) => {
        for (let done = 0; done < 15; ) {
          const before = await textOf(records, 'setting', 'count');
          const next = String(Number(before ?? 0) + 1);
          const isWritten = await records.writeIf(
            [record('setting', 'count', before)],
            [record('setting', 'count', next)],
          );
          if (isWritten) done++;
        }
      }),
    );
    expect(await textOf(servers[0]!, 'setting', 'count')).toBe('30');
  });

  test('what is shown once is taken by one, also when its answer is lost', async () => {
    const { url, a } = await openTwo();
    const proxy = await CuttingProxy.start(url);
    onTestFinished(() => proxy.stop());
    const { records } = await openLog(proxy.url);
    await a.records.write([record('ticket', 'x', 'Ann')]);
    proxy.cuts.push('after');
    const take = (records: RecordStore) =>
      records.writeIf([record('ticket', 'x', 'Ann')], [record('ticket', 'x', null)]);
    expect([await take(records), await take(a.records), await take(records)]).toEqual([true, false, false]);
  });

  test('others are told of what they may keep in memory, in order, and of nothing else', async () => {
    const { url, a, b } = await openTwo();
    const told: (WrittenRecord | null)[] = [];
    let fails = 1;
    b.records.onWritten(async (written) => {
      if (fails-- > 0) throw new Error('told again');
      told.push(written);
    });
    await a.records.write([record('access', 'notes', '1'), record('person', 'u-1', 'Ann'), record('setting', 'x', '')]);
    await a.records.writeIf([record('revoked', 'r', null)], [record('revoked', 'r', '1')]);
    await a.records.write([record('access', 'notes', null), record('setting', 'admin-token', 'h')]);
    await vi.waitFor(() => expect(told).toHaveLength(4), { timeout: 10_000 });
    expect(told.slice(0, 2)).toEqual([
      { table: 'access', key: 'notes' },
      { table: 'revoked', key: 'r' },
    ]);
    // Who was away for longer than they are kept is told that it may be anything.
    await server.ask('update weft_told_end set number = number + 5', url);
    await a.records.write([record('alias', 'g-1', 'u-1')]);
    await vi.waitFor(() => expect(told[4]).toBeNull(), { timeout: 10_000 });
  });

  test('who begins to listen is told of what was written since its store was opened', async () => {
    const { a, b } = await openTwo();
    const [heard, told]: [unknown[], unknown[]] = [[], []];
    a.records.onWritten(async (written) => void heard.push(written));
    // By then the other has had its time to ask, too.
    for (const key of ['first', 'second', 'third']) {
      const before = heard.length;
      await a.records.write([record('revoked', key, '1')]);
      await vi.waitFor(() => expect(heard.length).toBeGreaterThan(before), { timeout: 10_000 });
    }
    b.records.onWritten(async (written) => void told.push(written));
    await vi.waitFor(() => expect(told).toEqual(heard), { timeout: 10_000 });
  });

  test('of two who make a document of one name at once, one has made it', async () => {
    const { a, b } = await openTwo();
    for (let round = 0; round < 10; round++) {
      const name = documentName(`notes/${round}`);
      const made = await Promise.all([a.createDocument(name, 1), b.createDocument(name, 2)]);
      expect(made.filter(Boolean)).toHaveLength(1);
      expect(await a.createDocument(name, 3)).toBe(false);
      expect((await a.document(name))?.createdAtMs).toBe(made[0] ? 1 : 2);
    }
  });
});
