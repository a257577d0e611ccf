// The migration for what one of several servers puts in the place of what all of them may have open: trimming, erasing, replacing.
// Whoever was stopped meanwhile brings nothing of it back: what was derived from a channel's content is kept with that content alone.

import { nextGroup } from './next-group.js';

/** Why nothing was rearranged; 0 where it was. */
export const Outcome = { Written: 0, Moved: 1, OtherRecords: 2, NotItsWork: 3, OlderServers: 4 } as const;

/** @param schemaNumber an expression for the second number of advisory locks */
export const rearrangingTables = (schemaNumber: string): string => `
  -- Servers that know all of this say so. Beside others that run nothing is rearranged, and those
  -- that do not write nothing any more.
  alter table weft_server add column rearranges boolean not null default false;

  create function weft_is_shared() returns boolean language sql volatile as $$
    select coalesce((select s.shared_generation = s.generation from weft_store s), false)
  $$;

  -- The number in the header of a sealed value, of which no more than that is read: of a base the entry that it stands at.
  create function weft_number_in(p_value bytea) returns bigint language sql immutable as $$
    select ('x' || string_agg(encode(substring(n.number from at for 1), 'hex'), '' order by at desc))::bit(64)::bigint
      from (select substring(p_value from 11 for 8) as number) as n, generate_series(1, 8) as at
  $$;

  create function weft_channel_key(p_document text, p_kind smallint, p_rest text) returns bytea language sql immutable as $$
    select 'channel/'::bytea || convert_to(p_document, 'UTF8') || '\\x00'::bytea
      || convert_to(case p_kind when 0 then 'content/' else 'discussion/' end || p_rest, 'UTF8')
  $$;

  -- A checkpoint is kept where its channel is, and holds entries after the base: none of one that was trimmed or is gone. Who trims
  -- has the channel's row for itself.
  create function weft_put_checkpoint() returns trigger language plpgsql as $$
  declare
    v_channel bytea := substring(new.key from 1 for octet_length(new.key) - 19);
    v_name bytea := substring(v_channel from 9 for octet_length(v_channel) - 9);
    v_end integer := position('\\x00'::bytea in v_name);
    v_seq bigint := ('x' || encode(substring(new.key from octet_length(new.key) - 7), 'hex'))::bit(64)::bigint;
  begin
    if not weft_is_shared() then
      return new;
    end if;
    perform from weft_channel c where c.document = convert_from(substring(v_name from 1 for v_end - 1), 'UTF8')
      and c.kind = case when substring(v_name from v_end + 1) = 'content' then 0 else 1 end for share;
    if not found or exists (
      select from weft_value b where b.key = v_channel || 'base' and weft_number_in(b.value) >= v_seq
    ) then
      return null;
    end if;
    return new;
  end
  $$;
  create trigger weft_checkpoint_put before insert on weft_value for each row when (
    new.key >= 'channel/' and new.key < 'channel0' and octet_length(new.key) > 30
      and substring(new.key from octet_length(new.key) - 18 for 11) = 'checkpoint/'
  ) execute function weft_put_checkpoint();

  -- What tables say of parts of a document is kept beside its record, or not at all. Files see to it themselves.
  create function weft_put_part() returns trigger language plpgsql as $$
  declare
    v_part bytea := substring(new.key from 8 + position('/'::bytea in substring(new.key from 8)));
  begin
    if not weft_is_shared() then
      return new;
    end if;
    perform from weft_value
      where key = 'document/'::bytea || substring(v_part from 1 for position('\\x00'::bytea in v_part) - 1) for key share;
    return case when found then new end;
  end
  $$;
  create trigger weft_part_put before insert on weft_value for each row when (
    new.key >= 'record/keeping/' and new.key < 'record/keeping0' or new.key >= 'record/request/' and new.key < 'record/request0'
      or new.key >= 'record/restore/' and new.key < 'record/restore0' or new.key >= 'record/version/' and new.key < 'record/version0'
  ) execute function weft_put_part();

  -- The first entry of a channel waits for whoever is erasing the document, and then comes in no epoch from before.
  create function weft_put_channel() returns trigger language plpgsql as $$
  begin
    if not weft_is_shared() then
      return new;
    end if;
    perform pg_advisory_xact_lock_shared(hashtextextended('channels of ' || new.document, ${schemaNumber}));
    if new.epoch < (select e.epoch from weft_erased e where e.name_hash = sha256(convert_to(new.document, 'UTF8'))) then
      return null;
    end if;
    return new;
  end
  $$;
  create trigger weft_channel_put before insert on weft_channel for each row execute function weft_put_channel();

  -- Servers are told of a new epoch, of what is gone, and of a base, as of what they keep in memory.
  create function weft_tell_channel() returns trigger language plpgsql as $$
  declare
    v_number bigint;
  begin
    update weft_told_end set number = number + 1 returning number into v_number;
    insert into weft_told (number, key) values (v_number, weft_channel_key(old.document, old.kind, 'meta'));
    delete from weft_told where told_at < now() - interval '1 hour';
    return null;
  end
  $$;
  create constraint trigger weft_epoch_told after update on weft_channel deferrable initially deferred
    for each row when (old.epoch is distinct from new.epoch) execute function weft_tell_channel();
  create constraint trigger weft_gone_told after delete on weft_channel deferrable initially deferred
    for each row execute function weft_tell_channel();
  create constraint trigger weft_base_told after insert or update on weft_value deferrable initially deferred
    for each row when (
      new.key >= 'channel/' and new.key < 'channel0' and substring(new.key from octet_length(new.key) - 4) = '/base'
    ) execute function weft_tell();

  -- Writes values that were derived from the content of a channel, if that is of this epoch still, as a group of one of several
  -- servers. Rows are locked in one order: the server's own, the channel, values.
  create function weft_commit_derived_1(
    p_server bytea, p_generation bigint, p_group bigint,
    p_document text, p_kind smallint, p_epoch bigint, p_keys bytea[], p_values bytea[], p_deleted bytea[]
  ) returns table (is_new boolean, is_written boolean) language plpgsql as $$
  declare
    v_generation bigint;
    v_server record;
    v_is_written boolean;
  begin
    ${nextGroup(`v_server.refused = '{}'`)}
    perform from weft_channel c
      where c.document = p_document and c.kind = p_kind and c.epoch = p_epoch for share;
    v_is_written := found;
    update weft_server s set refused = case when v_is_written then '{}' else '{0}' end::integer[] where s.id = p_server;
    if v_is_written then
      delete from weft_value v where v.key = any (p_deleted);
      insert into weft_value (key, value)
        select n.key, n.value from unnest(p_keys, p_values) as n(key, value) order by n.key
        on conflict (key) do update set value = excluded.value;
    end if;
    return query select true, v_is_written;
  end
  $$;

  -- Puts something in the place of what channels hold, as a group of one of several servers: all of it, where the channels are of
  -- these epochs (and begin and end as given, where that is given), the runs to be taken out are there, the records are as known, and the work
  -- is the server's own; else nothing. Of channels that go every run does, whoever wrote or packed it meanwhile. Rows are locked in
  -- one order: the server's own, those of older versions, the lease, records by name, channels, runs, values; the row that numbers what is
  -- told at the end.
  create function weft_rearrange_1(
    p_server bytea, p_generation bigint, p_group bigint,
    p_work text, p_token bigint,
    p_known_keys bytea[], p_known bytea[],
    p_documents text[], p_kinds smallint[], p_epochs bigint[], p_bases bigint[], p_heads bigint[], p_links bytea[],
    p_go boolean[],
    p_run_documents text[], p_run_kinds smallint[], p_run_firsts bigint[], p_run_lasts bigint[],
    p_put_documents text[], p_put_kinds smallint[], p_put_epochs bigint[], p_put_heads bigint[], p_put_times bigint[],
    p_put_links bytea[],
    p_new_documents text[], p_new_kinds smallint[], p_new_firsts bigint[], p_new_lasts bigint[], p_new_links bytea[],
    p_new_values bytea[],
    p_hashes bytea[], p_hash_epochs bigint[],
    p_keys bytea[], p_values bytea[], p_deleted bytea[], p_from bytea[], p_before bytea[]
  ) returns table (is_new boolean, outcome integer) language plpgsql as $$
  declare
    v_generation bigint;
    v_server record;
    v_outcome integer := ${Outcome.Written};
    v_key bytea;
    v_document text;
    v_channel record;
    v_there record;
    v_locked integer;
    v_runs integer;
  begin
    ${nextGroup('coalesce(v_server.refused[1], 0)')}
    -- What they are writing is waited for; meanwhile none of them says that it runs.
    perform from weft_server s where not s.rearranges order by s.id for update;
    if exists (select from weft_server s where not s.rearranges and s.alive_until > clock_timestamp()) then
      v_outcome := ${Outcome.OlderServers};
    end if;
    if p_work is not null then
      perform from weft_lease l where l.work = p_work and l.holder = p_server and l.token = p_token for share;
      if not found then
        v_outcome := ${Outcome.NotItsWork};
      end if;
    end if;
    -- Who may do what with a document that goes is asked about by whoever changes that: it is waited for, or finds nothing.
    for v_key in
      select k.key from unnest(p_known_keys) as k(key)
        union select 'record/access/'::bytea || convert_to(g.document, 'UTF8') from unnest(p_documents, p_go) as g(document, go)
          where g.go
        order by key
    loop
      perform pg_advisory_xact_lock(hashtextextended(encode(v_key, 'hex'), ${schemaNumber}));
    end loop;
    if v_outcome = ${Outcome.Written} and exists (
      select from unnest(p_known_keys, p_known) as k(key, value) left join weft_value v on v.key = k.key
        where v.value is distinct from k.value
    ) then
      v_outcome := ${Outcome.OtherRecords};
    end if;
    if v_outcome = ${Outcome.Written} then
      perform from weft_channel c join unnest(p_documents, p_kinds) as g(document, kind) using (document, kind)
        order by c.document, c.kind for update of c;
      -- Nobody writes the first entry of a channel that goes: who had begun to is waited for.
      for v_document in
        select distinct g.document from unnest(p_documents, p_go) as g(document, go) where g.go order by g.document
      loop
        perform pg_advisory_xact_lock(hashtextextended('channels of ' || v_document, ${schemaNumber}));
        perform from weft_channel c where c.document = v_document order by c.kind for update;
      end loop;
      for v_channel in
        select * from unnest(p_documents, p_kinds, p_epochs, p_bases, p_heads, p_links, p_go)
          as g(document, kind, epoch, base, head, link, go)
      loop
        select c.epoch, c.head, c.link into v_there from weft_channel c
          where c.document = v_channel.document and c.kind = v_channel.kind;
        if not found then
          select coalesce(
              (select e.epoch from weft_erased e where e.name_hash = sha256(convert_to(v_channel.document, 'UTF8'))), 1
            ) as epoch, 0::bigint as head, null::bytea as link into v_there;
        end if;
        if v_there.epoch <> v_channel.epoch or v_channel.head is not null
          and (v_there.head <> v_channel.head or v_there.head > 0 and v_there.link <> v_channel.link)
        then
          v_outcome := ${Outcome.Moved};
        end if;
        if v_channel.base is not null and v_channel.base <> coalesce(
          (select weft_number_in(v.value) from weft_value v where v.key = weft_channel_key(v_channel.document, v_channel.kind, 'base')), 0
        ) then
          v_outcome := ${Outcome.Moved};
        end if;
        -- Until none was packed anew while the others were waited for.
        while v_channel.go loop
          perform from weft_run r where r.document = v_channel.document and r.kind = v_channel.kind
            order by r.first_seq for update;
          get diagnostics v_locked = row_count;
          select count(*) into v_runs from weft_run r where r.document = v_channel.document and r.kind = v_channel.kind;
          exit when v_runs = v_locked;
        end loop;
      end loop;
      perform from weft_run r
        join unnest(p_run_documents, p_run_kinds, p_run_firsts, p_run_lasts) as d(document, kind, first_seq, last_seq)
          using (document, kind, first_seq, last_seq)
        order by r.document, r.kind, r.first_seq for update of r;
      get diagnostics v_locked = row_count;
      if v_locked <> cardinality(p_run_documents) then
        v_outcome := ${Outcome.Moved};
      end if;
    end if;
    update weft_server s set refused = case v_outcome when ${Outcome.Written} then '{}' else array[v_outcome] end
      where s.id = p_server;
    if v_outcome = ${Outcome.Written} then
      -- One that was stopped would go on with what it holds: it ends instead, as where a table is changed (schema.ts).
      delete from weft_server s where not s.rearranges;
      delete from weft_run r
        using unnest(p_run_documents, p_run_kinds, p_run_firsts) as d(document, kind, first_seq)
        where r.document = d.document and r.kind = d.kind and r.first_seq = d.first_seq;
      delete from weft_run r using unnest(p_documents, p_kinds, p_go) as g(document, kind, go)
        where g.go and r.document = g.document and r.kind = g.kind;
      delete from weft_channel c using unnest(p_documents, p_kinds, p_go) as g(document, kind, go)
        where g.go and c.document = g.document and c.kind = g.kind;
      insert into weft_erased (name_hash, epoch) select h.name_hash, h.epoch from unnest(p_hashes, p_hash_epochs) as h(name_hash, epoch)
        on conflict (name_hash) do update set epoch = excluded.epoch;
      -- Of one that stays nothing but its epoch is said: others may have written since.
      insert into weft_channel (document, kind, epoch, head, time_ms, link)
        select * from unnest(p_put_documents, p_put_kinds, p_put_epochs, p_put_heads, p_put_times, p_put_links)
        on conflict (document, kind) do update set epoch = excluded.epoch;
      insert into weft_run (document, kind, first_seq, last_seq, is_packed, link, value)
        select n.document, n.kind, n.first_seq, n.last_seq, true, n.link, n.value
          from unnest(p_new_documents, p_new_kinds, p_new_firsts, p_new_lasts, p_new_links, p_new_values)
            as n(document, kind, first_seq, last_seq, link, value);
      -- A document's record before its parts: who adds one either has it by then or finds no document.
      delete from weft_value v where v.key = any (p_deleted);
      delete from weft_value v using unnest(p_from, p_before) as r(gte, lt) where v.key >= r.gte and v.key < r.lt;
      insert into weft_value (key, value)
        select n.key, n.value from unnest(p_keys, p_values) as n(key, value) order by n.key
        on conflict (key) do update set value = excluded.value;
    end if;
    return query select true, v_outcome;
  end
  $$;
`;
