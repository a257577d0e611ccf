// The tables of files of documents (postgres-files.ts), and what keeps them and the records that name them together: one of the
// migrations of schema.ts.

/** @param schemaNumber an expression for the second number of advisory locks */
export const fileTables = (schemaNumber: string): string => `
  -- Files of documents: what is coming, and what is whole and in its place, of each content once. Their bytes are in pieces of one
  -- length, so that who reads one while it is replaced by the same bytes reads on.
  create table weft_file (
    upload bytea primary key check (octet_length(upload) = 16),
    -- SHA-256 of all of it, once it has come whole.
    id text collate "C" check (id ~ '^[0-9a-f]{64}$'),
    -- Null: it is nobody's any more, and its pieces go bit by bit. Thousands at once would hold up everybody's edits.
    bytes bigint default 0,
    is_placed boolean not null default false,
    touched_at timestamptz not null default now(),
    check (bytes is not null or id is null and not is_placed)
  ) with (fillfactor = 50);
  create unique index weft_file_placed on weft_file (id) where is_placed;
  create index weft_file_coming on weft_file (touched_at) where not is_placed and bytes is not null;
  create index weft_file_left on weft_file (upload) where bytes is null;

  create table weft_file_piece (
    upload bytea not null references weft_file on delete cascade,
    number integer not null,
    value bytea not null,
    primary key (upload, number)
  );
  alter table weft_file_piece alter column value set storage external;

  -- The file that a record of the table asset names; null for any other key.
  create function weft_named_file(p_key bytea) returns text language sql immutable as $$
    select case when p_key >= 'record/asset/' and p_key < 'record/asset0'
        and substring(p_key from octet_length(p_key) - 64 for 1) = '\\x00'
        and encode(substring(p_key from octet_length(p_key) - 63), 'escape') ~ '^[0-9a-f]{64}$'
      then encode(substring(p_key from octet_length(p_key) - 63), 'escape') end
  $$;
  create index weft_value_file on weft_value (weft_named_file(key)) where key >= 'record/asset/' and key < 'record/asset0';

  create function weft_is_named(p_id text) returns boolean language sql volatile as $$
    select exists (
      select from weft_value where key >= 'record/asset/' and key < 'record/asset0' and weft_named_file(key) = p_id
    )
  $$;

  create function weft_leave_file(p_id text) returns void language sql as $$
    update weft_file set id = null, bytes = null, is_placed = false where id = p_id and is_placed
  $$;

  -- Puts the newest that has come whole in its place. Returns whether one is there then. Who names a file, and who takes away
  -- the last record that does, come one after the other.
  create function weft_place_file(p_id text) returns boolean language plpgsql as $$
  declare
    v_upload bytea;
  begin
    perform pg_advisory_xact_lock(hashtextextended(p_id, ${schemaNumber}));
    select upload into v_upload from weft_file where id = p_id and not is_placed order by touched_at desc limit 1 for update;
    if not found then
      return exists (select from weft_file where id = p_id and is_placed);
    end if;
    perform weft_leave_file(p_id);
    update weft_file set is_placed = true where upload = v_upload;
    return true;
  end
  $$;

  -- The same for a file that is named already.
  create function weft_replace_file(p_id text) returns boolean language plpgsql as $$
  begin
    perform pg_advisory_xact_lock(hashtextextended(p_id, ${schemaNumber}));
    return weft_is_named(p_id) and weft_place_file(p_id);
  end
  $$;

  -- A record that names a file is kept with the file and beside its document, or not at all.
  create function weft_name_file() returns trigger language plpgsql as $$
  begin
    perform from weft_value
      where key = 'document/'::bytea || substring(new.key from 14 for octet_length(new.key) - 78) for key share;
    if found and weft_place_file(weft_named_file(new.key)) then
      return new;
    end if;
    return null;
  end
  $$;
  create trigger weft_file_named before insert on weft_value
    for each row when (weft_named_file(new.key) is not null) execute function weft_name_file();

  -- With the last record that names it a file goes, in the same transaction.
  create function weft_forget_file() returns trigger language plpgsql as $$
  declare
    v_id text := weft_named_file(old.key);
  begin
    perform pg_advisory_xact_lock(hashtextextended(v_id, ${schemaNumber}));
    if not weft_is_named(v_id) then
      perform weft_leave_file(v_id);
    end if;
    return null;
  end
  $$;
  create constraint trigger weft_file_forgotten after delete on weft_value deferrable initially deferred
    for each row when (weft_named_file(old.key) is not null) execute function weft_forget_file();
  `;
