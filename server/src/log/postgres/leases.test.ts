import fc from 'fast-check';
import pg from 'pg';
import { afterAll, describe, expect, onTestFinished, test, vi } from 'vitest';
import type { Duty, Work } from '../duties.js';
import { PostgresServer } from '../test/postgres-server.js';
import { openPostgresLog } from './postgres-log.js';
import type { LeaseTimes } from './shared-duties.js';

const postgres = await PostgresServer.start();
if (postgres.missing !== null) process.stdout.write(`Not tested: leases. ${postgres.missing}.\n`);
else afterAll(() => postgres.server.stop());

const LASTS_MS = 9000;
const WORKS = ['a', 'b', 'c'];
const SERVERS = 3;

const WITHIN = { timeout: 10_000 };

const server = fc.nat(SERVERS - 1);
const steps = fc.array(
  fc.oneof(
    { weight: 6, arbitrary: fc.record({ what: fc.constant('ask' as const), server }) },
    { weight: 1, arbitrary: fc.record({ what: fc.constant('end' as const), server }) },
    {
      weight: 6,
      arbitrary: fc.record({ what: fc.constant('write' as const), server, work: fc.constantFrom(...WORKS) }),
    },
    // It goes on, leaps ahead, and is set back.
    {
      weight: 4,
      arbitrary: fc.record({
        what: fc.constant('clock' as const),
        ms: fc.oneof(fc.integer({ min: 0, max: 2 * LASTS_MS }), fc.integer({ min: -1e9, max: 1e9 })),
      }),
    },
  ),
  { minLength: 20, maxLength: 60 },
);

describe.skipIf(postgres.missing !== null)('leases of works', () => {
  const { server: database } = postgres as { readonly server: PostgresServer };

  async function newPlace(): Promise<string> {
    const url = await database.newPlace();
    onTestFinished(() => database.removePlace(url));
    return url;
  }

  /** The functions of the schema, asked by a clock that the test has. */
  class World {
    readonly #client: pg.Client;
    readonly #groups: number[] = [];
    readonly #generation: number;
    nowMs = 1_760_000_000_000;

    constructor(client: pg.Client, generation: number) {
      this.#client = client;
      this.#generation = generation;
    }

    async begin(): Promise<void> {
      await this.#client.query('truncate weft_lease; delete from weft_server');
      for (let id = 0; id < SERVERS; id++) {
        this.#groups[id] = 0;
        await this.#client.query('insert into weft_server (id) values ($1)', [idOf(id)]);
      }
    }

    async ask(server: number): Promise<ReadonlyMap<string, number>> {
      const { rows } = await this.#client.query(
        `select held, held_by from weft_lease_1($1, $2, $3 * interval '1 millisecond', to_timestamp($4 / 1000.0))`,
        [idOf(server), WORKS, LASTS_MS, this.nowMs],
      );
      return new Map(rows.map(({ held, held_by }) => [held, Number(held_by)]));
    }

    async end(server: number): Promise<void> {
      await this.#client.query(`update weft_server set alive_until = to_timestamp($2 / 1000.0) where id = $1`, [
        idOf(server),
        this.nowMs,
      ]);
      await this.#client.query(`update weft_lease set holder = null, until = '-infinity' where holder = $1`, [
        idOf(server),
      ]);
    }

    async write(server: number, work: string, token: number): Promise<boolean> {
      const group = ++this.#groups[server]!;
      const none = Array<string>(11).fill(`'{}'`).join();
      const { rows } = await this.#client.query(
        `select is_written from weft_commit_moves_1($1, $2, $3, $4, $5, ${none})`,
        [idOf(server), this.#generation, group, work, token],
      );
      return rows[0]!.is_written;
    }
  }

  const idOf = (server: number): Buffer => Buffer.alloc(16, server + 1);

  test('N2: whatever the clock does, nobody writes under a work that another took since, and each is somebody’s soon after', async () => {
    const url = await newPlace();
    const log = await openPostgresLog(url, { onFailure: () => undefined, shared: { compareEveryMs: 2 ** 30 } });
    await log.close();
    const client = new pg.Client(url);
    await client.connect();
    onTestFinished(() => client.end());
    const { rows } = await client.query('select generation from weft_store');
    const world = new World(client, Number(rows[0]!.generation));

    await fc.assert(
      fc.asyncProperty(steps, fc.integer({ min: 1, max: SERVERS }), async (steps, live) => {
        await world.begin();
        /** What each server believes, from its last answer on: it may have been stopped since. */
        const believed = Array.from(
          { length: SERVERS },
          () => new Map<string, number>() as ReadonlyMap<string, number>,
        );
        const holders = new Map<string, number>();
        const newest = new Map<string, number>();
        const answered = (server: number, held: ReadonlyMap<string, number>): void => {
          believed[server] = held;
          for (const [work, token] of held) {
            expect(token).toBeGreaterThanOrEqual(newest.get(work) ?? 0);
            newest.set(work, token);
            // A token is one server's for good.
            expect(holders.get(`${work} ${token}`) ?? server).toBe(server);
            holders.set(`${work} ${token}`, server);
          }
        };
        for (const step of steps) {
          if (step.what === 'clock') world.nowMs += step.ms;
          else if (step.what === 'ask') answered(step.server, await world.ask(step.server));
          else if (step.what === 'end') await world.end(step.server);
          else {
            const token = believed[step.server]!.get(step.work);
            if (token === undefined) continue;
            const isWritten = await world.write(step.server, step.work, token);
            if (isWritten) expect(token).toBe(newest.get(step.work));
          }
        }
        // From here on the clock goes on as it should, and those that run ask as they should; the others are gone.
        for (let round = 0; round < 8; round++) {
          world.nowMs += LASTS_MS / 3;
          for (let server = 0; server < live; server++) answered(server, await world.ask(server));
        }
        const held = believed.slice(0, live).map((works) => works.size);
        expect(held.reduce((sum, count) => sum + count, 0)).toBe(WORKS.length);
        expect(Math.max(...held)).toBe(Math.ceil(WORKS.length / live));
        for (let server = 0; server < live; server++) {
          for (const [work, token] of believed[server]!) expect(await world.write(server, work, token)).toBe(true);
        }
      }),
      { numRuns: Number(process.env.WEFT_RUNS ?? 25) },
    );
  });

  /** A server that shares the store, and the works it has now. */
  async function openServer(url: string, leases: Partial<LeaseTimes> = {}) {
    const log = await openPostgresLog(url, {
      onFailure: () => expect.unreachable('the log failed'),
      shared: { compareEveryMs: 2 ** 30, leases: { lastsMs: 60_000, askEveryMs: 20, ...leases } },
    });
    onTestFinished(() => log.close());
    const begun: Duty[] = [];
    log.duties.undertake('daily', (duty) => begun.push(duty));
    const has = (work: Work): boolean => begun.some((duty) => duty.work === work && !duty.signal.aborted);
    return { log, begun, has };
  }

  test('works are shared out, and those of a server that stops go to the others at once', async () => {
    const url = await newPlace();
    const holders = async (): Promise<string[]> => {
      const { rows } = await database.ask(`select distinct encode(holder, 'hex') as holder from weft_lease`, url);
      return rows.map(({ holder }) => holder);
    };
    const a = await openServer(url);
    await vi.waitFor(() => expect(a.has('daily')).toBe(true), WITHIN);
    const b = await openServer(url);
    // One packs, the other does what is daily.
    await vi.waitFor(async () => expect((await holders()).filter(Boolean)).toHaveLength(2), WITHIN);
    const [holder, other] = a.has('daily') ? [a, b] : [b, a];
    const [before] = holder.begun.slice(-1);
    await holder.log.close();
    expect(before!.signal.aborted).toBe(true);
    // Their leases would last for a minute.
    await vi.waitFor(() => expect(other.has('daily')).toBe(true), WITHIN);
    expect(other.begun.at(-1)!.token).toBeGreaterThan(before!.token);
  });

  test('a server that ended long ago is forgotten, and one of the version before is not', async () => {
    const url = await newPlace();
    await (await openServer(url)).log.close();
    const servers = async (): Promise<number> => (await database.ask('select from weft_server', url)).rows.length;
    await (await openServer(url)).log.close();
    expect(await servers()).toBe(2);
    await database.ask(`update weft_server set alive_until = now() - interval '2 days'`, url);
    await database.ask(`insert into weft_server (id) values ('\\x${'00'.repeat(16)}')`, url);
    await openServer(url);
    expect(await servers()).toBe(2);
  });

  test('a server that gets no answer in time takes nothing for its own any more', async () => {
    const url = await newPlace();
    const a = await openServer(url, { lastsMs: 50, askEveryMs: 2 ** 30 });
    await vi.waitFor(() => expect(a.begun).toHaveLength(1), WITHIN);
    await vi.waitFor(() => expect(a.has('daily')).toBe(false), WITHIN);
  });
});
