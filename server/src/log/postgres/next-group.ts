// What functions of the schema have in common that write a group of one of several servers. Changes nothing that was released: see
// schema.ts.

/**
 * What each begins with: it counts the group, finds it written when its answer was lost, and refuses a server that the store is not at
 * any more.
 * @param answer that was kept of a group, as the function gives it
 */
export const nextGroup = (answer: string): string =>
  `update weft_server s set group_number = p_group where s.id = p_server and s.group_number = p_group - 1;
    if not found then
      select s.group_number, s.refused into v_server from weft_server s where s.id = p_server;
      if v_server.group_number = p_group then
        return query select false, ${answer};
        return;
      end if;
      raise exception using errcode = 'WF001', message = format('it is at group %s of this server', v_server.group_number);
    end if;
    select s.generation into v_generation from weft_store s;
    if v_generation is distinct from p_generation then
      raise exception using errcode = 'WF001', message = format('it is at server %s', v_generation);
    end if;`;

/** A run that is the first of its channel makes it, unless a later epoch of it was erased. */
export const FIRST_OF_CHANNEL = `if not found and v_run.first_seq = 1 then
        insert into weft_channel (document, kind, epoch, head, time_ms, link)
          select v_run.document, v_run.kind, v_run.epoch, v_run.last_seq, v_run.time_ms, v_run.link
            where v_run.epoch = coalesce(
              (select e.epoch from weft_erased e where e.name_hash = sha256(convert_to(v_run.document, 'UTF8'))), 1
            )
          on conflict do nothing;
      end if;`;

/** A run is written where its channel was what the server knew, and after all runs their refusals and the values. */
export const WRITTEN_RUNS = `insert into weft_run (document, kind, first_seq, last_seq, is_packed, link, value) values (
        v_run.document, v_run.kind, v_run.first_seq, v_run.last_seq, false, v_run.link,
        substring(p_bytes from v_run.at + 1 for v_run.bytes)
      );
    end loop;
    if v_refused <> '{}' then
      update weft_server s set refused = v_refused where s.id = p_server;
    else
      update weft_server s set refused = '{}' where s.id = p_server and s.refused <> '{}';
    end if;
    delete from weft_value v where v.key = any (p_deleted);
    insert into weft_value (key, value)
      select n.key, substring(p_bytes from n.at + 1 for n.bytes)
        from unnest(p_keys, p_value_ats, p_value_lengths) as n(key, at, bytes) order by n.key
      on conflict (key) do update set value = excluded.value;
    return query select true, v_refused;`;
