import fc from 'fast-check';
import { afterAll, describe, expect, onTestFinished, test, vi } from 'vitest';
import { CuttingProxy } from '../../../../bench/src/services/cutting-proxy.js';
import { AuditCheck } from '../../access/audit-record.js';
import { LogMetrics } from '../../metrics/metrics.js';
import { Holder } from '../test/holder.js';
import { checkpointAt, content, documentName, textOf } from '../test/log-harness.js';
import { PostgresServer } from '../test/postgres-server.js';
import { Findings } from '../verify-report.js';
import { openPostgresLog, type PostgresLog, type PostgresLogOptions } from './postgres-log.js';

const NOTES = content('notes');
const NEVER = 2 ** 30;
const WITHIN = { timeout: 10_000 };

const postgres = await PostgresServer.start();
if (postgres.missing !== null) process.stdout.write(`Not tested: packing by several servers. ${postgres.missing}.\n`);
else afterAll(() => postgres.server.stop());

describe.skipIf(postgres.missing !== null)('packing of what several servers write', () => {
  const { server } = postgres as { readonly server: PostgresServer };

  async function newPlace(): Promise<string> {
    const url = await server.newPlace();
    onTestFinished(() => server.removePlace(url));
    return url;
  }

  async function openLog(url: string, options: Partial<PostgresLogOptions> = {}): Promise<PostgresLog> {
    const log = await openPostgresLog(url, {
      onFailure: () => expect.unreachable('the log failed'),
      paceMs: 0,
      packEveryMs: NEVER,
      ...options,
      shared: { compareEveryMs: NEVER, leases: { lastsMs: NEVER, askEveryMs: 20 }, ...options.shared },
    });
    onTestFinished(() => log.close());
    return log;
  }

  const count = async (url: string, what: string): Promise<number> =>
    Number((await server.ask(`select count(*) as count from ${what}`, url)).rows[0]!.count);
  const runs = (url: string): Promise<number> => count(url, 'weft_run where not is_packed');

  async function write(log: PostgresLog, texts: readonly string[]): Promise<void> {
    const holder = await Holder.open(log, NOTES);
    for (const text of texts) {
      holder.append(text);
      await holder.until(() => !holder.isWaiting);
    }
    await holder.channel.close();
  }

  test('the journal, which one of them packs for all, is counted at none', async () => {
    const url = await newPlace();
    const metrics = [new LogMetrics(), new LogMetrics()] as const;
    for (const one of metrics)
      await write(await openLog(url, { metrics: one, journalMaxBytes: 1, packEveryMs: 10 }), ['a', 'b']);
    await expect.poll(() => runs(url), WITHIN).toBe(0);
    expect(metrics.map(({ journalBytes }) => journalBytes)).toEqual([null, null]);
  });

  async function textsIn(log: PostgresLog, id = NOTES): Promise<string[]> {
    return (await (await log.view(id)).entriesAfter(0)).map(textOf);
  }

  /** All of the store, but what the bytes of updates mean. */
  async function expectSound(log: PostgresLog): Promise<void> {
    const findings = new Findings();
    await log.verify(1, {
      findings,
      states: {
        follow: () => ({ add: () => null }),
        followFrom: () => ({ add: () => null }),
        claimOf: () => ({ differsFrom: () => null }),
      },
      records: new AuditCheck(),
      watermark: null,
      restMs: 0,
      onProgress: () => {},
      signal: new AbortController().signal,
    });
    expect(findings.report()).toMatchObject({ isSound: true, findings: [] });
  }

  test('the one whose work it is packs what all of them wrote', async () => {
    const url = await newPlace();
    const a = await openLog(url, { journalMaxBytes: 0, packEveryMs: 20 });
    await write(a, ['a1', 'a2']);
    const b = await openLog(url, { journalMaxBytes: 0, packEveryMs: 20 });
    const long = Array.from({ length: 20 }, (_, index) => `${index} ${'long '.repeat(20)}`);
    await write(b, long);
    await vi.waitFor(async () => expect(await runs(url)).toBe(0), WITHIN);
    expect(await count(url, 'weft_run')).toBe(1);
    for (const log of [a, b]) expect(await textsIn(log)).toEqual(['a1', 'a2', ...long]);
    await expectSound(b);
  });

  test('N2: who was stopped past its lease and wakes up moves nothing, and another does', async () => {
    const url = await newPlace();
    // It asks once, and so hears of nothing.
    const stopped = await openLog(url, {
      ...{ journalMaxBytes: 0, packEveryMs: 20 },
      shared: { compareEveryMs: NEVER, leases: { lastsMs: NEVER, askEveryMs: NEVER } },
    });
    const leaseIs = (what: string) => vi.waitFor(async () => expect(await count(url, what)).toBe(1), WITHIN);
    await leaseIs(`weft_lease where work = 'packing' and token = 1`);
    await server.ask(`update weft_lease set until = '-infinity'`, url);
    const other = await openLog(url);
    await leaseIs(`weft_lease where work = 'packing' and token = 2`);
    await write(other, ['1', '2', '3']);
    const groupsOf = `weft_server where id <> (select holder from weft_lease where work = 'packing') and group_number`;
    await leaseIs(`${groupsOf} > 3`);
    expect(await runs(url)).toBe(3);
    await expectSound(stopped);
    await other.close();
    const next = await openLog(url, { journalMaxBytes: 0, packEveryMs: 20 });
    await vi.waitFor(async () => expect(await runs(url)).toBe(0), WITHIN);
    expect(await textsIn(next)).toEqual(['1', '2', '3']);
  });

  test('servers that pack, write and lose their connections at once lose and double nothing', async () => {
    const url = await newPlace();
    const cut = fc.constantFrom('before', 'within', 'after', null, null, null);
    const written: string[] = [];
    const logs = await Promise.all(
      [1, 2, 3].map(async (seed) => {
        const proxy = await CuttingProxy.start(url);
        onTestFinished(() => proxy.stop());
        const log = await openLog(proxy.url);
        proxy.cuts.push(...fc.sample(fc.array(cut, { minLength: 25, maxLength: 25 }), { numRuns: 1, seed })[0]!);
        return log;
      }),
    );
    const holders = await Promise.all(logs.map((log) => Holder.open(log, NOTES)));
    await Promise.all(
      holders.map(async (holder, index) => {
        for (let round = 1; round <= 20; round++) {
          const text = `${index} ${round}`;
          written.push(text);
          holder.append(text, { clientSeq: round });
          // Those that find the rows moved leave them.
          await Promise.all([
            holder.until(() => !holder.isWaiting),
            round % 3 === index && logs[index]!.compact(() => {}),
          ]);
        }
      }),
    );
    const [first] = logs;
    const texts = await textsIn(first!);
    expect([...texts].sort()).toEqual(written.sort());
    for (const holder of holders) await holder.channel.catchUp();
    for (const holder of holders) expect(holder.told).toEqual(texts);
    await expectSound(first!);
    await first!.compact(() => {});
    expect(await count(url, 'weft_run')).toBe(1);
    expect(await textsIn(first!)).toEqual(texts);
    await expectSound(first!);
  });

  test('N2: a segment is not put in the place of rows that are others by now', async () => {
    const url = await newPlace();
    const a = await openLog(url);
    await write(a, ['1', '2', '3', '4']);
    // As if it were trimmed between being read and being moved: some rows are gone, and in another is something else.
    const link = `link = '\\x${'00'.repeat(16)}'`;
    const changes = [
      ['delete from weft_run where first_seq = 1 and', 'first_seq > 1'],
      [`update weft_run set ${link} where`, link],
    ];
    for (const [index, [change, isChanged]] of changes.entries()) {
      const id = content(`other ${index}`);
      const holder = await Holder.open(a, id);
      for (const text of ['x', 'y', 'z']) {
        holder.append(text);
        await holder.until(() => !holder.isWaiting);
      }
      const name = documentName(`other ${index}`);
      // The trigger runs once the rows were read, before they are looked for again.
      await server.ask(
        `create function change_${index}() returns trigger language plpgsql as $$ begin
            ${change} document = '${name}'; return null; end $$;
          create trigger change_${index} before update of group_number on weft_server for each statement
            execute function change_${index}();`,
        url,
      );
      await a.compact(() => {});
      // What was packed is what was there by then.
      expect(await count(url, `weft_run where document = '${name}'`)).toBeGreaterThan(0);
      expect(await count(url, `weft_run where document = '${name}' and not (${isChanged})`)).toBe(0);
      await server.ask(`drop trigger change_${index} on weft_server`, url);
    }
    expect(await textsIn(a)).toEqual(['1', '2', '3', '4']);
  });

  test('checkpoints that two servers made of one channel are harmless, and those too many go when it is packed', async () => {
    const url = await newPlace();
    const [a, b] = [await openLog(url), await openLog(url)];
    const big = 'x'.repeat(200_000);
    for (let round = 1; round <= 6; round++) {
      const [ann, bob] = [await Holder.open(a, NOTES), await Holder.open(b, NOTES)];
      for (const text of ['first', 'second']) ann.append(`${round} ${text} ${big}`);
      await ann.until(() => !ann.isWaiting);
      await bob.channel.catchUp();
      // The later one first; and what another has made already.
      await bob.channel.putCheckpoint(checkpointAt(2 * round, 'state'));
      await ann.channel.putCheckpoint(checkpointAt(2 * round - 1, 'state'));
      if (round === 6) await ann.channel.putCheckpoint(checkpointAt(2 * round, 'state'));
      if (round % 2 === 0) await bob.channel.putCheckpoint(checkpointAt(2 * round, 'state'));
      await Promise.all([ann.channel.close(), bob.channel.close()]);
    }
    const checkpoints = async (): Promise<number[]> => {
      const view = await a.view(NOTES);
      const seqs = new Set<number>();
      for (let seq = 1; seq <= 12; seq++) seqs.add((await view.checkpointAt(seq))?.seq ?? 0);
      return [...seqs];
    };
    expect((await a.view(NOTES)).checkpoint?.seq).toBe(12);
    const before = await checkpoints();
    await a.compact(() => {});
    const after = await checkpoints();
    expect(after.length).toBeLessThan(before.length);
    expect(after.at(-1)).toBe(12);
    expect(after.length).toBeGreaterThan(2);
    await expectSound(a);
    expect((await textsIn(b)).length).toBe(12);
    const bob = await Holder.open(b, NOTES);
    bob.append('goes on');
    await bob.until(() => !bob.isWaiting);
    await bob.channel.putCheckpoint(checkpointAt(13, 'state'));
    expect((await a.view(NOTES)).checkpoint?.seq).toBe(13);
    await expectSound(b);
  });
});
