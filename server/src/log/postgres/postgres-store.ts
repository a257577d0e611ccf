// Where the journal's groups go, one at a time, and the values beside the entries. A group is one transaction in one round
// trip, with a number that the store counts: a group whose answer was lost is sent again, and never written twice.

import { randomBytes } from 'node:crypto';
import type { ClientBase } from 'pg';
import type { LogMetrics } from '../../metrics/metrics.js';
import { messageOf, SyncError } from '../../sync-error.js';
import type { ChannelId } from '../document-log.js';
import type { KeyRange, Operation, RangeOptions, StoreReader } from '../key-value-store.js';
import type { GroupStore, JournalExtent } from '../level/journal.js';
import type { JournalEnd } from '../level/journal-end.js';
import { SECRET_BYTES } from '../level/proofs.js';
import { Pauses } from '../pauses.js';
import type { StorageState } from '../storage-health.js';
import { ReadingConnections, WritingConnection } from './connections.js';
import { ENTRIES_DIFFER, isAbsence, isNoRoom, STORE_MOVED } from './database-errors.js';
import { type GroupPlan, kindNumber, planGroup, type Rearranged } from './group-plan.js';
import { plain } from './rows.js';
import { migrate } from './schema.js';

export interface PostgresStoreOptions {
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
}

/** Between tries: a database that comes back is written within a second. */
const PAUSES_MS = [0, 50, 100, 200, 400, 800];

/**
 * Makes the tables if need be, and takes the store: whoever had it before writes nothing any more.
 * @throws SyncError `STORE_IN_USE`, `STORE_UNREADABLE`
 */
export async function openPostgresStore(url: string, options: PostgresStoreOptions): Promise<OpenedStore> {
  const writing = new WritingConnection(url);
  const client = await writing.open();
  try {
    await migrate(client);
    await client.query('insert into weft_store (secret) values ($1) on conflict do nothing', [
      randomBytes(SECRET_BYTES),
    ]);
    const { rows } = await client.query<{
      secret: Buffer;
      generation: string;
      group_number: string;
      journal_number: string;
      journal_hash: Buffer;
    }>(`update weft_store set generation = generation + 1
        returning secret, generation, group_number, journal_number, journal_hash`);
    const row = rows[0]!;
    const { rows: unpacked } = await client.query<{ bytes: string }>(
      'select coalesce(sum(octet_length(value)), 0) as bytes from weft_run where not is_packed',
    );
    const number = Number(row.journal_number);
    return {
      store: new PostgresStore(url, writing, Number(row.generation), Number(row.group_number), options),
      secret: Uint8Array.from(row.secret),
      extent: {
        sweptNumber: number,
        anchorNumber: number,
        number,
        hash: Uint8Array.from(row.journal_hash),
        bytes: Number(unpacked[0]!.bytes),
      },
    };
  } catch (error) {
    await writing.close();
    if (error instanceof SyncError) throw error;
    throw new SyncError('STORE_UNREADABLE', `The store cannot be opened: ${messageOf(error)}`, { cause: error });
  }
}

export class PostgresStore implements GroupStore, StoreReader {
  readonly reading: ReadingConnections;
  /** Called when the store turns out to be lost while nothing is written. */
  onLost: (error: SyncError) => void = () => undefined;
  readonly #writing: WritingConnection;
  readonly #generation: number;
  readonly #options: PostgresStoreOptions;
  /** Of the newest group that is written. */
  #groupNumber: number;
  readonly #pauses = new Pauses(PAUSES_MS);
  /** Ends with what the connection was last taken for: a group, or to have it again. */
  #last: Promise<void> = Promise.resolve();

  constructor(
    url: string,
    writing: WritingConnection,
    generation: number,
    groupNumber: number,
    options: PostgresStoreOptions,
  ) {
    this.reading = new ReadingConnections(url);
    this.#writing = writing;
    this.#generation = generation;
    this.#groupNumber = groupNumber;
    this.#options = options;
    writing.onBreak = () => this.#holdAgain();
  }

  /**
   * Writes one group. One at a time. Resolves once the transaction is committed, however often that has to be tried.
   * @throws SyncError `LOG_FAILED` when the store is another server's by now, is not where it was, or refuses the group
   */
  async write(operations: readonly Operation[], end: JournalEnd): Promise<void> {
    const plan = planGroup(operations);
    const group = this.#groupNumber + 1;
    const { number, hash } = end.nextHash === null ? end : { number: end.number + 1, hash: end.nextHash };
    await this.#inTurn(() => this.#send(plan, group, number, hash));
    this.#groupNumber = group;
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

  /** A write that fails from here on is not tried again. */
  stopTrying(): void {
    this.#pauses.end();
  }

  async close(): Promise<void> {
    this.#pauses.end();
    await this.#last;
    await Promise.all([this.#writing.close(), this.reading.close()]);
  }

  /**
   * The connection broke, and with it went the lock. Who writes notices; a server that is idle would go on as if the store were
   * its own, while another one takes it.
   */
  #holdAgain(): void {
    this.#inTurn(async () => void (await this.#writing.get(this.#generation))).catch((error: SyncError) => {
      if (!this.#pauses.areOver) this.onLost(error);
    });
  }

  #inTurn(action: () => Promise<void>): Promise<void> {
    const done = this.#last.then(() => this.#untilDone(action));
    this.#last = done.catch(() => undefined);
    return done;
  }

  async #send(plan: GroupPlan, group: number, number: number, hash: Uint8Array): Promise<void> {
    await this.#options.beforeWrite();
    const client = await this.#writing.get(this.#generation);
    const values = commitValues(plan, [this.#generation, group, number, hash]);
    const { rearranged } = plan;
    if (rearranged !== null) await client.query('begin');
    const { rows } = await client.query<{ written: boolean }>({ ...COMMIT, values });
    if (!rows[0]!.written) await client.query(CONFIRM);
    else if (rearranged !== null) await rearrangeRows(client, rearranged);
    if (rearranged !== null) await client.query('commit');
  }

  async #untilDone(action: () => Promise<void>): Promise<void> {
    const { complain, giveUpAfterMs, metrics, nowMs, onHealth } = this.#options;
    const startedAtMs = nowMs();
    let refusedSinceMs: number | null = null;
    for (let tries = 0; ; tries++) {
      try {
        await action();
        if (tries === 0) return;
        complain(`The database is written again after ${seconds(nowMs() - startedAtMs)} s. Nothing was lost.`);
        onHealth('ok');
        return;
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

const COMMIT = {
  name: 'weft_commit_1',
  text: 'select weft_commit_1($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17) as written',
} as const;

/**
 * After a group that was there already. The call that wrote it may have ended before a synchronous standby had it; what is
 * committed after it waits for the standby to have both.
 */
const CONFIRM = 'update weft_store set group_number = group_number';

/** What is long goes as one row of bytes, which needs no escapes, and the places in it. */
function commitValues({ runs, values, deletedKeys }: GroupPlan, head: readonly unknown[]): unknown[] {
  const pieces: Uint8Array[] = [];
  let length = 0;
  const placeOf = (bytes: Uint8Array): number => {
    pieces.push(bytes);
    length += bytes.length;
    return length - bytes.length;
  };
  const runPlaces = runs.map(({ value }) => placeOf(value));
  const valuePlaces = values.map(({ value }) => placeOf(value));
  return [
    ...head,
    Buffer.concat(pieces, length),
    runs.map(({ id }) => id.document),
    runs.map(({ id }) => kindNumber(id)),
    runs.map(({ firstSeq }) => firstSeq),
    runs.map(({ lastSeq }) => lastSeq),
    runs.map(({ timeMs }) => timeMs),
    runs.map(({ link }) => link),
    runPlaces,
    runs.map(({ value }) => value.length),
    values.map(({ key }) => key),
    valuePlaces,
    values.map(({ value }) => value.length),
    deletedKeys,
  ];
}

async function rearrangeRows(client: ClientBase, rows: Rearranged): Promise<void> {
  const ofChannel = (id: ChannelId): readonly [string, number] => [id.document, kindNumber(id)];
  await client.query(
    `delete from weft_run using unnest($1::text[], $2::smallint[], $3::bigint[]) as d(document, kind, first_seq)
      where weft_run.document = d.document and weft_run.kind = d.kind and weft_run.first_seq = d.first_seq`,
    [
      rows.deletedRuns.map(({ id }) => id.document),
      rows.deletedRuns.map(({ id }) => kindNumber(id)),
      rows.deletedRuns.map(({ firstSeq }) => firstSeq),
    ],
  );
  for (const id of rows.deletedChannels) {
    await client.query('delete from weft_channel where document = $1 and kind = $2', [...ofChannel(id)]);
  }
  for (const { id, firstSeq, lastSeq, link, value } of rows.segments) {
    await client.query(
      `insert into weft_run (document, kind, first_seq, last_seq, is_packed, link, value)
        values ($1, $2, $3, $4, true, $5, $6)
        on conflict (document, kind, first_seq) do update
          set last_seq = excluded.last_seq, is_packed = true, link = excluded.link, value = excluded.value`,
      [...ofChannel(id), firstSeq, lastSeq, link, value],
    );
  }
  for (const { id, meta } of rows.channels) {
    await client.query(
      `insert into weft_channel (document, kind, epoch, head, time_ms, link) values ($1, $2, $3, $4, $5, $6)
        on conflict (document, kind) do update
          set epoch = excluded.epoch, head = excluded.head, time_ms = excluded.time_ms, link = excluded.link`,
      [...ofChannel(id), meta.epoch, meta.lastSeq, meta.lastTimeMs, meta.hash],
    );
  }
  for (const { nameHash, epoch } of rows.erased) {
    await client.query(
      `insert into weft_erased (name_hash, epoch) values ($1, $2)
        on conflict (name_hash) do update set epoch = excluded.epoch`,
      [nameHash, epoch],
    );
  }
}

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
      `The store is not where this server left it: ${message}. Either another server has taken it over, or the database was ` +
        'set back to an earlier state, and acknowledged changes may be lost: then compare with a backup.',
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
