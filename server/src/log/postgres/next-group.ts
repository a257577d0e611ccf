// What each function of the schema begins with that writes a group of one of several servers: it counts the group, finds it
// written when its answer was lost, and refuses a server that the store is not at any more.

/** @param answer that was kept of a group, as the function gives it. Changes nothing that was released: see schema.ts */
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
