// Where the journal's groups go, one at a time, and the values beside the entries. A group is one transaction in one round
// trip, with a number that the store counts: a group whose answer was lost is sent again, and never written twice. Whether one
// server has the store or several write it is the matter of commit-alone.ts and commit-shared.ts.

import { randomBytes } from 'node:crypto';
import type { Client } from 'pg';
import type { LogMetrics } from '../../metrics/metrics.js';
import { invariant, messageOf, SyncError } from '../../sync-error.js';
import type { ChannelId } from '../document-log.js';
import type { Work } from '../duties.js';
import type { KeyRange, Operation, RangeOptions, StoreReader } from '../key-value-store.js';
import { CHAIN_START } from '../level/chain.js';
import type { ChannelState } from '../level/channel-state.js';
import { type GroupStore, type JournalExtent, noneRefused } from '../level/journal.js';
import type { JournalEnd } from '../level/journal-end.js';
import { channelRange, metaKey, segmentKey } from '../level/keys.js';
import { SECRET_BYTES } from '../level/proofs.js';
import type { Anchor } from '../level/stored-values.js';
import { Pauses } from '../pauses.js';
import type { StorageState } from '../storage-health.js';
import { commitAlone } from './commit-alone.js';
import { commitShared, type SharedHead } from './commit-shared.js';
import { ReadingConnections, WritingConnection } from './connections.js';
import { beginCopy, checkIsServable, finishCopy, markMoved, SELECT_UNFINISHED } from './copy-marks.js';
import { ENTRIES_DIFFER, isAbsence, isNoRoom, STORE_MOVED } from './database-errors.js';
import { type GroupPlan, kindNumber, planGroup } from './group-plan.js';
import { PostgresFiles } from './postgres-files.js';
import { plain, UNPACKED_BYTES } from './rows.js';
import { checkAreKnown, migrate } from './schema.js';
import type { LeaseStore } from './shared-duties.js';

export interface PostgresStoreOptions {
  /** Whether other servers may write the store as well. */
  readonly isShared: boolean;
  /** Of the store that this one is to become a copy of; else it is served. */
  readonly copyOf?: Uint8Array;
  /** It is opened also when its documents are in another store by now: for whoever moves them, and was cut short at the end. */
  readonly mayBeRetired?: boolean;
  readonly onHealth: (state: StorageState) => void;
  /** Takes a sentence for whoever runs the server. */
  readonly complain: (sentence: string) => void;
  /**
   * How long a database may refuse a group for a reason that no waiting changes; with 0 the first failed write is the last,
   * whatever it failed for. One that does not answer is waited for.
   */
  readonly giveUpAfterMs: number;
  readonly nowMs: () => number;
  readonly metrics: LogMetrics;
  /** Runs before each group is sent. Given by tests that delay or fail it. */
  readonly beforeWrite: () => Promise<void> | void;
}

/** What a store is at when it is opened. */
export interface OpenedStore {
  readonly store: PostgresStore;
  readonly secret: Uint8Array;
  readonly extent: JournalExtent;
  /** Of the newest record that was told of (told-records.ts). */
  readonly toldNumber: number;
}

/** Between tries: a database that comes back is written within a second. */
const PAUSES_MS = [0, 50, 100, 200, 400, 800];

/** Whose a store is. */
interface Holding {
  readonly generation: number;
  /** Of the newest group that is written. */
  readonly group: number;
  /** Of this server among several; null when it is alone. */
  readonly server: Uint8Array | null;
}

/**
 * Makes the tables if need be, and takes the store: whoever had it before, alone or with others, writes nothing any more,
 * but those it is shared with.
 * @throws SyncError `STORE_IN_USE`, `STORE_UNREADABLE`
 */
export async function openPostgresStore(url: string, options: PostgresStoreOptions): Promise<OpenedStore> {
  const writing = new WritingConnection(url, options.isShared);
  const client = await writing.open();
  try {
    await migrate(client);
    if (options.copyOf) await beginCopy(client, options.copyOf);
    else {
      await checkIsServable(client, options.mayBeRetired ?? false);
      await client.query('insert into weft_store (secret) values ($1) on conflict do nothing', [
        randomBytes(SECRET_BYTES),
      ]);
    }
    const { holding, ...held } = await (options.isShared ? share(client) : take(client));
    return { store: new PostgresStore(url, writing, holding, options), ...held };
  } catch (error) {
    await writing.close();
    if (error instanceof SyncError) throw error;
    throw new SyncError('STORE_UNREADABLE', `The store cannot be opened: ${messageOf(error)}`, { cause: error });
  }
}

interface Held extends Omit<OpenedStore, 'store'> {
  readonly holding: Holding;
}

async function take(client: Client): Promise<Held> {
  const { rows } = await client.query<{
    secret: Buffer;
    generation: string;
    group_number: string;
    journal_number: string;
    journal_hash: Buffer;
  }>(`update weft_store set generation = generation + 1
      returning secret, generation, group_number, journal_number, journal_hash`);
  const row = rows[0]!;
  const { rows: unpacked } = await client.query<{ bytes: string }>(UNPACKED_BYTES);
  const number = Number(row.journal_number);
  return {
    holding: { generation: Number(row.generation), group: Number(row.group_number), server: null },
    secret: Uint8Array.from(row.secret),
    toldNumber: 0,
    extent: {
      sweptNumber: number,
      anchorNumber: number,
      number,
      hash: Uint8Array.from(row.journal_hash),
      bytes: Number(unpacked[0]!.bytes),
    },
  };
}

/** Its journal is its own, and nobody reads it: others know a channel by its row. */
async function share(client: Client): Promise<Held> {
  // A newer version that changes tables has this lock to itself (schema.ts): it is seen here, or finds the row that ends this server.
  await client.query('begin; lock table weft_server in row exclusive mode');
  await checkAreKnown(client);
  await client.query(
    `update weft_store set generation = generation + 1, shared_generation = generation + 1
      where shared_generation is distinct from generation`,
  );
  const { rows } = await client.query<{ secret: Buffer; generation: string; told: string }>(
    'select secret, generation, (select number from weft_told_end) as told from weft_store',
  );
  const { secret, generation, told } = rows[0]!;
  const server = Uint8Array.from(randomBytes(16));
  await client.query('insert into weft_server (id, rearranges) values ($1, true)', [server]);
  await client.query('commit');
  // Those of the version before do not say that they run, and stay.
  await client.query(
    `delete from weft_server where alive_until < now() - interval '1 day' and alive_until > '-infinity'`,
  );
  return {
    holding: { generation: Number(generation), group: 0, server },
    secret: Uint8Array.from(secret),
    toldNumber: Number(told),
    extent: { sweptNumber: 0, anchorNumber: 0, number: 0, hash: CHAIN_START, bytes: null },
  };
}

export class PostgresStore implements GroupStore, StoreReader, LeaseStore {
  readonly reading: ReadingConnections;
  readonly files: PostgresFiles;
  /** Called when the store turns out to be lost while nothing is written. */
  onLost: (error: SyncError) => void = () => undefined;
  readonly #writing: WritingConnection;
  readonly #holding: Holding;
  readonly #options: PostgresStoreOptions;
  /** Of the newest group that is written. */
  #groupNumber: number;
  readonly #pauses = new Pauses(PAUSES_MS);
  /** Ends with what the connection was last taken for: a group, or to have it again. */
  #last: Promise<void> = Promise.resolve();

  constructor(url: string, writing: WritingConnection, holding: Holding, options: PostgresStoreOptions) {
    this.reading = new ReadingConnections(url);
    this.files = new PostgresFiles(url, this.reading, options.complain);
    this.#writing = writing;
    this.#holding = holding;
    this.#groupNumber = holding.group;
    this.#options = options;
    writing.onBreak = () => this.#holdAgain();
  }

  /**
   * Writes one group. One at a time. Resolves once the transaction is committed, however often that has to be tried.
   * @throws SyncError `LOG_FAILED` when the store is another server's by now, is not where it was, or refuses the group
   */
  write(
    operations: readonly Operation[],
    end: JournalEnd,
    channels: readonly ChannelState[],
  ): Promise<readonly ChannelState[]> {
    const plan = planGroup(operations);
    return this.#nextGroup((group) => this.#send(plan, group, end, channels));
  }

  /**
   * Does something as a group of one of several servers, in turn, and again as long as there is no answer: by its number the database
   * knows what it has done already.
   * @throws SyncError like `write`
   */
  asOneOfSeveral<T>(send: (client: Client, head: SharedHead) => Promise<T>): Promise<T> {
    return this.#nextGroup(async (group) => {
      await this.#options.beforeWrite();
      const { generation, server } = this.#holding;
      invariant(server !== null, 'a store that one server has alone needs no conditions');
      return send(await this.#writing.get(generation), { generation, server, group });
    });
  }

  /** @throws SyncError like `write` */
  lease(works: readonly Work[], lastsMs: number): Promise<ReadonlyMap<string, number>> {
    return this.#inTurn(async () => {
      const { generation, server } = this.#holding;
      const client = await this.#writing.get(generation);
      const { rows } = await client.query<{ held: string; held_by: string }>(LEASE, [server, works, lastsMs]);
      return new Map(rows.map(({ held, held_by }) => [held, Number(held_by)]));
    });
  }

  /** @throws SyncError like `write` */
  endLeases(): Promise<void> {
    return this.#inTurn(async () => {
      const { generation, server } = this.#holding;
      await (await this.#writing.get(generation)).query(END_LEASES, [server]);
    });
  }

  async get(key: Uint8Array): Promise<Uint8Array | undefined> {
    const rows = await this.reading.query<{ value: Buffer }>('select value from weft_value where key = $1', [key]);
    return rows[0] && plain(rows[0].value);
  }

  async *range({ gte, lt, reverse = false, limit }: RangeOptions): AsyncGenerator<readonly [Uint8Array, Uint8Array]> {
    const rows = await this.reading.query<{ key: Buffer; value: Buffer }>(
      `select key, value from weft_value where key >= $1 and key < $2 order by key ${reverse ? 'desc' : 'asc'} limit $3`,
      [gte, lt, limit ?? null],
    );
    for (const { key, value } of rows) yield [plain(key), plain(value)];
  }

  async keysIn({ gte, lt }: KeyRange): Promise<Uint8Array[]> {
    const rows = await this.reading.query<{ key: Buffer }>('select key from weft_value where key >= $1 and key < $2', [
      gte,
      lt,
    ]);
    return rows.map(({ key }) => plain(key));
  }

  /** All keys of a channel, as operations name what its rows hold. */
  async keysOfChannel(id: ChannelId): Promise<Uint8Array[]> {
    const runs = await this.reading.query<{ first_seq: string; last_seq: string }>(
      'select first_seq, last_seq from weft_run where document = $1 and kind = $2',
      [id.document, kindNumber(id)],
    );
    const segments = runs.map(({ first_seq, last_seq }) => segmentKey(id, Number(first_seq), Number(last_seq)));
    return [metaKey(id), ...segments, ...(await this.keysIn(channelRange(id)))];
  }

  /** Whether it is no copy that is under way. */
  async isWhole(): Promise<boolean> {
    return (await this.reading.query(SELECT_UNFINISHED)).length === 0;
  }

  /** It holds all that was to come, and may be served. */
  finishCopy(newest: Anchor): Promise<void> {
    return this.#inTurn(async () => finishCopy(await this.#writing.get(this.#holding.generation), newest));
  }

  /** Nobody serves it any more: its documents are in another store. */
  markMoved(): Promise<void> {
    return this.#inTurn(async () => markMoved(await this.#writing.get(this.#holding.generation)));
  }

  /** A write that fails from here on is not tried again. */
  stopTrying(): void {
    this.#pauses.end();
  }

  async close(): Promise<void> {
    this.#pauses.end();
    await this.#last;
    await Promise.all([this.#writing.close(), this.files.close(), this.reading.close()]);
  }

  /**
   * The connection broke, and with it went the lock. Who writes notices; a server that is idle would go on as if the store were
   * its own, while another one takes it.
   */
  #holdAgain(): void {
    this.#inTurn(() => this.#writing.get(this.#holding.generation)).catch((error: SyncError) => {
      if (!this.#pauses.areOver) this.onLost(error);
    });
  }

  /** Its number is taken in turn, and again with each try: by it the database knows a group whose answer was lost. */
  #nextGroup<T>(send: (group: number) => Promise<T>): Promise<T> {
    return this.#inTurn(
      () => send(this.#groupNumber + 1),
      () => this.#groupNumber++,
    );
  }

  #inTurn<T>(action: () => Promise<T>, onDone: () => void = () => undefined): Promise<T> {
    const done = this.#last.then(async () => {
      const result = await this.#untilDone(action);
      onDone();
      return result;
    });
    this.#last = done.then(
      () => undefined,
      () => undefined,
    );
    return done;
  }

  async #send(
    plan: GroupPlan,
    group: number,
    end: JournalEnd,
    channels: readonly ChannelState[],
  ): Promise<readonly ChannelState[]> {
    await this.#options.beforeWrite();
    const { generation, server } = this.#holding;
    const client = await this.#writing.get(generation);
    if (server !== null) return commitShared(client, plan, channels, { generation, server, group });
    const { number, hash } = end.nextHash === null ? end : { number: end.number + 1, hash: end.nextHash };
    await commitAlone(client, plan, { generation, group, number, hash });
    return noneRefused;
  }

  async #untilDone<T>(action: () => Promise<T>): Promise<T> {
    const { complain, giveUpAfterMs, metrics, nowMs, onHealth } = this.#options;
    const startedAtMs = nowMs();
    let refusedSinceMs: number | null = null;
    for (let tries = 0; ; tries++) {
      try {
        const done = await action();
        if (tries === 0) return done;
        complain(`The database is written again after ${seconds(nowMs() - startedAtMs)} s. Nothing was lost.`);
        onHealth('ok');
        return done;
      } catch (error) {
        this.#writing.giveUp();
        const lost = lossOf(error);
        if (lost !== null) throw lost;
        if (giveUpAfterMs === 0 || this.#pauses.areOver) throw gaveUp(error);
        metrics.failedWrites += 1;
        if (tries === 0) complain(troubleOf(error));
        onHealth(isNoRoom(error) ? 'full' : isAbsence(error) ? 'silent' : 'failing');
        refusedSinceMs = isAbsence(error) ? null : (refusedSinceMs ?? nowMs());
        if (refusedSinceMs !== null && nowMs() - refusedSinceMs >= giveUpAfterMs) throw gaveUp(error);
      }
      await this.#pauses.after(tries);
    }
  }
}

const LEASE = `select held, held_by from weft_lease_1($1, $2, $3 * interval '1 millisecond')`;

const END_LEASES = `
  with ended as (update weft_server set alive_until = clock_timestamp() where id = $1)
  update weft_lease set holder = null, until = '-infinity' where holder = $1`;

const seconds = (ms: number): string => (ms / 1000).toFixed(1);

function troubleOf(error: unknown): string {
  const what = isAbsence(error) ? 'The database does not answer' : 'The database refused a write';
  return (
    `${what}: ${messageOf(error)}. Nothing of it was acknowledged: writers keep their changes and are told that they are ` +
    'not saved. It is tried until it succeeds.'
  );
}

/** What no further try changes; null when one may. */
function lossOf(error: unknown): SyncError | null {
  const { code, message } = error as { readonly code?: unknown; readonly message: string };
  if (code === STORE_MOVED) {
    return new SyncError(
      'LOG_FAILED',
      `The store is not where this server left it: ${message}. Another server has taken it over, or a newer version has changed its ` +
        'tables: then nothing is lost. Or the database was set back to an earlier state, and acknowledged changes may be lost: then ' +
        'compare with a backup.',
      { cause: error },
    );
  }
  if (code === ENTRIES_DIFFER) {
    return new SyncError(
      'LOG_FAILED',
      `The store holds other entries than this server wrote: ${message}. Somebody else writes to its tables.`,
      { cause: error },
    );
  }
  return null;
}

const gaveUp = (cause: unknown): SyncError =>
  new SyncError('LOG_FAILED', `The log cannot be written: ${messageOf(cause)}`, { cause });
