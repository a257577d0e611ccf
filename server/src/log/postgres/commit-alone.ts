// A group of the one server that has a store, into its tables: all of it in one transaction, or an error.

import type { ClientBase } from 'pg';
import type { ChannelId } from '../document-log.js';
import { packBytes } from './commit-values.js';
import { type GroupPlan, kindNumber, type Rearranged } from './group-plan.js';

/** Where the store is when the group is written. */
export interface AloneHead {
  readonly generation: number;
  readonly group: number;
  /** The newest record of the journal, and the journal's link after it. */
  readonly number: number;
  readonly hash: Uint8Array;
}

/** Writes a group, or finds it written. */
export async function commitAlone(
  client: ClientBase,
  plan: GroupPlan,
  { generation, group, number, hash }: AloneHead,
): Promise<void> {
  const { bytes, runs, values } = packBytes(plan);
  const { rearranged } = plan;
  if (rearranged !== null) await client.query('begin');
  const { rows } = await client.query<{ written: boolean }>({
    ...COMMIT,
    values: [
      ...[generation, group, number, hash, bytes],
      ...[runs.documents, runs.kinds, runs.firsts, runs.lasts, runs.times, runs.links, runs.ats, runs.lengths],
      ...[values.keys, values.ats, values.lengths, plan.deletedKeys],
    ],
  });
  if (!rows[0]!.written) await client.query(CONFIRM);
  else if (rearranged !== null) await rearrangeRows(client, rearranged);
  if (rearranged !== null) await client.query('commit');
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

const columnsOf = (rows: readonly { readonly id: ChannelId }[]): readonly [string[], number[]] => [
  rows.map(({ id }) => id.document),
  rows.map(({ id }) => kindNumber(id)),
];

async function rearrangeRows(client: ClientBase, rows: Rearranged): Promise<void> {
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
    await client.query('delete from weft_channel where document = $1 and kind = $2', [id.document, kindNumber(id)]);
  }
  const { segments, channels } = rows;
  if (segments.length > 0) {
    await client.query(
      `insert into weft_run (document, kind, first_seq, last_seq, is_packed, link, value)
        select document, kind, first_seq, last_seq, true, link, value
          from unnest($1::text[], $2::smallint[], $3::bigint[], $4::bigint[], $5::bytea[], $6::bytea[])
            as s(document, kind, first_seq, last_seq, link, value)
        on conflict (document, kind, first_seq) do update
          set last_seq = excluded.last_seq, is_packed = true, link = excluded.link, value = excluded.value`,
      [
        ...columnsOf(segments),
        segments.map(({ firstSeq }) => firstSeq),
        segments.map(({ lastSeq }) => lastSeq),
        segments.map(({ link }) => link),
        segments.map(({ value }) => value),
      ],
    );
  }
  if (channels.length > 0) {
    await client.query(
      `insert into weft_channel (document, kind, epoch, head, time_ms, link)
        select * from unnest($1::text[], $2::smallint[], $3::bigint[], $4::bigint[], $5::bigint[], $6::bytea[])
        on conflict (document, kind) do update
          set epoch = excluded.epoch, head = excluded.head, time_ms = excluded.time_ms, link = excluded.link`,
      [
        ...columnsOf(channels),
        channels.map(({ meta }) => meta.epoch),
        channels.map(({ meta }) => meta.lastSeq),
        channels.map(({ meta }) => meta.lastTimeMs),
        channels.map(({ meta }) => meta.hash),
      ],
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
