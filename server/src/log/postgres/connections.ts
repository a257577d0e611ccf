// Connections to Postgres as the log needs them: one that holds the store and writes, a few that read. A server that stops
// answering is noticed by a time limit on every call; what waits for a lock or in a transaction does so for 5 s at most (N1).

import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { messageOf, SyncError } from '../../sync-error.js';
import { isAbsence, isLockTimeout, refusal, STORE_MOVED } from './database-errors.js';
import { LOCK, SCHEMA_NUMBER } from './schema.js';

/** A call that takes longer is taken for one that is never answered. */
const ANSWER_MS = 10_000;
const CONNECT_MS = 5000;
/** Of a connection that is idle. Node then asks once a second, and ten times: a server that is gone is noticed within 11 s. */
const KEEP_ALIVE_AFTER_MS = 1000;
const READERS = 6;

/**
 * `on` waits for the disk of the primary, and of its synchronous standbys where there are such. One of ours whose machine is gone
 * is noticed by the database within 11 s, idle or with an answer on its way, and its store is free.
 */
const SESSION = `
  set synchronous_commit = on;
  set lock_timeout = '5s';
  set idle_in_transaction_session_timeout = '5s';
  set tcp_keepalives_idle = 5;
  set tcp_keepalives_interval = 2;
  set tcp_keepalives_count = 3;
  set tcp_user_timeout = '10s';
  set statement_timeout = '${ANSWER_MS - 1000}ms'`;

const settings = (url: string, applicationName: string): pg.ClientConfig => ({
  connectionString: url,
  application_name: applicationName,
  connectionTimeoutMillis: CONNECT_MS,
  query_timeout: ANSWER_MS,
  keepAlive: true,
  keepAliveInitialDelayMillis: KEEP_ALIVE_AFTER_MS,
});

async function connect(url: string, applicationName: string): Promise<pg.Client> {
  const client = new pg.Client(settings(url, applicationName));
  // One that breaks while nobody uses it: whoever uses it next is told.
  client.on('error', () => undefined);
  try {
    await client.connect();
    await client.query(SESSION);
    return client;
  } catch (error) {
    abandon(client);
    throw error;
  }
}

/** Ends a connection, and waits for nothing. */
function abandon(client: pg.Client): void {
  client.end().catch(() => undefined);
}

/**
 * The one connection that writes. While it is there, no other server gets the store, or none but those that share it; a broken
 * one is made anew.
 */
export class WritingConnection {
  readonly #url: string;
  /** How the lock is taken. */
  readonly #mode: '' | '_shared';
  /** By this the connections of this process are known, so that one that broke can be ended where it hangs. */
  readonly #name = `weft ${randomBytes(6).toString('hex')}`;
  /** Called when it breaks, whether somebody uses it or not. */
  onBreak: () => void = () => undefined;
  #client: pg.Client | null = null;

  constructor(url: string, isShared = false) {
    this.#url = url;
    this.#mode = isShared ? '_shared' : '';
  }

  /**
   * The first connection. @throws SyncError `STORE_IN_USE`, `STORE_UNREADABLE`
   */
  async open(): Promise<pg.Client> {
    let client: pg.Client;
    try {
      client = await connect(this.#url, this.#name);
    } catch (cause) {
      const { host } = new URL(this.#url);
      throw new SyncError('STORE_UNREADABLE', `The database at ${host} cannot be used: ${messageOf(cause)}`, { cause });
    }
    try {
      // One that was killed a moment ago may not be gone yet.
      await client.query(`set lock_timeout = '2s'`);
      await client.query(`select pg_advisory_lock${this.#mode}(${LOCK.store}, ${SCHEMA_NUMBER})`);
      await client.query(SESSION);
    } catch (cause) {
      abandon(client);
      if (!isLockTimeout(cause)) throw cause;
      throw new SyncError(
        'STORE_IN_USE',
        'Another Weft server has this store. Several may have one only where each of them was started with --nodes several: stop ' +
          'that one first, or name another database or schema.',
      );
    }
    return this.#keep(client);
  }

  /**
   * The connection, made anew if it was given up. What hung in the one before is ended first, and the lock taken again: nobody
   * writes without it.
   * @param generation by which the store is ours
   * @throws what is against it
   */
  async get(generation: number): Promise<pg.Client> {
    if (this.#client) return this.#client;
    const client = await connect(this.#url, this.#name);
    try {
      await client.query(
        'select pg_terminate_backend(pid) from pg_stat_activity where application_name = $1 and pid <> pg_backend_pid()',
        [this.#name],
      );
      const { rows } = await client.query<{ is_held: boolean; generation: string }>(
        `select pg_try_advisory_lock${this.#mode}(${LOCK.store}, ${SCHEMA_NUMBER}) as is_held, generation from weft_store`,
      );
      const { is_held, generation: newest } = rows[0]!;
      if (Number(newest) !== generation) throw refusal(STORE_MOVED, `it is at server ${newest}`);
      if (!is_held) throw refusal('55P03', 'another server holds the store');
    } catch (error) {
      abandon(client);
      throw error;
    }
    return this.#keep(client);
  }

  /** After a call that failed: nobody knows what state it is in. */
  giveUp(): void {
    if (this.#client) abandon(this.#client);
    this.#client = null;
  }

  #keep(client: pg.Client): pg.Client {
    this.#client = client;
    client.once('end', () => {
      if (this.#client !== client) return;
      this.#client = null;
      this.onBreak();
    });
    return client;
  }

  async close(): Promise<void> {
    const client = this.#client;
    this.#client = null;
    await client?.end().catch(() => undefined);
  }
}

/** Reads wait this long for a store that does not answer. */
const PATIENCE_MS = 10_000;
const PAUSE_MS = 200;

export interface Snapshot {
  query<Row extends pg.QueryResultRow>(text: string, values?: readonly unknown[]): Promise<Row[]>;
  close(): void;
}

/** Connections for statements that may be sent again when there was no answer. Each call is one, and sees one moment. */
export class PatientConnections {
  readonly #pool: pg.Pool;
  #isClosing = false;

  /** @param session what is said at the start of each connection */
  constructor(url: string, name: string, max: number, session: string) {
    this.#pool = new pg.Pool({
      ...settings(url, name),
      max,
      onConnect: async (client) => void (await client.query(`${SESSION}; ${session}`)),
    });
    this.#pool.on('error', () => undefined);
  }

  /** @throws SyncError `STORE_SILENT` when there is no answer for 10 s */
  async query<Row extends pg.QueryResultRow>(text: string, values: readonly unknown[] = []): Promise<Row[]> {
    const startedAtMs = performance.now();
    for (;;) {
      try {
        return (await this.#pool.query<Row>(text, [...values])).rows;
      } catch (cause) {
        if (!isAbsence(cause)) throw cause;
        if (this.#isClosing || performance.now() - startedAtMs > PATIENCE_MS) {
          throw new SyncError(
            'STORE_SILENT',
            `The database does not answer: ${messageOf(cause)}. Nothing is lost by that: try again in a while.`,
            { cause },
          );
        }
      }
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    }
  }

  async close(): Promise<void> {
    this.#isClosing = true;
    await this.#pool.end();
  }
}

/** Connections that can write nothing. */
export class ReadingConnections extends PatientConnections {
  readonly #url: string;

  constructor(url: string) {
    super(url, 'weft reading', READERS, 'set default_transaction_read_only = on');
    this.#url = url;
  }

  /** Reads as of one moment, however long that takes. To be closed. */
  async snapshot(): Promise<Snapshot> {
    const client = await connect(this.#url, 'weft checking');
    try {
      await client.query(`
        set idle_in_transaction_session_timeout = 0;
        begin isolation level repeatable read read only`);
    } catch (error) {
      abandon(client);
      throw error;
    }
    return {
      query: async <Row extends pg.QueryResultRow>(text: string, values: readonly unknown[] = []) =>
        (await client.query<Row>(text, [...values])).rows,
      close: () => abandon(client),
    };
  }
}
