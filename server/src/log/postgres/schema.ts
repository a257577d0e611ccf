// What the log keeps in Postgres, as numbered migrations. What has a key in FORMAT.md and no row of its own here is in
// weft_value under that key; all values are sealed as they are on a disk of ours, so that a changed byte is noticed.

import type { ClientBase } from 'pg';
import { SyncError } from '../../sync-error.js';
import { SECRET_BYTES } from '../level/proofs.js';
import { fileTables } from './file-tables.js';
import { LEASES } from './lease-tables.js';
import { FIRST_OF_CHANNEL, nextGroup, WRITTEN_RUNS } from './next-group.js';
import { rearrangingTables } from './rearranging-tables.js';
import { TURNS } from './turn-tables.js';

/** Of the advisory locks Weft takes; the second number of each is that of the schema. */
export const LOCK = { migration: 0x77656674, store: 0x77656675 } as const;
/** Two servers with schemas of their own in one database do not know of each other. */
export const SCHEMA_NUMBER = 'hashtext(current_schema())';

export interface Migration {
  readonly sql: string;
  /** Whether servers that do not know it may go on reading and writing beside those that do: it changes nothing that was there. */
  readonly isAddition: boolean;
}

/**
 * Numbers from here on are no tables, but say in weft_migration why the store is not to be served (copy-marks.ts): versions that do
 * not know that take them for something newer, and leave it alone.
 */
export const FIRST_MARK = 2_000_000_000;

/** Of the first ones each needed the one before. */
const needed = (sql: string): Migration => ({ sql, isAddition: false });
const addition = (sql: string): Migration => ({ sql, isAddition: true });

/**
 * By their number, from 1 on. One that was released is never changed. The next ones are additions wherever that can be: only
 * then servers of this version and of the one before run on the same tables, and the older ones may start again (ADR 0054).
 */
export const MIGRATIONS: readonly Migration[] = [
  needed(`
  -- One row: whose the store is, and how far it has come. Whoever writes a group locks it first.
  create table weft_store (
    is_only boolean primary key default true check (is_only),
    secret bytea not null check (octet_length(secret) = ${SECRET_BYTES}),
    -- Counts the servers that had the store: one with an older number writes nothing any more.
    generation bigint not null default 0,
    -- Counts groups: one whose answer was lost is not written again.
    group_number bigint not null default 0,
    -- The newest record of the journal, whose entries are in weft_run, and the journal's link after it.
    journal_number bigint not null default 0,
    journal_hash bytea not null default '\\x00000000000000000000000000000000'
  ) with (fillfactor = 20);

  -- A channel that has an entry, or an epoch of its own.
  create table weft_channel (
    document text collate "C" not null,
    kind smallint not null,
    epoch bigint not null,
    head bigint not null check (head >= 0),
    time_ms bigint not null,
    link bytea not null check (octet_length(link) = 16),
    primary key (document, kind)
  ) with (fillfactor = 60);

  -- The entries of a channel, in runs without a gap between them: as they came in groups, or packed into segments.
  create table weft_run (
    document text collate "C" not null,
    kind smallint not null,
    first_seq bigint not null check (first_seq >= 1),
    last_seq bigint not null check (last_seq >= first_seq),
    is_packed boolean not null,
    link bytea not null check (octet_length(link) = 16),
    value bytea not null,
    primary key (document, kind, first_seq)
  );
  alter table weft_run alter column value set storage external;
  create index weft_run_not_packed on weft_run (document, kind, first_seq) where not is_packed;

  create table weft_value (
    key bytea primary key,
    value bytea not null
  );
  alter table weft_value alter column value set storage external;

  -- What is left of erased documents: SHA-256 of the name, and the epoch the next one of that name begins with.
  create table weft_erased (
    name_hash bytea primary key check (octet_length(name_hash) = 32),
    epoch bigint not null
  );

  -- Writes one group in one round trip. Rows are locked in one order: the store's, channels as they come (sorted by
  -- whoever calls), values. Returns false when the group is there already, from a call whose answer was lost.
  create function weft_commit_1(
    p_generation bigint, p_group bigint, p_number bigint, p_hash bytea,
    p_bytes bytea,
    p_documents text[], p_kinds smallint[], p_firsts bigint[], p_lasts bigint[], p_times bigint[], p_links bytea[],
    p_ats integer[], p_lengths integer[],
    p_keys bytea[], p_value_ats integer[], p_value_lengths integer[],
    p_deleted bytea[]
  ) returns boolean language plpgsql as $$
  declare
    v_store record;
    v_run record;
  begin
    update weft_store set group_number = p_group, journal_number = p_number, journal_hash = p_hash
      where generation = p_generation and group_number = p_group - 1;
    if not found then
      select generation, group_number into v_store from weft_store;
      if v_store.generation = p_generation and v_store.group_number = p_group then
        return false;
      end if;
      raise exception using errcode = 'WF001',
        message = format('it is at group %s of server %s', v_store.group_number, v_store.generation);
    end if;
    for v_run in
      select * from unnest(p_documents, p_kinds, p_firsts, p_lasts, p_times, p_links, p_ats, p_lengths)
        as r(document, kind, first_seq, last_seq, time_ms, link, at, bytes)
    loop
      update weft_channel set head = v_run.last_seq, time_ms = v_run.time_ms, link = v_run.link
        where document = v_run.document and kind = v_run.kind and head = v_run.first_seq - 1;
      if not found then
        if v_run.first_seq > 1 or exists (
          select from weft_channel where document = v_run.document and kind = v_run.kind
        ) then
          raise exception using errcode = 'WF002',
            message = format('entry %s does not follow the newest of "%s"', v_run.first_seq, v_run.document);
        end if;
        insert into weft_channel (document, kind, epoch, head, time_ms, link) values (
          v_run.document, v_run.kind,
          coalesce((select epoch from weft_erased where name_hash = sha256(convert_to(v_run.document, 'UTF8'))), 1),
          v_run.last_seq, v_run.time_ms, v_run.link
        );
      end if;
      insert into weft_run (document, kind, first_seq, last_seq, is_packed, link, value) values (
        v_run.document, v_run.kind, v_run.first_seq, v_run.last_seq, false, v_run.link,
        substring(p_bytes from v_run.at + 1 for v_run.bytes)
      );
    end loop;
    delete from weft_value where key = any (p_deleted);
    insert into weft_value (key, value)
      select v.key, substring(p_bytes from v.at + 1 for v.bytes)
        from unnest(p_keys, p_value_ats, p_value_lengths) as v(key, at, bytes) order by v.key
      on conflict (key) do update set value = excluded.value;
    return true;
  end
  $$;
  `),
  needed(`
  -- The generation in which several servers share the store; in every other one it is one server's.
  alter table weft_store add column shared_generation bigint;

  -- Servers that share the store, or did: each counts its own groups, and the answer to its last one is kept.
  create table weft_server (
    id bytea primary key check (octet_length(id) = 16),
    opened_at timestamptz not null default now(),
    group_number bigint not null default 0,
    refused integer[] not null default '{}'
  ) with (fillfactor = 20);

  -- Like weft_commit_1, for one of several servers. A run is written only where its channel is what the server knew: epoch,
  -- head and link. The places of the others, from 1 on, are the answer; everything else is written all the same. Rows are
  -- locked in one order: the server's own, channels as they come, values.
  create function weft_commit_2(
    p_server bytea, p_generation bigint, p_group bigint,
    p_bytes bytea,
    p_documents text[], p_kinds smallint[], p_epochs bigint[], p_befores bytea[],
    p_firsts bigint[], p_lasts bigint[], p_times bigint[], p_links bytea[],
    p_ats integer[], p_lengths integer[],
    p_keys bytea[], p_value_ats integer[], p_value_lengths integer[],
    p_deleted bytea[]
  ) returns table (is_new boolean, refused integer[]) language plpgsql as $$
  declare
    v_generation bigint;
    v_server record;
    v_run record;
    v_refused integer[] := '{}';
  begin
    ${nextGroup(`v_server.refused`)}
    for v_run in
      select * from unnest(
        p_documents, p_kinds, p_epochs, p_befores, p_firsts, p_lasts, p_times, p_links, p_ats, p_lengths
      ) with ordinality as r(document, kind, epoch, before, first_seq, last_seq, time_ms, link, at, bytes, place)
    loop
      update weft_channel c set head = v_run.last_seq, time_ms = v_run.time_ms, link = v_run.link
        where c.document = v_run.document and c.kind = v_run.kind
          and c.epoch = v_run.epoch and c.head = v_run.first_seq - 1 and c.link = v_run.before;
      ${FIRST_OF_CHANNEL}
      if not found then
        v_refused := v_refused || v_run.place::integer;
        continue;
      end if;
      ${WRITTEN_RUNS}
  end
  $$;
  `),
  needed(`
  -- Which records were written of which servers keep something in memory, in the order in which that was committed; for an hour.
  create table weft_told (
    number bigint primary key,
    key bytea not null,
    told_at timestamptz not null default now()
  );
  create table weft_told_end (
    is_only boolean primary key default true check (is_only),
    number bigint not null default 0
  ) with (fillfactor = 20);
  insert into weft_told_end default values;

  create function weft_is_told(p_key bytea) returns boolean language sql immutable as $$
    select p_key >= 'record/access/' and p_key < 'record/access0' or p_key >= 'record/alias/' and p_key < 'record/alias0'
      or p_key >= 'record/revoked/' and p_key < 'record/revoked0' or p_key = 'record/setting/admin-token'
  $$;

  create function weft_tell() returns trigger language plpgsql as $$
  declare
    v_number bigint;
  begin
    update weft_told_end set number = number + 1 returning number into v_number;
    if tg_op = 'DELETE' then
      insert into weft_told (number, key) values (v_number, old.key);
    else
      insert into weft_told (number, key) values (v_number, new.key);
    end if;
    delete from weft_told where told_at < now() - interval '1 hour';
    return null;
  end
  $$;

  -- At the end of a transaction, so that the row that numbers is locked last, and for a moment.
  create constraint trigger weft_put_told after insert or update on weft_value deferrable initially deferred
    for each row when (weft_is_told(new.key)) execute function weft_tell();
  create constraint trigger weft_deleted_told after delete on weft_value deferrable initially deferred
    for each row when (weft_is_told(old.key)) execute function weft_tell();

  -- Writes values if others are as given, null for none, as a group of one of several servers. Who asks about the same keys waits.
  create function weft_commit_if_1(
    p_server bytea, p_generation bigint, p_group bigint,
    p_known_keys bytea[], p_known bytea[], p_keys bytea[], p_values bytea[], p_deleted bytea[]
  ) returns table (is_new boolean, is_written boolean) language plpgsql as $$
  declare
    v_generation bigint;
    v_server record;
    v_key bytea;
    v_is_known boolean;
  begin
    ${nextGroup(`v_server.refused = '{}'`)}
    for v_key in select k.key from unnest(p_known_keys) as k(key) order by k.key loop
      perform pg_advisory_xact_lock(hashtextextended(encode(v_key, 'hex'), ${SCHEMA_NUMBER}));
    end loop;
    v_is_known := not exists (
      select from unnest(p_known_keys, p_known) as k(key, value) left join weft_value v on v.key = k.key
        where v.value is distinct from k.value
    );
    update weft_server s set refused = case when v_is_known then '{}' else '{0}' end::integer[] where s.id = p_server;
    if v_is_known then
      delete from weft_value v where v.key = any (p_deleted);
      insert into weft_value (key, value)
        select n.key, n.value from unnest(p_keys, p_values) as n(key, value) order by n.key
        on conflict (key) do update set value = excluded.value;
    end if;
    return query select true, v_is_known;
  end
  $$;
  `),
  addition(TURNS),
  addition(LEASES),
  needed(fileTables(SCHEMA_NUMBER)),
  addition(rearrangingTables(SCHEMA_NUMBER)),
];

/**
 * From here on servers that share the store, and do not know what is to be changed, write no group any more, and end by themselves: the
 * row in which each counts its groups, and says that it runs, is gone. What they are writing is waited for. It needs migration 2.
 */
const FENCE_SHARING = `
  lock table weft_server in exclusive mode;
  delete from weft_server;
  update weft_store set generation = generation + 1`;

/**
 * Brings the tables to what this version needs, one process at a time, all of it or nothing. In weft_migration is what a server has
 * to know, and in weft_addition what it need not: so the newest number of the first is the oldest version that may read and write.
 * @throws SyncError `STORE_UNREADABLE` when they need a newer version, or the database cannot hold our texts
 */
export async function migrate(client: ClientBase, migrations = MIGRATIONS): Promise<void> {
  const { rows: about } = await client.query<{ encoding: string; version: number }>(
    `select current_setting('server_encoding') as encoding, current_setting('server_version_num')::integer as version`,
  );
  const { encoding, version } = about[0]!;
  if (encoding !== 'UTF8') {
    throw unfit(`its encoding is ${encoding}. Make another with: create database … encoding 'UTF8' template template0`);
  }
  if (version < 130_000) throw unfit(`this is Postgres ${Math.floor(version / 10_000)}, and Weft needs 13 or newer`);
  await client.query('begin');
  try {
    await client.query(`select pg_advisory_xact_lock(${LOCK.migration}, ${SCHEMA_NUMBER})`);
    const columns = '(number integer primary key, done_at timestamptz not null default now())';
    await client.query(
      `create table if not exists weft_migration ${columns}; create table if not exists weft_addition ${columns}`,
    );
    await checkAreKnown(client, migrations.length);
    const { rows } = await client.query<{ number: number }>(
      'select number from weft_migration union all select number from weft_addition',
    );
    const done = new Set(rows.map(({ number }) => number));
    const isChanged = migrations.some(({ isAddition }, index) => !isAddition && !done.has(index + 1));
    if (isChanged && done.has(2)) await client.query(FENCE_SHARING);
    for (const [index, { sql, isAddition }] of migrations.entries()) {
      if (done.has(index + 1)) continue;
      await client.query(sql);
      await client.query(`insert into ${isAddition ? 'weft_addition' : 'weft_migration'} (number) values ($1)`, [
        index + 1,
      ]);
    }
    await client.query('commit');
  } catch (error) {
    await client.query('rollback').catch(() => undefined);
    throw error;
  }
}

/** @throws SyncError `STORE_UNREADABLE` when the tables need a newer version */
export async function checkAreKnown(client: ClientBase, known = MIGRATIONS.length): Promise<void> {
  const { rows } = await client.query<{ oldest: number }>(
    'select coalesce(max(number), 0) as oldest from weft_migration where number < $1',
    [FIRST_MARK],
  );
  const { oldest } = rows[0]!;
  if (oldest <= known) return;
  throw unfit(
    `it was written by a newer Weft, and only those that know its tables number ${oldest} may use it (this one knows ${known})`,
  );
}

const unfit = (reason: string): SyncError =>
  new SyncError('STORE_UNREADABLE', `The database cannot be used as a store: ${reason}.`);
