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
