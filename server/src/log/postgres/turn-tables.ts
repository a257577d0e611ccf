// The migration for turns: who was refused twice in a row in a channel is the next to write there.

import { FIRST_OF_CHANNEL, nextGroup, WRITTEN_RUNS } from './next-group.js';

/**
 * Whether nobody else has the turn in channel `c`. When the database's clock is set back, a turn that would last for longer than it
 * was given for is over.
 */
const IS_FREE = `(c.turn_of is null or c.turn_of = p_server
            or c.turn_until not between clock_timestamp() and clock_timestamp() + interval '1 second')`;

export const TURNS = `
  -- Who was refused twice in a row has the next turn in that channel: until it has written, or until then, others are refused.
  alter table weft_channel add column turn_of bytea, add column turn_until timestamptz;

  -- Like weft_commit_2, which servers of the version before go on calling, with turns. Of each run it is said whether it asks for one.
  create function weft_commit_3(
    p_server bytea, p_generation bigint, p_group bigint,
    p_bytes bytea,
    p_documents text[], p_kinds smallint[], p_epochs bigint[], p_befores bytea[],
    p_firsts bigint[], p_lasts bigint[], p_times bigint[], p_links bytea[],
    p_ats integer[], p_lengths integer[], p_asks boolean[],
    p_keys bytea[], p_value_ats integer[], p_value_lengths integer[],
    p_deleted bytea[]
  ) returns table (is_new boolean, refused integer[]) language plpgsql as $$
  declare
    v_generation bigint;
    v_server record;
    v_run record;
    v_refused integer[] := '{}';
  begin
    ${nextGroup('v_server.refused')}
    for v_run in
      select * from unnest(
        p_documents, p_kinds, p_epochs, p_befores, p_firsts, p_lasts, p_times, p_links, p_ats, p_lengths, p_asks
      ) with ordinality as r(document, kind, epoch, before, first_seq, last_seq, time_ms, link, at, bytes, asks, place)
    loop
      update weft_channel c
        set head = v_run.last_seq, time_ms = v_run.time_ms, link = v_run.link, turn_of = null, turn_until = null
        where c.document = v_run.document and c.kind = v_run.kind
          and c.epoch = v_run.epoch and c.head = v_run.first_seq - 1 and c.link = v_run.before
          and ${IS_FREE};
      ${FIRST_OF_CHANNEL}
      if not found then
        v_refused := v_refused || v_run.place::integer;
        if v_run.asks then
          update weft_channel c set turn_of = p_server, turn_until = clock_timestamp() + interval '1 second'
            where c.document = v_run.document and c.kind = v_run.kind and c.epoch = v_run.epoch
              and ${IS_FREE};
        end if;
        continue;
      end if;
      ${WRITTEN_RUNS}
  end
  $$;
`;
