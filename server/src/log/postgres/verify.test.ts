import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { AuditCheck } from '../../access/audit-record.js';
import { stateChecks } from '../../history/state-checks.js';
import { PostgresServer } from '../test/postgres-server.js';
import { useStore } from '../test/used-store.js';
import { Findings, type VerifiableLog, type VerifyReport } from '../verify-report.js';
import { openPostgresLog } from './postgres-log.js';

const postgres = await PostgresServer.start();
if (postgres.missing !== null) process.stdout.write(`Not tested: checks of Postgres. ${postgres.missing}.\n`);
else afterAll(() => postgres.server.stop());

async function check(log: VerifiableLog): Promise<VerifyReport> {
  const findings = new Findings();
  await log.verify(1, {
    findings,
    states: stateChecks,
    records: new AuditCheck(),
    watermark: null,
    restMs: 0,
    onProgress: () => {},
    signal: new AbortController().signal,
  });
  return findings.report();
}

describe.skipIf(postgres.missing !== null)('a check of a store in Postgres', () => {
  const { server } = postgres as { readonly server: PostgresServer };
  let url: string;
  let log: VerifiableLog;

  beforeAll(async () => {
    url = await server.newPlace();
    const open = (journalMaxBytes: number) => openPostgresLog(url, { onFailure: () => {}, paceMs: 0, journalMaxBytes });
    // Opened three times: what came last is not packed yet.
    let opened = 0;
    await useStore(() => open(++opened < 3 ? 2000 : 2 ** 30), 60);
    log = await open(2 ** 30);
    await log.records.write([{ table: 'person', key: 'ann', value: new Uint8Array(3) }]);
    return () => log.close();
  });

  const ask = (text: string) => server.ask(text, url);

  test('finds nothing wrong with a sound one, packed and not packed', async () => {
    const { rows } = await ask(
      'select is_packed, count(*)::int as count from weft_run group by is_packed order by is_packed',
    );
    expect(rows.map(({ is_packed }) => is_packed)).toEqual([false, true]);
    const report = await check(log);
    expect(report.findings.filter(({ severity }) => severity === 'damage')).toEqual([]);
    expect(report.entries).toBeGreaterThan(200);
    expect(report.documents).toBeGreaterThan(3);
    const usage = await log.usage();
    expect([...usage.values()].reduce((sum, { entries }) => sum + entries, 0)).toBe(report.entries);
    expect([...usage.keys()].sort()).toEqual((await log.documents()).map(({ name }) => name));
    const { rows: stored } = await ask(
      'select sum(octet_length(value))::int as bytes from (select value from weft_run union all select value from weft_value) all_values',
    );
    expect([...usage.values()].reduce((sum, { bytes }) => sum + bytes, 0)).toBeGreaterThan(stored[0].bytes);
  });

  const oneOf = (table: string, where: string): string => `ctid = (select ctid from ${table} where ${where} limit 1)`;
  const flip = (column: string, at: number): string =>
    `${column} = set_byte(${column}, ${at}, get_byte(${column}, ${at}) # 1)`;
  const checkpoint = `position('checkpoint/'::bytea in key) > 0`;

  test.each([
    [
      'a byte of a segment',
      'weft_run',
      `update weft_run set ${flip('value', 50)} where ${oneOf('weft_run', 'is_packed')}`,
    ],
    [
      'a byte of a run',
      'weft_run',
      `update weft_run set ${flip('value', 50)} where ${oneOf('weft_run', 'not is_packed')}`,
    ],
    ['a missing run', 'weft_run', `delete from weft_run where ${oneOf('weft_run', 'not is_packed')}`],
    ['a missing segment', 'weft_run', `delete from weft_run where ${oneOf('weft_run', 'is_packed')}`],
    [
      'a link of a run',
      'weft_run',
      `update weft_run set ${flip('link', 3)} where ${oneOf('weft_run', 'not is_packed')}`,
    ],
    ['a head', 'weft_channel', `update weft_channel set head = head + 1 where ${oneOf('weft_channel', 'head > 0')}`],
    ['a link', 'weft_channel', `update weft_channel set ${flip('link', 3)} where ${oneOf('weft_channel', 'head > 0')}`],
    ['a missing channel', 'weft_channel', `delete from weft_channel where ${oneOf('weft_channel', 'head > 0')}`],
    [
      'a checkpoint',
      'weft_value',
      `update weft_value set ${flip('value', 60)} where ${oneOf('weft_value', checkpoint)}`,
    ],
    ['a document', 'weft_value', `delete from weft_value where key = 'document/a'`],
    ['a record', 'weft_value', `update weft_value set ${flip('value', 35)} where key = 'record/person/ann'`],
  ])('finds %s', async (_, table, damage) => {
    await ask(`create table kept as select * from ${table}`);
    try {
      expect((await ask(damage)).rowCount).toBe(1);
      expect((await check(log)).isSound).toBe(false);
    } finally {
      await ask(`begin; delete from ${table}; insert into ${table} select * from kept; drop table kept; commit`);
    }
    expect((await check(log)).isSound).toBe(true);
  });
});
