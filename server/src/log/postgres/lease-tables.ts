// The migration for work that one of several servers does for all: who has it, and what only that one may write.

import { nextGroup } from './next-group.js';

export const LEASES = `
  -- Until when a server that shares the store is taken to run. It says so itself, over and over.
  alter table weft_server add column alive_until timestamptz not null default '-infinity';

  -- Works, and whose each is. The token grows each time one is taken: what the one before still writes under its own is refused.
  create table weft_lease (
    work text collate "C" primary key,
    token bigint not null default 0,
    holder bytea,
    until timestamptz not null default '-infinity'
  ) with (fillfactor = 20);

  -- Says that a server runs, and which of these works are its own for the next while: those that were, and of those that are
  -- nobody's any more as many as make its share; what it has beyond its share it gives back. The clock is the database's. When it is
  -- set back, a lease or a life that would last for far longer than it was given for is over.
  create function weft_lease_1(
    p_server bytea, p_works text[], p_lasts interval, p_now timestamptz default clock_timestamp()
  ) returns table (held text, held_by bigint) language plpgsql as $$
  declare
    v_until timestamptz := p_now + p_lasts;
    v_latest timestamptz := p_now + 2 * p_lasts;
    v_share integer;
    v_held integer;
    v_work text;
  begin
    update weft_server s set alive_until = v_until where s.id = p_server;
    if not found then
      raise exception using errcode = 'WF001', message = 'it does not know this server';
    end if;
    insert into weft_lease (work) select n.work from unnest(p_works) as n(work) order by n.work on conflict do nothing;
    select ceil(cardinality(p_works)::numeric / count(*)) into v_share from weft_server s
      where s.alive_until > p_now and s.alive_until <= v_latest;
    update weft_lease l set until = v_until where l.holder = p_server and l.work = any (p_works);
    get diagnostics v_held = row_count;
    for v_work in select l.work from weft_lease l where l.holder = p_server order by l.work offset v_share loop
      update weft_lease l set holder = null, until = '-infinity' where l.work = v_work;
      v_held := v_held - 1;
    end loop;
    for v_work in
      select l.work from weft_lease l
        where l.work = any (p_works) and l.holder is distinct from p_server and (l.until <= p_now or l.until > v_latest)
        order by l.work limit greatest(v_share - v_held, 0) for update skip locked
    loop
      update weft_lease l set holder = p_server, token = l.token + 1, until = v_until where l.work = v_work;
    end loop;
    return query select l.work, l.token from weft_lease l where l.holder = p_server;
  end
  $$;

  -- Puts segments in the place of runs, and deletes values, as a group of one of several servers. It is done only where the work
  -- is its own still, if it is done for one, and the runs are there: they end where the segments do, with the same link, so they hold
  -- the same entries. Rows are locked in one order: the server's own, the lease, runs, values.
  create function weft_commit_moves_1(
    p_server bytea, p_generation bigint, p_group bigint,
    p_work text, p_token bigint,
    p_documents text[], p_kinds smallint[], p_firsts bigint[], p_lasts bigint[],
    p_new_documents text[], p_new_kinds smallint[], p_new_firsts bigint[], p_new_lasts bigint[], p_new_links bytea[],
    p_new_values bytea[],
    p_deleted bytea[]
  ) returns table (is_new boolean, is_written boolean) language plpgsql as $$
  declare
    v_generation bigint;
    v_server record;
    v_run record;
    v_runs integer := 0;
    v_segments integer := 0;
    v_is_written boolean := true;
  begin
    ${nextGroup(`v_server.refused = '{}'`)}
    if p_work is not null then
      perform from weft_lease l where l.work = p_work and l.holder = p_server and l.token = p_token for share;
      v_is_written := found;
    end if;
    if v_is_written then
      for v_run in
        select n.link is not null as is_last, r.link = n.link as is_same
          from weft_run r
          join unnest(p_documents, p_kinds, p_firsts, p_lasts) as d(document, kind, first_seq, last_seq)
            on d.document = r.document and d.kind = r.kind and d.first_seq = r.first_seq and d.last_seq = r.last_seq
          left join unnest(p_new_documents, p_new_kinds, p_new_lasts, p_new_links) as n(document, kind, last_seq, link)
            on n.document = r.document and n.kind = r.kind and n.last_seq = r.last_seq
          order by r.document, r.kind, r.first_seq for update of r
      loop
        v_runs := v_runs + 1;
        if v_run.is_last and v_run.is_same then
          v_segments := v_segments + 1;
        end if;
      end loop;
      v_is_written := v_runs = cardinality(p_documents) and v_segments = cardinality(p_new_documents);
    end if;
    update weft_server s set refused = case when v_is_written then '{}' else '{0}' end::integer[] where s.id = p_server;
    if v_is_written then
      delete from weft_run r using unnest(p_documents, p_kinds, p_firsts) as d(document, kind, first_seq)
        where r.document = d.document and r.kind = d.kind and r.first_seq = d.first_seq;
      insert into weft_run (document, kind, first_seq, last_seq, is_packed, link, value)
        select n.document, n.kind, n.first_seq, n.last_seq, true, n.link, n.value
          from unnest(p_new_documents, p_new_kinds, p_new_firsts, p_new_lasts, p_new_links, p_new_values)
            as n(document, kind, first_seq, last_seq, link, value);
      delete from weft_value v where v.key = any (p_deleted);
    end if;
    return query select true, v_is_written;
  end
  $$;
`;
